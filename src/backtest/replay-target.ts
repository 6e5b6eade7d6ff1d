/**
 * The looks that a target's monitors would have taken at what was recorded, one after another: by the code, on the grid
 * and with the releases of the running service.
 *
 * What must hold: no look reads a sample of a later moment, nor what the history says of a later one; the same
 * recording gives the same signals, whatever the order of its samples; memory does not grow with the length of the
 * recording, beyond the recording itself and what fired.
 *
 * @module
 */
import { baselineSpan } from '../monitors/evaluate.ts';
import type { Judgement } from '../monitors/judgement.ts';
import { historyOf, reachOf, type Monitor } from '../monitors/monitor.ts';
import type { Sample, Span } from '../monitors/series.ts';
import { lookback } from '../recovery/questions.ts';
import { targetKey } from '../target.ts';
import type { Instant, Milliseconds } from '../time.ts';
import { BASELINE_POINTS } from '../watch/ask-series.ts';
import { nextLookAfter } from '../watch/look-times.ts';
import { isArming, isWhole, schedule, takeLook, type Watching } from '../watch/take-look.ts';
import { monitorKey, type NamedRelease, type WatchedTarget } from '../watch/watched.ts';
import type { Signal } from './decide-all.ts';
import type { Column, Recording } from './recording.ts';

/** A stretch of time in which one release ran: from its beginning up to its end, without that. */
export interface Period {
  readonly watched: WatchedTarget;
  readonly from: Instant;
  readonly until: Instant;
}

/** What came of the looks at one target. */
export interface Replayed {
  readonly signals: readonly Signal[];
  readonly looks: number;
  readonly samples: number;
  /** Series of monitors in which nothing was recorded in the whole time. */
  readonly unrecorded: readonly { readonly monitor: Monitor; readonly series: string }[];
  /** Monitors of which most looks came to no verdict, though something was recorded. */
  readonly unsure: readonly Unsure[];
}

/** That looks came to no verdict. */
export interface Unsure {
  readonly monitor: string;
  /** So many came to none, of so many. */
  readonly without: number;
  readonly looks: number;
  /** What the last of them found. */
  readonly found: Judgement;
}

/** Told of how far it is, from 0 to 1, now and then. */
export type Progress = (share: number) => void;

export interface ReplayOptions {
  readonly progress?: Progress;
  /** Told of every judgement. */
  readonly observe?: (judgement: Judgement) => void;
}

/** Replays what was recorded of one target; periods are oldest first and do not overlap. */
export async function replayTarget(
  periods: readonly Period[],
  recording: Recording,
  { progress = () => {}, observe }: ReplayOptions = {},
): Promise<Replayed> {
  const [first] = periods;
  const last = periods.at(-1);
  const signals: Signal[] = [];
  const counts = {
    looks: new Map<string, number>(),
    unsure: new Map<string, Unsure>(),
    samples: 0,
  };
  const feeds = new Map<string, Feeds>();
  const recorded = new Set<string>();
  let all = new Map<string, Replaying>();
  for (const period of periods) {
    all = begin(period, all);
    for (const one of all.values()) {
      await feed(one, feeds, recording, period, recorded);
    }
    run(period, all, { signals, counts, observe }, (now) => {
      if (first && last) progress((now - first.from) / (last.until - first.from));
    });
  }
  const known = new Map(
    periods.flatMap(({ watched }) => watched.monitors).map((one) => [one.name, one]),
  );
  const unrecorded = [...known.values()].flatMap((monitor) =>
    Object.keys(monitor.series)
      .filter((series) => !recorded.has(`${monitor.name} ${series}`))
      .map((series) => ({ monitor, series })),
  );
  // Of what was never recorded, nobody can tell what it would have said: silence least of all.
  const isKnown = (name: string): boolean => {
    const series = Object.keys(known.get(name)?.series ?? {});
    return series.length === 0 || series.some((one) => recorded.has(`${name} ${one}`));
  };
  const looks = [...counts.looks].filter(([name]) => isKnown(name));
  return {
    signals: signals.filter(({ alert }) => isKnown(alert.name)),
    looks: looks.reduce((sum, [, count]) => sum + count, 0),
    samples: counts.samples,
    unrecorded,
    unsure: [...counts.unsure.values()].filter(
      ({ monitor, without, looks: all }) => isKnown(monitor) && without > MOST_UNSURE * all,
    ),
  };
}

/** A larger part of the looks without a verdict is told. */
const MOST_UNSURE = 0.5;

/** One monitor, and what it has yet to see. */
interface Replaying extends Watching {
  feeds: readonly Feed[];
  /** What is new with a look: see {@link take}. */
  readonly news: Record<string, Sample[]>;
  /** In this period. */
  looks: number;
  /** Those of them without a verdict, and what the last of them found. */
  without: number;
  found?: Judgement;
  /** Of the last good release, where it is asked for; absent once it was taken. */
  baseline?: Readonly<Record<string, readonly Sample[]>>;
}

interface Feed extends Column {
  next: number;
  /** What a server answers for this time does not count. */
  readonly silent: { readonly from: Instant; readonly until: Instant };
}

/** Until when a monitor was given what was recorded, by the name of its series. */
type Feeds = Map<string, Instant>;

function begin({ watched, from }: Period, before: Map<string, Replaying>): Map<string, Replaying> {
  const target = targetKey(watched.target);
  // A whole comes after its parts.
  const monitors = watched.monitors.toSorted(
    (a, b) => Number(isWhole({ monitor: a })) - Number(isWhole({ monitor: b })),
  );
  return new Map(
    monitors.map((monitor) => {
      const key = monitorKey(target, monitor.name);
      const same = before.get(key);
      const next = nextLookAfter(key, monitor, false, from - 1);
      const one: Replaying = {
        key,
        target,
        watched,
        monitor,
        ...(same?.state && { state: same.state }),
        nextAt: Math.max(from, Math.min(same?.nextAt ?? Infinity, next)),
        feeds: [],
        news: {},
        looks: 0,
        without: 0,
      };
      return [key, one];
    }),
  );
}

/** Has what the running service would ask for in this period at hand: not what was seen already. */
async function feed(
  one: Replaying,
  all: Map<string, Feeds>,
  recording: Recording,
  { watched, until }: Period,
  recorded: Set<string>,
): Promise<void> {
  const { monitor, state } = one;
  const { target, running, good, release } = watched;
  const fed = all.get(one.key) ?? new Map<string, Instant>();
  all.set(one.key, fed);
  const own = monitor.source.kind === 'server';
  const feeds: Feed[] = [];
  for (const series of Object.keys(monitor.series)) {
    const by = series.startsWith('stable ') ? good : running;
    if (!by) continue;
    const reach = one.nextAt - reachOf(monitor);
    const after = release.releasedAt + lookback(monitor.series[series] ?? '');
    const begun = own && !historyOf(monitor) ? Math.max(reach, after) : reach;
    // A server is asked anew for all that was before a release, as a query may name it.
    const seen = own ? -Infinity : (fed.get(series) ?? -Infinity);
    const span = { from: Math.max(begun, seen + 1), to: until - 1 };
    if (span.from > span.to) continue;
    fed.set(series, span.to);
    const columns = await recording.read({
      target,
      monitor,
      series,
      by,
      span,
      step: monitor.every,
    });
    if (columns.some(({ first, end }) => end > first)) recorded.add(`${monitor.name} ${series}`);
    // What a query says right after a release is partly about the one before it.
    const guarded = own && historyOf(monitor) && by === running;
    const silent = { from: release.releasedAt, until: guarded ? after : release.releasedAt };
    feeds.push(...columns.map((column) => ({ ...column, next: column.first, silent })));
  }
  one.feeds = feeds;
  const before = own && good ? baselineSpan(monitor, state, release) : undefined;
  if (before && good) one.baseline = await baseline(recording, one, good, before);
}

async function baseline(
  recording: Recording,
  { monitor, watched: { target } }: Replaying,
  good: NamedRelease,
  span: Span,
): Promise<Readonly<Record<string, readonly Sample[]>>> {
  const found: Record<string, readonly Sample[]> = {};
  for (const series of Object.keys(monitor.series)) {
    const from = Math.min(span.from + lookback(monitor.series[series] ?? ''), span.to);
    const step = Math.max(monitor.every, Math.ceil((span.to - from) / BASELINE_POINTS));
    const question = { target, monitor, series, by: good, span: { from, to: span.to }, step };
    for (const column of await recording.read(question)) {
      found[column.name] = stepped(column, question.span, step);
    }
  }
  return found;
}

/** What a server of metrics answers that is asked in steps: at each the newest sample of the step. */
function stepped(
  { times, values, first, end }: Column,
  { from, to }: Span,
  step: number,
): Sample[] {
  const samples: Sample[] = [];
  for (let i = first; i < end; i += 1) {
    const index = Math.ceil(((times[i] ?? 0) - from) / step);
    const next = i + 1 < end ? Math.ceil(((times[i + 1] ?? 0) - from) / step) : -1;
    const at = from + index * step;
    if (index !== next && at <= to) samples.push({ at, value: values[i] ?? Number.NaN });
  }
  return samples;
}

/** Where what comes of the looks goes. */
interface Sink {
  readonly signals: Signal[];
  readonly counts: {
    readonly looks: Map<string, number>;
    readonly unsure: Map<string, Unsure>;
    samples: number;
  };
  readonly observe: ReplayOptions['observe'];
}

/** So many looks between two tellings of how far it is. */
const TELL_EVERY = 50_000;

function run(
  { until }: Period,
  all: ReadonlyMap<string, Replaying>,
  { signals, counts, observe }: Sink,
  tell: (now: Instant) => void,
): void {
  const order = [...all.values()];
  const arming = new Set(order.filter(isArming));
  let looks = 0;
  for (;;) {
    let now = Infinity;
    for (const one of order) if (one.nextAt < now) now = one.nextAt;
    if (now >= until) break;
    for (const one of order) {
      if (one.nextAt > now) continue;
      const samples = take(one, now, counts);
      const base = one.baseline;
      const news = base ? { samples, baseline: base } : { samples };
      const { state, alert, judgement, request, arms } = takeLook(one, news, now, all);
      if (base && state.baseline) delete one.baseline;
      if (arms === true) arming.add(one);
      if (arms === false) arming.delete(one);
      if (alert) signals.push(signalOf(alert, judgement, request, now));
      if (judgement) observe?.(judgement);
      if (judgement?.verdict === 'inconclusive') {
        one.without += 1;
        one.found = judgement;
      }
      one.looks += 1;
      looks += 1;
      if (looks % TELL_EVERY === 0) tell(now);
    }
    const armed = arming.size > 0;
    for (const one of order) schedule(one, armed, now);
  }
  for (const {
    monitor: { name },
    looks: own,
    without,
    found,
  } of order) {
    const all = (counts.looks.get(name) ?? 0) + own;
    counts.looks.set(name, all);
    const before = counts.unsure.get(name);
    const last = found ?? before?.found;
    if (!last) continue;
    const some = (before?.without ?? 0) + without;
    counts.unsure.set(name, { monitor: name, without: some, looks: all, found: last });
  }
}

/** Only what fired first carries what was measured, so that what goes on firing for days costs nothing. */
function signalOf(
  alert: Signal['alert'],
  judgement: Signal['judgement'],
  request: ReturnType<typeof takeLook>['request'],
  at: Instant,
): Signal {
  const { measured, ...rest } = alert;
  const isFirst = request?.kind === 'fire' && !request.again;
  return {
    at,
    alert: measured && isFirst ? { ...rest, measured } : rest,
    ...(judgement && { judgement }),
  };
}

/**
 * What was recorded up to now and not yet seen, by series. The lists are those of the look before, filled anew: whoever
 * looks takes the samples out of them.
 */
function take(
  { feeds, news, monitor: { source, every } }: Replaying,
  now: Instant,
  counts: { samples: number },
): Readonly<Record<string, readonly Sample[]>> {
  for (const name in news) {
    const list = news[name];
    if (list) list.length = 0;
  }
  const asked = source.kind === 'server';
  for (const one of feeds) {
    const { times, values, end, name, next } = one;
    let i = next;
    while (i < end && (times[i] ?? now) <= now) i += 1;
    counts.samples += i - next;
    one.next = i;
    if (asked) answer(one, next, now, every, news);
    else if (i > next) {
      const samples = (news[name] ??= []);
      for (let k = next; k < i; k += 1) {
        samples.push({ at: times[k] ?? now, value: values[k] ?? Number.NaN });
      }
    }
  }
  return news;
}

/**
 * What a server of metrics would answer that had recorded this: on a grid that ends now, at each step the newest sample
 * of the step.
 */
function answer(
  { times, values, first, next: end, name, silent }: Feed,
  from: number,
  now: Instant,
  every: Milliseconds,
  news: Record<string, Sample[]>,
): void {
  // The newest one answers for now, too, where nothing newer has come since the last look.
  const begin = from < end ? from : Math.max(first, end - 1);
  for (let i = begin; i < end; i += 1) {
    const age = Math.floor((now - (times[i] ?? now)) / every);
    if (from === end && age > 0) return;
    const next = i + 1 < end ? Math.floor((now - (times[i + 1] ?? now)) / every) : -1;
    if (age === next) continue;
    const at = now - age * every;
    if (at >= silent.from && at < silent.until) continue;
    (news[name] ??= []).push({ at, value: values[i] ?? Number.NaN });
  }
}
