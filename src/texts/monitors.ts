import type { Followed, FollowRule } from '../monitors/follow.ts';
import type { Judgement } from '../monitors/judgement.ts';
import type { Monitor } from '../monitors/monitor.ts';
import type { Spell } from '../monitors/spell.ts';
import { formatDuration, formatInstant, type Instant, type Milliseconds } from '../time.ts';
import type { MonitorStanding } from '../monitors/standing.ts';
import type { Unwatched } from '../policy/unwatched.ts';
import { flatten, inCode, inProse } from './escape.ts';
import { judgementSentence } from './judgement.ts';
import { count, listOf } from './names.ts';

/** What a monitor says when it fires: what it measured, and how often in a row, or of the release. */
export function monitorSentence(
  judgement: Judgement | undefined,
  name: string,
  { bad, failed }: Pick<Followed, 'bad' | 'failed'>,
): string {
  const looks =
    failed === undefined
      ? `${count(bad, 'bad look')} in a row`
      : `${count(failed, 'bad look')} at this release`;
  if (!judgement) return `${flatten(name)} is bad: ${looks}.`;
  return `${judgementSentence(judgement, name)} ${looks}.`;
}

/** Why a monitor did nothing: bad looks that were too few, or looks that told nothing, and are over. */
export function passedSentence(
  target: string,
  { name, follow }: Pick<Monitor, 'name' | 'follow'>,
  { kind, since, until, looks, found }: Spell,
): string {
  const when =
    looks === 1
      ? `at ${formatInstant(since)}`
      : `from ${formatInstant(since)} to ${formatInstant(until)}`;
  const said = `Nothing was done about ${flatten(target)}: ${judgementSentence(found, name)}`;
  const next = 'it is good again.';
  switch (kind) {
    case 'suspect':
      return `${said} That is ${count(looks, 'bad look')} in a row, ${when}; ${whyPassed(looks, follow)}, and ${next}`;
    case 'unknown':
      return `${said} That is ${count(looks, 'look')} without a verdict, ${when}, and ${next}`;
  }
}

function whyPassed(looks: number, { consecutive, failureLimit }: FollowRule): string {
  if (failureLimit !== undefined) return `the policy lets ${failureLimit} of a release pass`;
  return looks < consecutive
    ? `the policy waits for ${consecutive}`
    : 'it had just fired, and the policy lets it cool down';
}

/** A server of metrics that did not answer does again. */
export function serverBackSentence(server: string, length: Milliseconds): string {
  return `The metric server ${flatten(server)} answers again, after ${formatDuration(length)} without an answer. Nothing was held against the models that it tells of meanwhile.`;
}

/** A monitor fires because nothing is known. */
export function blindSentence(name: string, since: Instant, now: Instant): string {
  return `Nothing has been known of ${flatten(name)} since ${formatInstant(since)}, for ${formatDuration(now - since)}; the policy takes a silent model for a bad one.`;
}

/** A server of metrics does not answer. */
export function serverGoneSentence(
  server: string,
  length: Milliseconds,
  why: string,
  monitors: number,
): string {
  return `The metric server ${flatten(server)} has not answered for ${formatDuration(length)}: ${flatten(why)}. ${count(monitors, 'monitor')} cannot be judged meanwhile, and nothing is held against their models. Look at the server, and at the metric servers file.`;
}

/** What is wrong with one monitor's question. */
export function monitorProblem(target: string, name: string, why: string): string {
  return `The monitor ${flatten(name)} of ${flatten(target)} cannot be judged: ${flatten(why)}. Nothing is held against the model. Mend the monitor in the policy, or the metric servers file.`;
}

/** Several series where one is wanted. */
export function severalSeries(found: number): string {
  return `its query finds ${found} series, not one`;
}

/** A bound will be crossed soon, and what was prepared. */
export function armedSentence(target: string, judgement: string, prepared: string): string {
  return `${flatten(target)} is armed: ${judgement} ${prepared}`;
}

/** The rollback stands ready. */
export function preparedSentence(to: string, held: string | undefined): string {
  const next =
    held === undefined
      ? 'it would merge at once if a monitor fired now'
      : `it would wait for people: ${held}`;
  return `A rollback to ${flatten(to)} is planned and checked, so that one call opens it; ${next}. Metrics are looked at more often.`;
}

/** No rollback can be prepared. */
export function unpreparedSentence(why: string): string {
  return `No rollback can be prepared: ${why} Metrics are looked at more often.`;
}

/** The bound is no longer near. */
export function disarmedSentence(target: string, monitor: string): string {
  return `${flatten(target)} is no longer armed: ${flatten(monitor)} does not near its bound any more.`;
}

/** What of a target's monitors is not watched, and what to do. */
export function unwatchedSentence({ query, server }: Unwatched): string {
  const waits = [
    query.length > 0 &&
      `${listOf(query.map((one) => flatten(one)))} of its presets, until the policy gives a \`query\``,
    server.length > 0 &&
      `${listOf(server.map((one) => flatten(one)))}, until the policy names a \`server\``,
  ].filter((one) => one !== false);
  return `Not watched: ${waits.join('; ')}.`;
}

/**
 * How the monitors of a target stand: those that have something to say by name, the others by their number. Undefined
 * where it has none. Markdown.
 */
export function monitorsSentence(
  standing: readonly MonitorStanding[],
  { query, server }: Unwatched = { query: [], server: [] },
): string | undefined {
  const loud = standing.flatMap(({ name, stand, since, found }) =>
    stand === 'quiet' || since === undefined
      ? []
      : [`${LOUD[stand](inCode(name), since)}${found ? ` (${foundPart(found, name)})` : ''}`],
  );
  const quiet = standing.length - loud.length;
  const unwatched = query.length + server.length;
  if (standing.length + unwatched === 0) return undefined;
  const wants = [query.length > 0 && '`query`', server.length > 0 && '`server`'];
  const parts = [
    ...loud,
    quiet > 0 && `${quiet} ${loud.length > 0 ? 'more ' : ''}${quiet === 1 ? 'is' : 'are'} quiet`,
    unwatched > 0 &&
      `${unwatched} ${unwatched === 1 ? 'waits' : 'wait'} for a ${wants.filter(Boolean).join(' or a ')} in the policy (\`lastgood validate\` names ${unwatched === 1 ? 'it' : 'them'})`,
  ];
  return `Monitors: ${parts.filter((one) => one !== false).join('; ')}.`;
}

const LOUD: Readonly<
  Record<Exclude<MonitorStanding['stand'], 'quiet'>, (name: string, since: Instant) => string>
> = {
  fires: (name, since) => `${name} fires since ${formatInstant(since)}`,
  blind: (name, since) => `nothing has been known of ${name} since ${formatInstant(since)}`,
  warns: (name, since) => `${name} warns since ${formatInstant(since)}`,
  unsure: (name, since) => `${name} has come to no verdict since ${formatInstant(since)}`,
  unheard: (name, since) =>
    `the question of ${name} has had no answer since ${formatInstant(since)}, and the log says why`,
};

/** What was found, without the dot. Markdown. */
function foundPart(found: Judgement, name: string): string {
  return inProse(judgementSentence(found, name).replace(/\.$/, ''), 300);
}
