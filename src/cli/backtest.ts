import { join, resolve } from 'node:path';
import { backtest as tryPolicies, within, type Contender } from '../backtest/backtest.ts';
import { createDigest } from '../backtest/digest.ts';
import { readIncidents } from '../backtest/incidents.ts';
import {
  judgeRecord,
  recordPath,
  writeRecord,
  type BacktestRecord,
  type RecordStanding,
} from '../backtest/record.ts';
import { recordOf, reportOf, type BacktestReport } from '../backtest/report.ts';
import { changesUntil, readStateHistory } from '../backtest/state-history.ts';
import { findWorkTree } from '../git/find-work-tree.ts';
import { monitorKey } from '../watch/watched.ts';
import type { PolicySet, TargetPolicy } from '../policy/policy.ts';
import { targetKey, type TargetKey } from '../target.ts';
import { recordWords } from '../texts/backtest-record.ts';
import { backtestHtml } from '../texts/backtest-html.ts';
import { backtestSummary, figures, policySections } from '../texts/backtest.ts';
import type { AuditSection } from '../texts/audit.ts';
import type { Instant } from '../time.ts';
import { CommandFailed, EXIT, type ExitCode } from './exit-codes.ts';
import { findTarget } from './find-target.ts';
import { policiesAt } from './policies.ts';
import { progressBar } from './progress-bar.ts';
import { readNamed } from './read-named.ts';
import type { RecordingOptions } from './recordings.ts';
import type { ReplayDone } from './replay-job.ts';
import { openReplays } from './replays.ts';
import { alertsFor, spanOf } from './stored-alerts.ts';
import { formatTable } from './table.ts';
import { showHidden, toJson, type Terminal } from './terminal.ts';
import { withRecordings } from './with-recordings.ts';
import { withClone, type RepositoryOptions } from './with-clone.ts';
import { writeNamed } from './write-file.ts';

export interface BacktestOptions extends RepositoryOptions, RecordingOptions {
  /** Absent: those of the journal. False: none. */
  readonly alerts?: string | false;
  readonly incidents?: string;
  readonly against?: string;
  readonly html?: string;
  readonly record?: boolean;
  /** So many targets are replayed at once, each in a thread of its own; by the number of cores unless given. */
  readonly threads?: number;
}

/** Replays what was recorded against the policy of some targets. Changes nothing, but for the files it is to write. */
export async function backtest(
  names: readonly string[],
  options: BacktestOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  insist(names, options);
  return withRecordings(() =>
    withClone(options, terminal.now, async ({ clone, commit, now }) => {
      const set = await policiesAt(clone, commit, options.policy);
      const own = contender(set, names);
      const targets = own.policies.map(({ target }) => targetKey(target));
      const contenders = [own];
      if (options.against !== undefined) {
        contenders.push(contender(await policiesAt(clone, commit, options.against), targets));
      }
      const stored = await alertsFor(clone, contenders, options.alerts);
      const { signals: alerts, head: journal } = stored;
      const labelled =
        options.incidents === undefined
          ? undefined
          : await readNamed(options.incidents, () =>
              readIncidents(options.incidents ?? '', targets),
            );
      const state = await readStateHistory(clone);
      const whole = createDigest();
      const ground = {
        repo: options.repo,
        commit,
        now,
        options,
        sketched: options.html !== undefined,
      };
      const replays = openReplays(
        ground,
        { clone, targets: targets.length, whole, alerts: spanOf(stored) },
        options.threads,
      );
      const bar = progressBar(terminal);
      const replayed: ReplayDone[] = [];
      const replaying = tryPolicies({
        source: clone,
        contenders,
        alerts,
        state,
        ...(labelled && { incidents: labelled }),
        progress: bar.tell,
        atOnce: replays.atOnce,
        async replay(index, progress) {
          const policies = contenders.flatMap((one) => one.policies[index] ?? []);
          const done = await replays.replay(policies, progress);
          replayed[index] = done;
          return done;
        },
      });
      const tested = await ended(replaying, bar.clear, replays.close);
      for (const one of replayed) if (one.digest !== undefined) whole.text(one.digest);
      whole.text(JSON.stringify(within(alerts, tested.span)));
      whole.text(JSON.stringify(labelled ?? null));
      const counted = changesUntil(state, targets, tested.span.to);
      if (counted.length > 0) whole.text(JSON.stringify(counted));
      const digest = whole.finish();
      const report = reportOf(tested, contenders, {
        journal: journal ?? null,
        state: state.head ?? null,
        digest,
      });
      const recorded = own.policies.flatMap((policy) => {
        const record = recordOf(tested, own, targetKey(policy.target), digest);
        return record ? [{ policy, record, gate: gateOf(policy, record, now) }] : [];
      });
      const gates = recorded.flatMap(({ policy: { target }, gate }) =>
        gate ? [{ target: targetKey(target), gate }] : [],
      );
      const [first] = recorded;
      if (options.html !== undefined) {
        const monitors = own.policies.flatMap(({ target, monitors: all }) =>
          all.map((one) => [monitorKey(targetKey(target), one.name), one] as const),
        );
        const page = backtestHtml(report, {
          series: replayed.flatMap(({ sketched }) => sketched),
          monitors: new Map(monitors),
          timelines: tested.tried[0]?.timelines ?? new Map(),
        });
        await writeNamed(options.html, page);
      }
      const written =
        options.record === true && first
          ? await keepRecord(options.repo, first.policy, first.record)
          : undefined;
      say(report, gates, written, options, terminal);
      return gates.every(({ gate }) => gate.passed) ? EXIT.ok : EXIT.no;
    }),
  );
}

/** Clears up after work, however it ended. */
async function ended<T>(
  work: Promise<T>,
  clear: () => void,
  close: () => Promise<void>,
): Promise<T> {
  try {
    return await work;
  } finally {
    clear();
    await close();
  }
}

function insist(names: readonly string[], { record, against, at }: BacktestOptions): void {
  if (record !== true) return;
  const only = (what: string): CommandFailed =>
    new CommandFailed(EXIT.usage, `--record is for ${what}. Run it once more for that alone.`);
  if (names.length > 1) throw only('one target');
  if (against !== undefined) throw only('one policy, without --against');
  if (at !== undefined) throw only('the policy as it stands now, without --at');
}

function contender(set: PolicySet, names: readonly string[]): Contender {
  const policies = names.map((name) => findTarget(set, name));
  return { set, policies: [...new Set(policies)] };
}

/** What a target's policy demands, and whether this backtest would do. */
interface Gate {
  readonly target: TargetKey;
  readonly gate: RecordStanding;
}

/** Whether the record would let the policy act alone; undefined where it demands none. */
function gateOf(
  { target, backtest: gate }: TargetPolicy,
  record: BacktestRecord,
  now: Instant,
): RecordStanding | undefined {
  if (!gate) return undefined;
  return judgeRecord(writeRecord(record), { target, policy: gate.digest, demand: gate }, now);
}

async function keepRecord(
  repo: string,
  { target }: TargetPolicy,
  record: BacktestRecord,
): Promise<string> {
  const root = await findWorkTree(resolve(repo));
  if (root === undefined) {
    throw new CommandFailed(
      EXIT.usage,
      '--record writes into the files of the clone, and this one has none checked out. Clone it with its files.',
    );
  }
  const path = recordPath(target);
  await writeNamed(join(root, path), writeRecord(record));
  return path;
}

function say(
  report: BacktestReport,
  gates: readonly Gate[],
  record: string | undefined,
  { json, html }: BacktestOptions,
  terminal: Terminal,
): void {
  if (json === true) {
    terminal.out(
      toJson({
        ...dated(report),
        gate: gates[0]?.gate ?? null,
        gates: Object.fromEntries(gates.map(({ target, gate }) => [target, gate])),
        record: record ?? null,
        html: html ?? null,
      }),
    );
    return;
  }
  const sections = [
    backtestSummary(report),
    table(figures(report)),
    ...policySections(report.policy).map(table),
    ...(report.against
      ? ['With the other policy:', ...policySections(report.against).map(table)]
      : []),
    ...gates.map((one) => gateSentence(one, report.targets.length > 1)),
    ...(record === undefined
      ? []
      : [`Its record is written to ${record}: commit it with the policy.`]),
    ...(html === undefined ? [] : [`The page is ${html}.`]),
  ];
  terminal.out(showHidden(sections.join('\n\n')));
}

function gateSentence({ target, gate }: Gate, isNamed: boolean): string {
  const demand = `The policy${isNamed ? ` of ${target}` : ''} demands a backtest before anything merges by itself, and this one`;
  return gate.passed
    ? `${demand} passes.`
    : `${demand} does not pass: ${recordWords({ ...gate })}.`;
}

export function table({ title, headings, rows, none }: AuditSection): string {
  const columns = headings.map((heading) => ({ heading, longest: 80 }));
  return `${title}\n${rows.length === 0 ? none : formatTable(columns, rows)}`;
}

const MOMENTS: ReadonlySet<string> = new Set(['at', 'from', 'to', 'began', 'first', 'mergedAt']);

/** The same, with moments as people and programs write them. */
export function dated(value: object): Record<string, unknown> {
  return JSON.parse(
    JSON.stringify(value, (key, one: unknown) =>
      typeof one === 'number' && MOMENTS.has(key) ? new Date(one).toISOString() : one,
    ),
  ) as Record<string, unknown>;
}
