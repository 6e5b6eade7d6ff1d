import { suspendedLines } from '../automation/flux-marker.ts';
import { decodeText } from '../manifests/decode-text.ts';
import { checkPins } from '../policy/check-pins.ts';
import { loadPolicySet } from '../policy/load.ts';
import type { PolicyProblem, PolicySet, Principal, TargetPolicy } from '../policy/policy.ts';
import type { CommitInfo, HistorySource, Oid } from '../releases/release.ts';
import type { Account } from '../rollback/forge.ts';
import { targetKey } from '../target.ts';
import { findWiderPowers, gainers } from './find-wider-powers.ts';
import type { Finding, Where } from './finding.ts';
import { judgeRelease, type ReleaseChange } from './judge-release.ts';
import { layOver, type Files } from './lay-over.ts';
import { readChange, type ReadChange } from './read-change.ts';

/** A pull request, or a group of them that is about to be merged, as the check needs it. */
export interface CheckedPull {
  /** The commit that is checked, with the time of the check as its date. */
  readonly head: CommitInfo;
  /** What it changes in the branch that it goes to: new bytes by path, null for what it removes. */
  readonly changed: ReadonlyMap<string, Uint8Array | null>;
  /** The commit at which it left that branch. */
  readonly start: Oid;
  /** Its text: where people say what belongs together. */
  readonly body: string;
  /** Who proposes it; absent of a group. */
  readonly author?: Account;
}

/** Everything else that the check rests on: the newest commit of the branch, its policies, and what people decided. */
export interface CheckGround {
  readonly source: HistorySource;
  readonly base: Oid;
  readonly policies: PolicySet;
  readonly presets: readonly { readonly name: string; readonly text: string }[];
  readonly quarantine: (
    change: ReadChange,
    policy: TargetPolicy,
  ) => ReleaseChange['quarantine'] | undefined;
  /** Whether somebody is one of those named, by GitHub. */
  readonly isAmong: (user: Account, from: readonly Principal[]) => Promise<boolean | 'unknown'>;
}

const POLICIES = '.lastgood';

/**
 * What is to be said about a pull request. What it ships is held against the policies of the branch that it goes to,
 * never against its own: who opens a pull request does not choose the rules for it.
 */
export async function judgePull(
  ground: CheckGround,
  pull: CheckedPull,
): Promise<readonly Finding[]> {
  const files = layOver(ground.source, ground.base, pull.changed);
  const left = layOver(ground.source, pull.start, new Map());
  const findings: Finding[] = [...(await judgePolicies(ground, files, pull))];
  for (const policy of ground.policies.targets) {
    const change = await readChange(ground.source, files, { policy, left, ...ground, ...pull });
    if (!change) continue;
    const { before, after, goal, ranTogether } = change;
    const quarantine = ground.quarantine(change, policy);
    const pairDeclared = ranTogether || declares(pull.body, targetKey(policy.target));
    const release = { policy, before, after, goal, pairDeclared };
    const suspended = quarantine?.relanded ? await findSuspended(files, policy) : [];
    findings.push(
      ...judgeRelease({
        ...release,
        ...(quarantine && { quarantine: { ...quarantine, suspended } }),
      }),
    );
  }
  return findings;
}

/** Where automation of the target's pins would stay out of force. */
async function findSuspended(files: Files, { pins }: TargetPolicy): Promise<readonly Where[]> {
  const found: Where[] = [];
  for (const file of new Set(pins.map((pin) => pin.file))) {
    const bytes = await files.fileAt(file);
    const decoded = bytes && decodeText(bytes);
    if (!decoded?.ok) continue;
    found.push(...suspendedLines(decoded.text).map((line) => ({ file, line })));
  }
  return found;
}

/**
 * The mistakes that the pull request would bring into the policies, and the powers that it would give. What was wrong
 * before is not held against it.
 */
async function judgePolicies(
  ground: CheckGround,
  files: Files,
  pull: CheckedPull,
): Promise<readonly Finding[]> {
  const touched = [...pull.changed.keys()].some((path) => path.startsWith(`${POLICIES}/`));
  if (!touched) return [];
  const before = layOver(ground.source, ground.base, new Map());
  const known = new Set((await readSet(before, ground.presets)).problems.map(nameOf));
  const { set, problems } = await readSet(files, ground.presets);
  const mistakes = problems
    .filter((problem) => !known.has(nameOf(problem)))
    .map((problem): Finding => ({
      kind: 'policy-problem',
      weight: 'fail',
      problem,
      where: { file: problem.file, line: problem.line },
    }));
  return [...mistakes, ...(await judgePowers(ground, set, pull))];
}

/** Whom the pull request would let decide who may not yet; its author before all. */
async function judgePowers(
  { policies, isAmong }: CheckGround,
  after: PolicySet,
  { author, changed, head }: CheckedPull,
): Promise<readonly Finding[]> {
  const found = findWiderPowers(policies, after, head.at);
  return Promise.all(
    found.map(async ({ level, file, ...powers }): Promise<Finding> => {
      const who = gainers(powers.wider);
      const gains = author && who.length > 0 ? await isAmong(author, who) : false;
      const where = changed.get(file) ? { where: { file, line: 1 } } : {};
      const named = author &&
        gains !== false && {
          author: { login: author.login, gains: gains === true ? 'yes' : 'unknown' } as const,
        };
      return { kind: 'wider-powers', weight: level, ...powers, ...where, ...named };
    }),
  );
}

async function readSet(
  files: Files,
  presets: CheckGround['presets'],
): Promise<{ readonly set: PolicySet; readonly problems: readonly PolicyProblem[] }> {
  const found = await files.filesUnder(POLICIES);
  const sources = found.map(({ path, bytes }) => {
    const decoded = decodeText(bytes);
    return { path, text: decoded.ok ? decoded.text : '\0' };
  });
  const set = loadPolicySet(sources, presets);
  const pins = await checkPins(set, (path) => files.fileAt(path));
  return { set, problems: [...set.problems, ...pins] };
}

/** A problem as itself wherever it stands: lines above it come and go. */
function nameOf({ file, message, expected }: PolicyProblem): string {
  return JSON.stringify([file, message, expected]);
}

/** Whether a pull request's text says that what it ships for a target belongs together. */
function declares(body: string, target: string): boolean {
  return body
    .slice(0, 65_536)
    .split(/\r\n|\r|\n/)
    .some((line) => /^Lastgood-Pair:\s*(\S+)\s*$/.exec(line)?.[1] === target);
}
