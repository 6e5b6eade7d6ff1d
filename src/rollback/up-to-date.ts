import { isRecord } from '../backtest/record.ts';
import { loadPolicySet } from '../policy/load.ts';
import type { PolicySet, TargetPolicy } from '../policy/policy.ts';
import { formatProblem } from '../policy/format-problem.ts';
import type { HistorySource, Oid } from '../releases/release.ts';
import { targetKey, type Target } from '../target.ts';
import { readTexts } from './read-texts.ts';
import { refreshState } from './refresh-state.ts';
import { fullName, type Ports, type Workspace } from './workspace.ts';

/** Where a manifests repository keeps its policies. */
export const POLICY_FOLDER = '.lastgood';

/** Reads the policies of a repository as of a commit. */
export async function readPolicies(
  source: HistorySource,
  commit: Oid,
  shipped: readonly { readonly name: string; readonly text: string }[],
): Promise<PolicySet> {
  const entries = await source.filesUnder(commit, POLICY_FOLDER);
  const wanted = entries.filter(({ path }) => /\.ya?ml$/.test(path) || isRecord(path));
  return loadPolicySet(await readTexts(source, wanted), shipped);
}

/** The policy of a target as it is now; undefined when no valid file claims it. */
export function policyOf(workspace: Workspace, target: Target): TargetPolicy | undefined {
  const key = targetKey(target);
  return workspace.policies.set.targets.find((policy) => targetKey(policy.target) === key);
}

/** Fetches what the repository has now, and reads its policies again where they changed. */
export async function bringUpToDate(workspace: Workspace, ports: Ports): Promise<void> {
  await workspace.manifests.fetch();
  await readAnew(workspace, ports);
}

/** Reads state and policies again, where what was fetched changed them. */
export async function readAnew(workspace: Workspace, ports: Ports): Promise<void> {
  await refreshState(workspace, ports);
  await reloadPolicies(workspace, ports);
}

/** Reads the policies at the head that is known locally; tells every problem once per change. */
export async function reloadPolicies(workspace: Workspace, ports: Ports): Promise<void> {
  const { commit } = await workspace.manifests.head();
  if (commit === workspace.policies.commit) return;
  const set = await readPolicies(workspace.manifests, commit, ports.presets);
  const known = new Set(workspace.policies.set.problems.map(formatProblem));
  workspace.policies = { set, commit };
  for (const problem of set.problems) {
    const sentence = formatProblem(problem);
    if (known.has(sentence)) continue;
    ports.journal.write({
      kind: 'policy-problem',
      at: ports.clock(),
      repository: fullName(workspace.repository),
      sentence,
      problem,
    });
  }
}
