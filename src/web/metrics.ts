import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';
import type { GitHubCall } from '../github/observe-calls.ts';
import type { Journal } from '../journal/entry.ts';
import type { WayName } from '../notify/ways.ts';
import { SECOND, type Clock, type Instant } from '../time.ts';
import { addGauge } from './add-gauge.ts';
import { addGitHub } from './metrics-github.ts';
import { addJournal } from './metrics-journal.ts';
import { addDrills } from './metrics-drills.ts';
import { addMirrors, type MirrorAges } from './metrics-mirrors.ts';
import { addMonitors } from './metrics-monitors.ts';
import { addRollbacks } from './metrics-rollbacks.ts';
import { addQueue, type QueueSource } from './metrics-queue.ts';

/** Where the figures come from that are asked for at each scrape. What is absent is not shown. */
export interface MetricSources {
  readonly clock: Clock;
  readonly queue?: QueueSource;
  readonly mirrors?: () => MirrorAges;
  /** Since when each metric server that does not answer has not. */
  readonly serversGone?: () => ReadonlyMap<string, Instant>;
  /** When the oldest call for a person was stored that did not arrive by one of its ways yet; may throw. */
  readonly unposted?: () => Promise<Instant | undefined>;
  /** What the store keeps of each open rollback. */
  readonly rollbacks?: () => Promise<readonly unknown[]>;
  /** What the store keeps of the drills of each target. */
  readonly drills?: () => Promise<readonly unknown[]>;
}

/**
 * What Lastgood tells Prometheus of itself. No label takes a value that comes from outside: each has a closed list.
 * docs/operators.md explains every name.
 */
export interface Metrics {
  /** A journal that counts what passes through it, and hands it on. */
  readonly counted: (journal: Journal) => Journal;
  readonly githubCalled: (call: GitHubCall) => void;
  /** The mirror of a repository was fetched, or could not be. */
  readonly mirrorFetched: (outcome: 'ok' | 'failed') => void;
  /** All repositories were put up for comparison with what should be, or that failed. */
  readonly swept: (outcome: 'ok' | 'failed') => void;
  readonly paged: (severity: string) => void;
  /** A call for a person was posted, or that failed. */
  readonly pagePosted: (to: WayName, outcome: 'ok' | 'retried' | 'refused') => void;
  /** A monitor looked. */
  readonly looked: (outcome: string, count: number) => void;
  /** Samples were pushed. */
  readonly sampled: (outcome: string, count: number) => void;
  /** People were told of an incident, or that failed. */
  readonly noticed: (to: 'slack' | 'issue', outcome: 'ok' | 'retried' | 'refused') => void;
  /** Somebody asked for something in Slack. */
  readonly slackAsked: (outcome: 'taken' | 'refused' | 'not-stored') => void;
  /** The text format, and its content type. */
  exposition(): Promise<{ readonly contentType: string; readonly text: string }>;
}

/** Gauges of Node's called like counters, about which Prometheus complains. What they sum up is there as well. */
const MISNAMED = ['handles', 'requests', 'resources'].map((of) => `nodejs_active_${of}_total`);

export function createMetrics(sources: MetricSources): Metrics {
  const { clock, queue, mirrors, rollbacks, drills, unposted } = sources;
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  for (const name of MISNAMED) registry.removeSingleMetric(name);
  const registers = [registry];
  const counter = <Label extends string>(name: string, help: string, labelNames: Label[]) =>
    new Counter({ name, help, labelNames, registers });
  if (queue) addQueue(registry, queue);
  if (rollbacks) addRollbacks(registry, rollbacks);
  if (drills) addDrills(registry, clock, drills);
  if (mirrors) addMirrors(registry, mirrors, clock);
  if (unposted) {
    addGauge(
      registry,
      'lastgood_pages_unposted_seconds',
      'How long the oldest call for a person has been waiting to arrive; 0 while none waits.',
      async () => {
        const seen = await unposted().then(
          (oldest) => ({ oldest }),
          () => undefined,
        );
        const now = clock();
        return seen && Math.max(0, now - (seen.oldest ?? now)) / SECOND;
      },
    );
  }
  const fetches = counter('lastgood_mirror_fetches_total', 'Fetches of mirrors, by outcome.', [
    'outcome',
  ]);
  const sweeps = counter('lastgood_sweeps_total', 'Runs of the sweep, by outcome.', ['outcome']);
  const lastSweep = new Gauge({
    name: 'lastgood_last_sweep_timestamp_seconds',
    help: 'When this process last ran a sweep to its end, since 1970; 0 before the first.',
    registers,
  });
  const pages = counter('lastgood_pages_total', 'Calls for a person, by severity.', ['severity']);
  const posts = counter(
    'lastgood_pages_posted_total',
    'Posts of calls for a person and of their ends, by way and outcome.',
    ['to', 'outcome'],
  );
  const { looked, sampled } = addMonitors(
    registry,
    clock,
    sources.serversGone ?? (() => new Map()),
  );
  const notices = counter(
    'lastgood_notices_total',
    'What people were told of incidents beside pull requests, by way and outcome.',
    ['to', 'outcome'],
  );
  const asked = counter('lastgood_slack_requests_total', 'Requests from Slack, by outcome.', [
    'outcome',
  ]);
  return {
    counted: addJournal(registry),
    githubCalled: addGitHub(registry, clock),
    mirrorFetched: (outcome) => fetches.inc({ outcome }),
    swept(outcome) {
      sweeps.inc({ outcome });
      if (outcome === 'ok') lastSweep.set(clock() / 1000);
    },
    paged: (severity) => pages.inc({ severity }),
    pagePosted: (to, outcome) => posts.inc({ to, outcome }),
    looked,
    sampled,
    noticed: (to, outcome) => notices.inc({ to, outcome }),
    slackAsked: (outcome) => asked.inc({ outcome }),
    async exposition() {
      return { contentType: registry.contentType, text: await registry.metrics() };
    },
  };
}
