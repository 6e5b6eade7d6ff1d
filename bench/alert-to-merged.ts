import { fileURLToPath } from 'node:url';
import { alertmanagerMessage, sampleAlerts } from '../fixtures/hub/sample.ts';
import type { Entry } from '../src/journal/entry.ts';
import { startStage } from '../fixtures/stage.ts';
import { measureProcess, median } from './measure.ts';

/** What a rollback takes with every answer of GitHub `latency` milliseconds away. */
export interface RollbackFigures {
  /** Calls to GitHub's API one after another, from the alert to the merge. */
  readonly githubCalls: number;
  readonly ms: number;
  readonly scriptMs: number;
  readonly timesFasterThanScript: number;
}

const SCRIPT = fileURLToPath(new URL('rollback-script.sh', import.meta.url));
const RANKER = 'clusters/production/recsys';

/**
 * The same rollback of the same repository on a hub that answers slowly: once by an alert to Lastgood, once by the
 * usual shell script, each on a fresh repository, several times in turn.
 */
export async function measureRollback(latency: number, rounds: number): Promise<RollbackFigures> {
  const ours: { calls: number; ms: number }[] = [];
  const scripts: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    ours.push(await byLastgood(latency));
    scripts.push(await byScript(latency));
  }
  const ms = median(ours.map((one) => one.ms));
  const scriptMs = median(scripts);
  return {
    githubCalls: Math.max(...ours.map((one) => one.calls)),
    ms,
    scriptMs,
    timesFasterThanScript: scriptMs / ms,
  };
}

async function byLastgood(latency: number): Promise<{ calls: number; ms: number }> {
  const merged = Promise.withResolvers<number>();
  const stage = await startStage({
    latency,
    watch: (entry: Entry) => {
      if (entry.kind === 'merged') merged.resolve(performance.now());
    },
  });
  try {
    const before = stage.hub.apiCalls().length;
    const start = performance.now();
    await stage.send('alertmanager', alertmanagerMessage(sampleAlerts(Date.now()).diversity));
    const end = await merged.promise;
    const calls = stage.hub.apiCalls().slice(before);
    const last = calls.findIndex(({ path }) => path.endsWith('/merge'));
    await stage.quiet();
    return { calls: last + 1, ms: end - start };
  } finally {
    await stage.stop();
  }
}

async function byScript(latency: number): Promise<number> {
  const stage = await startStage({ latency });
  try {
    const { repository, app } = stage.sample;
    const run = await measureProcess('bash', [SCRIPT], {
      env: {
        API_URL: stage.hub.url,
        GIT_URL: stage.hub.url,
        TOKEN: app.token().token,
        REPOSITORY: repository.fullName,
        FILE: `${RANKER}/product-ranker.yaml`,
        KEY: 'value',
        FEATURES_FILE: `${RANKER}/features.yaml`,
        FEATURES_KEY: 'snapshot',
      },
    });
    if (run.exitCode !== 0) throw new Error(`The script failed: ${run.stderr}`);
    await stage.quiet();
    return run.ms;
  } finally {
    await stage.stop();
  }
}
