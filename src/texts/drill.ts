import type {
  DrillPhase,
  DrillRecord,
  DrillRun,
  GiveUpReason,
  NotNow,
  PhaseResult,
  TargetDrills,
} from '../drill/drill.ts';
import { outcomeOf } from '../drill/plan-drill.ts';
import { trendOf, type Trend } from '../drill/trend.ts';
import type { Plan } from '../rollback/plan.ts';
import { targetKey, type Target, type TargetKey } from '../target.ts';
import { formatDuration, formatInstant, SECOND, type Instant, type Milliseconds } from '../time.ts';
import { inCode, inCommit, inProse } from './escape.ts';
import { headline } from './headline.ts';
import { count, listOf, versionName } from './names.ts';
import { changesTable } from './pull-request.ts';

/** What each phase tries, as people read it. */
const PHASES: Readonly<Record<DrillPhase, string>> = {
  goal: 'A good release to go back to',
  artefact: 'Its model can be loaded',
  permissions: 'Permissions suffice',
  approvers: 'Approvers can be reached',
  propose: 'The pull request opens',
  mergeable: 'It would merge',
  merge: 'It merges',
  restore: 'What ran before is back',
  close: 'Nothing is left behind',
};

/** The title of a drill's pull request, at most 72 characters. */
export function drillTitle(target: Target, part: 'there' | 'back'): string {
  const name = targetKey(target);
  return inCommit(
    part === 'there' ? `Drill, do not merge: ${name}` : `Drill, put back: ${name}`,
    72,
  );
}

/** The message of its commit, without the trailers. */
export function drillCommit(
  plan: Plan,
  merges: boolean,
): { readonly headline: string; readonly body: string } {
  const end = merges
    ? 'It merges in this environment, because the policy names it for drills, and is undone right after.'
    : 'It is closed by itself, and never merges.';
  return {
    headline: inCommit(`Drill: ${headline(plan)}`, 72),
    body: `A rehearsal of a rollback of ${targetKey(plan.target)}, to see whether one would work now. Nothing is wrong. ${end}`,
  };
}

/** The message of its merge, without the trailers. */
export function drillMergeCommit(target: Target): {
  readonly headline: string;
  readonly body: string;
} {
  return {
    headline: inCommit(`Drill: roll back ${targetKey(target)}`, 72),
    body: `A rehearsal of a rollback of ${targetKey(target)}, in the environment that the policy names for drills. Nothing is wrong, and it is undone right after.`,
  };
}

/** The message of the commit that undoes it, without the trailers. */
export function drillBackCommit(target: Target): {
  readonly headline: string;
  readonly body: string;
} {
  return {
    headline: drillTitle(target, 'back'),
    body: `The drill of ${targetKey(target)} is over: this puts back, byte for byte, what ran before it.`,
  };
}

/** The text of a drill's pull request while it is under way. Markdown. */
export function drillBody(plan: Plan, merges: boolean): string {
  const name = inCode(targetKey(plan.target));
  const end = merges
    ? `The policy names this environment for drills, so Lastgood merges it and puts back what ran right after. **Leave it alone.**`
    : `Lastgood closes it by itself within minutes. **Do not merge it.**`;
  return [
    `**This is a drill: nothing is wrong.** Lastgood rehearses a rollback of ${name}, to see whether one would work now. ${end}`,
    changesTable(plan),
  ].join('\n\n');
}

/** The text of the pull request that undoes it. Markdown. */
export function drillBackBody(target: Target, number: number): string {
  return `**This ends a drill: nothing is wrong.** #${number} rehearsed a rollback of ${inCode(targetKey(target))} in the environment of drills; this puts back what ran before, byte for byte.`;
}

/** What the `lastgood` check of a drill says. */
export function drillCheck(
  target: Target,
  merges: boolean,
): { readonly title: string; readonly summary: string } {
  const name = inCode(targetKey(target));
  return merges
    ? {
        title: 'A drill, which Lastgood merges and undoes',
        summary: `A rehearsal of a rollback of ${name}, in the environment that the policy names for drills.`,
      }
    : {
        title: 'A drill: not to be merged',
        summary: `A rehearsal of a rollback of ${name}. It fails so that nobody merges it; Lastgood closes it by itself.`,
      };
}

/** What came of a drill, in one sentence: what, why, and what to do. `say` writes what comes from outside. */
export function drilledSentence(
  drill: DrillRecord,
  say: (text: string) => string = (text) => text,
): string {
  const { target, results, givenUp, pull } = drill;
  const where = pull === undefined ? '' : ` (#${pull})`;
  const took = formatDuration(drill.endedAt - drill.startedAt);
  if (drill.outcome === 'passed') {
    return `The drill of ${target}${where} passed in ${took}: a rollback would work now.`;
  }
  const failed = results.filter(({ outcome }) => outcome === 'failed');
  if (drill.outcome === 'failed') {
    const [first] = failed;
    const rest = failed.length - 1;
    const more = rest > 0 ? ` So did ${count(rest, 'more phase')}: ${names(failed.slice(1))}.` : '';
    return `The drill of ${target}${where} failed at “${first ? PHASES[first.phase] : 'nothing'}”: ${say(first?.finding ?? '')}${more}`;
  }
  return `The drill of ${target}${where} was given up: ${GIVEN_UP[givenUp ?? 'forgotten']}`;
}

function names(results: readonly PhaseResult[]): string {
  return listOf(results.map(({ phase }) => `“${PHASES[phase]}”`));
}

const GIVEN_UP: Readonly<Record<GiveUpReason, string>> = {
  'rollback-open': 'a rollback of the target began meanwhile, and goes before.',
  hold: 'somebody holds the target.',
  freeze: 'somebody froze the repository.',
  'state-unreadable': 'nobody can tell what is held, so nothing is tried.',
  storm: 'many models fail at once, and nobody needs a rehearsal then.',
  policy: 'no valid policy is about the target any more.',
  'closed-by-person': 'somebody closed its pull request.',
  'merged-by-person':
    'somebody merged its pull request, so the release that it went back to runs now. Revert that merge, unless it is wanted.',
  'pushed-to': 'somebody pushed to its branch.',
  forgotten: 'the process that ran it lost what it knew. What it had opened is closed.',
};

/** Why no drill begins now, and what to do. Markdown. */
export function notNowSentence(reason: NotNow, target: Target): string {
  const name = inCode(targetKey(target));
  switch (reason) {
    case 'running':
      return `A drill of ${name} is under way already. Nothing was begun.`;
    case 'other-drill':
      return 'A drill of another target is under way, and there is one at a time. Ask again in some minutes.';
    case 'rollback-open':
      return `No drill begins: a rollback of ${name} is open, and goes before. Ask again once it is over.`;
    case 'rollback-followed':
      return `No drill begins: a rollback of ${name} merged, and it is not known yet whether it helped. Ask again once that is over.`;
    case 'hold':
      return `No drill begins: ${name} is held. Lift that with ${inCode('/unhold')} first.`;
    case 'freeze':
      return `No drill begins: this repository is frozen. Lift that with ${inCode('/unfreeze')} first.`;
    case 'state-unreadable':
      return 'No drill begins, because nobody can tell what is held. Mend Lastgood’s state first.';
    case 'storm':
      return 'No drill begins: many models fail at once. Ask again once that is over.';
  }
}

/** That a drill begins. Markdown. */
export function drillBegunSentence(target: Target, told: boolean): string {
  const where = told ? 'Its findings are told here' : 'Its findings are in its pull request';
  return `A drill of ${inCode(targetKey(target))} begins. ${where}; nothing merges to an environment that the policy does not name for drills.`;
}

/** What a drill found, phase by phase, with the trend. Markdown. */
export function drillReport(
  drill: DrillRecord | (DrillRun & { readonly endedAt: Instant }),
  past: readonly DrillRecord[],
): string {
  const record: DrillRecord =
    'outcome' in drill
      ? drill
      : {
          target: drill.target,
          startedAt: drill.startedAt,
          endedAt: drill.endedAt,
          outcome: outcomeOf(drill),
          results: drill.results,
        };
  const trend = trendOf([...past, record]);
  const rows = record.results.map(({ phase, outcome, finding, took }) => {
    const usual = trend?.phases.find((one) => one.phase === phase)?.usual;
    return `| ${PHASES[phase]} | ${outcome} | ${inProse(finding, 400)} | ${short(took)} | ${usual === undefined ? '' : short(usual)} |`;
  });
  return [
    drilledSentence(record, (text) => inProse(text, 600)),
    ['| phase | | finding | took | usually |', '| --- | --- | --- | --- | --- |', ...rows].join(
      '\n',
    ),
    ...(trend ? [trendSentence(trend)] : []),
  ].join('\n\n');
}

/** How the drills of a target went. */
export function trendSentence({ drills, passed, inARow, took, phases }: Trend): string {
  const of =
    drills === 1 ? 'It was the first drill' : `${passed} of the last ${drills} drills passed`;
  const row = inARow > 1 ? `, the last ${inARow} in a row alike` : '';
  const usual = took.usual === undefined ? '' : `, usually ${short(took.usual)}`;
  const slower = phases.filter((one) => one.usual !== undefined && isSlower(one.took, one.usual));
  const slow =
    slower.length === 0
      ? ''
      : ` Slower than usual: ${listOf(slower.map(({ phase }) => `“${PHASES[phase]}”`))}.`;
  return `${of}${row}. This one took ${short(took.took)}${usual}.${slow}`;
}

/** Twice as long, and by so much that somebody would notice. */
function isSlower(took: Milliseconds, usual: Milliseconds): boolean {
  return took > 2 * usual && took - usual > 10 * SECOND;
}

function short(length: Milliseconds): string {
  return length < 10 * SECOND ? `${(length / SECOND).toFixed(1)}s` : formatDuration(length);
}

/** What `/status` says of the drills of a target. Markdown. */
export function drillStatus(drills: TargetDrills | undefined, now: Instant): readonly string[] {
  if (!drills) return [];
  const { past, run, putOff, overdueAt } = drills;
  const last = past.at(-1);
  const lines: string[] = [];
  if (run) {
    const where = run.pull ? ` in #${run.pull.number}` : '';
    lines.push(`A drill is under way${where} since ${formatInstant(run.startedAt)}.`);
  }
  if (overdueAt !== undefined && now >= overdueAt) {
    const since = `since ${formatInstant(overdueAt)}`;
    const why = putOff === undefined ? '' : ` ${notNowSentence(putOff, targetOf(drills.target))}`;
    lines.push(
      `**A drill is overdue** ${since}: nobody knows whether a rollback would work now.${why} ${inCode(`/drill ${drills.target}`)} begins one.`,
    );
  }
  if (last) {
    const at = formatInstant(last.endedAt);
    lines.push(
      `The last drill ended at ${at}. ${drilledSentence(last, (text) => inProse(text, 400))}`,
    );
  }
  return lines;
}

function targetOf(key: TargetKey): Target {
  const at = key.lastIndexOf('/');
  return { environment: key.slice(0, at), model: key.slice(at + 1) };
}

/** That a drill passed after one that people were called about. */
export function drillPassedAgain(target: TargetKey): string {
  return `A drill of ${target} passed again: a rollback would work now.`;
}

/** What was found of the goal of a drill. */
export function goalFinding({ bad, goal }: Plan): string {
  const where = goal.kind === 'release' ? '' : ', the fallback of the policy';
  return `A rollback would go from ${versionName(bad.versions)} to ${versionName(goal.versions)}${where}.`;
}

/** What was found at a server that knows of artefacts. */
export function artefactFinding(
  versions: readonly string[],
  server: string,
  problem?: string,
): string {
  const which = listOf(versions.map((one) => inCommit(one, 80)));
  return problem === undefined
    ? `The server ${server} has ${which}.`
    : `The server ${server} was asked for ${which}: ${problem}. Look whether it was deleted, and designate another release with /baseline if so.`;
}
