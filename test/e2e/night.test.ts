import { setTimeout as pause } from 'node:timers/promises';
import { pino } from 'pino';
import { afterAll, expect, test } from 'vitest';
import { createJournalWatch, type JournalWatch } from '../../fixtures/journal-watch.ts';
import { startGitOpsEngine, type GitOpsEngine } from '../../fixtures/monitoring/gitops-engine.ts';
import { startModelServer } from '../../fixtures/monitoring/model-server.ts';
import { startPrometheus, type Daemon } from '../../fixtures/monitoring/processes.ts';
import { startStage, type Stage } from '../../fixtures/stage.ts';
import { SECOND, type Instant } from '../../src/time.ts';
import { nextLookAfter } from '../../src/watch/look-times.ts';
import { WATCHED, watchLaneOf, type WatchedTarget } from '../../src/watch/watched.ts';

const TARGET = 'production/product-ranker';
const POLICY = '.lastgood/product-ranker.yaml';
const MANIFEST = 'clusters/production/recsys/product-ranker.yaml';

/** Nothing tells of anything but these: there is no alert rule, and the error rate is as it always was. */
const MONITORS = `evidence: { minAge: 0s }
notify: { issue: false }
target: { minSoak: 1h }
server: main
monitors:
  diversity:
    query: 'avg(model_recommendation_diversity{model="{model}",model_version="{version}"})'
    regression: { worse: lower, by: 20% }
    window: 5s
    every: 10s
    minSamples: 1
    consecutive: 3
    settle: 0s
    urgency: immediate
  errors:
    query: 'avg(model_error_rate{model="{model}",model_version="{version}"})'
    threshold: { above: 2% }
    window: 5s
    every: 10s
    minSamples: 1
    settle: 0s
    urgency: immediate
`;
const EVERY = 10 * SECOND;

/** One night: a repository, Lastgood, what it serves, and a Prometheus that nobody gave a rule. */
interface Night {
  readonly stage: Stage;
  readonly journal: JournalWatch;
  readonly engine: GitOpsEngine;
  readonly prometheus: Daemon;
  /** The look of the diversity's monitor that is the next one, once the new release is watched. */
  readonly look: Instant;
  /** The sentences of the log. */
  readonly said: readonly string[];
}

/** How the diversity of the new release goes on; `gone`: its server does not answer. */
type Course = (now: Instant) => number | 'gone';

const stops: (() => Promise<unknown>)[] = [];
afterAll(async () => {
  for (const stop of stops.reverse()) await stop();
});

/** Begins a night: v32 has run well for a while, and v33 was released just now. */
async function begin(course: { diversity: Course }): Promise<Night> {
  const journal = createJournalWatch();
  const said: string[] = [];
  let engine: GitOpsEngine | undefined;
  const models = await startModelServer(() => {
    const version = engine?.served('product-ranker') ?? 'none';
    const diversity = version === 'v33' ? course.diversity(Date.now()) : 0.73;
    if (diversity === 'gone') throw new Error('It does not answer.');
    const gauges = { model_recommendation_diversity: diversity, model_error_rate: 0.003 };
    return [{ model: 'product-ranker', environment: 'production', version, gauges }];
  });
  stops.push(() => models.stop());
  const prometheus = await startPrometheus({ targets: [models.host], rules: [] });
  stops.push(() => prometheus.stop());
  const main = { name: 'main', url: prometheus.url, timeout: 5 * SECOND, concurrency: 8 };
  const stage = await startStage({
    watch: journal.seen,
    log: pino({ level: 'info' }, { write: (line: string) => void said.push(sentenceIn(line)) }),
    settings: { metricServers: [{ ...main, repositories: ['acme/ml-manifests'] }] },
    prepare: async (_, { repository }) => {
      const policy = (await repository.read(POLICY)) ?? '';
      await repository.commit({
        by: 'carol',
        message: 'Watch the diversity of what is recommended',
        files: { [POLICY]: policy + MONITORS },
      });
    },
  });
  stops.push(() => stage.stop());
  const { repository } = stage.sample;
  engine = await startGitOpsEngine(repository, {
    startsWithin: 0.5 * SECOND,
    applications: [
      {
        name: 'product-ranker',
        manifest: MANIFEST,
        version: /s3:\/\/models\/product-ranker\/([^/]+)\/model/,
      },
    ],
  });
  stops.push(async () => engine?.stop());
  // What the new release will be compared with: as many scrapes as the monitor looks apart, and some more.
  await until(async () => (await scrapesOf(prometheus, 'v32')) >= 13);
  const manifest = (await repository.read(MANIFEST)) ?? '';
  const commit = await repository.commit({
    by: 'erin',
    message: 'Release product-ranker v33',
    files: { [MANIFEST]: manifest.replace('/v32/', '/v33/') },
  });
  await until(async () => {
    const { documents } = stage.serving.store;
    const watched = await documents.list(watchLaneOf(repository.id), WATCHED);
    const running = watched.map(({ value }) => (value as unknown as WatchedTarget).running.commit);
    return running.includes(commit) && (await scrapesOf(prometheus, 'v33')) >= 2;
  });
  const policies = await stage.serving.store.documents.list(watchLaneOf(repository.id), WATCHED);
  const monitor = policies
    .flatMap(({ value }) => (value as unknown as WatchedTarget).monitors)
    .find(({ name }) => name === 'diversity');
  if (!monitor) throw new Error('The diversity is not watched.');
  const look = nextLookAfter(`${TARGET} diversity`, monitor, false, Date.now());
  return { stage, journal, engine, prometheus, look, said };
}

function sentenceIn(line: string): string {
  const { sentence = '' } = JSON.parse(line) as { sentence?: string };
  return sentence;
}

async function scrapesOf({ url }: Daemon, version: string): Promise<number> {
  const query = `sum(count_over_time(model_error_rate{model_version="${version}"}[5m]))`;
  const answer = await fetch(`${url}/api/v1/query?query=${encodeURIComponent(query)}`);
  const { data } = (await answer.json()) as { data: { result: { value: [number, string] }[] } };
  return Number(data.result[0]?.value[1] ?? 0);
}

/** Resolves once something is so. */
async function until(wanted: () => Promise<boolean>): Promise<void> {
  while (!(await wanted())) await pause(200);
}

/** A number of Lastgood's own metrics. */
async function metric({ stage }: Night, name: string): Promise<number> {
  const text = await (await fetch(`${stage.serving.url}/metrics`)).text();
  const line = text.split('\n').find((one) => one.startsWith(`${name} `));
  return Number(line?.split(' ')[1] ?? 0);
}

const GOOD_LOOKS = 'lastgood_monitor_looks_total{outcome="good"}';

test.concurrent(
  'the diversity falls from 0.73 to 0.04 and nothing else: rolled back within three looks',
  async () => {
    const course: { diversity: Course } = { diversity: () => 0.73 };
    const night = await begin(course);
    const { stage, journal, engine } = night;
    // In the middle between two looks.
    const fell = night.look + EVERY / 2;
    course.diversity = (now) => (now < fell ? 0.73 : 0.04);

    const merged = await journal.entry(({ kind }) => kind === 'merged');
    expect(merged.at - fell).toBeLessThan(3 * EVERY);
    expect(merged.at - fell).toBeGreaterThan(2 * EVERY);
    const { repository } = stage.sample;
    expect(await repository.read(MANIFEST)).toContain('s3://models/product-ranker/v32/model');
    await until(() => Promise.resolve(engine.served('product-ranker') === 'v32'));

    expect(repository.pulls()).toHaveLength(1);
    const [pull] = repository.pulls();
    expect(pull?.body).toContain(
      '`diversity`, critical, from `monitor`. Value `0.04`, threshold `0.584`.',
    );
    expect(pull?.body).toContain(
      'diversity is at 0.04, beyond the bound of 0.584, where 0.73 is expected',
    );
    const alerts = journal.entries.flatMap((entry) =>
      entry.kind === 'decided' ? entry.alert : [],
    );
    expect(new Set(alerts.map(({ name, source }) => `${source} ${name}`))).toEqual(
      new Set(['monitor diversity']),
    );
  },
);

test.concurrent(
  'a spike of ten seconds, a gap of scrapes and a restart of Prometheus: nothing happens, and it says why',
  async () => {
    const course: { diversity: Course } = { diversity: () => 0.73 };
    const night = await begin(course);
    const { stage, journal, prometheus, look, said } = night;
    const within = (from: number, to: number, now: Instant) =>
      now >= look + from * SECOND && now < look + to * SECOND;
    course.diversity = (now) => (within(5, 15, now) ? 0.04 : within(23, 36, now) ? 'gone' : 0.73);
    const passed = (why: string) =>
      journal.entry(
        (entry) => entry.kind === 'passed' && entry.monitor === 'diversity' && entry.why === why,
      );

    const spike = await passed('suspect');
    expect(spike.sentence).toMatch(
      /^Nothing was done about production\/product-ranker: diversity is at 0\.04, beyond the bound of 0\.584, where 0\.73 is expected \(1 sample of \ds\)\. That is [12] bad looks? in a row, .*; the policy waits for 3, and it is good again\.$/,
    );
    const gap = await passed('unknown');
    expect(gap.sentence).toMatch(
      /^Nothing was done about production\/product-ranker: diversity has no samples in the last 5s, which speaks neither for the release nor against it\. Look whether it is scraped\. That is [12] looks? without a verdict, .*, and it is good again\.$/,
    );
    await prometheus.restart(() =>
      until(async () => (await metric(night, 'lastgood_metric_servers_gone')) === 1),
    );
    const before = await metric(night, GOOD_LOOKS);
    await until(async () => (await metric(night, GOOD_LOOKS)) >= before + 2);
    expect(said.filter((one) => one.includes('metric server'))).toEqual([
      expect.stringMatching(
        /^The metric server main answers again, after \d+s without an answer\. Nothing was held against the models that it tells of meanwhile\.$/,
      ),
    ]);

    expect(journal.entries.filter(({ kind }) => kind !== 'passed')).toEqual([]);
    const { repository } = stage.sample;
    expect(repository.pulls()).toEqual([]);
    expect(await repository.read(MANIFEST)).toContain('s3://models/product-ranker/v33/model');
  },
);
