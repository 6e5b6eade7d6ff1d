import type { PartsFound } from '../rollback/which-parts.ts';
import { incidentOf } from '../rollback/branch.ts';
import { targetKey } from '../target.ts';
import type { Instant } from '../time.ts';
import type { JournalLine } from './chain.ts';
import { factsIn, type Facts, type RecordFacts } from './facts.ts';
import type { Samples } from './samples.ts';

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
  /** When the bad release came and by whom, and the one that it went back to. */
  readonly releases: { readonly bad?: Facts['bad']; readonly goal?: Facts['goal'] };
  /** Which parts changed since the last good release. */
  readonly parts?: PartsFound;
  readonly merge?: {
    readonly commit: string;
    readonly at: Instant;
    readonly by: string;
  };
  readonly closed?: { readonly at: Instant; readonly by: string };
  readonly rebuilt: boolean;
  /** When each phase ended; what did not happen, or is not known, is absent. */
  readonly times: PhaseTimes;
  readonly alerts: readonly StoryAlert[];
  /** What was measured, metric by metric, the values of alerts among it. */
  readonly samples: readonly Samples[];
  /** Whether it ever relapsed, and when. */
  readonly relapsed: boolean;
  readonly relapses: readonly Instant[];
  /** Who asked for what, where that was done. */
  readonly asked: readonly {
    readonly at: Instant;
    readonly by: string;
    readonly sentence: string;
  }[];
  /** How often people were called. */
  readonly calls: number;
  /** What ended it last, and has not been taken back by a relapse. Absent: it goes on. */
  readonly end?: { readonly how: End; readonly at: Instant };
}

/** How an incident ends. `recovered` is watched on; everything else is final. */
export type End =
  | 'recovered'
  | 'verified'
  | 'unwatched'
  | 'superseded'
  | 'given-up'
  | 'ladder-ended'
  | 'closed-by-person'
  | 'closed';

/** One alert as it was answered over time. */
export interface StoryAlert {
  readonly name: string;
  readonly source: string;
  readonly severity: string;
  readonly first: Instant;
  readonly last: Instant;
  readonly times: number;
  readonly value?: string;
  readonly threshold?: string;
  readonly summary?: string;
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

interface Read {
  readonly line: JournalLine;
  readonly at: Instant;
  readonly facts: Facts;
}

/** The story of one incident, by its entries in the order of the chain; undefined where they name none. Pure. */
export function incidentStory(lines: readonly JournalLine[]): IncidentStory | undefined {
  const incident = lines.find((line) => line.incident !== undefined)?.incident;
  const id = incident === undefined ? undefined : incidentOf(incident);
  if (!id || incident === undefined) return undefined;
  const all = lines.map((line): Read => ({
    line,
    at: Date.parse(line.at) || 0,
    facts: factsIn(line),
  }));
  const last = (...kinds: string[]) => all.findLast(({ line }) => kinds.includes(line.kind));
  const first = (...kinds: string[]) => all.find(({ line }) => kinds.includes(line.kind));
  const phase = (name: string): Instant | undefined => {
    const found = all.findLast(
      ({ line, facts }) => line.kind === 'followed' && facts.happened === name,
    );
    return found && (found.facts.since === undefined ? found.at : Date.parse(found.facts.since));
  };
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
  const parts = all.findLast(({ facts }) => facts.parts !== undefined)?.facts.parts;
  const relapses = all.flatMap(({ at, facts }) => (facts.happened === 'relapsed' ? [at] : []));
  const end = endOf(all);
  return {
    incident,
    target: targetKey(id.target),
    bad: id.badCommit,
    ...(alert && { alert }),
    ...(from && { from }),
    ...(to && { to }),
    ...(pull !== undefined && { pull }),
    ...(record && { record }),
    releases: {
      ...(planned?.facts.bad && { bad: planned.facts.bad }),
      ...(planned?.facts.goal && { goal: planned.facts.goal }),
    },
    ...(parts && { parts }),
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
    alerts: alertsOf(all),
    samples: samplesOf(all),
    relapsed: relapses.length > 0,
    relapses,
    asked: all.flatMap(({ line, at, facts }) =>
      line.kind === 'commanded' && facts.outcome === 'done'
        ? [{ at, by: name(facts.by), sentence: line.sentence }]
        : [],
    ),
    calls: all.filter(({ line }) => line.kind === 'paged').length,
    ...(end && { end }),
  };
}

const ENDS: ReadonlySet<string> = new Set<End>([
  'recovered',
  'verified',
  'unwatched',
  'superseded',
  'given-up',
  'ladder-ended',
]);

/** What ends an incident after its merge, for good. A ladder that ended is followed on. */
const FINAL: ReadonlySet<string> = new Set<End>([
  'verified',
  'unwatched',
  'superseded',
  'given-up',
]);

/** Whether an entry says what finally came of a rollback that was merged. */
export function endsFollowing({ facts }: Pick<JournalLine, 'facts'>): boolean {
  const { happened } = facts;
  return typeof happened === 'string' && FINAL.has(happened);
}

/** Whether an entry ends an incident: its report is written with it. */
export function endsStory({ kind, facts }: Pick<JournalLine, 'kind' | 'facts'>): boolean {
  const { happened } = facts;
  return kind === 'closed' || (typeof happened === 'string' && ENDS.has(happened));
}

function endOf(all: readonly Read[]): IncidentStory['end'] {
  const found = all.findLast(
    ({ line, facts }) =>
      endsStory(line) ||
      facts.happened === 'relapsed' ||
      line.kind === 'proposed' ||
      line.kind === 'merged',
  );
  if (!found || !endsStory(found.line)) return undefined;
  const { line, at, facts } = found;
  if (line.kind !== 'closed') return { how: facts.happened as End, at };
  return { how: name(facts.by) === 'person' ? 'closed-by-person' : 'closed', at };
}

function alertsOf(all: readonly Read[]): readonly StoryAlert[] {
  const found = new Map<string, StoryAlert>();
  for (const { line, at, facts } of all) {
    const { alert } = facts;
    if (line.kind !== 'decided' || !alert) continue;
    const { name, source, severity, value, threshold, summary, startsAt } = alert;
    const key = JSON.stringify([source, name]);
    const before = found.get(key);
    const until = line.repeats ? Date.parse(line.repeats.until) || at : at;
    found.set(key, {
      ...before,
      name,
      source,
      severity,
      first: before?.first ?? (startsAt === undefined ? at : Date.parse(startsAt)),
      last: Math.max(before?.last ?? 0, until),
      times: (before?.times ?? 0) + (line.repeats?.count ?? 1),
      ...(value !== undefined && { value }),
      ...(threshold !== undefined && { threshold }),
      ...(summary !== undefined && { summary }),
    });
  }
  return [...found.values()];
}

/** What entries carry of each metric, put together, and the values that alerts told of. */
function samplesOf(all: readonly Read[]): readonly Samples[] {
  const found = new Map<string, Samples>();
  const add = ({ points, ...rest }: Samples): void => {
    const before = found.get(rest.name);
    found.set(rest.name, { ...before, ...rest, points: [...(before?.points ?? []), ...points] });
  };
  for (const { line, at, facts } of all) {
    for (const one of facts.samples ?? []) add(one);
    const { alert } = facts;
    const value = numberIn(alert?.value);
    if (line.kind !== 'decided' || !alert || value === undefined) continue;
    const threshold = numberIn(alert.threshold);
    add({
      name: alert.name,
      points: [{ at, value }],
      ...(threshold !== undefined && { bound: { value: threshold, label: 'threshold' } }),
    });
  }
  return [...found.values()].map(({ points, ...rest }) => {
    const byTime = new Map(points.map((point) => [point.at, point]));
    return { ...rest, points: [...byTime.values()].toSorted((a, b) => a.at - b.at) };
  });
}

/** A number as senders of alerts write it, such as `0.31`, `4.2 %` or `> 0.20`; undefined for any other text. */
function numberIn(text = ''): number | undefined {
  const [, number] =
    /^\s*(?:[<>=!]=?\s*)?([-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?)\s*%?\s*$/i.exec(text) ?? [];
  const value = Number(number);
  return number !== undefined && Number.isFinite(value) ? value : undefined;
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
