import type { Oid } from '../releases/release.ts';
import type { Ports } from '../rollback/workspace.ts';
import type { Json } from '../store/item.ts';
import type { Change } from '../store/settlement.ts';
import { HOUR, SECOND, type Clock, type Instant } from '../time.ts';
import { addRepeated } from './alert-facts.ts';
import type { Link } from './chain.ts';
import type { Entry, Journal } from './entry.ts';
import { crowdName, recordOf, repeatName, type JournalRecord, type RepeatName } from './record.ts';

/** The kinds of documents: entries that wait to be written, and what is known of the branch. */
export const PENDING = 'journal-pending';
export const PLACE = 'journal-place';

/** So long after its first entry a batch is written: a rollback usually is one commit, and waits for none. */
const SOON = 10 * SECOND;
/** What is the same again within so long is counted, and written once. */
const REPEATED = HOUR;
/** So many different decisions are told apart while they wait; more are counted by act and reason. */
const CROWD = 100;
/** Names of repeats that are remembered. */
const MOST_NAMES = 500;

/** An entry that waits to be written. */
export interface Pending {
  readonly record: JournalRecord;
  readonly due: Instant;
  readonly name?: RepeatName;
  /** Its place among those that wait: a clock that is set back changes no order. Absent: from before there were any. */
  readonly order?: number;
}

/** What is known of the journal's branch. */
export interface Place {
  /** The newest commit of it that is known to be Lastgood's own, and the end of the chain there. */
  readonly head?: { readonly commit: Oid; readonly link: Link };
  /** So often it was tried in vain, and when it is tried again. */
  readonly failed?: { readonly attempts: number; readonly until: Instant };
  /** Until when the same again is only counted. */
  readonly names: Readonly<Record<RepeatName, Instant>>;
  /** Incidents whose end is in the journal, or about to be, by branch. */
  readonly ended: readonly string[];
}

export const NOWHERE: Place = { names: {}, ended: [] };

export interface KeptJournal {
  readonly pending: readonly Pending[];
  readonly place: Place;
}

/**
 * The journal of one repository during one turn of its lane. What is written is stored with the turn's
 * acknowledgement, together with the timer that has it committed: a process that dies before has done nothing that
 * will not be done and told again.
 */
export interface JournalBook {
  /** Hands everything on, and notes it. */
  readonly journal: Journal;
  /** Notes an entry that is told elsewhere. */
  note(entry: Entry): void;
  readonly place: Place;
  /** The entries to be written now, oldest first. */
  due(now: Instant): readonly JournalRecord[];
  /** How many wait. */
  waiting(): number;
  /** Entries stand in the journal; `head` is its newest commit then. */
  written(ids: readonly string[], head: Place['head']): void;
  /** It could not be written, so many times now, and is tried again at a time. */
  postponed(attempts: number, until: Instant): void;
  /** Has what waits written when it is due. */
  arm(): void;
  /** The incidents whose end is known to be there. Those of others that are not asked about any more are forgotten. */
  settle(ended: readonly string[]): void;
  /** What has to be stored. */
  changes(): readonly Change[];
  kept(): KeptJournal;
}

export interface JournalBookParts {
  readonly journal: Journal;
  readonly later: Ports['later'];
  readonly clock: Clock;
}

export function createJournalBook(
  { journal, later, clock }: JournalBookParts,
  before: KeptJournal,
): JournalBook {
  const pending = new Map(before.pending.map((one) => [one.record.id, one]));
  let place = before.place;
  let last = Math.max(0, ...before.pending.map(orderOf));

  const note = (entry: Entry): void => {
    const record = recordOf(entry);
    if (!record) return;
    if (record.incident !== undefined && endsIncident(entry)) {
      place = { ...place, ended: [...new Set([...place.ended, record.incident])] };
    }
    const name = nameFor(pending, entry);
    if (name === undefined) {
      if (pending.has(record.id)) return;
      last += 1;
      pending.set(record.id, { record, due: record.at + SOON, order: last });
      return;
    }
    const same = [...pending.values()].find((one) => one.name === name);
    if (same) {
      const count = (same.record.repeats?.count ?? 1) + 1;
      const alerts = repeatedAlerts(same.record, entry);
      const repeats = { count, until: entry.at, ...(alerts.length > 0 && { alerts }) };
      pending.set(same.record.id, { ...same, record: { ...same.record, repeats } });
      return;
    }
    const counted = place.names[name] ?? 0;
    const due = counted > entry.at ? counted : entry.at + SOON;
    last += 1;
    pending.set(record.id, { record, due, name, order: last });
  };

  const arm = (): void => {
    if (pending.size === 0) return;
    const first = Math.min(...[...pending.values()].map(({ due }) => due));
    const { attempts = 0, until = first } = place.failed ?? {};
    later({ kind: 'journal', attempts: attempts + 1 }, Math.max(first, until));
  };

  const prune = (now: Instant): void => {
    const names = Object.entries(place.names).filter(([, until]) => until > now);
    if (names.length === Object.keys(place.names).length && names.length <= MOST_NAMES) return;
    const newest = names.sort(([, a], [, b]) => b - a).slice(0, MOST_NAMES);
    place = { ...place, names: Object.fromEntries(newest) };
  };

  return {
    journal: {
      write(entry) {
        journal.write(entry);
        note(entry);
      },
    },
    note,
    get place() {
      return place;
    },
    due(now) {
      const all = [...pending.values()].sort(
        (a, b) => orderOf(a) - orderOf(b) || a.record.at - b.record.at,
      );
      // What happened before something that is due is written before it, whatever the clock said then.
      const until = all.findLastIndex(({ due }) => due <= now);
      return all
        .filter(({ due, name }, i) => due <= now || (i <= until && name === undefined))
        .map(({ record }) => record);
    },
    waiting: () => pending.size,
    written(ids, head) {
      const until = clock() + REPEATED;
      const names = { ...place.names };
      for (const id of ids) {
        const name = pending.get(id)?.name;
        if (name !== undefined) names[name] = until;
        pending.delete(id);
      }
      const { failed: _, ...rest } = place;
      place = { ...rest, ...(head && { head }), names };
    },
    postponed(attempts, until) {
      place = { ...place, failed: { attempts, until } };
    },
    arm,
    settle(ended) {
      if (ended.length === place.ended.length && ended.every((one) => place.ended.includes(one)))
        return;
      place = { ...place, ended };
    },
    changes() {
      prune(clock());
      const changes: Change[] = [];
      const known = new Map(before.pending.map((one) => [one.record.id, one]));
      for (const [id, one] of pending) {
        if (known.get(id) === one) continue;
        changes.push({ kind: 'put', of: PENDING, key: id, value: one as unknown as Json });
      }
      for (const id of known.keys()) {
        if (!pending.has(id)) changes.push({ kind: 'delete', of: PENDING, key: id });
      }
      if (place !== before.place) {
        changes.push({ kind: 'put', of: PLACE, key: PLACE, value: place as unknown as Json });
      }
      if (changes.length > 0) arm();
      return changes;
    },
    kept: () => ({ pending: [...pending.values()], place }),
  };
}

function repeatedAlerts({ facts, repeats }: JournalRecord, entry: Entry) {
  const known = repeats?.alerts ?? [];
  return entry.kind === 'decided' ? addRepeated(facts['alert'], known, entry.alert) : known;
}

function orderOf({ order = 0 }: Pending): number {
  return order;
}

function endsIncident({ kind }: Entry): boolean {
  return kind === 'merged' || kind === 'closed';
}

/** The name that an entry is counted under: its own, or that of the crowd where too many wait already. */
function nameFor(pending: ReadonlyMap<string, Pending>, entry: Entry): RepeatName | undefined {
  const own = repeatName(entry);
  if (own === undefined) return undefined;
  const names = [...pending.values()].flatMap(({ name }) => name ?? []);
  if (names.length < CROWD || names.includes(own)) return own;
  return crowdName(entry) ?? own;
}
