import type { OtherAutomation } from '../automation/automation.ts';
import { suspendOthers } from '../automation/suspend.ts';
import type { Pin } from '../manifests/pin.ts';
import { readPins } from '../manifests/read-pin.ts';
import type { FileChange, Release } from '../releases/release.ts';
import { versionsOf } from '../releases/versions.ts';
import { targetKey } from '../target.ts';
import { planFile, short, unfitFile } from './plan-file.ts';
import type { PlanInput, PlanProblem } from './plan-input.ts';
import type { Edit, Plan, PlannedFile, PlannedRelease } from './plan.ts';

export type PlanResult =
  | { readonly ok: true; readonly plan: Plan }
  | { readonly ok: false; readonly problems: readonly PlanProblem[] };

/**
 * Plans a re-pin: every pin of the target says what the goal says, on top of `base`, and no other byte changes. The
 * pair is never mixed: when one pin cannot be set, none is. A plan that would change nothing is a problem.
 */
export function planRollback(input: PlanInput): PlanResult {
  const { policy, base, running, selection } = input;
  const paths = [...new Set(policy.pins.map((pin) => pin.file))];
  const planned = paths.map((path) => planFile(input, path));
  const problems = planned.flatMap((file) => file.problems);
  if (problems.length > 0) return { ok: false, problems };

  const edits = policy.pins.flatMap((pin) =>
    planned.flatMap((file) => file.edits.filter((edit) => edit.pin === pin.id)),
  );
  const pinFiles = planned.flatMap((file) => (file.planned ? [file.planned] : []));
  if (edits.length === 0 || pinFiles.length === 0) {
    const message = `Every pin of the target already says what the goal says at ${short(base)}; there is nothing to roll back.`;
    return { ok: false, problems: [{ code: 'already-there', message }] };
  }
  const { others, files } = withoutOthers(input, pinFiles);
  const automations = [...planned.flatMap((file) => file.automations), ...others];
  const changed = new Set(files.map(({ path }) => path));
  return {
    ok: true,
    plan: {
      target: policy.target,
      base,
      bad: named(running),
      goal: goalOf(selection, running, edits),
      edits,
      files,
      ...(automations.length > 0 && { automations }),
      leftAlone: input.changesSince.flatMap((change) => leftAlone(change, changed)),
    },
  };
}

/** Takes what stands beside the pins out of force, where the policy asks for that. */
function withoutOthers(
  input: PlanInput,
  pinFiles: readonly PlannedFile[],
): { readonly others: readonly OtherAutomation[]; readonly files: readonly PlannedFile[] } {
  const { policy, automations = [] } = input;
  if (!policy.suspendAutomation) return { others: automations, files: pinFiles };
  const planned = new Map(pinFiles.map((file) => [file.path, file]));
  const textOf = (path: string): string | undefined => {
    const file = input.files[path];
    if (!file || unfitFile(path, file.mode)) return undefined;
    return planned.get(path)?.after ?? file.text;
  };
  const suspended = suspendOthers(automations, targetKey(policy.target), textOf);
  for (const [path, after] of suspended.texts) {
    const file = input.files[path];
    const before = textOf(path);
    const pins = policy.pins.filter((pin) => pin.file === path);
    if (!file || before === undefined) continue;
    // A pin that stands in the very thing that is taken out of force would not be where it was.
    if (!sayTheSame(pins, before, after)) return { others: automations, files: pinFiles };
    planned.set(path, { path, mode: file.mode, before: file.text, after });
  }
  const files = [...planned.values()].filter(({ before, after }) => before !== after);
  return { others: suspended.automations, files };
}

function sayTheSame(pins: readonly Pin[], before: string, after: string): boolean {
  const now = readPins(after, pins);
  return readPins(before, pins).every((old, i) => {
    const read = now[i];
    return old.ok && read?.ok === true && old.value.version === read.value.version;
  });
}

function goalOf(
  selection: PlanInput['selection'],
  running: Release,
  edits: readonly Edit[],
): Plan['goal'] {
  if (selection.kind === 'release') return { kind: 'release', ...named(selection.release) };
  const edited = Object.fromEntries(edits.map(({ pin, to }) => [pin, to]));
  return { kind: 'fallback', versions: { ...versionsOf(running), ...edited } };
}

function named(release: Release): PlannedRelease {
  const { commit, at, author, subject } = release;
  return { commit, at, author: author.name, subject, versions: versionsOf(release) };
}

function leftAlone(change: FileChange, changed: ReadonlySet<string>): Plan['leftAlone'] {
  const files = Object.keys(change.files).filter((path) => changed.has(path));
  if (files.length === 0) return [];
  const { commit, at, subject, author } = change;
  return [{ commit, at, subject, author: author.name, files }];
}
