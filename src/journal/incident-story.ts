import { incidentOf } from '../rollback/branch.ts';
import { targetKey } from '../target.ts';
import type { Instant } from '../time.ts';
import type { JournalLine } from './chain.ts';
import { factsIn, type Facts, type RecordFacts } from './facts.ts';

/** What the entries of one incident come to. */
export interface IncidentStory {
  readonly incident: string;
  readonly target: string;
  readonly bad: string;
  readonly alert?: Facts['alert'];
  readonly from?: Facts['from'];
  readonly to?: Facts['to'];
  readonly pull?: number;
  /** The whole decision, as the merge carries it, or the pull request while there is no merge. */
  readonly record?: RecordFacts;
  readonly merge?: {
    readonly commit: string;
    readonly at: Instant;
    readonly by: string;
  };
  readonly closed?: { readonly at: Instant; readonly by: string };
  readonly rebuilt: boolean;
  /** When each phase ended; what did not happen, or is not known, is absent. */
  readonly times: PhaseTimes;
  readonly relapsed: boolean;
}

export interface PhaseTimes {
  /** When the alert began to fire, as its sender says. */
  readonly started?: Instant;
  readonly firstSeen?: Instant;
  readonly decided?: Instant;
  readonly proposed?: Instant;
  readonly merged?: Instant;
  readonly rolledOut?: Instant;
  readonly verified?: Instant;
}

/** The story of one incident, by its entries in the order of the chain; undefined where they name none. Pure. */
export function incidentStory(lines: readonly JournalLine[]): IncidentStory | undefined {
  const incident = lines.find((line) => line.incident !== undefined)?.incident;
  const id = incident === undefined ? undefined : incidentOf(incident);
  if (!id || incident === undefined) return undefined;
  const all = lines.map((line) => ({ line, at: Date.parse(line.at), facts: factsIn(line) }));
  const last = (...kinds: string[]) => all.findLast(({ line }) => kinds.includes(line.kind));
  const first = (...kinds: string[]) => all.find(({ line }) => kinds.includes(line.kind));
  const phase = (name: string) =>
    all.findLast(({ line, facts }) => line.kind === 'followed' && facts.happened === name)?.at;
  const decided = first('decided');
  const acted = all.find(({ facts }) => facts.act === 'merge' || facts.act === 'review');
  const proposed = last('proposed', 'adopted');
  const merged = last('merged');
  const closed = last('closed');
  const planned = last('renewed', 'planned');
  const record = merged?.facts.record ?? proposed?.facts.record;
  const alert = decided?.facts.alert ?? record?.alert;
  const pull = merged?.facts.pull ?? proposed?.facts.pull ?? closed?.facts.pull;
  const from = planned?.facts.from ?? record?.from;
  const to = planned?.facts.to ?? record?.to;
  const over = closed && (!merged || closed.line.seq > merged.line.seq) ? closed : undefined;
  return {
    incident,
    target: targetKey(id.target),
    bad: id.badCommit,
    ...(alert && { alert }),
    ...(from && { from }),
    ...(to && { to }),
    ...(pull !== undefined && { pull }),
    ...(record && { record }),
    ...(merged?.facts.commit !== undefined && {
      merge: { commit: merged.facts.commit, at: merged.at, by: name(merged.facts.by) },
    }),
    ...(over && { closed: { at: over.at, by: name(over.facts.by) } }),
    rebuilt: merged?.facts.rebuilt === true || over?.facts.rebuilt === true,
    times: known({
      started: decided?.facts.alert?.startsAt && Date.parse(decided.facts.alert.startsAt),
      firstSeen: record ? Date.parse(record.firstSeen) : decided?.at,
      decided: record ? Date.parse(record.decided) : acted?.at,
      proposed: first('proposed', 'adopted')?.at,
      merged: merged?.at,
      rolledOut: phase('rolled-out'),
      verified: phase('recovered'),
    }),
    relapsed: phase('relapsed') !== undefined,
  };
}

function name(by: Facts['by']): string {
  if (by === undefined) return 'unknown';
  return typeof by === 'string' ? by : by.login;
}

/** Without what is not known. */
function known(times: {
  readonly [Name in keyof PhaseTimes]: Instant | '' | undefined;
}): PhaseTimes {
  return Object.fromEntries(Object.entries(times).filter(([, at]) => typeof at === 'number'));
}
