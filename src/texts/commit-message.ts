import type { RollbackRecord } from '../journal/trailers.ts';
import { writeTrailers } from '../journal/write-trailers.ts';
import type { Plan, PlannedRelease } from '../rollback/plan.ts';
import { targetKey } from '../target.ts';
import { formatDuration, formatInstant } from '../time.ts';
import { otherBytes } from './automation.ts';
import { inCommit } from './escape.ts';
import { headline } from './headline.ts';
import { listOf, shortCommit, versionName } from './names.ts';

/**
 * The message of a rollback's commit, and of its merge: what and why for people, and the whole decision as trailers
 * for machines. Text from outside never begins a line, so it cannot pass for a trailer.
 */
export function commitMessage(
  plan: Plan,
  record: RollbackRecord,
): { readonly headline: string; readonly body: string } {
  const { alert } = record;
  const severity = inCommit(alert.severity, 20);
  const since = formatInstant(record.firstSeen);
  const { requestedBy, reason = '' } = record;
  const asked =
    requestedBy &&
    `${inCommit(requestedBy.login)} asked for it at ${since}: ${inCommit(reason.replace(/[.!?]+$/, ''), 500)}.`;
  const why =
    asked ??
    `The alert ${inCommit(alert.name, 100)} (${severity}) fires for ${targetKey(plan.target)}, first seen at ${since}.`;
  const { unansweredFor } = record;
  const silence =
    unansweredFor === undefined
      ? []
      : [
          `Nobody decided within ${formatDuration(unansweredFor)}, and ${inCommit(record.policy.file, 200)} merges then (approvals.onTimeout: merge).`,
        ];
  const approvers = record.approvedBy?.map(({ login }) => inCommit(login)) ?? [];
  const paragraphs = [
    why,
    [
      `Bad: ${versions(plan.bad)}, ${brought(plan.bad)}.`,
      plan.goal.kind === 'release'
        ? `Good: ${versions(plan.goal)}, ${brought(plan.goal)}.`
        : `Good: ${versions(plan.goal)}, the fallback of the policy; no earlier release is good.`,
      `The pins go back together. ${otherBytes(plan.automations)}`,
    ].join('\n'),
    ...silence,
    ...(approvers.length > 0 ? [`Approved by ${listOf(approvers)}.`] : []),
    writeTrailers(record),
  ];
  return { headline: headline(plan), body: paragraphs.join('\n\n') };
}

function versions({ versions }: Plan['goal'] | PlannedRelease): string {
  return versionName(versions, (version) => inCommit(version, 80));
}

function brought({ commit, author, subject }: PlannedRelease): string {
  return `brought by ${shortCommit(commit)} (${inCommit(subject, 80)}, ${inCommit(author, 60)})`;
}
