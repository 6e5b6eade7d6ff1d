/**
 * The phases that only look: whether there is a goal, its artefact, permissions, approvers.
 *
 * @module
 */
import type { Check } from '../../doctor/check.ts';
import { MetricsError } from '../../metrics/exchange.ts';
import { modelVersions } from '../../releases/versions.ts';
import { bringUpToDate } from '../../rollback/up-to-date.ts';
import { fullName } from '../../rollback/workspace.ts';
import { artefactFinding, goalFinding } from '../../texts/drill.ts';
import { SECOND } from '../../time.ts';
import { judgeApprovers } from '../judge-approvers.ts';
import { planNow } from '../plan-now.ts';
import type { Did, PolicyStep } from '../step.ts';

/** Whether there is a release to go back to, and a plan for it. */
export async function findGoal(step: PolicyStep): Promise<Did> {
  await bringUpToDate(step.workspace, step.ports);
  const { made } = await planNow(step);
  if (!made.ok) {
    const finding = `There is nothing to go back to. ${made.why} Ship a release that soaks, designate one with /baseline, or name a fallback in the policy.`;
    return { outcome: 'failed', finding };
  }
  const { bad, goal } = made.plan;
  const plan = { bad: bad.commit, from: bad.versions, to: goal.versions };
  return { outcome: 'passed', finding: goalFinding(made.plan), change: { plan } };
}

/** The lane waits no longer for a server: an alert may come. */
const PATIENCE = 5 * SECOND;

/** Whether the model of the goal still is where it is loaded from, if anybody knows. */
export async function probeArtefact({
  workspace,
  ports,
  run,
  policy,
  target,
}: PolicyStep): Promise<Did> {
  const { probe } = policy.drills;
  if (!probe) {
    const finding = 'The policy names nobody who knows (drills.probe), so nobody was asked.';
    return { outcome: 'skipped', finding };
  }
  if (!run.plan) return { outcome: 'skipped', finding: 'There is no goal to ask about.' };
  const versions = [...new Set(Object.values(modelVersions(run.plan.to)))];
  const { server } = probe;
  const asking = { server, repository: fullName(workspace.repository) };
  for (const version of versions) {
    const path = fillPath(probe.path, { model: target.model, version });
    const problem =
      path === undefined
        ? 'its name cannot stand in an address'
        : await ask(() =>
            ports.metrics.get(
              asking,
              path,
              AbortSignal.any([ports.signal, AbortSignal.timeout(PATIENCE)]),
            ),
          );
    ports.signal.throwIfAborted();
    if (problem !== undefined) {
      return { outcome: 'failed', finding: artefactFinding([version], server, problem) };
    }
  }
  return { outcome: 'passed', finding: artefactFinding(versions, server) };
}

/** A path with names in it that cannot lead anywhere else; undefined where one would. */
export function fillPath(
  path: string,
  values: { readonly model: string; readonly version: string },
): string | undefined {
  const filled = path.replaceAll(/\{(model|version)\}/g, (_, name: 'model' | 'version') =>
    encodeURIComponent(values[name].toWellFormed()),
  );
  const leads = filled.split('/').some((part) => /^\.{1,2}$/.test(part));
  return leads || filled.length > 2_000 ? undefined : filled;
}

async function ask(get: () => Promise<unknown>): Promise<string | undefined> {
  try {
    await get();
    return undefined;
  } catch (error) {
    return error instanceof MetricsError ? error.message : 'it did not answer in time';
  }
}

/** Whether the App may do all that a rollback takes. */
export async function examinePermissions({ workspace, ports }: PolicyStep): Promise<Did> {
  return judgeChecks(
    await ports.examine.permissions(workspace.repository),
    'The installation grants what a rollback takes.',
  );
}

/** Whether enough people could approve. */
export async function reachApprovers({ workspace, ports, run, policy }: PolicyStep): Promise<Did> {
  const { approvals } = policy;
  const reachable = await ports.examine.approvers(workspace.repository, approvals);
  return judgeApprovers(approvals, reachable, run.by?.login);
}

/** What the doctor's checks mean for a drill: a problem fails it, and a warning is told. */
export function judgeChecks(checks: readonly Check[], well: string): Did {
  const said = (one: Check): string => `${one.found} ${one.fix ?? ''}`.trim();
  const problems = checks.filter(({ level }) => level === 'problem');
  if (problems.length > 0) {
    return { outcome: 'failed', finding: problems.map(said).join(' ') };
  }
  const warnings = checks.filter(({ level }) => level === 'warning');
  const finding = [well, ...warnings.map((one) => `Note: ${one.found}`)].join(' ');
  return { outcome: 'passed', finding };
}
