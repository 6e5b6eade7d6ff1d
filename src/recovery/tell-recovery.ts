import type { Samples } from '../journal/samples.ts';
import type { TargetPolicy } from '../policy/policy.ts';
import { putStatus } from '../rollback/put-status.ts';
import { policyOf } from '../rollback/up-to-date.ts';
import { fullName, type Ports, type Workspace } from '../rollback/workspace.ts';
import { happenedSentence, recoveryStatus } from '../texts/recovery.ts';
import type { Instant } from '../time.ts';
import type { Happened } from './next-phase.ts';
import type { Recovery } from './recovery.ts';

/** Calls for people; everything else is told where the incident is. */
const CALLS: ReadonlySet<Happened['kind']> = new Set([
  'roll-out-failed',
  'roll-out-late',
  'not-recovered',
  'unverified',
  'relapsed',
  'unwatched',
]);

/** Tells what happened to a merged rollback: in the journal, and to people where it calls for them. */
export async function tellHappened(
  workspace: Workspace,
  ports: Ports,
  recovery: Recovery,
  verify: TargetPolicy['verify'],
  happened: Happened,
  others: readonly string[],
  samples: readonly Samples[],
): Promise<void> {
  const { branch, number, commit, severity, relapsedAt, recalled } = recovery;
  const repository = fullName(workspace.repository);
  const sentence = happenedSentence(recovery, verify, happened, others);
  // Nobody is woken because the store forgot what there was to see.
  const forgotten = recalled && 'judgement' in happened && happened.judgement.health === 'unknown';
  const calls = CALLS.has(happened.kind) && !forgotten;
  if (calls) {
    const key = `${workspace.repository.id} ${branch} ${happened.kind} ${relapsedAt ?? commit}`;
    await ports.page({ key, repository, incident: branch, severity, sentence });
  }
  const entry = { at: ports.clock(), repository, incident: branch, sentence };
  const since = sinceOf(happened);
  ports.journal.write({
    ...entry,
    kind: 'followed',
    number,
    commit,
    happened: happened.kind,
    ...(since !== undefined && { since }),
    ...(samples.length > 0 && { samples }),
  });
}

/** Since when it is so: it is noticed later. */
function sinceOf(happened: Happened): Instant | undefined {
  if (happened.kind === 'rolled-out') return happened.rolledOut.at;
  return happened.kind === 'recovered' ? happened.at : undefined;
}

/** Writes where a merged rollback stands into the text of its pull request. */
export async function writeRecovery(
  workspace: Workspace,
  ports: Ports,
  branch: string,
  attempts: number,
): Promise<void> {
  const recovery = workspace.recovering.get(branch);
  const policy = recovery && policyOf(workspace, recovery.target);
  if (!policy) return;
  const { number } = recovery;
  const doing = {
    due: { kind: 'recovery-status', branch, attempts },
    what: `Writing the state of pull request #${number} into its text`,
  } as const;
  await putStatus(workspace, ports, doing, number, () => recoveryStatus(recovery, policy.verify));
}
