/**
 * The independent auditor: derives anew from git alone whether every rollback was allowed. It shares no code with what
 * decides, plans, merges and records but for git, the grammar of pins' paths and the reader of policies.
 */
import type { Clone } from '../../git/open-clone.ts';
import type { Pin } from '../../manifests/pin.ts';
import type { PolicySet } from '../../policy/policy.ts';
import type { Oid } from '../../releases/release.ts';
import { MINUTE, type Instant } from '../../time.ts';
import { pinVersion } from './pin-values.ts';
import { readQuarantine, type SeenQuarantine } from './read-quarantine.ts';
import { readRecord, type SeenRecord } from './read-record.ts';
import {
  GITHUB_ADDRESS,
  verifyJournal,
  type SeenCommit,
  type SeenJournal,
} from './verify-journal.ts';
import {
  verifyRollback,
  type MergedBy,
  type SeenChange,
  type SeenRelease,
} from './verify-rollback.ts';
import type { Violation } from './violation.ts';

export interface Verification {
  readonly head: Oid;
  readonly journal?: Oid;
  /** The mail address of the App, as the journal's first commit names it. */
  readonly app?: string;
  readonly rollbacks: number;
  readonly entries: number;
  /** How many of the App's commits carry a signature. Whether it is valid, `git verify-commit` tells. */
  readonly signed: number;
  readonly violations: readonly Violation[];
}

const JOURNAL = 'lastgood/journal';
const FOLDER = '.lastgood/journal';
/** So long after a merge its entry may be on its way. */
const GRACE = 15 * MINUTE;

interface Candidate {
  readonly commit: Oid;
  readonly parent: Oid | undefined;
  readonly at: Instant;
  readonly author: string;
  readonly committer: string;
  readonly record: SeenRecord | string;
}

/** Verifies the history of the default branch from `head` back, and the journal. */
export async function verifyHistory(
  clone: Clone,
  head: Oid,
  now: Instant,
  policiesAt: (commit: Oid) => Promise<PolicySet>,
): Promise<Verification> {
  const top = await clone.branch(JOURNAL);
  const journal: SeenJournal =
    top === undefined
      ? { entries: [], app: undefined, violations: [] }
      : await readJournal(clone, top);
  const candidates = await readCandidates(clone, head);
  const merges = new Map(
    journal.entries.flatMap(({ kind, facts }) =>
      kind === 'merged' && typeof facts['commit'] === 'string' ? [[facts['commit'], facts]] : [],
    ),
  );
  const rollbacks = await verifyAll(clone, head, candidates, merges, policiesAt);
  const beside = await compare(clone, head, now, candidates, journal, merges);
  const signatures = await checkSignatures(clone, top, candidates, journal.app);
  return {
    head,
    ...(top !== undefined && { journal: top }),
    ...(journal.app !== undefined && { app: journal.app }),
    rollbacks: candidates.length,
    entries: journal.entries.length,
    signed: signatures.signed,
    violations: [...rollbacks, ...beside, ...signatures.violations, ...journal.violations],
  };
}

async function readJournal(clone: Clone, top: Oid): Promise<SeenJournal> {
  const commits: SeenCommit[] = [];
  for await (const one of clone.log(top)) {
    const { commit, parents, author, committer, message } = one;
    commits.push({ commit, parents, author: author.email, committer: committer.email, message });
    // What is older is the default branch's, where the journal began.
    if (/^Lastgood-Journal: 1-/m.test(message)) break;
  }
  const entries = (await clone.filesUnder(top, FOLDER)).filter(({ path }) =>
    path.endsWith('.jsonl'),
  );
  const texts = await Promise.all(
    entries.map(
      async ({ path, blob }) =>
        [path, Buffer.from(await clone.blob(blob)).toString('utf8')] as const,
    ),
  );
  return verifyJournal(commits, new Map(texts));
}

async function readCandidates(clone: Clone, head: Oid): Promise<readonly Candidate[]> {
  const found: Candidate[] = [];
  for await (const one of clone.log(head, ['Lastgood-Target:'])) {
    const { commit, parents, at, author, committer, message } = one;
    const record = readRecord(message);
    const common = { commit, parent: parents[0], at };
    found.push({ ...common, author: author.email, committer: committer.email, record });
  }
  return found.toReversed();
}

type Facts = Readonly<Record<string, unknown>>;

/** Each rollback for itself, oldest first. */
async function verifyAll(
  clone: Clone,
  head: Oid,
  candidates: readonly Candidate[],
  merges: ReadonlyMap<string, Facts>,
  policiesAt: (commit: Oid) => Promise<PolicySet>,
): Promise<readonly Violation[]> {
  const changes = await readChanges(clone, head);
  const quarantine = await readQuarantine(clone);
  const histories = makeHistories(clone, head);
  const policies = makePolicies(clone, policiesAt);
  const found: Violation[] = [];
  const earlier: { at: Instant; record: SeenRecord; merged: MergedBy }[] = [];
  for (const { commit, parent, at, record } of candidates) {
    if (typeof record === 'string' || parent === undefined) continue;
    const set = await policies(parent);
    const policy = set.targets.find(
      ({ target }) => `${target.environment}/${target.model}` === record.target,
    );
    const releases = policy ? await histories(policy.pins) : [];
    const upTo = releases.findIndex((release) => release.commit === commit);
    const merged = mergedBy(merges.get(commit));
    const marks = quarantine.get(record.target);
    found.push(
      ...verifyRollback({
        commit,
        at,
        record,
        changes: await readTexts(clone, parent, changes.get(commit) ?? []),
        policy,
        repository: set.repository,
        samePolicy: await isSameFile(clone, record, parent),
        releases: releases.slice(0, upTo + 1),
        earlier: [...earlier],
        quarantined: quarantinedBy(marks, at),
        baselines: marks?.baselines ?? new Set(),
        merged,
      }),
    );
    earlier.push({ at, record, merged });
  }
  return found;
}

function mergedBy(facts: Facts | undefined): MergedBy {
  const by = facts?.['by'];
  return by === 'policy' || by === 'timeout' || by === 'approval' || by === 'person'
    ? by
    : 'unknown';
}

function quarantinedBy(marks: SeenQuarantine | undefined, at: Instant) {
  return (marks?.quarantined ?? []).filter((one) => one.at <= at).map(({ pins }) => pins);
}

type Change = { readonly path: string; readonly blob: Oid | null };

async function readChanges(clone: Clone, head: Oid): Promise<ReadonlyMap<Oid, readonly Change[]>> {
  const found = new Map<Oid, readonly Change[]>();
  for await (const { commit, changes } of clone.changedBy(head, 'Lastgood-Target:')) {
    found.set(commit, changes);
  }
  return found;
}

async function readTexts(
  clone: Clone,
  parent: Oid,
  changes: readonly Change[],
): Promise<readonly SeenChange[]> {
  return Promise.all(
    changes.map(async ({ path, blob }) => {
      const before = await clone.fileAt(parent, path);
      return {
        path,
        before: before && (await textOf(clone, before.blob)),
        after: blob === null ? undefined : await textOf(clone, blob),
      };
    }),
  );
}

async function textOf(clone: Clone, blob: Oid): Promise<string> {
  return Buffer.from(await clone.blob(blob)).toString('utf8');
}

/** Whether the policy file that allowed it stood there still when it was merged. */
async function isSameFile(clone: Clone, record: SeenRecord, parent: Oid): Promise<boolean> {
  const { policyFile, policyCommit } = record;
  try {
    const then = await clone.fileAt(policyCommit, policyFile);
    const now = await clone.fileAt(parent, policyFile);
    return then !== undefined && then.blob === now?.blob;
  } catch {
    return false;
  }
}

/** The policies as of a commit, read once for each state of their folder. */
function makePolicies(
  clone: Clone,
  policiesAt: (commit: Oid) => Promise<PolicySet>,
): (commit: Oid) => Promise<PolicySet> {
  const known = new Map<string, Promise<PolicySet>>();
  return async (commit) => {
    const files = await clone.filesUnder(commit, '.lastgood');
    const key = files.map(({ path, blob }) => `${blob} ${path}`).join('\n');
    const found = known.get(key) ?? policiesAt(commit);
    known.set(key, found);
    return found;
  };
}

/** The releases of some pins over the whole history, oldest first, read once for each set of pins. */
function makeHistories(
  clone: Clone,
  head: Oid,
): (pins: readonly Pin[]) => Promise<readonly SeenRelease[]> {
  const known = new Map<string, Promise<readonly SeenRelease[]>>();
  const versions = new Map<string, string | undefined>();

  const versionAt = async (commit: Oid, pin: Pin): Promise<string | undefined> => {
    const file = await clone.fileAt(commit, pin.file);
    if (!file) return undefined;
    const key = `${file.blob} ${JSON.stringify(pin)}`;
    if (!versions.has(key)) versions.set(key, pinVersion(await textOf(clone, file.blob), pin));
    return versions.get(key);
  };

  const read = async (pins: readonly Pin[]): Promise<readonly SeenRelease[]> => {
    const commits: { commit: Oid; at: Instant }[] = [];
    for await (const one of clone.touched(head, [...new Set(pins.map(({ file }) => file))])) {
      commits.push(one);
    }
    const releases: SeenRelease[] = [];
    let last = '';
    for (const { commit, at } of commits.toReversed()) {
      const found = new Map<string, string>();
      for (const pin of pins) {
        const version = await versionAt(commit, pin);
        if (version !== undefined) found.set(pin.id, version);
      }
      const tuple = JSON.stringify([...found]);
      if (tuple !== last) releases.push({ commit, at, versions: found });
      last = tuple;
    }
    return releases;
  };

  return (pins) => {
    const key = JSON.stringify(pins);
    const found = known.get(key) ?? read(pins);
    known.set(key, found);
    return found;
  };
}

/** Holds the default branch and the journal against each other. */
async function compare(
  clone: Clone,
  head: Oid,
  now: Instant,
  candidates: readonly Candidate[],
  journal: SeenJournal,
  merges: ReadonlyMap<string, Facts>,
): Promise<readonly Violation[]> {
  const found: Violation[] = [];
  const own = new Set<Oid>();
  for (const { commit, at, author, committer, record } of candidates) {
    own.add(commit);
    const say = (kind: Violation['kind'], what: string): void =>
      void found.push({ kind, commit, sentence: `${commit.slice(0, 12)} ${what}.` });
    if (typeof record === 'string') {
      say('record-broken', `looks like a rollback, and its record is none: ${record}`);
      continue;
    }
    const facts = merges.get(commit);
    const byPerson = mergedBy(facts) === 'person';
    const byApp = committer === GITHUB_ADDRESS && author === journal.app;
    if (journal.app !== undefined && !byApp && !byPerson) {
      say('not-the-app', `says that Lastgood made it, and it is ${author}'s`);
    }
    if (!facts) {
      if (now - at > GRACE) say('journal-missing', 'is a rollback that the journal does not have');
    } else if (differs(facts['record'], record)) {
      say('journal-differs', 'has another record than the journal has of it');
    }
  }
  const strange = [...merges.keys()].filter((commit) => !own.has(commit));
  if (strange.length === 0) return found;
  const there = new Set<Oid>();
  for await (const { commit } of clone.log(head)) there.add(commit);
  for (const commit of strange) {
    const byPerson = mergedBy(merges.get(commit)) === 'person';
    if (there.has(commit) && byPerson) continue;
    found.push(
      there.has(commit)
        ? {
            kind: 'record-broken',
            commit,
            sentence: `${commit.slice(0, 12)} is a rollback of the journal's, and its record is gone.`,
          }
        : {
            kind: 'journal-unfounded',
            commit,
            sentence: `The journal has ${commit.slice(0, 12)} merged, and the default branch does not have it.`,
          },
    );
  }
  return found;
}

/** Whether the journal has something else of a merge than its commit says; a person's merge may have no record there. */
function differs(kept: unknown, record: SeenRecord): boolean {
  if (typeof kept !== 'object' || kept === null) return false;
  const { mode, bad, from, to, approvedBy } = kept as Readonly<Record<string, unknown>>;
  const approvers = Array.isArray(approvedBy) ? approvedBy : [];
  const ids = approvers.map((one: unknown) =>
    typeof one === 'object' && one !== null && 'id' in one ? one.id : undefined,
  );
  return (
    mode !== record.mode ||
    bad !== record.bad ||
    !sameVersions(from, record.from) ||
    !sameVersions(to, record.to) ||
    JSON.stringify(ids) !== JSON.stringify(record.approvers.map(({ id }) => id))
  );
}

function sameVersions(kept: unknown, versions: ReadonlyMap<string, string>): boolean {
  if (typeof kept !== 'object' || kept === null) return false;
  const all = Object.entries(kept);
  return all.length === versions.size && all.every(([pin, one]) => versions.get(pin) === one);
}

/** GitHub signs all commits of an App, or none of this server's: one that lacks it among others is not the App's. */
async function checkSignatures(
  clone: Clone,
  top: Oid | undefined,
  candidates: readonly Candidate[],
  app: string | undefined,
): Promise<{ readonly signed: number; readonly violations: readonly Violation[] }> {
  if (top === undefined || app === undefined) return { signed: 0, violations: [] };
  const commits = candidates.filter(({ author }) => author === app).map(({ commit }) => commit);
  for await (const { commit, author, message } of clone.log(top)) {
    if (author.email === app) commits.push(commit);
    if (/^Lastgood-Journal: 1-/m.test(message)) break;
  }
  const signed = new Set<Oid>();
  for (const commit of commits) {
    const text = Buffer.from(await clone.commitBytes(commit)).toString('latin1');
    if (/^gpgsig /m.test(text.slice(0, text.indexOf('\n\n')))) signed.add(commit);
  }
  const all = [...new Set(commits)];
  if (signed.size === 0) return { signed: 0, violations: [] };
  const violations = all
    .filter((commit) => !signed.has(commit))
    .map((commit): Violation => ({
      kind: 'unsigned',
      commit,
      sentence: `${commit.slice(0, 12)} names the App as its author, and is not signed as its other commits are.`,
    }));
  return { signed: signed.size, violations };
}
