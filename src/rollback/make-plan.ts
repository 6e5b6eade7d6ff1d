import type { OtherAutomation } from '../automation/automation.ts';
import { findOtherAutomations } from '../automation/find-others.ts';
import { decodeText } from '../manifests/decode-text.ts';
import type { TargetPolicy } from '../policy/policy.ts';
import { otherChanges } from '../releases/other-changes.ts';
import type { HistorySource, Oid, Release } from '../releases/release.ts';
import type { Selection } from '../releases/selection.ts';
import { noGoalSentence } from '../texts/passed-over.ts';
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
  | { readonly ok: true; readonly plan: Plan }
  /** `already`: everything is as the goal says. */
  | { readonly ok: false; readonly why: string; readonly already?: boolean };

/** Reads what a plan needs from the manifests at its base, and plans. */
export async function makePlan(source: HistorySource, request: PlanRequest): Promise<MadePlan> {
  const { policy, base, selection } = request;
  if (selection.kind === 'none') return { ok: false, why: noGoalSentence(selection.passedOver) };
  const paths = [...new Set(policy.pins.map((pin) => pin.file))];
  const files: Record<string, { mode: string; text: string }> = {};
  for (const path of paths) {
    const file = await source.fileAt(base, path);
    if (!file) return { ok: false, why: `${path} does not exist at ${base.slice(0, 12)}.` };
    const decoded = decodeText(await source.blob(file.blob));
    if (!decoded.ok) return { ok: false, why: `${path}: ${decoded.problem.message}` };
    files[path] = { mode: file.mode, text: decoded.text };
  }
  // A fallback never ran here, so there is no moment to count from.
  const changesSince =
    selection.kind === 'release'
      ? await otherChanges(source, policy.pins, base, selection.release)
      : [];
  const { suspendAutomation } = policy;
  const automations = await findOtherAutomations(source, base, policy.pins, suspendAutomation);
  for (const path of suspendAutomation ? automations.flatMap(editedFile) : []) {
    const file = files[path] ? undefined : await source.fileAt(base, path);
    const decoded = file && decodeText(await source.blob(file.blob));
    if (file && decoded?.ok === true) files[path] = { mode: file.mode, text: decoded.text };
  }
  const planned = planRollback({ ...request, selection, files, changesSince, automations });
  if (planned.ok) return planned;
  const already = planned.problems.every(({ code }) => code === 'already-there');
  return { ok: false, why: planned.problems.map(({ message }) => message).join(' '), already };
}

/** The file in which an automation is taken out of force. */
function editedFile(automation: OtherAutomation): readonly string[] {
  if (automation.kind === 'renovate') return [automation.file];
  return automation.annotation ? [automation.annotation.file] : [];
}
