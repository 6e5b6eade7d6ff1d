import type { Clone } from '../git/open-clone.ts';
import type { DrillRecord } from '../drill/drill.ts';
import { readDrillTrailers } from '../drill/drill-trailers.ts';
import { readDrillFacts } from '../journal/drill-facts.ts';
import { readLines, type JournalLine } from '../journal/chain.ts';
import { JOURNAL_BRANCH, JOURNAL_FOLDER } from '../journal/journal-branch.ts';
import { readTrailers } from '../journal/read-trailers.ts';
import { decodeText } from '../manifests/decode-text.ts';
import type { PolicySet } from '../policy/policy.ts';
import type { Oid } from '../releases/release.ts';
import { readState } from '../state/read-state.ts';
import { STATE_FOLDER, type TargetState } from '../state/state.ts';
import { STATE_BRANCH } from '../state/view.ts';
import { targetKey, type TargetKey } from '../target.ts';
import type { Instant } from '../time.ts';
import type { MergeCommit } from './audit-rollback.ts';
import type { AuditInput } from './report.ts';

/** Reads from a clone what an audit is made from. */
export async function gatherAudit(
  clone: Clone,
  period: { readonly since: Instant; readonly until: Instant },
  at: { readonly head: Oid; readonly policies: PolicySet },
): Promise<AuditInput> {
  const journal = await clone.branch(JOURNAL_BRANCH);
  const merges = await readMerges(clone, at.head);
  const rehearsed = await readDrillMerges(clone, at.head);
  const apart = new Set([...merges.map(({ commit }) => commit), ...rehearsed]);
  const [incidents, drills, releases, state] = await Promise.all([
    journal === undefined ? new Map() : readIncidents(clone, journal),
    journal === undefined ? [] : readDrills(clone, journal),
    readChanges(clone, at.head, at.policies, apart),
    readTargets(clone),
  ]);
  return {
    ...period,
    head: at.head,
    ...(journal !== undefined && { journal }),
    merges,
    incidents,
    drills,
    releases,
    state,
  };
}

async function readMerges(clone: Clone, head: Oid): Promise<readonly MergeCommit[]> {
  const merges: MergeCommit[] = [];
  for await (const { commit, at, message } of clone.log(head, ['Lastgood-Target:'])) {
    const reading = readTrailers(message);
    if (reading.ok) merges.push({ commit, at, record: reading.record });
  }
  return merges;
}

/** What drills merged, and put back: neither a rollback nor a release. */
async function readDrillMerges(clone: Clone, head: Oid): Promise<readonly Oid[]> {
  const found: Oid[] = [];
  for await (const { commit, message } of clone.log(head, ['Lastgood-Drill:'])) {
    if (readDrillTrailers(message)) found.push(commit);
  }
  return found;
}

async function readDrills(clone: Clone, journal: Oid): Promise<readonly DrillRecord[]> {
  const files = await clone.filesUnder(journal, `${JOURNAL_FOLDER}/drills`);
  const read = await Promise.all(
    files.map(async ({ blob }) => readLines(Buffer.from(await clone.blob(blob)).toString('utf8'))),
  );
  return read
    .flat()
    .flatMap(({ kind, facts }) => (kind === 'drilled' ? (readDrillFacts(facts) ?? []) : []));
}

async function readIncidents(
  clone: Clone,
  journal: Oid,
): Promise<ReadonlyMap<string, readonly JournalLine[]>> {
  const files = await clone.filesUnder(journal, `${JOURNAL_FOLDER}/incidents`);
  const entries = files.filter(({ path }) => path.endsWith('.jsonl'));
  const read = await Promise.all(
    entries.map(async ({ blob }) => {
      const lines = readLines(Buffer.from(await clone.blob(blob)).toString('utf8'));
      const sorted = lines.toSorted((a, b) => a.seq - b.seq);
      return [sorted.find(({ incident }) => incident !== undefined)?.incident, sorted] as const;
    }),
  );
  return new Map(
    read.flatMap(([incident, lines]) => (incident === undefined ? [] : [[incident, lines]])),
  );
}

/** When a file with pins changed, target by target, without the rollbacks. */
async function readChanges(
  clone: Clone,
  head: Oid,
  policies: PolicySet,
  rollbacks: ReadonlySet<Oid>,
): Promise<ReadonlyMap<TargetKey, readonly Instant[]>> {
  const targetsOf = new Map<string, Set<TargetKey>>();
  for (const { target, pins } of policies.targets) {
    for (const { file } of pins) {
      targetsOf.set(file, (targetsOf.get(file) ?? new Set()).add(targetKey(target)));
    }
  }
  const changes = new Map<TargetKey, Instant[]>();
  for await (const { commit, at, changes: all } of clone.touched(head, [...targetsOf.keys()])) {
    if (rollbacks.has(commit)) continue;
    const targets = new Set(all.flatMap(({ path }) => [...(targetsOf.get(path) ?? [])]));
    for (const target of targets) {
      const known = changes.get(target);
      if (known) known.push(at);
      else changes.set(target, [at]);
    }
  }
  return changes;
}

async function readTargets(clone: Clone): Promise<readonly TargetState[]> {
  const head = await clone.branch(STATE_BRANCH);
  if (head === undefined) return [];
  const entries = await clone.filesUnder(head, STATE_FOLDER.replace(/\/$/, ''));
  const files = await Promise.all(
    entries.map(async ({ path, blob }) => {
      const decoded = decodeText(await clone.blob(blob));
      return { path, text: decoded.ok ? decoded.text : '\0' };
    }),
  );
  return [...readState(files).targets.values()];
}
