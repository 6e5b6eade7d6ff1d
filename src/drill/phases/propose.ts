import { CHECK_NAME } from '../../check/report.ts';
import type { Conclusion } from '../../check/checks.ts';
import type { PullRequest } from '../../rollback/forge.ts';
import { fullName, type Ports, type Workspace } from '../../rollback/workspace.ts';
import { drillBody, drillCheck, drillCommit, drillTitle } from '../../texts/drill.ts';
import type { Target } from '../../target.ts';
import { drillBranch } from '../drill-branch.ts';
import { writeDrillTrailers } from '../drill-trailers.ts';
import { planNow } from '../plan-now.ts';
import type { Did, PolicyStep } from '../step.ts';

/**
 * Opens the pull request of a drill by the very way of a rollback's. What is there already is taken over: the branch
 * follows from the drill.
 */
export async function proposeDrill(step: PolicyStep): Promise<Did> {
  const { workspace, ports, run, target, merges } = step;
  const { made } = await planNow(step);
  if (!made.ok) return { outcome: 'failed', finding: made.why };
  const { plan } = made;
  const { startedAt } = run;
  const { headline, body } = drillCommit(plan, merges);
  const mark = { target, startedAt, part: 'there', bad: plan.bad.commit } as const;
  const { pull } = await ports.forge.propose(workspace.repository, {
    branch: drillBranch(mark),
    base: plan.base,
    commit: { headline, body: `${body}\n\n${writeDrillTrailers(mark)}` },
    files: plan.files.map(({ path, mode, after }) => ({ path, mode, contents: after })),
    title: drillTitle(target, 'there'),
    body: drillBody(plan, merges),
  });
  const known = { number: pull.number, url: pull.url, head: pull.head };
  if (pull.state !== 'open') return { giveUp: endedByPerson(pull), change: { pull: known } };
  await tellDrillCheck(workspace, ports, target, pull.head, merges);
  return {
    outcome: 'passed',
    finding: `Pull request #${pull.number} opened.`,
    change: {
      pull: known,
      plan: { bad: plan.bad.commit, from: plan.bad.versions, to: plan.goal.versions },
    },
  };
}

/** Who ended a pull request that the App did not. */
export function endedByPerson({
  state,
}: Pick<PullRequest, 'state'>): 'closed-by-person' | 'merged-by-person' {
  return state === 'merged' ? 'merged-by-person' : 'closed-by-person';
}

/** Fails the `lastgood` check of what nobody may merge, and passes that of what Lastgood merges itself. */
export async function tellDrillCheck(
  { repository }: Pick<Workspace, 'repository'>,
  ports: Pick<Ports, 'checks' | 'signal'>,
  target: Target,
  head: string,
  merges: boolean,
): Promise<void> {
  const { runs, app } = ports.checks;
  const known = await runs.find(repository, { head, name: CHECK_NAME, app });
  const conclusion: Conclusion = merges ? 'success' : 'failure';
  if (known?.status === 'completed' && known.conclusion === conclusion) return;
  ports.signal.throwIfAborted();
  const report = { name: CHECK_NAME, head, externalId: `drill of ${fullName(repository)}` };
  await runs.publish(
    repository,
    { ...report, conclusion, annotations: [], ...drillCheck(target, merges) },
    known,
  );
}
