/**
 * `npm run simulate -- --seeds N [--from S] [--jobs J]`: plays seeds and says how many failed, and how to replay them.
 * `npm run simulate -- --seed S --verbose`: plays one, and tells every step and every journal entry.
 */
import { fork } from 'node:child_process';
import { readOptions } from '../../fixtures/read-options.ts';
import type { Contract } from '../../fixtures/hub/contract-port.ts';
import { createContract } from '../../fixtures/hub/contract/index.ts';
import { openMemoryDatabase } from './memory-database.ts';
import { run, type RunResult } from './run.ts';
import { addUp, emptySummary, summarise, tellFailure } from './summary.ts';
import { describe } from './describe.ts';

const values = readOptions({
  seeds: { type: 'string', default: '100' },
  from: { type: 'string', default: '1' },
  jobs: { type: 'string', default: '2' },
  seed: { type: 'string' },
  without: { type: 'string', default: '' },
  verbose: { type: 'boolean', default: false },
  worker: { type: 'boolean', default: false },
});

/** Every so many seeds hold each exchange with the hub against GitHub's published descriptions. */
const CONTRACT_EVERY = 50;

if (values.worker) await work();
else if (values.seed !== undefined) await replay(Number(values.seed));
else await playAll(Number(values.from), Number(values.seeds), Number(values.jobs));

/** Plays the seeds that its parent sends, one after another. */
async function work(): Promise<void> {
  const database = await openMemoryDatabase();
  let made: Contract | undefined;
  process.on('message', (seed: number) => {
    const contract = seed % CONTRACT_EVERY === 0 ? (made ??= createContract()) : undefined;
    void run({ seed, database, ...(contract && { contract }) }).then((result) =>
      process.send?.(result),
    );
  });
  process.send?.('ready');
}

async function replay(seed: number): Promise<void> {
  const database = await openMemoryDatabase();
  const tell = values.verbose ? console.log : () => undefined;
  const without = new Set(values.without.split(',').filter(Boolean).map(Number));
  const result = await run({
    seed,
    database,
    tell,
    without,
    contract: createContract(),
    ...(values.verbose && { look: (world) => describe(world, console.log) }),
  });
  if (result.violations.length > 0) tellFailure(result, console.log);
  else console.log(`Seed ${seed} holds.`);
  process.exit(result.violations.length > 0 ? 1 : 0);
}

async function playAll(from: number, seeds: number, jobs: number): Promise<void> {
  const began = performance.now();
  const summary = emptySummary();
  let next = from;
  const worker = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const child = fork(import.meta.filename, ['--worker'], { serialization: 'advanced' });
      const give = (): void => {
        if (next < from + seeds) child.send(next++);
        else child.disconnect();
      };
      child.on('message', (message: 'ready' | RunResult) => {
        if (message !== 'ready') {
          addUp(summary, message);
          if (message.violations.length > 0) tellFailure(message, console.log);
          if (summary.seeds % 100 === 0) console.log(summarise(summary, performance.now() - began));
        }
        give();
      });
      child.once('error', reject);
      child.once('exit', (code) => {
        if (code === 0 || next >= from + seeds) resolve();
        else reject(new Error(`A process that plays seeds ended with ${code}.`));
      });
    });
  await Promise.all(Array.from({ length: jobs }, worker));
  console.log(summarise(summary, performance.now() - began));
  if (summary.failed.length === 0) return;
  console.log(`Failed: ${summary.failed.sort((a, b) => a - b).join(', ')}`);
  process.exitCode = 1;
}
