import type { Monitor } from '../monitors/monitor.ts';
import { DAY, MINUTE, SECOND, formatDuration, type Milliseconds } from '../time.ts';
import { checkSizes } from './check-monitor.ts';
import type { Tell } from './judge-entry.ts';
import { judges, type MonitorEntry } from './schema/monitors.ts';
import { resolveJudge } from './resolve-judge.ts';
import { readsNothing, resolveSeries, resolveSource, withWhatItReads } from './resolve-series.ts';
import type { TreePath } from './tree.ts';

/** A mistake in a monitor, at a path below it. */
export interface MonitorProblem {
  readonly path: TreePath;
  readonly message: string;
  readonly expected: string;
  readonly suggestion?: string;
}

export interface ResolvedMonitor {
  readonly name: string;
  /** Absent with a mistake, and for one that waits for a query. */
  readonly monitor?: Monitor;
  readonly problems: readonly MonitorProblem[];
  /** A preset has it, and the policy gives it nothing to read: it is not watched. */
  readonly waits?: true;
}

interface Surroundings {
  readonly server: string | undefined;
  readonly repeat: number;
  /** Whether the policy itself says something of a monitor, and not only its presets. */
  readonly isNamed: (name: string) => boolean;
}

export const JUDGE_KEYS = Object.keys(judges) as (keyof typeof judges)[];

/** More monitors than this are not about one model. */
export const MOST_MONITORS = 50;

/** Looks closer together than this see the same scrape twice. */
const SHORTEST_EVERY = 5 * SECOND;

/** Fills in defaults, and finds what only the whole of a monitor can tell. */
export function resolveMonitors(
  entries: Readonly<Record<string, MonitorEntry>>,
  around: Surroundings,
): readonly ResolvedMonitor[] {
  const enabled = Object.entries(entries).filter(([, entry]) => entry.enabled !== false);
  const resolved = enabled.map(([name, entry]) => resolveOne(name, entry, entries, around));
  if (enabled.length > MOST_MONITORS) {
    const problem = {
      path: [],
      message: `there are ${enabled.length} monitors`,
      expected: `at most ${MOST_MONITORS} for one model`,
    };
    return [...resolved, { name: '', problems: [problem] }];
  }
  return resolved.map((one) => withPartsChecked(one, resolved));
}

function resolveOne(
  name: string,
  given: MonitorEntry,
  entries: Readonly<Record<string, MonitorEntry>>,
  around: Surroundings,
): ResolvedMonitor {
  const problems: MonitorProblem[] = [];
  const quoted = `\`monitors.${name}\``;
  const tell: Tell = (path, message, expected, suggestion) => {
    const more = suggestion === undefined ? {} : { suggestion };
    problems.push({ path, message: `${quoted} ${message}`, expected, ...more });
    return undefined;
  };
  const said = JUDGE_KEYS.filter((key) => given[key] !== undefined);
  const [only] = said;
  if (only === undefined || said.length > 1) {
    const message = only === undefined ? 'has no judge' : `has the judges ${said.join(' and ')}`;
    const suggestion = only === undefined ? undefined : 'give the second a name of its own';
    tell(said.slice(1, 2), message, `exactly one of ${JUDGE_KEYS.join(', ')}`, suggestion);
    return { name, problems };
  }
  const entry = withWhatItReads(given, entries, tell);
  if (!entry) return { name, problems };
  const named = around.isNamed(name);
  if (readsNothing(entry, only) && !named) return { name, problems, waits: true };
  const { every = defaultEvery(only, entry) } = entry;
  if (every < SHORTEST_EVERY || every > DAY) {
    tell(['every'], `looks every ${formatDuration(every)}`, 'a time from 5s to 1d');
    return { name, problems };
  }
  const judge = resolveJudge(entry, tell);
  const source = resolveSource(entry, only, around.server, tell);
  const series = resolveSeries(entry, only, tell);
  if (!judge || !source || !series) return { name, problems };
  const after = entry.noData?.after ?? 15 * MINUTE;
  const monitor: Monitor = {
    name,
    source,
    series,
    judge,
    every,
    urgency: entry.urgency ?? 'investigate',
    follow: {
      consecutive: entry.consecutive ?? 3,
      ...(entry.failureLimit !== undefined && { failureLimit: entry.failureLimit }),
      recover: entry.recover ?? 3,
      coolDown: entry.coolDown ?? 10 * MINUTE,
      settle: entry.settle ?? 5 * MINUTE,
      ...(entry.noData?.means === 'bad' && { noDataAfter: after }),
    },
    repeat: around.repeat,
  };
  checkSizes(monitor, tell);
  return problems.length > 0 ? { name, problems } : { name, monitor, problems };
}

/** What reaches back for days looks less often, as each look is kept. */
function defaultEvery(judge: (typeof JUDGE_KEYS)[number], entry: MonitorEntry): Milliseconds {
  if (judge === 'anomaly') return 5 * MINUTE;
  return entry.regression?.baseline === 'same-time' ? MINUTE : 30 * SECOND;
}

/** The parts of a composite are other monitors of the target that can be bad. */
function withPartsChecked(one: ResolvedMonitor, all: readonly ResolvedMonitor[]): ResolvedMonitor {
  const { monitor, name } = one;
  if (monitor?.judge.kind !== 'composite') return one;
  const usable = all.filter((other) => {
    const kind = other.monitor?.judge.kind;
    return kind !== undefined && kind !== 'composite' && kind !== 'early-warning';
  });
  const known = usable.map((other) => other.name);
  const unknown = monitor.judge.parts.find((part) => !known.includes(part.name));
  if (!unknown) return one;
  const other = all.find(({ name: there }) => there === unknown.name);
  // One with a mistake is told of by itself; without one of its parts the whole waits as well.
  if (other?.problems.length) return one;
  if (other?.waits) return { name, problems: [], waits: true };
  const problem = {
    path: ['composite', 'of'],
    message: `\`monitors.${name}\` is made of ${JSON.stringify(unknown.name)}, which is no monitor that can be bad`,
    expected: known.length === 0 ? 'monitors of this target' : `some of ${known.join(', ')}`,
  };
  return { name, problems: [problem] };
}
