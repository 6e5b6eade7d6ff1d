import type { PullRequest } from '../../rollback/forge.ts';
import { MINUTE } from '../../time.ts';
import { drillBranch, drillOf } from '../drill-branch.ts';
import type { Did, Step } from '../step.ts';

/**
 * Takes away what a drill left: its pull requests are closed, and its branches deleted. Doing it twice does nothing
 * twice; what somebody else opened from such a branch is left to them.
 */
export async function closeDrill(step: Step): Promise<Did> {
  const { workspace, ports, run, target } = step;
  const { repository } = workspace;
  const { startedAt } = run;
  for (const pull of await standing(step)) {
    if (pull.state === 'open' && pull.own) await ports.forge.close(repository, pull.number);
  }
  for (const part of ['there', 'back'] as const) {
    await ports.forge.deleteBranch(repository, drillBranch({ target, startedAt, part }));
  }
  return { outcome: 'passed', finding: 'Its pull request is closed, and its branch deleted.' };
}

/** The pull requests that a drill may have left. One that merged in its environment also has one that puts back. */
async function standing({ workspace, ports, run }: Step): Promise<readonly PullRequest[]> {
  const { repository } = workspace;
  if (run.pull && !run.merged) return [await ports.forge.pull(repository, run.pull.number)];
  const pulls = await ports.forge.rollbackPulls(repository, run.startedAt - MINUTE);
  return pulls.filter(({ branch }) => {
    const id = drillOf(branch);
    return id?.startedAt === run.startedAt;
  });
}
