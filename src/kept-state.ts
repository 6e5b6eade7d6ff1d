import { createHash } from 'node:crypto';
import type { TargetDrills } from './drill/drill.ts';
import type { Evidence } from './decision/decision.ts';
import { NOWHERE, PENDING, PLACE, type Pending, type Place } from './journal/journal-book.ts';
import type { Card } from './notify/card.ts';
import { CARD } from './notify/card-book.ts';
import type { Recovery } from './recovery/recovery.ts';
import type { Kept } from './rollback/open-workspace.ts';
import type { Oid } from './releases/release.ts';
import type { KeptRollback, OpenRollback, Workspace } from './rollback/workspace.ts';
import type { Json } from './store/item.ts';
import type { Change } from './store/settlement.ts';
import type { Documents } from './store/documents.ts';

/** The kinds of documents that keep what was seen of an alert, and what is known of an open rollback. */
const EVIDENCE = 'evidence';
export const ROLLBACK = 'rollback';
/** The kind of the documents that keep what became of merged rollbacks. */
const RECOVERY = 'recovery';
/** The kind of the documents that keep what is known of the drills of a target. */
export const DRILLS = 'drills';
/** The newest commit of the state's branch that is known to be Lastgood's own. */
const TRUSTED = 'trusted-state';

/** Reads what was kept of a repository, by whichever process. */
export async function readKept(documents: Documents, lane: string): Promise<Kept> {
  const [evidence, rollbacks, recoveries, drills, trusted, cards, pending, place] =
    await Promise.all([
      documents.list(lane, EVIDENCE),
      documents.list(lane, ROLLBACK),
      documents.list(lane, RECOVERY),
      documents.list(lane, DRILLS),
      documents.get(lane, TRUSTED, TRUSTED),
      documents.list(lane, CARD),
      documents.list(lane, PENDING),
      documents.get(lane, PLACE, PLACE),
    ]);
  return {
    evidence: evidence.map(({ value }) => value as unknown as Evidence),
    rollbacks: rollbacks.map(({ value }) => value as unknown as KeptRollback),
    recoveries: recoveries.map(({ value }) => value as unknown as Recovery),
    drills: drills.map(({ value }) => value as unknown as TargetDrills),
    ...(typeof trusted === 'string' && { trusted }),
    journal: {
      pending: pending.map(({ value }) => value as unknown as Pending),
      place: (place as unknown as Place | undefined) ?? NOWHERE,
    },
    cards: new Map(cards.map(({ value }) => asCard(value)).map((card) => [card.incident, card])),
  };
}

function asCard(value: Json): Card {
  return value as unknown as Card;
}

/** The part of a workspace that is kept, as it stood at some moment. Its values never change, so they are compared by identity. */
export interface KeptState {
  readonly evidence: ReadonlyMap<string, Evidence>;
  readonly open: ReadonlyMap<string, OpenRollback>;
  readonly rollbacks: ReadonlyMap<string, KeptRollback>;
  readonly recovering: ReadonlyMap<string, Recovery>;
  readonly drills: ReadonlyMap<string, TargetDrills>;
  readonly trusted?: Oid | undefined;
}

/**
 * What is kept of a workspace that was opened just now. `trusted` is what was kept of the state; what is found since
 * is written.
 */
export function keptOf(workspace: Workspace, trusted?: Oid): KeptState {
  const { evidence, open, kept, recovering, drills } = workspace;
  return {
    evidence: new Map(evidence),
    open: new Map(open),
    rollbacks: kept,
    recovering: new Map(recovering),
    drills: new Map(drills),
    trusted,
  };
}

/** What has to be written for a workspace to be kept as it is now, and what it is kept as then. */
export function changesOf(
  before: KeptState,
  {
    evidence,
    open,
    past,
    recovering,
    drills,
    state,
  }: Pick<Workspace, 'evidence' | 'open' | 'past' | 'recovering' | 'drills'> &
    Partial<Pick<Workspace, 'state'>>,
): { readonly changes: readonly Change[]; readonly after: KeptState } {
  const changes: Change[] = [];
  changes.push(...changesIn(EVIDENCE, before.evidence, evidence));
  changes.push(...changesIn(RECOVERY, before.recovering, recovering));
  changes.push(...changesIn(DRILLS, before.drills, drills));
  const trusted = state?.trusted ?? before.trusted;
  if (trusted !== undefined && trusted !== before.trusted) {
    changes.push({ kind: 'put', of: TRUSTED, key: TRUSTED, value: trusted });
  }
  const rollbacks = new Map(before.rollbacks);
  for (const [branch, rollback] of open) {
    if (before.open.get(branch) === rollback && rollbacks.has(branch)) continue;
    const kept = keptRollback(rollback);
    rollbacks.set(branch, kept);
    changes.push(put(ROLLBACK, branch, kept));
  }
  for (const branch of before.rollbacks.keys()) {
    // One that is open and cannot be continued now, for want of a valid policy say, may be later.
    if (open.has(branch) || past.get(branch)?.state === 'open') continue;
    rollbacks.delete(branch);
    changes.push(remove(ROLLBACK, branch));
  }
  return {
    changes,
    after: {
      evidence: new Map(evidence),
      open: new Map(open),
      rollbacks,
      recovering: new Map(recovering),
      drills: new Map(drills),
      trusted,
    },
  };
}

function changesIn<Value extends Evidence | Recovery | TargetDrills>(
  of: string,
  before: ReadonlyMap<string, Value>,
  now: ReadonlyMap<string, Value>,
): readonly Change[] {
  const written = [...now].filter(([key, value]) => before.get(key) !== value);
  const gone = [...before.keys()].filter((key) => !now.has(key));
  return [
    ...written.map(([key, value]) => put(of, key, value)),
    ...gone.map((key) => remove(of, key)),
  ];
}

function keptRollback(rollback: OpenRollback): KeptRollback {
  const { branch, number, merges, approvalsSince, status, waitsFor, attempts, alerts } = rollback;
  const { headSince, votes, waited, next } = rollback;
  return {
    branch,
    number,
    merges,
    status,
    attempts,
    alerts: [...alerts],
    headSince,
    votes,
    ...(waitsFor === undefined ? {} : { waitsFor }),
    ...(waited === undefined ? {} : { waited }),
    ...(next === undefined ? {} : { next }),
    ...(approvalsSince === undefined ? {} : { approvalsSince }),
  };
}

function put(
  of: string,
  key: string,
  value: Evidence | KeptRollback | Recovery | TargetDrills,
): Change {
  return { kind: 'put', of, key: hashOf(key), value: value as unknown as Json };
}

function remove(of: string, key: string): Change {
  return { kind: 'delete', of, key: hashOf(key) };
}

/** A key of any length as the key of a document. */
function hashOf(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}
