import { parsePath } from '../manifests/parse-path.ts';
import type { Pin } from '../manifests/pin.ts';
import { targetKey } from '../target.ts';
import type { Place, PolicyProblem, TargetPolicy } from './policy.ts';
import type { PolicyFileReading } from './policy-file.ts';

interface Claim {
  /** How the other one's message names this one. */
  readonly name: string;
  readonly at: Place & { readonly file: string };
}

/** What two policies cannot both have: a target, or a place in a file. Each gets a problem that names the other. */
export function findConflicts(files: readonly PolicyFileReading[]): readonly PolicyProblem[] {
  const targets = new Map<string, Claim[]>();
  const pins = new Map<string, Claim[]>();
  for (const { claims, certain, targets: policies } of files) {
    if (!certain) continue;
    for (const { target, at } of claims)
      add(targets, targetKey(target), { name: targetKey(target), at });
    for (const policy of policies) {
      for (const pin of policy.pins) {
        const name = `\`${pin.id}\` of ${targetKey(policy.target)}`;
        add(pins, pinnedPlace(pin), { name, at: pinAt(policy, pin) });
      }
    }
  }
  return [
    ...pairs(targets, (own, other) => ({
      message: `${own.name} has a second policy at ${position(other)}`,
      expected: 'one policy for a target',
      suggestion: 'remove the environment from one of the two files',
    })),
    ...pairs(pins, (own, other) => {
      // The same pin of one target in two files: the second policy is the mistake, and has been told.
      if (own.name === other.name) return undefined;
      return {
        message: `${own.name} names the same place as ${other.name} at ${position(other)}`,
        expected: 'every place to be pinned once',
        suggestion: 'remove one of the two pins',
      };
    }),
  ];
}

function add(map: Map<string, Claim[]>, key: string, claim: Claim): void {
  const claims = map.get(key);
  if (claims) claims.push(claim);
  else map.set(key, [claim]);
}

/** One problem for every claim that is not alone: the first names the second, all others name the first. */
function pairs(
  claims: ReadonlyMap<string, readonly Claim[]>,
  explain: (own: Claim, other: Claim) => Omit<PolicyProblem, keyof Claim['at']> | undefined,
): PolicyProblem[] {
  return [...claims.values()].flatMap((same) =>
    same.flatMap((own, index) => {
      const other = same[index === 0 ? 1 : 0];
      const problem = other && explain(own, other);
      return problem ? [{ ...own.at, ...problem }] : [];
    }),
  );
}

function pinAt(policy: TargetPolicy, pin: Pin): Claim['at'] {
  const { line, column } = policy.pinPlaces?.[pin.id] ?? { line: 1, column: 1 };
  return { file: policy.file, line, column };
}

function position({ at }: Claim): string {
  return `${at.file}:${at.line}:${at.column}`;
}

/** Equal for pins that name the same scalar, however their paths are written: `a["b"][0]` is `a.b[0]`. */
function pinnedPlace({ file, document, path }: Pin): string {
  const parsed = parsePath(path);
  const steps = parsed.ok ? parsed.steps.map((step) => ({ ...step, end: 0 })) : path;
  return JSON.stringify([file, document?.kind ?? null, document?.name ?? null, steps]);
}
