import { fileURLToPath } from 'node:url';
import { alertmanagerMessage, sampleAlerts } from '../fixtures/hub/sample.ts';
import type { Entry } from '../src/journal/entry.ts';
import { createJournalWatch } from '../fixtures/journal-watch.ts';
import { startStage } from '../fixtures/stage.ts';
import { measureProcess, median } from './measure.ts';

/** What a rollback takes with every answer of GitHub `latency` milliseconds away. */
export interface RollbackFigures {
  /** Calls to GitHub's API one after another, from the alert to the merge. */
  readonly githubCalls: number;
  readonly ms: number;
  readonly scriptMs: number;
  readonly timesFasterThanScript: number;
  readonly phases: PhaseFigures;
}

/**
 * What Lastgood itself takes of each phase, in milliseconds: from the moment in which it could know until it has acted
 * on it. What people, pods and metrics take comes on top of that in life.
 */
export interface PhaseFigures {
  /** The alert was sent; it is decided about. */
  readonly triage: number;
  /** The pull request stands. */
  readonly opening: number;
  /** It is merged. */
  readonly execution: number;
  /** The roll-out was reported to GitHub; Lastgood has noticed. */
  readonly rollOut: number;
  /** The alert resolved; recovery is noticed, where the policy does not want it to last. */
  readonly verification: number;
}

const SCRIPT = fileURLToPath(new URL('rollback-script.sh', import.meta.url));
const RANKER = 'clusters/production/recsys';

/**
 * The same rollback of the same repository on a hub that answers slowly: once by an alert to Lastgood, once by the
 * usual shell script, each on a fresh repository, several times in turn.
 */
export async function measureRollback(latency: number, rounds: number): Promise<RollbackFigures> {
  const ours: OneRollback[] = [];
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
    phases: {
      triage: median(ours.map(({ phases }) => phases.triage)),
      opening: median(ours.map(({ phases }) => phases.opening)),
      execution: median(ours.map(({ phases }) => phases.execution)),
      rollOut: median(ours.map(({ phases }) => phases.rollOut)),
      verification: median(ours.map(({ phases }) => phases.verification)),
    },
  };
}

interface OneRollback {
  readonly calls: number;
  readonly ms: number;
  readonly phases: PhaseFigures;
}

const MODEL = 'product-ranker';
const POLICY = `.lastgood/${MODEL}.yaml`;

async function byLastgood(latency: number): Promise<OneRollback> {
  const journal = createJournalWatch();
  const noticed = new Map<Entry, number>();
  const stage = await startStage({
    latency,
    watch: (one) => {
      noticed.set(one, performance.now());
      journal.seen(one);
    },
    prepare: async (_, { repository }) => {
      const policy = (await repository.read(POLICY)) ?? '';
      await repository.commit({
        by: 'alice',
        message: 'Take the first good sign for recovery',
        files: { [POLICY]: `${policy}verify: { sustain: 0s }\n` },
      });
    },
  });
  const { repository } = stage.sample;
  /** When something was noticed. */
  const when = async (wanted: (entry: Entry) => boolean): Promise<number> =>
    noticed.get(await journal.entry(wanted)) ?? Number.NaN;
  const happened = (what: string) => (one: Entry) =>
    one.kind === 'followed' && one.happened === what;
  try {
    const before = stage.hub.apiCalls().length;
    const alert = sampleAlerts(Date.now()).diversity;
    const start = performance.now();
    await stage.send('alertmanager', alertmanagerMessage(alert));
    const merged = await when(({ kind }) => kind === 'merged');
    const calls = stage.hub.apiCalls().slice(before);
    const last = calls.findIndex(({ path }) => path.endsWith('/merge'));
    await stage.quiet();
    const [pull] = repository.pulls();
    const reported = performance.now();
    await repository.deploy(pull?.mergeCommit ?? '', MODEL, 'success');
    const rolledOut = await when(happened('rolled-out'));
    await stage.quiet();
    const resolved = performance.now();
    const over = { ...alert, status: 'resolved' as const, endsAt: Date.now() };
    await stage.send('alertmanager', alertmanagerMessage(over));
    const recovered = await when(happened('recovered'));
    await stage.quiet();
    const decided = await when(({ kind }) => kind === 'decided');
    const proposed = await when(({ kind }) => kind === 'proposed');
    return {
      calls: last + 1,
      ms: merged - start,
      phases: {
        triage: decided - start,
        opening: proposed - decided,
        execution: merged - proposed,
        rollOut: rolledOut - reported,
        verification: recovered - resolved,
      },
    };
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
