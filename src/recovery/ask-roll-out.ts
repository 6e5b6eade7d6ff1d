import type { TargetPolicy } from '../policy/policy.ts';
import type { Oid } from '../releases/release.ts';
import type { Ports, Workspace } from '../rollback/workspace.ts';
import type { Recovery } from './recovery.ts';
import { readRollOut, type RollOut } from './roll-out.ts';
import { servingOf } from './sign-of-reading.ts';

/**
 * What is known of the roll-out; GitHub is asked only while nothing is. Where the policy says who knows what is being
 * served, that alone shows it. `after`: the newest commit to ask about; without it GitHub is not asked.
 */
export async function askRollOut(
  workspace: Workspace,
  ports: Ports,
  recovery: Recovery,
  { verify }: TargetPolicy,
  after: Oid | undefined,
): Promise<RollOut & { readonly serving?: string }> {
  const { commit, mergedAt, rolledOut, target } = recovery;
  if (rolledOut) return { rolledOut, others: [] };
  const { rollOut } = verify;
  const seen = verify.served && servingOf(recovery, verify, ports.clock());
  if (seen?.rolledOut) return { rolledOut: seen.rolledOut, others: [] };
  const asks = rollOut.by !== 'none' && after !== undefined;
  const reports = asks ? await ports.forge.reports(workspace.repository, commit, after) : [];
  const reported = readRollOut(reports, rollOut, target, mergedAt);
  if (!seen) return reported;
  const { failed } = reported;
  const { says } = seen;
  return { ...(failed && { failed }), others: [], ...(says !== undefined && { serving: says }) };
}
