import type { Evidence } from '../decision/decision.ts';
import type { Instant } from '../time.ts';
import type { Health, Sign } from './recovery.ts';

/** How a merged rollback's model is, by all its signs together. */
export interface Judgement {
  readonly health: Health;
  /** Since when, as far as the signs say themselves. */
  readonly since?: Instant;
  /** When the oldest of the signs was seen; absent: they hold now. */
  readonly asOf?: Instant;
  /** The signs that it rests on: those that are ill, else those that are unknown, else all. */
  readonly because: readonly Sign[];
}

/**
 * What an alert says about recovery. One that resolved before `from`, the roll-out, and has been silent since, says
 * nothing: it might be silent because nobody measures any more.
 */
export function signOfAlert({ alert }: Evidence, from: Instant): Sign {
  const { name } = alert;
  if (alert.status === 'firing') {
    const since = Math.max(alert.startsAt, from);
    return { name, kind: 'alert', health: 'ill', since, seen: `the alert ${name} fires` };
  }
  const resolvedAt = alert.endsAt ?? alert.receivedAt;
  if (resolvedAt < from) {
    const seen = `the alert ${name} had resolved before, and says nothing since`;
    return { name, kind: 'alert', health: 'unknown', seen };
  }
  return {
    name,
    kind: 'alert',
    health: 'well',
    since: resolvedAt,
    seen: `the alert ${name} resolved`,
  };
}

/**
 * One ill sign is enough to be ill. To be well, every metric has to be well and no alert may fire; where the policy
 * names no metric, every alert has to have resolved after the roll-out. No sign at all is no recovery.
 */
export function judgeSigns(signs: readonly Sign[]): Judgement {
  const ill = signs.filter(({ health }) => health === 'ill');
  if (ill.length > 0) return { health: 'ill', ...earliest(ill), ...seenBy(ill), because: ill };
  const metrics = signs.filter(({ kind }) => kind === 'metric');
  const deciding = metrics.length > 0 ? metrics : signs;
  const unknown = deciding.filter(({ health }) => health === 'unknown');
  if (unknown.length > 0 || deciding.length === 0) return { health: 'unknown', because: unknown };
  return { health: 'well', ...latest(deciding), ...seenBy(deciding), because: deciding };
}

function earliest(signs: readonly Sign[]): Pick<Judgement, 'since'> {
  const known = signs.flatMap(({ since }) => since ?? []);
  return known.length > 0 ? { since: Math.min(...known) } : {};
}

/** All of them are well since the last of them is; not known where one of them does not say. */
function latest(signs: readonly Sign[]): Pick<Judgement, 'since'> {
  const known = signs.flatMap(({ since }) => since ?? []);
  return known.length === signs.length ? { since: Math.max(...known) } : {};
}

function seenBy(signs: readonly Sign[]): Pick<Judgement, 'asOf'> {
  const seen = signs.flatMap(({ asOf }) => asOf ?? []);
  return seen.length > 0 ? { asOf: Math.min(...seen) } : {};
}
