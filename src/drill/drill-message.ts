import type { Oid } from '../releases/release.ts';
import type { Target } from '../target.ts';
import { drillBackCommit, drillMergeCommit } from '../texts/drill.ts';
import type { DrillRun } from './drill.ts';
import { writeDrillTrailers } from './drill-trailers.ts';

export type DrillPart = 'there' | 'back';

/** The message of what a drill merges: what it is for people, and its mark for machines. */
export function drillCommitOf(
  target: Target,
  { startedAt, plan }: Pick<DrillRun, 'startedAt' | 'plan'>,
  part: DrillPart,
  bad: Oid = plan?.bad ?? '',
): { readonly headline: string; readonly body: string } {
  const { headline, body } = part === 'there' ? drillMergeCommit(target) : drillBackCommit(target);
  return { headline, body: `${body}\n\n${writeDrillTrailers({ target, startedAt, part, bad })}` };
}
