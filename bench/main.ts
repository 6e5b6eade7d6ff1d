/** `npm run bench`: what the README claims, measured beside a named alternative in the same run. */
import { parseArgs } from 'node:util';
import { measureRollback } from './alert-to-merged.ts';
import { formatNumber, formatRatio, formatTable } from './format.ts';
import { measureLookup } from './last-good-lookup.ts';

const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
  },
});
/** `--quick` is for trying the bench itself; its figures are not the ones to quote. */
const size = options.quick
  ? { rounds: 1, small: { commits: 500, models: 50 }, large: { commits: 5_000, models: 200 } }
  : {
      rounds: 5,
      small: { commits: 5_000, models: 2_000 },
      large: { commits: 50_000, models: 2_000 },
    };

const rollback = await measureRollback(100, size.rounds);
const short = await measureLookup(size.small.commits, size.small.models);
const long = await measureLookup(size.large.commits, size.large.models);

if (options.json) {
  const figures = {
    alert_to_merged: {
      github_calls: rollback.githubCalls,
      ms: rollback.ms,
      times_faster_than_script: rollback.timesFasterThanScript,
    },
    last_good_lookup: {
      ms: long.ms,
      times_faster_than_git_log: long.timesFasterThanGitLog,
      peak_rss_mib: long.peakRssMib,
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
}
