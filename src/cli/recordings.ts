import { readFileSync } from 'node:fs';
import type { DataDigest } from '../backtest/digest.ts';
import { folderRecording } from '../backtest/folder-recording.ts';
import { prometheusRecording } from '../backtest/prometheus-recording.ts';
import { readFolder } from '../backtest/read-folder.ts';
import { readMoment } from '../backtest/read-number.ts';
import type { TargetRecording } from '../backtest/replay-recorded.ts';
import { seriesName, type RecordedSeries } from '../backtest/recorded.ts';
import { MetricsError } from '../metrics/exchange.ts';
import { openMetricServers } from '../metrics/metric-servers.ts';
import type { MetricServer } from '../metrics/server.ts';
import { readServers } from '../metrics/servers-file.ts';
import type { Span } from '../monitors/series.ts';
import type { TargetPolicy } from '../policy/policy.ts';
import { targetKey } from '../target.ts';
import { parseDuration, SECOND, type Instant, type Milliseconds } from '../time.ts';
import { CommandFailed, EXIT } from './exit-codes.ts';

/** Where recorded metrics are, and which time of them counts. */
export interface RecordingOptions {
  readonly metrics?: string;
  readonly prometheus?: string;
  readonly from?: string;
  readonly to?: string;
  readonly step?: string;
}

/** Reads what was recorded of a target. */
export type ReadRecording = (policy: TargetPolicy) => Promise<TargetRecording>;

/**
 * Opens what the options name; `alerts` is the time of those that may be replayed alone. All that is read is counted in
 * the digest. Throws {@link CommandFailed} for what makes no sense together.
 */
export function openRecordings(
  options: RecordingOptions,
  now: Instant,
  digest: DataDigest,
  alerts?: { readonly span: Span | undefined },
  env: Readonly<Record<string, string | undefined>> = process.env,
): ReadRecording {
  const { metrics, prometheus } = options;
  const from = options.from === undefined ? undefined : momentOf('--from', options.from, now);
  const to = options.to === undefined ? undefined : momentOf('--to', options.to, now);
  if (from !== undefined && to !== undefined && from >= to) {
    throw new CommandFailed(EXIT.usage, '--from is not before --to. Name an earlier moment.');
  }
  if (metrics !== undefined && prometheus !== undefined) {
    throw new CommandFailed(EXIT.usage, 'Give --metrics or --prometheus, not both.');
  }
  if (prometheus !== undefined) {
    const span = { from: from ?? Number.NaN, to: to ?? now };
    if (from === undefined) {
      throw new CommandFailed(
        EXIT.usage,
        '--prometheus needs --from: a day such as 2026-11-01, or how long ago, such as 30d.',
      );
    }
    return askServer(serverOf(prometheus, env), span, stepOf(options.step), digest);
  }
  if (metrics !== undefined) {
    return (policy) => readOne(metrics, policy, { from, to }, digest);
  }
  const known = alerts?.span;
  const span = known && { from: from ?? known.from, to: to ?? known.to };
  if (!span) {
    throw new CommandFailed(
      EXIT.usage,
      alerts
        ? 'Nothing to replay is named, and the journal of this clone has no alert about it. Give --metrics with a folder, --prometheus with a server, or --alerts with a file.'
        : 'Nothing to replay is named. Give --metrics with a folder, or --prometheus with a server.',
    );
  }
  return async () => ({ recording: { read: async () => [] }, span });
}

async function readOne(
  folder: string,
  policy: TargetPolicy,
  { from, to }: { readonly from: Instant | undefined; readonly to: Instant | undefined },
  digest: DataDigest,
): Promise<TargetRecording> {
  const target = targetKey(policy.target);
  const all = await readFolder(folder, policy.target);
  const recorded = extentOf(all);
  const span = recorded && { from: from ?? recorded.from, to: to ?? recorded.to };
  if (!span || span.from > span.to) {
    throw new CommandFailed(
      EXIT.no,
      `Nothing was recorded of ${target} in ${folder} in that time. Compare --from and --to with the times in its files.`,
    );
  }
  for (const one of all) {
    const column = { ...one, first: 0, end: one.times.length };
    digest.column(`${target} ${seriesName(one)}`, column);
  }
  return { recording: folderRecording(all, folder), span };
}

function extentOf(all: readonly RecordedSeries[]): Span | undefined {
  const some = all.filter(({ times }) => times.length > 0);
  if (some.length === 0) return undefined;
  return {
    from: Math.min(...some.map(({ times }) => times[0] ?? Infinity)),
    to: Math.max(...some.map(({ times }) => times.at(-1) ?? -Infinity)),
  };
}

/** Whoever has the settings may ask every server in them. */
const EVERYWHERE = 'any/repository';

function askServer(
  server: MetricServer,
  span: Span,
  step: Milliseconds | undefined,
  digest: DataDigest,
): ReadRecording {
  const servers = openMetricServers([server]);
  const asking = { server: server.name, repository: EVERYWHERE };
  return async () => {
    const recording = prometheusRecording(
      async (promql, part, apart) => {
        const { signal } = new AbortController();
        try {
          return await servers.queryRange(asking, promql, part, apart, signal);
        } catch (error) {
          if (!(error instanceof MetricsError)) throw error;
          throw new CommandFailed(
            EXIT.unreadable,
            `The metric server ${server.name} did not answer the query ${promql}: ${error.message}. Look at the server, or ask for a shorter time.`,
          );
        }
      },
      span,
      step,
    );
    const counted = new Set<string>();
    return {
      span,
      recording: {
        async read(question) {
          const columns = await recording.read(question);
          for (const column of columns) {
            const { monitor, by, span: asked } = question;
            const key = JSON.stringify([monitor.name, by, asked, column.name]);
            if (!counted.has(key)) digest.column(key, column);
            counted.add(key);
          }
          return columns;
        },
      },
    };
  };
}

/** A server by its name in the settings, or by its address. */
function serverOf(name: string, env: Readonly<Record<string, string | undefined>>): MetricServer {
  const timeout = 30 * SECOND;
  if (/^https?:\/\//.test(name)) {
    const url = name.replace(/\/+$/, '');
    return { name, url, repositories: [EVERYWHERE], timeout, concurrency: 4 };
  }
  const servers = metricServers(env);
  const found = servers.find((one) => one.name === name);
  if (found) return { ...found, repositories: [EVERYWHERE], timeout };
  const known = servers.map((one) => one.name).join(', ') || 'none';
  throw new CommandFailed(
    EXIT.usage,
    `The settings have no metric server ${name}. Known: ${known}. An address that begins with http:// or https:// works, too.`,
  );
}

const SERVERS_FILE = 'LASTGOOD_METRIC_SERVERS_FILE';

function metricServers(env: Readonly<Record<string, string | undefined>>): readonly MetricServer[] {
  const file = env[SERVERS_FILE];
  if (file === undefined || file === '') return [];
  const read = (path: string): string => {
    try {
      return readFileSync(path, 'utf8');
    } catch {
      throw new CommandFailed(EXIT.usage, `${SERVERS_FILE}: ${path} cannot be read.`);
    }
  };
  const reading = readServers(read(file), env, read);
  if (reading.ok) return reading.servers;
  throw new CommandFailed(EXIT.usage, `${SERVERS_FILE}: ${reading.problems.join('\n')}`);
}

function stepOf(text: string | undefined): Milliseconds | undefined {
  if (text === undefined) return undefined;
  const step = parseDuration(text);
  if (step !== undefined && step >= SECOND) return step;
  throw new CommandFailed(
    EXIT.usage,
    `--step ${text} is no length of time from 1s on, such as 30s.`,
  );
}

/** A day or a moment, or so long ago. */
function momentOf(option: string, text: string, now: Instant): Instant {
  const ago = parseDuration(text);
  if (ago !== undefined) return now - ago;
  const at = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(text) : readMoment(text);
  if (at !== undefined && !Number.isNaN(at)) return at;
  throw new CommandFailed(
    EXIT.usage,
    `${option} ${text} is no moment. Write a day such as 2026-11-01, a time with its zone such as 2026-11-01T12:00:00Z, or how long ago, such as 30d.`,
  );
}
