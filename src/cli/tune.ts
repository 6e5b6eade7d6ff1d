import { createDigest } from '../backtest/digest.ts';
import { readIncidents } from '../backtest/incidents.ts';
import { knobOf } from '../backtest/knob.ts';
import { tune as tuneBound } from '../backtest/tune.ts';
import { isWatched } from '../monitors/monitor.ts';
import { nearestName } from '../nearest-name.ts';
import type { TargetPolicy } from '../policy/policy.ts';
import { targetKey } from '../target.ts';
import { tuneHtml } from '../texts/tune-html.ts';
import { curveSection, proposalText, tuneSummary, type Tuned } from '../texts/tune.ts';
import { table } from './backtest.ts';
import { CommandFailed, EXIT, type ExitCode } from './exit-codes.ts';
import { findTarget } from './find-target.ts';
import { policiesAt } from './policies.ts';
import { progressBar } from './progress-bar.ts';
import { readNamed } from './read-named.ts';
import { openRecordings, type RecordingOptions } from './recordings.ts';
import { showHidden, toJson, type Terminal } from './terminal.ts';
import { withRecordings } from './with-recordings.ts';
import { withClone, type RepositoryOptions } from './with-clone.ts';
import { writeNamed } from './write-file.ts';

export interface TuneOptions extends RepositoryOptions, RecordingOptions {
  readonly monitor: string;
  readonly falsePer30Days: number;
  readonly incidents?: string;
  readonly html?: string;
}

/** Proposes a bound of a monitor for a wanted rate of false rollbacks. Changes nothing. Exit code 1: there is none. */
export async function tune(
  name: string,
  options: TuneOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  return withRecordings(() =>
    withClone(options, terminal.now, async ({ clone, commit, now }) => {
      const set = await policiesAt(clone, commit, options.policy);
      const policy = findTarget(set, name);
      const target = targetKey(policy.target);
      const monitor = findMonitor(policy, options.monitor);
      const knob = knobOf(monitor);
      if (typeof knob === 'string') {
        throw new CommandFailed(EXIT.no, `${monitor.name} cannot be tuned: ${knob}.`);
      }
      const file = options.incidents;
      const incidents = file && (await readNamed(file, () => readIncidents(file, [target])));
      const recording = await openRecordings(options, now, createDigest())(policy);
      const bar = progressBar(terminal);
      const tuning = await tuneBound({
        source: clone,
        from: commit,
        set,
        policy,
        monitor,
        knob,
        recording,
        wanted: options.falsePer30Days,
        ...(incidents && { incidents }),
        progress: bar.tell,
      }).finally(bar.clear);
      if (!tuning) {
        throw new CommandFailed(
          EXIT.no,
          `Nothing was recorded that ${monitor.name} could judge: no look of it had a verdict. \`lastgood backtest\` lists what is missing.`,
        );
      }
      const tuned: Tuned = {
        target,
        monitor: monitor.name,
        knob,
        wanted: options.falsePer30Days,
        tuning,
      };
      if (options.html !== undefined) await writeNamed(options.html, tuneHtml(tuned));
      say(tuned, options, terminal);
      return tuning.proposed ? EXIT.ok : EXIT.no;
    }),
  );
}

function findMonitor({ target, monitors }: TargetPolicy, name: string) {
  const monitor = monitors.find((one) => one.name === name);
  if (monitor && isWatched(monitor)) return monitor;
  const key = targetKey(target);
  if (monitor) {
    throw new CommandFailed(
      EXIT.no,
      `The monitor ${name} of ${key} waits for a server to be named, so it never looks. Name one with \`server\` in the policy.`,
    );
  }
  const names = monitors.map((one) => one.name);
  const meant = nearestName(name, names);
  const known = names.join(', ') || 'none';
  throw new CommandFailed(
    EXIT.usage,
    `${key} has no monitor ${name}.${meant === undefined ? '' : ` Did you mean ${meant}?`} Known: ${known}.`,
  );
}

function say(tuned: Tuned, { json, html }: TuneOptions, terminal: Terminal): void {
  const { target, monitor, knob, wanted, tuning } = tuned;
  if (json === true) {
    const { curve, now, proposed } = tuning;
    terminal.out(
      toJson({
        target,
        monitor,
        key: knob.key.join('.'),
        wanted,
        now: now.bound,
        proposed: proposed ? { bound: proposed.bound, written: knob.write(proposed.bound) } : null,
        curve,
        html: html ?? null,
      }),
    );
    return;
  }
  const parts = [
    tuneSummary(tuned),
    table(curveSection(tuned)),
    proposalText(tuned),
    ...(html === undefined ? [] : [`The page is ${html}.`]),
  ];
  terminal.out(showHidden(parts.join('\n\n')));
}
