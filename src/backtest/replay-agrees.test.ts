import { expect, test } from 'vitest';
import type { AlertFor } from '../alerts/alert.ts';
import type { Span } from '../monitors/series.ts';
import { loadPolicySet } from '../policy/load.ts';
import type { Json } from '../store/item.ts';
import type { Change, Turn } from '../store/settlement.ts';
import { targetKey } from '../target.ts';
import { DAY, HOUR, SECOND, type Instant, type Milliseconds } from '../time.ts';
import { writePushed } from '../samples/pushed.ts';
import { watchServers } from '../watch/server-watch.ts';
import { createWatch } from '../watch/watch.ts';
import {
  CHANGED,
  LOOK,
  MONITOR,
  SAMPLES,
  WATCHED,
  watchLaneOf,
  type WatchedTarget,
} from '../watch/watched.ts';
import { folderRecording } from './folder-recording.ts';
import type { RecordedSeries } from './recorded.ts';
import { replayTarget, type Period } from './replay-target.ts';

/*
 * The same samples and releases, once through the loop of the running service, turn by turn, and once replayed.
 */
const POLICY = `model: m
environments:
  production:
    pins: { model: { file: m.yaml, path: version } }
    server: main
    monitors:
      level: { query: level, threshold: { above: 2 }, every: 30s, window: 3m, settle: 1m }
      drop: { query: drop, regression: { worse: lower, by: 20%, reference: 2h }, every: 30s, settle: 0s }
      rate: { query: 'rate(hits[5m])', threshold: { below: 1 }, every: 1m, coolDown: 3m }
      usual: { query: usual, anomaly: { warmUp: 6h, trustAfter: 12h }, every: 5m }
      pushed: { series: scores, threshold: { above: 10 }, every: 30s, noData: { means: bad, after: 20m } }
      soon: { query: soon, earlyWarning: { above: 5, within: 30m }, every: 1m, window: 30m }
      both: { composite: { of: [level, pushed], when: any }, every: 1m }
`;
const SET = loadPolicySet([{ path: '.lastgood/m.yaml', text: POLICY }], []);
const TARGET = { model: 'm', environment: 'production' };
const START: Instant = Date.UTC(2026, 10, 10);
const END = START + 2 * DAY;
const STEP: Milliseconds = 30 * SECOND;

/** A value of each series at each moment: quiet, but for what each monitor is to see in the second or third release. */
function measure(name: string, at: Instant): number | undefined {
  const hour = (at - START) / HOUR;
  const wave = Math.sin(at / 7e5) / 10;
  const within = (from: number, to: number): boolean => hour >= from && hour < to;
  switch (name) {
    case 'level':
      return within(13, 14.5) || within(30, 30.3) ? 3 + wave : 1 + wave;
    case 'drop':
      return within(15, 17) ? 0.5 + wave / 10 : 0.8 + wave / 10;
    case 'rate(hits[5m])':
      return within(12, 12.2) || within(32, 32.05) ? 0 : 4 + wave;
    case 'usual':
      return within(40, 40.5) ? 90 : 10 + wave * (1 + ((hour * 7) % 3));
    case 'scores':
      return within(20, 21.5) ? undefined : within(34, 34.5) ? 20 : 5;
    default:
      return within(24, 28) ? 1 + (hour - 24) : 1 + wave;
  }
}

function record(name: string): RecordedSeries {
  const times: number[] = [];
  const values: number[] = [];
  for (let at = START; at <= END; at += STEP) {
    const value = measure(name, at);
    if (value === undefined) continue;
    times.push(at);
    values.push(value);
  }
  return { name, labels: {}, times: Float64Array.from(times), values: Float64Array.from(values) };
}
const NAMES = ['level', 'drop', 'rate(hits[5m])', 'usual', 'scores', 'soon'];
const RECORDED = NAMES.map(record);

function releases(): readonly Period[] {
  const [policy] = SET.targets;
  if (!policy) throw new Error(JSON.stringify(SET.problems));
  const named = (commit: string) => ({ commit, version: commit });
  const starts = [START, START + 11 * HOUR, START + 29 * HOUR, END + 1];
  return ['v1', 'v2', 'v3'].map((name, i): Period => {
    const [from = START, until = END] = starts.slice(i, i + 2);
    const before = starts[i - 1];
    const watched: WatchedTarget = {
      target: policy.target,
      monitors: policy.monitors,
      running: named(name),
      release: {
        commit: name,
        releasedAt: from,
        ...(before !== undefined && { lastGood: { from: before, until: from } }),
      },
      ...(before !== undefined && { good: named(`v${i}`) }),
      oneVersion: true,
    };
    return { watched, from, until };
  });
}

/** What a Prometheus says that has scraped the same: at each step the newest sample since the one before. */
function answer(name: string, { from, to }: Span, step: Milliseconds) {
  const series = RECORDED.find((one) => one.name === name);
  if (!series) return [];
  const samples: { at: Instant; value: number }[] = [];
  let i = 0;
  for (let at = from; at <= to; at += step) {
    let newest: number | undefined;
    while ((series.times[i] ?? Infinity) <= at) {
      if ((series.times[i] ?? 0) > at - step) newest = i;
      i += 1;
    }
    if (newest === undefined) continue;
    samples.push({ at, value: series.values[newest] ?? 0 });
  }
  return [{ labels: {}, samples }];
}

/** Lets the running service watch from the first moment to the last. */
async function watchAll(periods: readonly Period[]): Promise<readonly string[]> {
  let now = START - 1;
  const documents = new Map<string, Map<string, Json>>();
  const of = (kind: string): Map<string, Json> => {
    const known = documents.get(kind) ?? new Map<string, Json>();
    documents.set(kind, known);
    return known;
  };
  const said: string[] = [];
  let timer = Infinity;
  const watch = createWatch({
    store: {
      documents: {
        list: async (_: string, kind: string) =>
          [...of(kind)].map(([key, value]) => ({ key, value })),
      } as never,
    },
    metrics: {
      queryRange: async (_, promql, span, step) => answer(promql, span, step),
    },
    servers: watchServers(() => now),
    clock: () => now,
    nameOf: async () => 'acme/manifests',
    passed: async () => undefined,
    serverBack: () => undefined,
    alerted: async (alerts: readonly AlertFor[]) =>
      void said.push(...alerts.map(({ alert }) => nameOf(now, alert))),
    armed: async () => undefined,
    sentenceOf: () => '',
    serverGone: async () => undefined,
    problem: (_, monitor, why) => {
      if (why !== undefined) throw new Error(`${monitor}: ${why}`);
    },
    looked: () => undefined,
  });
  const apply = (changes: readonly Change[] = []): void => {
    for (const change of changes) {
      if (change.kind === 'put') of(change.of).set(change.key, change.value);
      else if (change.kind === 'delete') of(change.of).delete(change.key);
      else if (change.kind === 'set-timer') timer = change.when;
    }
  };
  let id = 0;
  const turn = async (kind: string, payload: Json): Promise<void> => {
    const items = [{ id: (id += 1), kind, payload }] as unknown as Turn['items'];
    const { signal } = new AbortController();
    const settle = async (): Promise<void> => undefined;
    const settlement = await watch.turn(1, {
      lane: watchLaneOf(1),
      // Now and then another process goes on, with what stands in the store: not while it looks more often, as looks that
      // were not written are then made again at fewer moments.
      stretch: Math.floor((now - START) / (7 * HOUR)),
      items,
      signal,
      settle,
    });
    apply(settlement.changes);
    settlement.settled?.();
  };
  const pushed = record('scores');
  let next = 0;
  const push = async (): Promise<void> => {
    const samples: { at: number; value: number }[] = [];
    for (; (pushed.times[next] ?? Infinity) <= now; next += 1) {
      samples.push({ at: pushed.times[next] ?? 0, value: pushed.values[next] ?? 0 });
    }
    if (samples.length > 0)
      await turn(SAMPLES, writePushed([{ target: TARGET, series: 'scores', samples }]));
  };
  const last = periods.at(-1)?.until ?? END;
  const comes = periods.map(({ from }) => from);
  while (now < last) {
    const release = comes[0] ?? Infinity;
    const coming = Math.min(timer, release, pushed.times[next] ?? Infinity);
    if (coming >= last) break;
    now = coming;
    if (release === now) {
      const index = periods.length - comes.length;
      comes.shift();
      const one = periods[index]?.watched;
      if (one) of(WATCHED).set(targetKey(one.target), one as unknown as Json);
      // It is known right before whatever else is due.
      now -= 1;
      await turn(CHANGED, null);
      now += 1;
    }
    await push();
    if (timer <= now) await turn(LOOK, null);
  }
  expect(of(MONITOR).size).toBe(7);
  return said;
}

function nameOf(at: Instant, alert: AlertFor['alert']): string {
  const { name, status, startsAt, summary = '', value = '', version = '' } = alert;
  return `${new Date(at).toISOString()} ${name} ${status} since ${startsAt} ${version} ${value} ${summary}`;
}

test('what a replay says is what the running service said, moment by moment', async () => {
  const periods = releases();
  const said = await watchAll(periods);
  const { signals } = await replayTarget(periods, folderRecording(RECORDED, 'folder'));
  const replayed = signals.map(({ at, alert }) => nameOf(at, alert));
  expect(replayed).toEqual(said);
  const fired = new Set(
    signals.flatMap(({ alert }) => (alert.status === 'firing' ? [alert.name] : [])),
  );
  // Every monitor but the one that only warns has something to say.
  expect([...fired].toSorted()).toEqual(['both', 'drop', 'level', 'pushed', 'rate', 'usual']);
});
