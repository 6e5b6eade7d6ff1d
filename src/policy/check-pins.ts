import { decodeText } from '../manifests/decode-text.ts';
import type { Pin, PinProblem } from '../manifests/pin.ts';
import { readPin } from '../manifests/read-pin.ts';
import { targetKey } from '../target.ts';
import type { Place, PolicyProblem, PolicySet, TargetPolicy } from './policy.ts';

/** A pin's file: its text, or why it has none. */
type FileText = { readonly text: string } | { readonly problem: PinProblem };

/**
 * Checks that every pin matches something in the repository. A problem stands at the part of the pin in the policy
 * file that does not match.
 *
 * @param read the bytes of a file of the repository; undefined when there is no such file. Called once a file.
 */
export async function checkPins(
  set: PolicySet,
  read: (path: string) => Promise<Uint8Array | undefined>,
): Promise<readonly PolicyProblem[]> {
  const files = new Map<string, Promise<FileText>>();
  const textOf = (path: string): Promise<FileText> => {
    const known = files.get(path) ?? readText(path, read);
    files.set(path, known);
    return known;
  };
  const problems: PolicyProblem[] = [];
  for (const policy of set.targets) {
    for (const pin of policy.pins) {
      const problem = await checkPin(pin, textOf);
      if (problem) problems.push(locate(problem, pin, policy));
    }
  }
  return problems;
}

async function checkPin(
  pin: Pin,
  textOf: (path: string) => Promise<FileText>,
): Promise<PinProblem | undefined> {
  const file = await textOf(pin.file);
  if ('problem' in file) return file.problem;
  const reading = readPin(file.text, pin);
  return reading.ok ? undefined : reading.problem;
}

async function readText(
  path: string,
  read: (path: string) => Promise<Uint8Array | undefined>,
): Promise<FileText> {
  const bytes = await read(path);
  if (bytes) {
    const decoded = decodeText(bytes);
    return decoded.ok ? { text: decoded.text } : { problem: decoded.problem };
  }
  return {
    problem: {
      code: 'file-missing',
      message: `There is no file ${path} in the repository`,
      suggestion: 'correct the path, or add the file before the pin',
    },
  };
}

function locate(problem: PinProblem, pin: Pin, policy: TargetPolicy): PolicyProblem {
  const { line, column } = placeOf(problem, pin, policy);
  return {
    file: policy.file,
    line,
    column,
    message: `\`${pin.id}\` of ${targetKey(policy.target)} matches nothing: ${problem.message}`,
    ...(problem.suggestion !== undefined && { suggestion: problem.suggestion }),
  };
}

/** Which part of a pin a problem is about. */
const PART: Readonly<Record<PinProblem['code'], 'file' | 'document' | 'path' | 'version'>> = {
  'file-missing': 'file',
  'not-text': 'file',
  'not-parsable': 'file',
  'document-not-found': 'document',
  'document-ambiguous': 'document',
  'path-invalid': 'path',
  'path-not-found': 'path',
  'path-ambiguous': 'path',
  'not-a-scalar': 'path',
  'not-editable': 'path',
  'pattern-mismatch': 'version',
};

function placeOf({ code }: PinProblem, pin: Pin, policy: TargetPolicy): Place {
  const place = policy.pinPlaces?.[pin.id];
  return place ? (place[PART[code]] ?? place) : { line: 1, column: 1 };
}
