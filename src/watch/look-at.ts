import type { Alert } from '../alerts/alert.ts';
import { MetricsError } from '../metrics/exchange.ts';
import { passedSentence } from '../texts/monitors.ts';
import type { Instant } from '../time.ts';
import { askSeries, type Asked } from './ask-series.ts';
import { isServerGone } from './server-watch.ts';
import { isArming, isWhole, schedule, takeLook } from './take-look.ts';
import type { Tracked } from './tracked.ts';
import type { WatchParts } from './watch-parts.ts';

/** Tracked turn's looks. */
export interface Looking {
  readonly repository: number;
  readonly name: string;
  readonly due: readonly Tracked[];
  readonly all: ReadonlyMap<string, Tracked>;
  readonly now: Instant;
  readonly signal: AbortSignal;
}

/** Looks at what is due; answers what is to be said to the repository's lane. */
export async function lookAt(parts: WatchParts, looking: Looking): Promise<readonly Alert[]> {
  const { repository, due, all, now, signal } = looking;
  const armed = new Set([...all.values()].flatMap((one) => (isArming(one) ? [one.target] : [])));
  const heard = await Promise.all(
    due.map(async (one) => ({ one, heard: await hear(parts, one, looking) })),
  );
  signal.throwIfAborted();
  const alerts: Alert[] = [];
  // The whole after its parts.
  const order = heard.toSorted((a, b) => Number(isWhole(a.one)) - Number(isWhole(b.one)));
  for (const { one, heard: got } of order) {
    const stood = one.state?.follow.stand ?? 'quiet';
    const commit = one.state?.release.commit;
    const taken = takeLook(one, got, now, all);
    const { state, request, judgement, passed, alert, arms } = taken;
    const moved = stood !== state.follow.stand || commit !== state.release.commit;
    if (moved || request || passed || state.follow.stand !== 'quiet') one.dirty = true;
    if (judgement) parts.looked(judgement.verdict, 1);
    if (passed) {
      const { target } = one.watched;
      const sentence = passedSentence(one.target, one.monitor, passed);
      const { name: monitor } = one.monitor;
      await parts.passed(repository, { target, monitor, why: passed.kind, at: now, sentence });
    }
    if (alert) alerts.push(alert);
    if (arms !== undefined) {
      if (arms) armed.add(one.target);
      else armed.delete(one.target);
      await parts.armed(repository, {
        target: one.watched.target,
        monitor: one.monitor.name,
        ...(arms && { sentence: parts.sentenceOf(one.monitor, state) }),
      });
    }
  }
  for (const one of all.values()) schedule(one, armed.has(one.target), now);
  return alerts;
}

/** What is new for a monitor; undefined when nothing could be learnt. */
async function hear(
  parts: WatchParts,
  one: Tracked,
  { repository, name, now, signal, all }: Looking,
): Promise<Asked | undefined> {
  const { source } = one.monitor;
  if (source.kind !== 'server') return { samples: {} };
  const { server = '' } = source;
  const { servers } = parts;
  if (!servers.mayAsk(server)) {
    parts.looked('unheard', 1);
    return undefined;
  }
  try {
    const asking = { server, repository: name };
    const { watched, monitor, state } = one;
    const asked = await askSeries(parts.metrics, asking, watched, monitor, state, now, signal);
    const goneFor = servers.answered(server);
    if (goneFor !== undefined) parts.serverBack(server, goneFor);
    tellProblem(parts, one, undefined);
    return asked;
  } catch (error) {
    if (!(error instanceof MetricsError)) throw error;
    const gone = isServerGone(error);
    parts.looked(gone ? 'unheard' : 'refused', 1);
    if (!gone) {
      tellProblem(parts, one, error.message);
      return undefined;
    }
    const call = servers.failed(server);
    if (call) {
      const monitors = [...all.values()].filter(
        ({ monitor }) => monitor.source.kind === 'server' && monitor.source.server === server,
      );
      await parts.serverGone(repository, server, call.since, error.message, monitors.length);
    }
    return undefined;
  }
}

function tellProblem({ problem }: WatchParts, one: Tracked, why: string | undefined): void {
  if (one.problem === why) return;
  if (why === undefined) delete one.problem;
  else one.problem = why;
  problem(one.watched.target, one.monitor.name, why);
}
