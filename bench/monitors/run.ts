/**
 * Watches so many monitors for so many minutes of their time, as fast as it goes, or evaluates them only; prints what
 * that took as JSON. Started by `measure-monitors.ts`, so that the memory is that of the watch alone.
 */
import type { MetricServers } from '../../src/metrics/metric-servers.ts';
import { baselineSpan, evaluate } from '../../src/monitors/evaluate.ts';
import type { Monitor } from '../../src/monitors/monitor.ts';
import type { MonitorState } from '../../src/monitors/monitor-state.ts';
import type { Sample, Span } from '../../src/monitors/series.ts';
import { loadPolicySet } from '../../src/policy/load.ts';
import { readShippedPresets } from '../../src/policy/presets.ts';
import type { Turn } from '../../src/store/settlement.ts';
import { DAY, HOUR, MINUTE, SECOND, type Instant, type Milliseconds } from '../../src/time.ts';
import { watchServers } from '../../src/watch/server-watch.ts';
import { createWatch } from '../../src/watch/watch.ts';
import { CHANGED, WATCHED, watchLaneOf, type WatchedTarget } from '../../src/watch/watched.ts';

/** The preset for ordinary online models, with a query for each of its monitors. */
const POLICY = `extends: online-standard
model: ranker
server: main
owners: ["@acme/recsys"]
monitors:
  diversity: { query: 'diversity{model="{model}"}' }
  accuracy: { query: 'accuracy{model="{model}"}' }
  latency: { query: 'latency{model="{model}"}' }
  errors: { query: 'errors{model="{model}"}' }
  drift: { query: 'scores_bucket{model="{model}"}' }
  memory: { query: 'memory{model="{model}"}' }
  loss: { query: 'revenue{model="{model}"}', impact: { perMinute: 500 } }
environments:
  production:
    pins: { model: { file: model.yaml, path: version } }
`;

const REPOSITORIES = 10;
const NOW = Date.UTC(2026, 10, 20, 2, 17);
const RELEASE = {
  commit: 'b'.repeat(40),
  releasedAt: NOW - 3 * HOUR,
  lastGood: { from: NOW - 5 * DAY, until: NOW - 3 * HOUR },
};

async function presetMonitors(): Promise<readonly Monitor[]> {
  const set = loadPolicySet(
    [{ path: '.lastgood/ranker.yaml', text: POLICY }],
    await readShippedPresets(),
  );
  const [target] = set.targets;
  if (!target || set.problems.length > 0) throw new Error(JSON.stringify(set.problems));
  return target.monitors;
}

/** What each metric is in a well model, by the beginning of its query. */
const LEVELS: Readonly<Record<string, number>> = {
  diversity: 0.73,
  accuracy: 0.93,
  latency: 0.12,
  errors: 0.002,
  scores: 1_000,
  memory: 0.6,
  revenue: 4_000,
};

/** The same at the same time, and no constant. */
function samplesIn({ from, to }: Span, step: Milliseconds, query: string): Sample[] {
  const level = LEVELS[/^[a-z]+/.exec(query)?.[0] ?? ''] ?? 1;
  const samples: Sample[] = [];
  for (let at = from; at <= to; at += step) {
    samples.push({ at, value: level * (1 + 0.02 * Math.sin((at / MINUTE) * 2.399)) });
  }
  return samples;
}

/** The lane of the monitors with everything but the network and the disk: asks, evaluates, writes what it remembers. */
async function watchAll(targets: number, length: Milliseconds) {
  let now = NOW;
  let looks = 0;
  let written = 0;
  const watched = new Map<string, WatchedTarget[]>();
  for (let i = 0; i < targets; i += 1) {
    const lane = watchLaneOf(i % REPOSITORIES);
    const target = { model: `ranker-${i}`, environment: 'production' };
    const running = { commit: RELEASE.commit, version: '2' };
    const good = { commit: 'a'.repeat(40), version: '1' };
    const one = { target, monitors, running, release: RELEASE, good, oneVersion: true };
    watched.set(lane, [...(watched.get(lane) ?? []), one]);
  }
  const metrics: Pick<MetricServers, 'queryRange'> = {
    queryRange: (_, query, span, step) => {
      const samples = samplesIn(span, step, query);
      const buckets = query.startsWith('scores_bucket') ? ['50', '100', '+Inf'] : [''];
      return Promise.resolve(
        buckets.map((le, i) => ({
          labels: { le },
          samples: samples.map(({ at, value }) => ({ at, value: value * (i + 1) })),
        })),
      );
    },
  };
  const watch = createWatch({
    store: {
      documents: {
        list: (lane: string, kind: string) =>
          Promise.resolve(
            kind === WATCHED
              ? (watched.get(lane) ?? []).map((value, i) => ({ key: String(i), value }))
              : [],
          ),
      },
    } as unknown as Parameters<typeof createWatch>[0]['store'],
    metrics,
    servers: watchServers(() => now),
    clock: () => now,
    nameOf: (repository) => Promise.resolve(`acme/models-${repository}`),
    alerted: () => Promise.resolve(),
    armed: () => Promise.resolve(),
    passed: () => Promise.resolve(),
    sentenceOf: () => '',
    serverGone: () => Promise.resolve(),
    serverBack: () => undefined,
    problem: (_, monitor, why) => {
      throw new Error(`${monitor}: ${why}`);
    },
    looked: (_, count) => (looks += count),
  });
  const { signal } = new AbortController();
  const turnAll = async (first: boolean): Promise<void> => {
    for (let repository = 0; repository < REPOSITORIES; repository += 1) {
      const items = first ? [{ kind: CHANGED }] : [];
      const turn = { lane: watchLaneOf(repository), stretch: 1, items, signal };
      const { changes = [], settled } = await watch.turn(repository, turn as unknown as Turn);
      for (const change of changes) {
        // As the store does; the disk is not measured here.
        if (change.kind === 'put') written += JSON.stringify(change.value).length;
      }
      settled?.();
    }
  };
  await turnAll(true);
  // The first look of each reads its baseline and its window.
  for (; now < NOW + MINUTE; now += SECOND) await turnAll(false);
  [looks, written] = [0, 0];
  const begun = performance.now();
  for (const end = now + length; now < end; now += SECOND) await turnAll(false);
  return { looks, ms: performance.now() - begun, written };
}

/** The pure step alone. */
function evaluateAll(targets: number, length: Milliseconds) {
  const states: (MonitorState | undefined)[] = [];
  const lookAt = (index: number, now: Instant, span: Span): void => {
    const monitor = monitors[index % monitors.length];
    if (!monitor) return;
    const before = states[index];
    const wanted = baselineSpan(monitor, before, RELEASE);
    const names = monitor.judge.kind === 'drift' ? ['le 50', 'le 100', 'le +Inf'] : ['value'];
    const read = (of: Span, step: Milliseconds) =>
      Object.fromEntries(
        names.map((name, i) => {
          const some = samplesIn(of, step, monitor.series['value'] ?? '');
          return [name, some.map(({ at, value }) => ({ at, value: value * (i + 1) }))];
        }),
      );
    const samples = read(span, monitor.every);
    const baseline = wanted ? { baseline: read(wanted, MINUTE) } : {};
    const tick = { now, release: RELEASE, samples, ...baseline };
    states[index] = evaluate(monitor, before, tick).state;
  };
  const all = targets * monitors.length;
  for (let i = 0; i < all; i += 1) lookAt(i, NOW, { from: NOW - HOUR, to: NOW });
  let looks = 0;
  const begun = performance.now();
  for (let now = NOW + 30 * SECOND; now <= NOW + length; now += 30 * SECOND) {
    for (let i = 0; i < all; i += 1) lookAt(i, now, { from: now, to: now });
    looks += all;
  }
  return { looks, ms: performance.now() - begun };
}

const [what = 'watch', wanted = '10000', minutes = '2'] = process.argv.slice(2);
const monitors = await presetMonitors();
const targets = Math.ceil(Number(wanted) / monitors.length);
const length = Number(minutes) * MINUTE;
const ran = what === 'watch' ? await watchAll(targets, length) : evaluateAll(targets, length);
console.log(JSON.stringify({ monitors: targets * monitors.length, ...ran }));
