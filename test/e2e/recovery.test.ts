import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createJournalWatch } from '../../fixtures/journal-watch.ts';
import { startGitOpsEngine, type GitOpsEngine } from '../../fixtures/monitoring/gitops-engine.ts';
import { startModelServer, type ServedModel } from '../../fixtures/monitoring/model-server.ts';
import {
  freePort,
  startAlertmanager,
  startPrometheus,
} from '../../fixtures/monitoring/processes.ts';
import { startStage, type Stage } from '../../fixtures/stage.ts';
import type { AuditReport } from '../../src/audit/report.ts';
import { runCli } from '../../src/cli/run-cli.ts';
import type { Entry } from '../../src/journal/entry.ts';
import { readLines } from '../../src/journal/chain.ts';
import { incidentStory } from '../../src/journal/incident-story.ts';
import { JOURNAL_BRANCH } from '../../src/journal/journal-branch.ts';
import { SECOND } from '../../src/time.ts';

const RANKER = 'product-ranker';
const FRAUD = 'fraud-detector';

/** How long pods of a new version take to start. */
const STARTS_WITHIN = 1 * SECOND;

/** A night in seconds: the presets' patience of minutes and hours is not what this run is about. */
const QUICK = `evidence: { minAge: 0s }
limits: { cooldown: 0s, merge: 5 per 24h }
notify: { issue: false }
`;

const POLICIES = {
  [RANKER]: `${QUICK}verify:
  rollOut: { within: 30s }
  within: 40s
  sustain: 4s
  watch: 6s
  every: 5s
  served: { server: models, path: "/v1/models/{model}", field: version }
  metrics:
    - { name: diversity, server: main, query: 'avg(model_recommendation_diversity{model="{model}"})', baseline: 0.73, worse: lower }
    - { name: error rate, server: main, query: 'avg(model_error_rate{model="{model}"})', baseline: 0.003, worse: higher }
`,
  // Its roll-out is known by what Argo CD reports to GitHub.
  [FRAUD]: `${QUICK}ladder: [release, fallback]
verify:
  rollOut: { within: 30s }
  within: 12s
  sustain: 4s
  watch: 6s
  every: 5s
  metrics:
    - { name: precision, server: main, query: 'avg(model_precision{model="{model}"})', baseline: 0.92, worse: lower }
`,
};

const labels = { severity: 'critical', repository: 'acme/ml-manifests' };
const RULES = [
  {
    alert: 'ModelDiversityCollapsed',
    expr: 'model_recommendation_diversity < 0.35',
    labels,
    annotations: { value: '{{ $value }}', threshold: '< 0.35' },
  },
  {
    alert: 'ModelPrecisionCollapsed',
    expr: 'model_precision < 0.6',
    labels,
    annotations: { value: '{{ $value }}', threshold: '< 0.6' },
  },
];

/**
 * What the models do. The ranker's new release shows everybody the same. The fraud detector's features are broken
 * at their source, so that no release of it is well: only the rules of its fallback do without them.
 */
function serving(engine: GitOpsEngine | undefined): readonly ServedModel[] {
  if (!engine) return [];
  const [ranker, fraud] = [engine.served(RANKER), engine.served(FRAUD)];
  const common = { environment: 'production' };
  return [
    {
      ...common,
      model: RANKER,
      version: ranker,
      gauges: {
        model_recommendation_diversity: ranker === 'v32' ? 0.04 : 0.73,
        model_error_rate: 0.003,
      },
    },
    {
      ...common,
      model: FRAUD,
      version: fraud,
      gauges: { model_precision: fraud === 'rules-v1' ? 0.9 : 0.31 },
    },
  ];
}

let stage: Stage;
let engine: GitOpsEngine | undefined;
let root = '';
const journal = createJournalWatch();
const stops: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'lastgood-recovery-'));
  stops.push(() => rm(root, { recursive: true, force: true }));
  const models = await startModelServer(() => serving(engine));
  stops.push(() => models.stop());
  const port = await freePort();
  const server = { repositories: ['acme/ml-manifests'], timeout: 5 * SECOND, concurrency: 8 };
  stage = await startStage({
    watch: journal.seen,
    settings: {
      metricServers: [
        { name: 'main', url: `http://127.0.0.1:${port}`, ...server },
        { name: 'models', url: models.url, ...server },
      ],
    },
    prepare: async (_, { repository }) => {
      for (const [model, more] of Object.entries(POLICIES)) {
        const file = `.lastgood/${model}.yaml`;
        const policy = (await repository.read(file)) ?? '';
        await repository.commit({
          by: 'carol',
          message: `Let ${model} be rolled back at once, and say how its recovery is known`,
          files: { [file]: policy + more },
        });
      }
    },
  });
  stops.push(() => stage.stop());
  const { repository } = stage.sample;
  engine = await startGitOpsEngine(repository, {
    startsWithin: STARTS_WITHIN,
    applications: [
      {
        name: RANKER,
        manifest: 'clusters/production/recsys/product-ranker.yaml',
        version: /s3:\/\/models\/product-ranker\/([^/]+)\/model/,
      },
      {
        name: FRAUD,
        manifest: 'clusters/production/fraud/inferenceservice.yaml',
        version: /s3:\/\/models\/fraud\/([^/]+)\/model/,
      },
    ],
  });
  stops.push(async () => engine?.stop());
  const alertmanager = await startAlertmanager({
    webhook: `${stage.serving.url}/alerts/alertmanager`,
    token: stage.token,
  });
  stops.push(() => alertmanager.stop());
  const prometheus = await startPrometheus({
    targets: [models.host],
    alertmanager: alertmanager.url,
    rules: RULES,
    port,
  });
  stops.push(() => prometheus.stop());
});

afterAll(async () => {
  for (const stop of stops.reverse()) await stop();
});

/** That something happened after a merge, of a target. */
const followed = (target: string, happened: string) => (entry: Entry) =>
  entry.kind === 'followed' && entry.happened === happened && entry.sentence.includes(target);

/** What a plain clone tells once the journal in it has the end of a rollback's incident. */
async function auditOf(model: string, merge: string): Promise<AuditReport> {
  const { repository } = stage.sample;
  await until(async () => {
    const files = await repository.paths('.lastgood/journal/incidents', JOURNAL_BRANCH);
    const texts = await Promise.all(
      files
        .filter((path) => path.includes(`/${model}/`) && path.endsWith('.jsonl'))
        .map((path) => repository.read(path, JOURNAL_BRANCH)),
    );
    return texts.some((text) => text?.includes(merge) && text.includes('"happened":"verified"'));
  });
  const clone = join(root, model);
  execFileSync('git', ['clone', '--quiet', '--bare', repository.dir, clone]);
  const out: string[] = [];
  const args = ['audit', '--repo', clone, '--target', model, '--format', 'json'];
  const terminal = {
    out: (text: string) => out.push(text),
    error: (text: string) => out.push(text),
    now: Date.now(),
  };
  expect(await runCli(args, terminal)).toBe(0);
  return JSON.parse(out.join('\n')) as AuditReport;
}

/** Resolves once something is so; it is looked at after each request to the hub. */
async function until(wanted: () => Promise<boolean>): Promise<void> {
  for (;;) {
    const next = new Promise<void>((called) => {
      const stop = stage.hub.onCall((phase) => {
        if (phase !== 'after') return;
        stop();
        called();
      });
    });
    if (await wanted()) return;
    await next;
  }
}

test.concurrent(
  'a collapse is rolled back, rolled out, seen to have helped, and closed, each phase timed',
  async () => {
    const target = `production/${RANKER}`;
    const end = await journal.entry(followed(target, 'verified'));
    const merged = journal.entries.find(
      ({ kind, incident }) => kind === 'merged' && incident === end.incident,
    );
    if (merged?.kind !== 'merged') throw new Error('It was closed without a merge.');
    expect(merged.by).toBe('policy');
    expect(engine?.served(RANKER)).toBe('v31');
    // Argo CD reported the same, but the policy names who knows what is being served.
    const rolledOut = await journal.entry(followed(target, 'rolled-out'));
    expect(rolledOut.sentence).toMatch(
      /^The rollback #\d of production\/product-ranker is rolled out: `v31` is being served, \ds after its merge\.$/,
    );

    const { rollbacks, complete } = await auditOf(RANKER, merged.commit);
    expect(rollbacks).toHaveLength(1);
    expect(complete).toBe(1);
    const { took, ...rollback } = rollbacks[0] ?? { took: {} };
    expect(rollback).toMatchObject({
      target,
      commit: merged.commit,
      mode: 'automatic',
      alert: 'ModelDiversityCollapsed',
      from: { model: 'v32' },
      to: { model: 'v31' },
      missing: [],
      relapsed: false,
    });
    const { detection, triage, opening, execution, rollout, verification, restore, recovery } =
      took;
    for (const phase of [detection, triage, opening, execution, restore]) {
      expect(phase).toBeGreaterThanOrEqual(0);
      expect(phase).toBeLessThan(30 * SECOND);
    }
    // Pods had to start, and it had to be well on its metrics after that.
    expect(rollout).toBeGreaterThanOrEqual(STARTS_WITHIN);
    expect(verification).toBeGreaterThan(0);
    expect(recovery).toBeGreaterThanOrEqual((restore ?? 0) + (rollout ?? 0));
    expect(recovery).toBeLessThan(90 * SECOND);

    // The record holds what it was before and after, and the report draws it.
    const folder = `.lastgood/journal/incidents/${target}`;
    const texts = new Map<string, string>();
    // The branch is written some seconds after what it tells.
    const diversity = await vi.waitFor(
      async () => {
        const files = await stage.sample.repository.paths(folder, JOURNAL_BRANCH);
        for (const path of files) {
          texts.set(path, (await stage.sample.repository.read(path, JOURNAL_BRANCH)) ?? '');
        }
        // An alert that was heard once more after the merge is an incident of its own, of the release it went back to.
        const [, bad] = /([^/]+)$/.exec(end.incident ?? '') ?? [];
        const lines = texts.get(`${folder}/${bad}.jsonl`);
        expect(lines).toBeDefined();
        const samples = incidentStory(readLines(lines ?? ''))?.samples ?? [];
        const found = samples.find(({ name }) => name === 'diversity');
        expect(found).toBeDefined();
        expect([...texts.keys()].some((path) => path.endsWith('.svg'))).toBe(true);
        return found;
      },
      { timeout: 40_000, interval: 500 },
    );
    const since = rolledOut.kind === 'followed' ? (rolledOut.since ?? Infinity) : Infinity;
    const before = diversity?.points.filter(({ at }) => at < since).map(({ value }) => value);
    const after = diversity?.points.filter(({ at }) => at > since).map(({ value }) => value);
    expect(before).toContain(0.04);
    expect(new Set(after)).toEqual(new Set([0.73]));
    const drawn = [...texts].find(
      ([path, text]) => path.endsWith('.svg') && text.includes('diversity, '),
    );
    expect(drawn?.[1]).toContain('recovered');
  },
);

test.concurrent(
  'where the model is not the cause, the second rung of the ladder helps',
  async () => {
    const target = `production/${FRAUD}`;
    const end = await journal.entry(followed(target, 'verified'));
    const told = journal.entries.flatMap((entry) =>
      entry.kind === 'followed' && entry.sentence.includes(target)
        ? [`#${entry.number} ${entry.happened}`]
        : [],
    );
    const merges = journal.entries.flatMap((entry) =>
      entry.kind === 'merged' && entry.incident?.includes(`/${FRAUD}/`) ? [entry] : [],
    );
    const [first, second] = merges.map(({ number }) => number);
    expect(told).toEqual([
      `#${first} rolled-out`,
      `#${first} not-recovered`,
      `#${first} superseded`,
      `#${second} rolled-out`,
      `#${second} recovered`,
      `#${second} verified`,
    ]);
    expect(engine?.served(FRAUD)).toBe('rules-v1');
    expect(end.incident).toBe(merges.at(-1)?.incident);
    const why = await journal.entry(followed(target, 'not-recovered'));
    expect(why.sentence).toContain(
      'the alert ModelPrecisionCollapsed fires and the metric precision is 0.31, beyond 0.828 (baseline 0.92). The model release was probably not the cause.',
    );

    const { rollbacks, complete } = await auditOf(FRAUD, merges.at(-1)?.commit ?? '');
    expect(complete).toBe(2);
    expect(rollbacks.map(({ to }) => to['model'])).toEqual(['2.10', 'rules-v1']);
    const [failed, helped] = rollbacks.map(({ took }) => took);
    expect(failed?.rollout).toBeGreaterThan(0);
    expect(failed).not.toHaveProperty('verification');
    expect(Object.keys(helped ?? {})).toEqual([
      'detection',
      'triage',
      'opening',
      'execution',
      'rollout',
      'verification',
      'restore',
      'recovery',
    ]);
  },
);
