/** `npm run bench`: what the README claims, measured beside a named alternative in the same run. */
import { readOptions } from '../fixtures/read-options.ts';
import { measureRollback } from './alert-to-merged.ts';
import { formatNumber, formatRatio, formatTable } from './format.ts';
import { measureAudit } from './audit/measure-audit.ts';
import { measureBacktest } from './backtest/measure-backtest.ts';
import { measureIngest, type IngestFigures } from './ingest.ts';
import { measureLookup } from './last-good-lookup.ts';
import { measureMonitors } from './monitors/measure-monitors.ts';
import { measureRecovery } from './recovery.ts';
import { measureStorm } from './storm.ts';

const options = readOptions({
  json: { type: 'boolean', default: false },
  quick: { type: 'boolean', default: false },
});
/** `--quick` is for trying the bench itself; its figures are not the ones to quote. */
const size = options.quick
  ? {
      rounds: 1,
      load: 500,
      audit: { rollbacks: 500, models: 50 },
      monitors: { count: 1_000, minutes: 1 },
      storm: 2_000,
      backtest: { targets: 4, days: 8 },
      small: { commits: 500, models: 50 },
      large: { commits: 5_000, models: 200 },
    }
  : {
      rounds: 5,
      load: 3_000,
      audit: { rollbacks: 10_000, models: 500 },
      monitors: { count: 10_000, minutes: 5 },
      storm: 100_000,
      backtest: { targets: 100, days: 30 },
      small: { commits: 5_000, models: 2_000 },
      large: { commits: 50_000, models: 2_000 },
    };

const rollback = await measureRollback(100, size.rounds);
const short = await measureLookup(size.small.commits, size.small.models);
const long = await measureLookup(size.large.commits, size.large.models);
const ingest = await measureIngest(size.rounds, size.load);
const storm = await measureStorm(size.storm);
const recoveryMs = await measureRecovery(Math.min(size.rounds, 3));
const audit = await measureAudit(size.audit.rollbacks, size.audit.models);
const replayed = await measureBacktest(size.backtest.targets, size.backtest.days);
const monitors = await measureMonitors(size.monitors.count, size.monitors.minutes);

const at = (clients: number, figures: readonly IngestFigures[]): IngestFigures => {
  const found = figures.find((one) => one.clients === clients);
  if (!found) throw new Error(`Nothing was measured with ${clients} clients.`);
  return found;
};
const timesProbot = (clients: number, figures = ingest.lastgood): number =>
  at(clients, figures).perSecond / at(clients, ingest.probot).perSecond;

if (options.json) {
  const figures = {
    alert_to_merged: {
      github_calls: rollback.githubCalls,
      ms: rollback.ms,
      times_faster_than_script: rollback.timesFasterThanScript,
      phases_ms: {
        triage: rollback.phases.triage,
        opening: rollback.phases.opening,
        execution: rollback.phases.execution,
        roll_out: rollback.phases.rollOut,
        verification: rollback.phases.verification,
      },
    },
    last_good_lookup: {
      ms: long.ms,
      times_faster_than_git_log: long.timesFasterThanGitLog,
      peak_rss_mib: long.peakRssMib,
    },
    ingest: {
      acks_per_s_1: at(1, ingest.lastgood).perSecond,
      acks_per_s_16: at(16, ingest.lastgood).perSecond,
      acks_per_s_64: at(64, ingest.lastgood).perSecond,
      times_probot_16: timesProbot(16),
      times_probot_64: timesProbot(64),
      log_times_probot_16: timesProbot(16, ingest.log),
      log_times_probot_64: timesProbot(64, ingest.log),
      p99_ms_64: at(64, ingest.lastgood).p99,
    },
    storm: { peak_rss_mib: storm.peakRssMib, pull_requests: storm.pullRequests },
    recovery: { ms: recoveryMs },
    backtest: {
      samples_per_s: replayed.samplesPerSecond,
      peak_rss_mib: replayed.peakRssMib,
      samples: replayed.samples,
      cpu_us_per_look: replayed.cpuMicrosPerLook,
    },
    audit: { ms: audit.ms, rollbacks: audit.rollbacks, peak_rss_mib: audit.peakRssMib },
    monitors: {
      evaluations_per_s: monitors.evaluationsPerSecond,
      pure_evaluations_per_s: monitors.pureEvaluationsPerSecond,
      peak_rss_mib: monitors.peakRssMib,
    },
  };
  console.log(JSON.stringify(figures, undefined, 2));
} else {
  console.log('Alert to merged, every answer of GitHub 100 ms away\n');
  console.log(
    formatTable(
      ['', 'milliseconds', 'calls to the API'],
      [
        ['Lastgood', rollback.ms, rollback.githubCalls],
        ['shell script (clone, git log -p, push, create, merge)', rollback.scriptMs, undefined],
      ],
    ),
  );
  console.log(`\n${formatRatio(rollback.scriptMs, rollback.ms)} faster than the script.\n`);
  console.log(
    "What Lastgood itself takes of each phase of that rollback, without people's and pods' time\n",
  );
  const { triage, opening, execution, rollOut, verification } = rollback.phases;
  console.log(
    formatTable(
      ['', 'milliseconds'],
      [
        ['triage: the alert is decided about', triage],
        ['opening: the pull request stands', opening],
        ['execution: it is merged', execution],
        ['roll-out: noticed after the report to GitHub', rollOut],
        ['verification: noticed after the alert resolved', verification],
      ],
    ),
  );
  console.log('');
  console.log('Last good release after one new commit, without the fetch\n');
  console.log(
    formatTable(
      ['commits', 'models', 'milliseconds', 'git log -p', 'peak MiB', 'git log -p peak MiB'],
      [short, long].map((one) => [
        formatNumber(one.commits),
        formatNumber(one.models),
        one.ms,
        one.gitLogMs,
        one.peakRssMib,
        one.gitLogPeakRssMib,
      ]),
    ),
  );
  console.log('\nAcknowledgements a second, and the 99th percentile in milliseconds\n');
  const routes = [
    ["GitHub's deliveries, stored first", ingest.lastgood],
    ["Probot's bare route, nothing stored", ingest.probot],
    ["Probot's route, a line on the disk first, no database", ingest.log],
    ['alerts, stored first', ingest.alerts],
  ] as const;
  console.log(
    formatTable(
      ['', '1 client', 'p99', '16 clients', 'p99', '64 clients', 'p99'],
      routes.map(([name, figures]) => [
        name,
        ...[1, 16, 64].flatMap((clients) => {
          const { perSecond, p99 } = at(clients, figures);
          return [perSecond, p99];
        }),
      ]),
    ),
  );
  console.log('\nAlerts of one bad release in a storm, on the embedded database\n');
  console.log(
    formatTable(
      ['alerts', 'pull requests', 'calls to the API', 'seconds', 'peak MiB'],
      [
        [
          formatNumber(storm.alerts),
          storm.pullRequests,
          storm.githubCalls,
          storm.ms / 1_000,
          storm.peakRssMib,
        ],
      ],
    ),
  );
  console.log(
    `\nKilled in the middle of a rollback: merged ${formatNumber(recoveryMs)} ms after the next start.`,
  );
  console.log('\nAn audit of a whole history, from a plain clone\n');
  console.log(
    formatTable(
      ['', 'rollbacks', 'milliseconds', 'peak MiB'],
      [
        ['lastgood audit', formatNumber(audit.rollbacks), audit.ms, audit.peakRssMib],
        [
          'lastgood audit --verify',
          formatNumber(audit.rollbacks),
          audit.verifyMs,
          audit.verifyPeakRssMib,
        ],
        [
          'git log and cat-file, which only read the same',
          formatNumber(audit.rollbacks),
          audit.gitMs,
          undefined,
        ],
      ],
    ),
  );
  console.log(
    '\nA backtest: targets with five monitors each, a sample and a look every 30 seconds\n',
  );
  console.log(
    formatTable(
      [
        'targets',
        'days',
        'samples',
        'threads',
        'seconds',
        'samples a second',
        'first MiB',
        'peak MiB',
      ],
      [
        [
          replayed.targets,
          replayed.days,
          formatNumber(replayed.samples),
          replayed.threads,
          replayed.seconds,
          replayed.samplesPerSecond,
          replayed.earlyRssMib,
          replayed.peakRssMib,
        ],
      ],
    ),
  );
  console.log(
    `\n${formatNumber(replayed.cpuMicrosPerLook)} µs of a processor for each look; ${formatNumber(replayed.rollbacks)} rollbacks would have been opened.`,
  );
  console.log(
    '\nMonitors of the preset online-standard, each every 30 s, without network and disk\n',
  );
  console.log(
    formatTable(
      ['', 'monitors', 'evaluations a second', 'peak MiB'],
      [
        [
          'the lane: ask, evaluate, write what is remembered',
          formatNumber(monitors.monitors),
          formatNumber(monitors.evaluationsPerSecond),
          monitors.peakRssMib,
        ],
        [
          'evaluate alone',
          formatNumber(monitors.monitors),
          formatNumber(monitors.pureEvaluationsPerSecond),
          undefined,
        ],
      ],
    ),
  );
  console.log(`\nWatching them takes ${formatNumber(monitors.shareOfCore * 100)} % of one core.`);
}
