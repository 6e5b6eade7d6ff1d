/**
 * What happens to a drill once it has begun.
 *
 * The races: the process dies between any two steps; an alert comes, somebody holds the target or closes the pull
 * request; the default branch moves; the database is lost.
 *
 * What must hold: nothing merges but in the environment that the policy names for drills; whatever a drill opened is
 * taken away; a drill is no rollback, in no count and in no history; an incident goes before.
 *
 * How: each phase is a turn of its own in the repository's lane, after every alert that waits, and begins with the
 * question whether the drill may go on. What a phase leaves outside follows from the drill alone, so that it is found
 * again; the sweep takes away what nobody remembers.
 */
import { withLogFacts } from '../log-facts.ts';
import { backOff, insist, isPassing } from '../rollback/insist.ts';
import { policyOf } from '../rollback/up-to-date.ts';
import type { Ports, Workspace } from '../rollback/workspace.ts';
import { parseTargetKey, type Target, type TargetKey } from '../target.ts';
import { flatten } from '../texts/escape.ts';
import { SECOND } from '../time.ts';
import { goOnLater } from './begin-drill.ts';
import { drillsName } from './drill-branch.ts';
import type { DrillPhase, DrillRun } from './drill.ts';
import { endDrill } from './end-drill.ts';
import { groundOf } from './ground.ts';
import { closeDrill } from './phases/close.ts';
import { examinePermissions, findGoal, probeArtefact, reachApprovers } from './phases/look.ts';
import { mergeDrill } from './phases/merge.ts';
import { wouldMerge } from './phases/mergeable.ts';
import { proposeDrill } from './phases/propose.ts';
import { restoreDrill } from './phases/restore.ts';
import { mergesInDrill, nextPhase, whyGiveUp } from './plan-drill.ts';
import { MOST_TRIES, type Did, type PolicyStep, type Step } from './step.ts';

/** Takes the drill of a target one phase further, or to its end. Never throws; what may pass is tried again. */
export async function advanceDrill(
  workspace: Workspace,
  ports: Ports,
  key: TargetKey,
  attempts = 1,
): Promise<void> {
  const run = workspace.drills.get(key)?.run;
  const target = parseTargetKey(key);
  if (!run || !target) return;
  const doing = {
    due: { kind: 'drill', target: key, attempts },
    what: `The drill of ${key}`,
  } as const;
  await withLogFacts({ incident: drillsName(key) }, () =>
    insist(workspace, ports, doing, () => takePhase(workspace, ports, run, target, attempts)),
  );
}

async function takePhase(
  workspace: Workspace,
  ports: Ports,
  before: DrillRun,
  target: Target,
  attempts: number,
): Promise<void> {
  const policy = policyOf(workspace, target);
  const givenUp =
    before.givenUp ?? (policy ? whyGiveUp(groundOf(workspace, ports, target)) : 'policy');
  const now = ports.clock();
  const run: DrillRun = {
    ...before,
    phaseSince: before.phaseSince ?? now,
    ...(givenUp && { givenUp }),
  };
  keep(workspace, run);
  const merges = policy !== undefined && mergesInDrill(target, policy.drills);
  const phase = nextPhase(run, merges);
  const step: Step = { workspace, ports, run, target, attempts };
  if (phase === undefined) return endDrill(step);
  const did = await tryPhase(phase, step, policy && { ...step, policy, merges });
  if ('again' in did) {
    const due = { kind: 'drill', target: run.target, attempts: attempts + 1 } as const;
    ports.later(due, ports.clock() + backOff(4 * SECOND, attempts));
    return;
  }
  const { phaseSince: since = now, ...rest } = run;
  if ('giveUp' in did) keep(workspace, { ...rest, ...did.change, givenUp: did.giveUp });
  else {
    const { outcome, finding, change } = did;
    const result = { phase, outcome, finding, took: ports.clock() - since };
    keep(workspace, { ...rest, ...change, results: [...run.results, result] });
  }
  goOnLater(ports, run.target);
}

function keep({ drills }: Workspace, run: DrillRun): void {
  const known = drills.get(run.target);
  if (known) drills.set(run.target, { ...known, run });
}

/** What a phase came to. A failure that may pass is thrown until it was tried often enough; any other is a finding. */
async function tryPhase(
  phase: DrillPhase,
  step: Step,
  withPolicy: PolicyStep | undefined,
): Promise<Did> {
  try {
    return await perform(phase, step, withPolicy);
  } catch (error) {
    step.ports.signal.throwIfAborted();
    if (isPassing(error) && step.attempts < MOST_TRIES) throw error;
    const finding = flatten(error instanceof Error ? error.message : String(error), 600);
    return { outcome: 'failed', finding };
  }
}

function perform(phase: DrillPhase, step: Step, policy: PolicyStep | undefined): Promise<Did> {
  if (phase === 'restore') return restoreDrill(step);
  if (phase === 'close') return closeDrill(step);
  if (!policy) return Promise.resolve({ giveUp: 'policy' });
  switch (phase) {
    case 'goal':
      return findGoal(policy);
    case 'artefact':
      return probeArtefact(policy);
    case 'permissions':
      return examinePermissions(policy);
    case 'approvers':
      return reachApprovers(policy);
    case 'propose':
      return proposeDrill(policy);
    case 'mergeable':
      return wouldMerge(policy);
    case 'merge':
      return mergeDrill(policy);
  }
}
