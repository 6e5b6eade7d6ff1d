import type { Alert } from '../alerts/alert.ts';
import type { FieldProblem } from '../alerts/field-problem.ts';

/** What is expected where a number was found and text is needed. */
export const NUMBER_LOSES_DIGITS =
  'text in quotes (a number loses digits: 1.10 would become 1.1, so write "1.10")';

/** The one answer to whatever is wrong with credentials: it must not tell which part was right. */
export const NOT_AUTHORISED = 'Not authorised.';
export const BODY_TOO_LARGE = 'The body is too large.';
export const BODY_CROWDED_OUT =
  'Too much is arriving at once, and this was the largest. Send the delivery again in a moment.';
export const BODY_TOO_SLOW = 'The body did not arrive in time. Send the delivery again.';
/** `what` is what was sent: alerts, samples. */
export function tryAgain(what: string): string {
  return `The ${what} could not be stored, and none of them was taken. Send the same delivery again.`;
}
export function neverStored(why: string): string {
  return `None of the delivery was taken, and sending it again as it is will not help. ${why}`;
}
export const NO_ALERTS = 'The delivery has no alerts in it; nothing to do.';

export function methodNotAllowed(method: string, what: string): string {
  return `${method} is not possible here. Send ${what} with POST.`;
}

export function encodingNotSupported(encoding: string): string {
  return `A body with Content-Encoding "${encoding}" is not read here. Send it uncompressed.`;
}

export function typeNotSupported(found: string | undefined, expected: readonly string[]): string {
  const said =
    found === undefined
      ? 'The delivery has no Content-Type'
      : `Content-Type "${found}" is not read here`;
  return `${said}. Send ${expected.join(', or ')}, in UTF-8.`;
}

export function bodyNotUnderstood(problem: FieldProblem): string {
  return `The delivery was not understood at ${problem.path}: expected ${problem.expected}, found ${problem.found}. Nothing of it was taken.`;
}

export function takenLine(index: number, alert: Alert, repository: string): string {
  const version = alert.version === undefined ? '' : ` ${alert.version}`;
  const where = alert.environment === undefined ? '' : ` in ${alert.environment}`;
  return `alert ${index + 1}: taken for ${repository}: ${alert.name}, ${alert.model}${version}${where}, ${alert.severity}, ${alert.status}`;
}

export function notTakenLine(index: number, message: string): string {
  return `alert ${index + 1}: not taken: ${message}`;
}

export function leftOut(count: number): string {
  return `${count} more ${count === 1 ? 'alert was' : 'alerts were'} left out by Alertmanager (max_alerts in its webhook_config); raise the limit to have them looked at.`;
}

export function labelMissing(label: string): string {
  return `no label "${label}"; add it to the labels of the alert rule.`;
}

export function labelInvalid(label: string, expected: string, found: string): string {
  return `label "${label}" is ${found}, expected ${expected}.`;
}

export function startsInFuture(found: string): string {
  return `it begins in the future (startsAt ${found}); set the clock of the sender right.`;
}

/** The same words whatever the target: a token must not find out what there is. */
export function targetNotAllowed(named: string): string {
  return `this source does not speak for ${named}; name a target that it was set up for.`;
}

/** A source for certain targets has to say which one it means. */
export function environmentMissing(allowed: readonly string[]): string {
  return `it names no environment, and this source speaks for certain targets only; name the environment of one of ${allowed.join(', ')}.`;
}

export function repositoryAmbiguous(allowed: readonly string[]): string {
  return `it names no repository, and this source speaks for ${allowed.length}; add a label "repository" with one of ${allowed.join(', ')}.`;
}

/** The same words whether or not such a repository exists: a token must not find that out. */
export function repositoryNotAllowed(named: string): string {
  return `this source does not speak for repository ${JSON.stringify(named)}; name one that it was set up for.`;
}

export function dispatchRefused(problem: FieldProblem): string {
  return `A repository_dispatch event was not taken: ${problem.path} was ${problem.found}, expected ${problem.expected}.`;
}
