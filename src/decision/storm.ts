/**
 * A storm: so many models of one repository begin to fail together that no release can be at fault. A data source, the
 * network or the metrics are; a rollback would mend nothing, and many of them would do harm.
 *
 * What must hold: it is the same for every replica and after a restart, because it follows from what was seen of the
 * alerts and from the rollbacks that GitHub knows of; one bad release that runs in many environments is none, so
 * models are counted and not targets; it does not flicker while its alerts resolve one after another.
 *
 * When a model fails: from the first time that an alert fired which the policy would merge for, or from the opening of
 * its rollback, which had passed every guard. Until when that counts: while the alert fires, and one window longer;
 * for a rollback, one window. An alert whose rollback is over was answered, and its rollback stands for it.
 */
import type { Cluster, RepositoryPolicy, TargetPolicy } from '../policy/policy.ts';
import { parseTargetKey, targetKey } from '../target.ts';
import { HOUR, type Instant, type Milliseconds } from '../time.ts';
import type { DecisionInput, Evidence, PastRollback, Storm } from './decision.ts';
import type { Finding } from './guard.ts';

/** That a model began to fail, and until when that counts. */
export interface Failing {
  readonly model: string;
  readonly from: Instant;
  readonly until: Instant;
}

/**
 * An alert that was not heard of for so long counts no more: it was silenced, or its resolved notification got lost.
 * Longer than Alertmanager repeats one that fires, which is after 4 h unless set.
 */
export const HEARD_WITHIN = 6 * HOUR;

/** What an alert says of its model; undefined when it says nothing that could be a part of a storm. */
export function failingByAlert(
  { alert, firings }: Evidence,
  policy: TargetPolicy,
  past: readonly PastRollback[],
  { within }: Cluster,
): Failing | undefined {
  if (policy.respond[alert.severity] !== 'merge') return undefined;
  const { model } = policy.target;
  const from = alert.status === 'firing' ? firings[0] : beganBefore(alert);
  if (from === undefined) return undefined;
  const target = targetKey(policy.target);
  const answered = past.some(
    (one) => one.target === target && one.state !== 'open' && one.openedAt >= from,
  );
  if (answered) return undefined;
  if (alert.status === 'resolved') return { model, from, until: alert.receivedAt + within };
  return { model, from, until: (firings.at(-1) ?? from) + HEARD_WITHIN };
}

/** When what is over began, by its source; undefined when that did not say. */
function beganBefore(alert: Evidence['alert']): Instant | undefined {
  return alert.startAssumed ? undefined : Math.min(alert.startsAt, alert.receivedAt);
}

/** What the opening of a rollback says of its model. */
export function failingByRollback(
  { target, openedAt }: PastRollback,
  { within }: Cluster,
): Failing | undefined {
  const model = parseTargetKey(target)?.model;
  return model === undefined ? undefined : { model, from: openedAt, until: openedAt + within };
}

/** Finds the storm at a moment: the largest one, where several stretches of time would do. */
export function findStorm(
  failing: readonly Failing[],
  { count, within }: Cluster,
  now: Instant,
): Storm | undefined {
  const counts = failing.filter(({ until }) => until > now).sort((a, b) => a.from - b.from);
  const inside = new Map<string, number>();
  let best: { readonly models: readonly string[]; readonly since: Instant } | undefined;
  let oldest = 0;
  for (const { model, from } of counts) {
    inside.set(model, (inside.get(model) ?? 0) + 1);
    for (let one = counts[oldest]; one && from - one.from >= within; one = counts[oldest]) {
      const left = (inside.get(one.model) ?? 0) - 1;
      if (left > 0) inside.set(one.model, left);
      else inside.delete(one.model);
      oldest += 1;
    }
    if (inside.size >= count && inside.size > (best?.models.length ?? 0)) {
      best = { models: [...inside.keys()], since: counts[oldest]?.from ?? from };
    }
  }
  if (!best) return undefined;
  const until = counts.reduce((least, one) => Math.min(least, one.until), Number.POSITIVE_INFINITY);
  return { models: best.models.toSorted(), since: best.since, until };
}

/** The repository is in a storm. */
export function inStorm({ storm, repository }: DecisionInput): Finding | undefined {
  return storm && { facts: stormFacts(storm, repository) };
}

function stormFacts(
  { models, since }: Storm,
  { storm: { models: rule } }: Pick<RepositoryPolicy, 'storm'>,
): Readonly<Record<string, Milliseconds>> {
  return { have: models.length, limit: rule.count, within: rule.within, since };
}
