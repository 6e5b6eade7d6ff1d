import type { RecordStanding } from '../backtest/record.ts';
import { formatProblem } from '../policy/format-problem.ts';
import type { DisabledTarget, PolicySet } from '../policy/policy.ts';
import type { Release } from '../releases/release.ts';
import type { Restrictions } from '../state/restrictions.ts';
import type { TargetState } from '../state/state.ts';
import { sameSuspect } from '../releases/suspects.ts';
import { versionsOf, type Versions } from '../releases/versions.ts';
import type { OpenRollback } from '../rollback/workspace.ts';
import { targetKey, type Target } from '../target.ts';
import { formatInstant } from '../time.ts';
import { recordWords } from './backtest-record.ts';
import { inCode, inProse } from './escape.ts';
import { count, shortCommit, versionName } from './names.ts';
import { restrictionWords } from './restriction.ts';

/** What is known of a target now. */
export interface TargetStatus {
  readonly target: Target;
  readonly running: Release;
  readonly restrictions: Restrictions;
  readonly state: TargetState;
  /** Whether the backtest that the policy demands has passed; absent where it demands none. */
  readonly backtest?: RecordStanding;
  readonly open: readonly Pick<OpenRollback, 'number' | 'status' | 'next'>[];
  /** What is done about each alert that fires, and why. */
  readonly alerts: readonly string[];
  /** So many fire beside those: nobody reads thousands. */
  readonly moreAlerts: number;
  /** How its monitors stand, where somebody asks for the target by its name. */
  readonly monitors?: string;
  /** What there is to tell of rehearsals. */
  readonly drills: readonly string[];
}

/** What runs, what waits and why. Markdown. */
export function targetStatusText(status: TargetStatus): string {
  const { open, alerts, moreAlerts, monitors, drills } = status;
  const lines = [
    ...marks(status),
    ...open.map(({ number, status: waits, next }) =>
      [`#${number} ${waits || 'is open.'}`, next].filter((one) => one !== undefined).join(' '),
    ),
    ...alerts,
    ...(moreAlerts > 0 ? [moreSentence(moreAlerts, alerts.length > 0)] : []),
  ];
  const quiet = lines.length === 0 ? ['No alert fires, and no rollback is open.'] : lines;
  const all = [...quiet, ...(monitors === undefined ? [] : [monitors]), ...drills];
  return [runs(status), ...all.map((line) => `- ${line}`)].join('\n');
}

function moreSentence(number: number, beside: boolean): string {
  return `${count(number, beside ? 'more alert' : 'alert')} ${number === 1 ? 'fires' : 'fire'}.`;
}

/** What people said about the target, and what that does. */
function marks({ restrictions, state, backtest }: TargetStatus): readonly string[] {
  const { hold, freeze, untrusted, unreadable } = restrictions;
  const version = (pins: Versions): string => versionName(pins, (one) => inCode(one, 80));
  const { baseline } = state;
  return [
    hold && `Nothing merges: ${restrictionWords(hold, 'holds it')}.`,
    freeze && `Nothing happens by itself: ${restrictionWords(freeze, 'froze this repository')}.`,
    untrusted &&
      `Nothing merges by itself: ${inCode(untrusted.by)} wrote to the branch of Lastgood’s state.`,
    unreadable &&
      `Nobody can tell what is held: ${inCode(unreadable.file)} cannot be read (${inProse(unreadable.why, 300)}).`,
    backtest?.passed === false &&
      `Nothing merges by itself: the policy demands a passed backtest, and ${recordWords({ ...backtest })}.`,
    baseline && `A rollback goes to ${version(baseline.pins)} first, the baseline.`,
    ...quarantines(state, version),
  ].filter((one) => one !== undefined && one !== false);
}

/** So many suspects are shown, the newest. */
const SUSPECTS = 5;

/** What must not come back, since when, by whom and why; and what may, once. */
function quarantines(
  { quarantine, relands }: TargetState,
  version: (pins: Versions) => string,
): readonly string[] {
  // What was quarantined more than once is told as it was last.
  const newest = quarantine.filter(
    ({ pins }, i) => !quarantine.slice(i + 1).some((later) => sameSuspect(later.pins, pins)),
  );
  return newest.slice(-SUSPECTS).map(({ pins, by, at, reason }) => {
    const who = by ? inCode(by.login) : 'Lastgood';
    const since = at === undefined ? '' : ` since ${formatInstant(at)}`;
    const why = reason === undefined ? '' : ` (${inProse(reason, 200)})`;
    const open = relands.findLast(
      (one) => one.used === undefined && sameSuspect(one.pins, pins) && one.at >= (at ?? Infinity),
    );
    const back = open ? `; ${inCode(open.by.login)} lets it back for one release` : '';
    return `Quarantined by ${who}${since}: ${version(pins)}${why}${back}.`;
  });
}

function runs({ target, running }: TargetStatus): string {
  const name = inCode(targetKey(target));
  const [problem] = running.problems;
  if (problem) {
    return `Nobody can tell what ${name} runs, because its pin ${inCode(problem.pin)} cannot be read. ${inProse(problem.problem.message, 300)}`;
  }
  const versions = versionName(versionsOf(running), (version) => inCode(version, 80));
  return `${name} runs ${versions} since ${formatInstant(running.at)} (${shortCommit(running.commit)}).`;
}

/** The same for all targets; `more` are not shown. Markdown. */
export function repositoryStatusText(
  targets: readonly TargetStatus[],
  more: number,
  disabled: readonly DisabledTarget[],
): string {
  const calm = targets.filter(isCalm);
  const rest = targets.filter((one) => !isCalm(one));
  return [
    ...rest.map(targetStatusText),
    ...(calm.length > 0 ? [calm.map((one) => `- ${runs(one)}`).join('\n')] : []),
    ...(more > 0 ? [`And ${more} more: name one.`] : []),
    ...disabled.map((one) => brokenSentence(one)),
    ...(targets.length + disabled.length === 0 ? ['No policy claims a target here.'] : []),
  ].join('\n\n');
}

function isCalm({ open, alerts, moreAlerts, running, restrictions }: TargetStatus): boolean {
  if (Object.keys(restrictions).length > 0) return false;
  return open.length === 0 && alerts.length + moreAlerts === 0 && running.problems.length === 0;
}

/** Why nothing can be said or done about a target: no valid policy file is about it. Markdown. */
export function noPolicySentence(
  { disabled }: Pick<PolicySet, 'disabled'>,
  target: Target,
): string {
  const broken = disabled.find((one) => targetKey(one.target) === targetKey(target));
  return broken
    ? brokenSentence(broken)
    : `No policy is about ${inCode(targetKey(target))} any more.`;
}

function brokenSentence({ target, file, problem }: DisabledTarget): string {
  const why = problem ? ` ${inProse(formatProblem(problem), 400)}.` : '';
  return `${inCode(targetKey(target))}: its policy file ${inCode(file)} has a mistake, so no rollback happens.${why} Mend the file.`;
}
