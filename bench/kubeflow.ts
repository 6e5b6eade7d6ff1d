/**
 * Compares `lastgood history` and `lastgood plan` with what `git log -p` says, on the real history of
 * kubeflow/manifests. `node bench/kubeflow.ts --bundle PATH`; `--all` for every image tag of the newest commit.
 */
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readOptions } from '../fixtures/read-options.ts';
import { formatTable } from './format.ts';
import { allPins } from './kubeflow/all-pins.ts';
import { askHistory } from './kubeflow/ask-lastgood.ts';
import { comparePlans, compareReleases } from './kubeflow/compare.ts';
import { logReleases } from './kubeflow/log-releases.ts';
import { pathOf, PINS, policyOf, type ComparedPin } from './kubeflow/pins.ts';
import { readLog, readOwnLog } from './kubeflow/read-log.ts';

async function comparePin(root: string, folder: string, pin: ComparedPin) {
  const questionAbout = async (file: string) => {
    const policyFile = join(root, 'policy.yaml');
    await writeFile(policyFile, policyOf(pin, file));
    return { folder, policyFile, model: pin.name };
  };
  const told = await askHistory(await questionAbout(pin.file));
  const log = readLog(folder, pin.file);
  const logged = logReleases(log, pin.entry);
  const own = logReleases(readOwnLog(folder, pin.file), pin.entry);
  const { plans, pinOnly, mistakes } = await comparePlans(questionAbout, own);
  const moves = log.filter(({ change }) => change === 'moved').length;
  return {
    pin,
    told,
    logged,
    differences: compareReleases(told, logged),
    unexplained: compareReleases(told, own).length,
    commits: log.length,
    moves,
    plans,
    pinOnly,
    mistakes,
  };
}

/** Whether Lastgood says something that the log does not explain. */
function isWrong(one: Awaited<ReturnType<typeof comparePin>>): boolean {
  return one.unexplained > 0 || one.mistakes.length > 0;
}

const values = readOptions({
  bundle: { type: 'string' },
  all: { type: 'boolean', default: false },
});
if (values.bundle === undefined) {
  console.error('Name the bundle: --bundle PATH.');
  process.exit(2);
}
const root = await mkdtemp(join(tmpdir(), 'kubeflow-'));
try {
  const folder = join(root, 'manifests');
  execFileSync('git', ['clone', '--quiet', values.bundle, folder]);
  const results = [];
  for (const pin of values.all ? allPins(folder) : PINS) {
    results.push(await comparePin(root, folder, pin));
  }
  console.log(
    formatTable(
      [
        'pin',
        'commits',
        'moves',
        'lastgood',
        'log',
        'differences',
        'unexplained',
        'plans',
        'pin only',
        'wrong',
      ],
      results.map((one) => [
        one.pin.name,
        one.commits,
        one.moves,
        one.told.length,
        one.logged.length,
        one.differences.length,
        one.unexplained,
        one.plans,
        one.pinOnly,
        one.mistakes.length,
      ]),
    ),
  );
  for (const { pin, differences, mistakes } of results) {
    if (differences.length + mistakes.length === 0) continue;
    console.log(`\n${pin.name}: ${pin.file}, ${pathOf(pin.entry)}`);
    for (const { side, commit, tag, change, path, from, problem } of differences) {
      const where = [change, path, from && `from ${from}`, problem].filter(Boolean).join(' ');
      console.log(`  ${side}: ${commit.slice(0, 12)} ${tag ?? '(no tag)'} ${where}`);
    }
    for (const mistake of mistakes) console.log(`  plan: ${mistake}`);
  }
  process.exitCode = results.some(isWrong) ? 1 : 0;
} finally {
  await rm(root, { recursive: true, force: true });
}
