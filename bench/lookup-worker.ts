/**
 * A process of its own, so that its memory can be told: generates the repository, reads its history once, then takes
 * in one new release after another and finds the last good one. Prints a `WorkerAnswer`.
 */
import { execFileSync } from 'node:child_process';
import { openIndexedFolder } from '../src/git/open-indexed.ts';
import { findLastGood } from '../src/releases/last-good.ts';
import { HOUR } from '../src/time.ts';
import { generateRepository } from './generate-repository.ts';
import type { WorkerAnswer } from './last-good-lookup.ts';

const [folder = '', commits = '', models = ''] = process.argv.slice(2);
const repository = await generateRepository({
  folder,
  commits: Number(commits),
  models: Number(models),
});
execFileSync('git', ['-C', folder, 'gc', '--quiet']);
const model = repository.models[Math.floor(repository.models.length / 2)] ?? '';
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
for (let round = 0; round < 12; round += 1) {
  await repository.addCommits(1, { model });
  const start = performance.now();
  const from = await source.update();
  const { selection } = await findLastGood(source, { policy, from, now: Date.now() });
  samples.push(performance.now() - start);
  if (selection.kind !== 'release') throw new Error(`No release found: ${selection.kind}.`);
}
await source.close();

const answer: WorkerAnswer = {
  file,
  // The first look-up warms what every later one finds warm.
  samples: samples.slice(1),
  peakRssMib: process.resourceUsage().maxRSS / 1024,
};
process.stdout.write(JSON.stringify(answer));
