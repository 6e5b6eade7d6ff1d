import { decodeText } from '../manifests/decode-text.ts';
import type { TargetPolicy } from '../policy/policy.ts';
import type { FileChange, HistorySource, Oid, Release } from '../releases/release.ts';
import type { Selection } from '../releases/selection.ts';
import type { Plan } from './plan.ts';
import { planRollback } from './plan-rollback.ts';

/** What to plan for: the bad release that runs, the goal that was chosen, and the head it is planned on. */
export interface PlanRequest {
  readonly policy: TargetPolicy;
  readonly base: Oid;
  readonly running: Release;
  readonly selection: Selection;
}

export type MadePlan =
  { readonly ok: true; readonly plan: Plan } | { readonly ok: false; readonly why: string };

/** Reads what a plan needs from the manifests at its base, and plans. */
export async function makePlan(source: HistorySource, request: PlanRequest): Promise<MadePlan> {
  const { policy, base, selection } = request;
  if (selection.kind === 'none') return { ok: false, why: 'No earlier release is good.' };
  const paths = [...new Set(policy.pins.map((pin) => pin.file))];
  const files: Record<string, { mode: string; text: string }> = {};
  for (const path of paths) {
    const file = await source.fileAt(base, path);
    if (!file) return { ok: false, why: `${path} does not exist at ${base.slice(0, 12)}.` };
    const decoded = decodeText(await source.blob(file.blob));
    if (!decoded.ok) return { ok: false, why: `${path}: ${decoded.problem.message}` };
    files[path] = { mode: file.mode, text: decoded.text };
  }
  const changesSince = await changesAfter(source, paths, base, selection);
  const planned = planRollback({ ...request, selection, files, changesSince });
  if (planned.ok) return planned;
  return { ok: false, why: planned.problems.map((problem) => problem.message).join(' ') };
}

/** Changes to the files since the goal stopped running; for a fallback there is no such moment. */
async function changesAfter(
  source: HistorySource,
  paths: readonly string[],
  base: Oid,
  selection: Selection,
): Promise<readonly FileChange[]> {
  const end = selection.kind === 'release' ? selection.release.until?.commit : undefined;
  const changes: FileChange[] = [];
  if (end === undefined) return changes;
  for await (const change of source.changes(paths, base)) {
    changes.push(change);
    if (change.commit === end) break;
  }
  return changes;
}
