import { findOwn } from '../commands/conversation.ts';
import { fullName } from '../rollback/workspace.ts';
import { isPassing } from '../rollback/insist.ts';
import { drilledSentence, drillPassedAgain, drillReport } from '../texts/drill.ts';
import { MINUTE } from '../time.ts';
import { drillsOf } from './begin-drill.ts';
import { drillsName } from './drill-branch.ts';
import { KEPT, type DrillRecord } from './drill.ts';
import { callsPeople, outcomeOf } from './plan-drill.ts';
import { MOST_TRIES, type Step } from './step.ts';

/**
 * Writes down what came of a drill, and tells it: in the journal, in its pull request, where it was asked for, and to
 * people who are called when it fails and the one before it had passed. Doing it twice tells nothing twice.
 */
export async function endDrill(step: Step): Promise<void> {
  const { workspace, ports, run } = step;
  const { target } = run;
  const { run: _, ...known } = drillsOf(workspace, ports, target);
  const { by, pull, givenUp } = run;
  const drill: DrillRecord = {
    target,
    startedAt: run.startedAt,
    endedAt: ports.clock(),
    outcome: outcomeOf(run),
    results: run.results,
    ...(by && { by }),
    ...(pull && { pull: pull.number }),
    ...(givenUp && { givenUp }),
  };
  const report = drillReport(drill, known.past);
  await asOften(step, () => writeReport(step, report));
  await asOften(step, () => answerAsker(step, report));
  const called = await callPeople(step, drill, known.called === true);
  const sentence = drilledSentence(drill);
  const entry = { at: drill.endedAt, repository: fullName(workspace.repository) };
  ports.journal.write({ ...entry, kind: 'drilled', incident: drillsName(target), sentence, drill });
  const { called: _before, ...rest } = known;
  workspace.drills.set(target, {
    ...rest,
    past: [...known.past, drill].slice(-KEPT),
    ...(called && { called }),
  });
  ports.later({ kind: 'drills', attempts: 1 }, ports.clock());
}

/** Nobody waits for it: where GitHub does not take it after many tries, it stands in the journal. */
async function asOften({ ports, attempts }: Step, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    ports.signal.throwIfAborted();
    if (isPassing(error) && attempts < MOST_TRIES) throw error;
  }
}

async function writeReport(
  { workspace: { repository }, ports, run: { pull } }: Step,
  report: string,
): Promise<void> {
  if (pull) await ports.forge.edit(repository, pull.number, report);
}

/** Tells it where it was asked for, once: whoever did so may have died right after it. */
async function answerAsker(
  { workspace: { repository }, ports, run: { by, startedAt, target } }: Step,
  report: string,
): Promise<void> {
  if (by?.number === undefined) return;
  const mark = `<!-- lastgood drill ${target.replaceAll('--', '-&#45;')} ${startedAt} -->`;
  const comments = await ports.conversation.comments(repository, by.number, startedAt - MINUTE);
  if (findOwn(comments, await ports.self(repository), mark)) return;
  await ports.conversation.say(repository, by.number, `${mark}\n${report}`);
}

/** Calls people, or takes the call back; answers whether they are called since. */
async function callPeople(
  { workspace, ports }: Step,
  drill: DrillRecord,
  called: boolean,
): Promise<true | undefined> {
  const { repository, drills } = workspace;
  const { target, outcome, startedAt, givenUp } = drill;
  const past = drills.get(target)?.past ?? [];
  const key = `drill ${repository.id} ${target} ${startedAt}`;
  const about = { repository: fullName(repository), incident: drillsName(target) };
  if (givenUp === 'merged-by-person' || callsPeople(drill, past)) {
    const sentence = drilledSentence(drill);
    await ports.page({ ...about, key, severity: 'medium', sentence });
    return true;
  }
  if (!called || outcome !== 'passed') return called || undefined;
  await ports.resolvePages({ ...about, key: `${key} passed`, sentence: drillPassedAgain(target) });
  return undefined;
}
