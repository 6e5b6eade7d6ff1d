import type { Pin } from '../../manifests/pin.ts';
import type { RepositoryPolicy, TargetPolicy } from '../../policy/policy.ts';
import type { Oid } from '../../releases/release.ts';
import { SECOND, type Instant } from '../../time.ts';
import type { SeenRecord } from './read-record.ts';
import type { Violation, ViolationKind } from './violation.ts';

/** What the pins of a target said, from one commit on. */
export interface SeenRelease {
  readonly commit: Oid;
  readonly at: Instant;
  /** Versions by pin; a pin that says nothing is missing. */
  readonly versions: ReadonlyMap<string, string>;
}

/** A file as a commit changed it. */
export interface SeenChange {
  readonly path: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/** Everything that one rollback on the default branch is judged by, as it stands in git. */
export interface SeenRollback {
  readonly commit: Oid;
  readonly at: Instant;
  readonly record: SeenRecord;
  readonly changes: readonly SeenChange[];
  /** The policy of its target at its parent; undefined: there was none, or one with mistakes. */
  readonly policy: TargetPolicy | undefined;
  readonly repository: RepositoryPolicy;
  /** Whether the named policy file is the same at the commit it was read at and at the parent. */
  readonly samePolicy: boolean;
  /** The releases up to and including this one, oldest first. */
  readonly releases: readonly SeenRelease[];
  /** The records of the rollbacks before this one, with their times. */
  readonly earlier: readonly {
    readonly at: Instant;
    readonly record: SeenRecord;
    readonly merged: MergedBy;
  }[];
  /** Versions that were quarantined by then. */
  readonly quarantined: readonly ReadonlyMap<string, string>[];
  /** Commits that were designated good by then. */
  readonly baselines: ReadonlySet<Oid>;
  readonly merged: MergedBy;
}

/** By whom the journal says that it was merged. */
export type MergedBy = 'policy' | 'timeout' | 'approval' | 'person' | 'unknown';

/**
 * What is wrong with one rollback, derived anew from git alone. Pure. None of the code that decides, plans or merges
 * takes part in it; policies are read by the one reader there is.
 */
export function verifyRollback(seen: SeenRollback): readonly Violation[] {
  const { commit, record, policy } = seen;
  const found: Violation[] = [];
  const say = (kind: ViolationKind, sentence: string): void =>
    void found.push({ kind, commit, sentence: `${record.target}: ${sentence}` });
  if (!policy) {
    say('cannot-verify', 'no valid policy stood on the default branch before the merge.');
    return found;
  }
  checkDiff(seen, policy.pins, say);
  checkVersions(seen, policy.pins, say);
  if (!seen.samePolicy) {
    say('policy-changed', `${record.policyFile} is another one at the merge than at the decision.`);
  }
  if (seen.merged !== 'person' && record.mode === 'automatic') checkLicense(seen, policy, say);
  if (record.mode === 'reviewed') checkApprovals(seen, policy, say);
  // Whom a person names, that person answers for.
  if (record.requestedBy === undefined) checkGoal(seen, policy, say);
  return found;
}

type Say = (kind: ViolationKind, sentence: string) => void;

function checkDiff({ changes, record }: SeenRollback, pins: readonly Pin[], say: Say): void {
  for (const { path, before, after } of changes) {
    const own = pins.filter(({ file }) => file === path);
    if (own.length === 0) say('diff-wider', `${path} changed, and no pin stands there.`);
    else if (before === undefined || after === undefined) {
      say('diff-wider', `${path} was added or taken away.`);
    } else {
      const line = otherLine(before, after, own.length, record);
      if (line !== undefined)
        say('diff-wider', `${path} changed in line ${line}, beside its pins.`);
    }
  }
}

/** The first line that differs by more than a version for its good one; undefined when there is none. */
function otherLine(
  before: string,
  after: string,
  most: number,
  { from, to }: SeenRecord,
): number | undefined {
  const old = before.split('\n');
  const now = after.split('\n');
  if (old.length !== now.length) return Math.min(old.length, now.length);
  const swaps = [...from].flatMap(([pin, version]) => {
    const good = to.get(pin);
    return good === undefined || good === version ? [] : [[version, good] as const];
  });
  let changed = 0;
  for (const [i, line] of old.entries()) {
    const other = now[i] ?? '';
    if (line === other) continue;
    changed += 1;
    const explained = swaps.some(([bad, good]) => replacedOnce(line, other, bad, good));
    if (!explained || changed > most) return i + 1;
  }
  return undefined;
}

/** Whether one line is the other with exactly one occurrence of a version replaced. Comments of Flux may be put out of force. */
function replacedOnce(line: string, other: string, bad: string, good: string): boolean {
  const [old, now] = [line, other].map((one) => one.replace(/\s*#.*\$imagepolicy.*$/, ''));
  if (old === undefined || now === undefined) return false;
  for (let at = old.indexOf(bad); at >= 0; at = old.indexOf(bad, at + 1)) {
    if (old.slice(0, at) + good + old.slice(at + bad.length) === now) return true;
  }
  return false;
}

function checkVersions({ releases, record }: SeenRollback, pins: readonly Pin[], say: Say): void {
  const after = releases.at(-1);
  const before = releases.at(-2);
  for (const { id } of pins) {
    const [from, to] = [record.from.get(id), record.to.get(id)];
    if (from !== undefined && before?.versions.get(id) !== from) {
      say(
        'pins-differ',
        `${id} was ${before?.versions.get(id) ?? 'unreadable'} before, not ${from} as recorded.`,
      );
    }
    if (to !== undefined && after?.versions.get(id) !== to) {
      say(
        'pins-differ',
        `${id} is ${after?.versions.get(id) ?? 'unreadable'} after it, not ${to} as recorded.`,
      );
    }
  }
}

/** Whether the policy of that moment let it merge by itself, within both budgets. */
function checkLicense(seen: SeenRollback, policy: TargetPolicy, say: Say): void {
  const { record } = seen;
  if (record.unansweredFor !== undefined) {
    checkSilence(record.unansweredFor, policy, say);
    return checkBudgets(seen, policy, say);
  }
  if (record.requestedBy !== undefined) {
    if (policy.breakGlass.length === 0)
      say('not-allowed', 'somebody broke the glass, and the policy names nobody who may.');
    return;
  }
  const { respond, onReturn } = policy;
  const response =
    record.source === 'lastgood'
      ? onReturn
      : (Object.entries(respond).find(([one]) => one === record.severity)?.[1] ?? 'none');
  if (response !== 'merge') {
    say(
      'not-allowed',
      `it merged by itself, and the policy says ${response} for ${record.severity}.`,
    );
  }
  checkBudgets(seen, policy, say);
}

/** Nobody decided, and it merged: the policy has to say so, after that very time. */
function checkSilence(unanswered: number, { approvals }: TargetPolicy, say: Say): void {
  if (approvals.onTimeout !== 'merge' || approvals.by === 'github') {
    say('not-allowed', 'it merged because nobody decided, and the policy does not merge then.');
  } else if (unanswered !== approvals.timeout / SECOND) {
    say(
      'not-allowed',
      `it merged because nobody decided for ${unanswered} s, and the policy waits ${approvals.timeout / SECOND} s.`,
    );
  }
}

function checkBudgets(seen: SeenRollback, { limits }: TargetPolicy, say: Say): void {
  const { record, repository, at, earlier } = seen;
  const automatic = earlier.filter(
    (one) => one.record.mode === 'automatic' && one.merged !== 'person',
  );
  const within = (per: number, all: typeof automatic) =>
    all.filter((one) => one.at > at - per).length + 1;
  const own = automatic.filter((one) => one.record.target === record.target);
  const used = within(limits.merge.per, own);
  if (used > limits.merge.count) {
    say(
      'over-budget',
      `it was automatic merge ${used} of ${limits.merge.count} that the target may have.`,
    );
  }
  const all = within(repository.limits.merge.per, automatic);
  if (all > repository.limits.merge.count) {
    say(
      'over-budget',
      `it was automatic merge ${all} of ${repository.limits.merge.count} that the repository may have.`,
    );
  }
}

function checkApprovals({ record, merged }: SeenRollback, policy: TargetPolicy, say: Say): void {
  // Whoever presses the button answers to the rules of GitHub.
  if (merged === 'person' || policy.approvals.by === 'github') return;
  const { required, from } = policy.approvals;
  const people = new Set(record.approvers.map(({ id }) => id));
  if (people.size < required) {
    say(
      'approvals-missing',
      `${people.size} people approved it, and the policy asks for ${required}.`,
    );
  }
  const users = from.flatMap((one) => (one.kind === 'user' ? [one.login.toLowerCase()] : []));
  // Who was in a team or had a role at that time, git does not tell.
  if (users.length < from.length) return;
  for (const { login } of record.approvers) {
    if (!users.includes(login.toLowerCase())) {
      say('approvals-missing', `${login} approved it, whom the policy does not name.`);
    }
  }
}

/** Whether the goal was the newest release that nothing spoke against. */
function checkGoal(seen: SeenRollback, policy: TargetPolicy, say: Say): void {
  const { record, releases, baselines } = seen;
  if (record.goal === undefined) {
    if (Object.keys(policy.fallback).length === 0) {
      say('not-last-good', 'it went to a fallback, and the policy has none.');
    }
    return;
  }
  const running = releases.length - 2;
  const goal = releases.findIndex(({ commit }) => commit === record.goal);
  const good = releases[goal];
  if (!good || goal >= running) {
    say('not-last-good', `${record.goal.slice(0, 12)} brought no earlier release of it.`);
    return;
  }
  for (const [pin, version] of record.to) {
    const was = good.versions.get(pin);
    // A rung that takes a part of the release leaves the rest as it ran.
    const component = pin.replace(/\[\d+\]$/, '');
    const takes =
      record.rung.takes === 'release' || record.rung.takes.split('+').includes(component);
    if (!takes && record.from.get(pin) === version) continue;
    if (was !== undefined && was !== version) {
      say(
        'not-last-good',
        `${pin} was ${was} in the release that it went back to, not ${version}.`,
      );
    }
  }
  if (baselines.has(good.commit)) return;
  // Each rung before it brought a release of its own, and none of them leads further back.
  const depth = running - goal - (record.rung.number - 1);
  if (depth > policy.goal.maxDepth) {
    say(
      'not-last-good',
      `it went back ${depth} releases, and the policy allows ${policy.goal.maxDepth}.`,
    );
  }
  const soak = (i: number): number => (releases[i + 1]?.at ?? 0) - (releases[i]?.at ?? 0);
  if (soak(goal) < policy.goal.minSoak) {
    say(
      'not-last-good',
      'the release that it went back to had not run for as long as the policy asks.',
    );
  }
  for (let i = goal + 1; i < running; i += 1) {
    const release = releases[i];
    if (!release || soak(i) < policy.goal.minSoak || isTainted(release, seen)) continue;
    const commit = release.commit.slice(0, 12);
    say(
      'not-last-good',
      `the newer release of ${commit} was passed over, and nothing spoke against it.`,
    );
  }
}

/** Whether something spoke against a release at the time of the rollback. */
function isTainted({ commit, versions }: SeenRelease, seen: SeenRollback): boolean {
  const { record, releases, earlier, quarantined } = seen;
  const running = releases.at(-2)?.versions ?? new Map<string, string>();
  const same = (a: ReadonlyMap<string, string>): boolean =>
    [...a].every(([pin, version]) => versions.get(pin) === version);
  if (versions.size === 0 || same(running)) return true;
  if (quarantined.some((pins) => pins.size > 0 && same(pins))) return true;
  const before = earlier.filter((one) => one.record.target === record.target);
  return before.some(({ record: { bad, from, to } }) => {
    if (bad === commit) return true;
    const changed = [...from].filter(([pin, version]) => to.get(pin) !== version);
    const model = changed.filter(([pin]) => pin.startsWith('model'));
    const suspect = model.length > 0 ? model : changed;
    return suspect.length > 0 && same(new Map(suspect));
  });
}
