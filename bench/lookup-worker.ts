/**
 * A process of its own, so that its memory can be told: reads the history once, then moves the branch to one new
 * release after another, takes it in, and finds the last good one. Prints a `WorkerAnswer`.
 */
import { execFileSync } from 'node:child_process';
import { openIndexedFolder } from '../src/git/open-indexed.ts';
import { findLastGood } from '../src/releases/last-good.ts';
import { HOUR } from '../src/time.ts';
import type { WorkerAnswer } from './last-good-lookup.ts';

const [folder = '', model = '', ...news] = process.argv.slice(2);
const file = `clusters/production/${model}/inferenceservice.yaml`;
const policy = {
  target: { model, environment: 'production' },
  pins: [
    {
      id: 'model',
      component: 'model' as const,
      file,
      path: 'spec.predictor.model.storageUri',
      version: `s3://models/${model}/v{version}/model`,
    },
    {
      id: 'features',
      component: 'features' as const,
      file: `clusters/production/${model}/features.yaml`,
      path: 'data.snapshot',
    },
  ],
  goal: { minSoak: HOUR / 60, maxDepth: 3 },
  fallback: {},
};

const source = await openIndexedFolder(folder, 'main', `${folder}.index`);
await source.update();

const samples: number[] = [];
for (const commit of news) {
  execFileSync('git', ['-C', folder, 'update-ref', 'refs/heads/main', commit]);
  const start = performance.now();
  const from = await source.update();
  const { selection } = await findLastGood(source, { policy, from, now: Date.now() });
  samples.push(performance.now() - start);
  if (selection.kind !== 'release') throw new Error(`No release found: ${selection.kind}.`);
}
await source.close();

const answer: WorkerAnswer = {
  file,
  samples: samples.slice(1),
  peakRssMib: process.resourceUsage().maxRSS / 1024,
};
process.stdout.write(JSON.stringify(answer));
