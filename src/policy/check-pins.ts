import { decodeText } from '../manifests/decode-text.ts';
import { openManifest } from '../manifests/manifest.ts';
import type { Pin, PinProblem } from '../manifests/pin.ts';
import { readPinIn } from '../manifests/read-pin.ts';
import { setPinsIn } from '../manifests/set-pin.ts';
import { targetKey } from '../target.ts';
import { groupBy } from './group-by.ts';
import type { Place, PolicyProblem, PolicySet, TargetPolicy } from './policy.ts';

interface Use {
  readonly pin: Pin;
  readonly policy: TargetPolicy;
}

/**
 * Checks that every pin matches something in the repository that a rollback can set. A problem stands at the part of the pin in the policy
 * file that does not match. Problems come in the order of the targets and their pins.
 *
 * @param read the bytes of a file of the repository; undefined when there is no such file. Called once a file.
 */
export async function checkPins(
  set: PolicySet,
  read: (path: string) => Promise<Uint8Array | undefined>,
): Promise<readonly PolicyProblem[]> {
  const uses = set.targets.flatMap((policy) => policy.pins.map((pin): Use => ({ pin, policy })));
  const problems = new Map<Use, PinProblem>();
  for (const [path, same] of groupBy(uses, ({ pin }) => pin.file)) {
    const found = checkFile(path, await read(path), same);
    same.forEach((use, index) => {
      const problem = found[index];
      if (problem) problems.set(use, problem);
    });
  }
  return uses.flatMap((use) => {
    const problem = problems.get(use);
    return problem ? [locate(problem, use)] : [];
  });
}

/** What is wrong with each pin of one file, if anything. */
function checkFile(
  path: string,
  bytes: Uint8Array | undefined,
  uses: readonly Use[],
): readonly (PinProblem | undefined)[] {
  const decoded = bytes ? decodeText(bytes) : { ok: false as const, problem: missing(path) };
  if (!decoded.ok) return uses.map(() => decoded.problem);
  // Parsed once, however many pins stand in it.
  const opened = openManifest(path, decoded.text);
  if (!opened.ok) return uses.map(() => opened.problem);
  const { manifest } = opened;
  return uses.map(({ pin }) => {
    const reading = readPinIn(manifest, pin);
    if (!reading.ok) return reading.problem;
    // Setting a pin to what it says changes nothing and tells whether a rollback could.
    const set = setPinsIn(manifest, [{ pin, goal: { value: reading.value.value } }]);
    return set.ok ? undefined : set.problem;
  });
}

function missing(path: string): PinProblem {
  return {
    code: 'file-missing',
    message: `There is no file ${path} in the repository`,
    suggestion: 'correct the path, or add the file before the pin',
  };
}

function locate(problem: PinProblem, { pin, policy }: Use): PolicyProblem {
  const { line, column } = placeOf(problem, pin, policy);
  return {
    file: policy.file,
    line,
    column,
    message: `\`${pin.id}\` of ${targetKey(policy.target)} cannot be used: ${problem.message}`,
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
