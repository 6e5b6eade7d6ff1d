import { afterAll, beforeAll, expect, test } from 'vitest';
import { createJournalWatch } from '../../fixtures/journal-watch.ts';
import { startModelServer } from '../../fixtures/monitoring/model-server.ts';
import {
  startAlertmanager,
  startPrometheus,
  type Daemon,
} from '../../fixtures/monitoring/processes.ts';
import { startStage, type Stage } from '../../fixtures/stage.ts';

const POLICY = '.lastgood/product-ranker.yaml';
const MANIFEST = 'clusters/production/recsys/product-ranker.yaml';

/** The alert rule that a team would write for the mission's night: the errors are fine, the diversity is gone. */
const RULE = {
  alert: 'ModelDiversityCollapsed',
  expr: 'model_recommendation_diversity < 0.35',
  labels: { severity: 'critical', repository: 'acme/ml-manifests' },
  annotations: {
    summary: '{{ $labels.model }} {{ $labels.model_version }} shows everybody the same',
    value: '{{ $value }}',
    threshold: '< 0.35',
  },
};

let stage: Stage;
let served = 'v31';
const stops: (() => Promise<void>)[] = [];
const journal = createJournalWatch();

beforeAll(async () => {
  stage = await startStage({ watch: journal.seen });
  stops.push(() => stage.stop());
  // Two minutes of patience are the preset's, and not what this run is about.
  const policy = (await stage.sample.repository.read(POLICY)) ?? '';
  await stage.sample.repository.commit({
    by: 'carol',
    message: 'Act on the first alert',
    files: { [POLICY]: `${policy}evidence: { minAge: 0s }\n` },
  });
  await stage.quiet();
  const server = await startModelServer(async () => {
    // What a GitOps engine would have applied: whatever the default branch says now.
    const manifest = (await stage.sample.repository.read(MANIFEST)) ?? '';
    served = /s3:\/\/models\/product-ranker\/([^/]+)\/model/.exec(manifest)?.[1] ?? 'none';
    return [
      {
        model: 'product-ranker',
        environment: 'production',
        version: served,
        gauges: {
          model_recommendation_diversity: served === 'v32' ? 0.04 : 0.73,
          model_error_rate: 0.003,
        },
      },
    ];
  });
  stops.push(() => server.stop());
  const alertmanager: Daemon = await startAlertmanager({
    webhook: `${stage.serving.url}/alerts/alertmanager`,
    token: stage.token,
  });
  stops.push(() => alertmanager.stop());
  const prometheus = await startPrometheus({
    targets: [server.host],
    alertmanager: alertmanager.url,
    rules: [RULE],
  });
  stops.push(() => prometheus.stop());
});

afterAll(async () => {
  for (const stop of stops.reverse()) await stop();
});

test('a collapse that Prometheus sees is rolled back, and Alertmanager says that it is over', async () => {
  const merged = await journal.entry(({ kind }) => kind === 'merged');
  expect(merged.sentence).toBe('Pull request #1 merged by itself, as the policy allows.');
  expect(await stage.sample.repository.read(MANIFEST)).toContain(
    's3://models/product-ranker/v31/model',
  );

  const resolved = await journal.entry(
    (one) => one.kind === 'decided' && one.decision.reason === 'resolved',
  );
  expect(served).toBe('v31');
  expect(resolved.sentence).toContain('product-ranker');
  expect(stage.sample.repository.pulls()).toHaveLength(1);
});
