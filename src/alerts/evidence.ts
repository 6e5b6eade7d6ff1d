/**
 * What has been seen of one alert, folded from its notifications in the order they were received.
 *
 * The races: a sender repeats a notification because our answer got lost; two replicas of Alertmanager both send it;
 * a notification overtakes another; a resolved one is lost. The properties wanted: a retransmission is not evidence;
 * what is over stays over until it fires anew; what fires anew does not inherit the evidence of the last time.
 *
 * How they are told apart: senders with ids of their own (CloudEvents, GitHub) repeat the id. Alertmanager has none,
 * and its retries are byte for byte its true repeats. But it retries within a second or two, with growing pauses and
 * only until it is answered, while true repeats come `group_interval` or `repeat_interval` apart, minutes in practice.
 * So what comes within {@link RETRANSMISSION_GAP} of the last counted firing is not counted.
 */
import type { Evidence } from '../decision/decision.ts';
import { SECOND, type Instant } from '../time.ts';
import type { Alert } from './alert.ts';

/** Two notifications closer than this are one, sent twice. */
export const RETRANSMISSION_GAP = 5 * SECOND;

/** The most firings kept of one alert, the newest: as many as a policy can ask for. */
export const MAX_FIRINGS = 1_000;

/** The ids kept to know retransmissions by: those come soon after the first or not at all. */
const MAX_DELIVERIES = 100;

function isKnownDelivery(evidence: Evidence, { delivery }: Alert): boolean {
  return delivery !== undefined && (evidence.deliveries?.includes(delivery) ?? false);
}

function isRetransmission(evidence: Evidence, alert: Alert): boolean {
  if (alert.delivery !== undefined) return false;
  return evidence.firings.some((at) => Math.abs(alert.receivedAt - at) < RETRANSMISSION_GAP);
}

function withDelivery(deliveries: readonly string[], alert: Alert) {
  const all = alert.delivery === undefined ? deliveries : [...deliveries, alert.delivery];
  return all.length === 0 ? {} : { deliveries: all.slice(-MAX_DELIVERIES) };
}

/** The first firing of an episode. */
function begin(alert: Alert, known: readonly string[] = []): Evidence {
  return { alert, firings: [alert.receivedAt], ...withDelivery(known, alert) };
}

/** Nothing fires any more; keeps what is needed to know stragglers by. */
function end(evidence: Evidence | undefined, alert: Alert): Evidence {
  return { alert, firings: [], ...withDelivery(evidence?.deliveries ?? [], alert) };
}

/** When an episode ended: the sender's word, else when it said so. */
function endOf(alert: Alert): Instant {
  return alert.endsAt ?? alert.receivedAt;
}

/** Whether a notification belongs to a later episode than the one known, whose resolved notification got lost. */
function beganAnew(known: Alert, alert: Alert): boolean {
  return !alert.startAssumed && !known.startAssumed && alert.startsAt > known.startsAt;
}

/** Whether both notifications say that the alert began at the same moment. */
function sameStart(known: Alert, alert: Alert): boolean {
  return !alert.startAssumed && !known.startAssumed && alert.startsAt === known.startsAt;
}

/** One more firing of the same episode. A start that was only assumed stays the first one assumed. */
function count(evidence: Evidence, alert: Alert): Evidence {
  const known = evidence.alert;
  const firings = [...evidence.firings, alert.receivedAt].sort((a, b) => a - b).slice(-MAX_FIRINGS);
  const newer = alert.receivedAt >= known.receivedAt ? alert : known;
  const startsAt = Math.min(alert.startsAt, known.startsAt);
  return {
    alert: newer.startAssumed ? { ...newer, startsAt } : newer,
    firings,
    ...withDelivery(evidence.deliveries ?? [], alert),
  };
}

function seeFiring(evidence: Evidence | undefined, alert: Alert): Evidence {
  if (!evidence) return begin(alert);
  const known = evidence.alert;
  if (isKnownDelivery(evidence, alert)) return evidence;
  if (known.status === 'resolved') {
    return alert.startsAt < endOf(known) ? evidence : begin(alert, evidence.deliveries);
  }
  if (beganAnew(known, alert)) return begin(alert, evidence.deliveries);
  if (isRetransmission(evidence, alert)) return sameSeverity(evidence, alert);
  return count(evidence, alert);
}

/** Sent twice is no more evidence; but what became worse, or less bad, is news and no mere repeat. */
function sameSeverity(evidence: Evidence, alert: Alert): Evidence {
  const known = evidence.alert;
  if (known.severity === alert.severity || alert.receivedAt < known.receivedAt) return evidence;
  return { ...evidence, alert: { ...alert, startsAt: Math.min(alert.startsAt, known.startsAt) } };
}

function seeResolved(evidence: Evidence | undefined, alert: Alert): Evidence {
  if (!evidence) return end(evidence, alert);
  const known = evidence.alert;
  // A straggler: it speaks of an earlier episode than the one that fires, or than the one that is over. One that names
  // the same start speaks of this one, wherever a clock that was set back puts its end.
  if (known.status === 'firing' && endOf(alert) <= known.startsAt && !sameStart(known, alert)) {
    return evidence;
  }
  if (known.status === 'resolved' && endOf(alert) <= endOf(known)) return evidence;
  return end(evidence, alert);
}

/**
 * Adds one notification to what is known of its alert. Answers the same value when it adds nothing. The evidence of
 * an alert that is over is kept, with no firings, to tell a late firing of that episode from a new one; whoever stores
 * it may forget it after a day or so.
 */
export function seeAlert(evidence: Evidence | undefined, alert: Alert): Evidence {
  return alert.status === 'firing' ? seeFiring(evidence, alert) : seeResolved(evidence, alert);
}
