import type { Automation } from '../automation/automation.ts';
import { markerAt, suspendMarkers } from '../automation/flux-marker.ts';
import type { Pin, PinValue } from '../manifests/pin.ts';
import { readPins } from '../manifests/read-pin.ts';
import { setPins, type PinChange, type PinGoal } from '../manifests/set-pin.ts';
import type { Oid } from '../releases/release.ts';
import type { PlanInput, PlanProblem } from './plan-input.ts';
import type { Edit, PlannedFile } from './plan.ts';

/** What becomes of one file: edits and the file with them, or problems; none of them when it stays as it is. */
export interface FilePlan {
  readonly problems: readonly PlanProblem[];
  readonly edits: readonly Edit[];
  readonly planned?: PlannedFile;
  /** What may set the file's pins again by itself. */
  readonly automations: readonly Automation[];
}

const NOTHING: FilePlan = { problems: [], edits: [], automations: [] };

/** Plans the edits of one file. All of its pins are set or none is. */
export function planFile(input: PlanInput, path: string): FilePlan {
  const file = input.files[path];
  if (!file) {
    return refuse('file-missing', `${path} does not exist at ${short(input.base)}.`);
  }
  const pins = input.policy.pins.filter((pin) => pin.file === path);
  const read = readPins(file.text, pins);
  const wanted: { pin: Pin; before: PinValue; goals: readonly PinGoal[] }[] = [];
  for (const [i, pin] of pins.entries()) {
    const reading = read[i];
    if (!reading?.ok) {
      const why = reading?.problem.message ?? 'It was not read.';
      return refuse('pin-unreadable', `The pin ${pin.id} in ${path} cannot be read: ${why}`, pin);
    }
    const runs = input.running.values[pin.id]?.version;
    if (reading.value.version !== runs) {
      return refuse(
        'not-what-runs',
        `The pin ${pin.id} in ${path} says ${reading.value.version} at ${short(input.base)}, and the release to roll back says ${runs ?? 'nothing'}. Decide again for what runs now.`,
        pin,
      );
    }
    const goals = goalsOf(input.selection, pin);
    if (goals === 'missing') {
      const message = `The goal says nothing for the pin ${pin.id}, so the pins would not go back together.`;
      return refuse('no-value', message, pin);
    }
    if (goals === 'as-it-is' || isThere(reading.value, goals)) continue;
    wanted.push({ pin, before: reading.value, goals });
  }
  if (wanted.length === 0) return NOTHING;
  const unfit = unfitFile(path, file.mode);
  if (unfit) return unfit;

  const changes: PinChange[] = [];
  for (const { pin, goals } of wanted) {
    const goal = firstThatSets(file.text, pin, goals);
    if ('problem' in goal) {
      return refuse('pin-not-settable', `The pin ${pin.id} in ${path}: ${goal.problem}`, pin);
    }
    changes.push({ pin, goal: goal.goal });
  }
  const set = setPins(file.text, changes);
  if (!set.ok)
    return refuse('pin-not-settable', `The pin ${set.pin} in ${path}: ${set.problem.message}`);
  const other = changedOtherwise(set.text, pins, read, wanted);
  if (other) {
    const message = `Setting the pins in ${path} would also change the pin ${other.id}, which is to stay.`;
    return refuse('pin-not-settable', message, other);
  }
  const automations = markersOf(path, set.text, set.changes, wanted, input.policy);
  const suspended = automations.flatMap(({ line }) => line);
  const after = input.policy.suspendAutomation
    ? suspendMarkers(set.text, new Set(suspended))
    : set.text;
  return {
    problems: [],
    automations,
    edits: set.changes.flatMap(({ before, after }, i) => {
      const pin = wanted[i]?.pin;
      return pin ? [editOf(pin, before, after)] : [];
    }),
    planned: { path, mode: file.mode, before: file.text, after },
  };
}

/**
 * What a pin is to say: for a release its value there; for the fallback the whole value of its component, or that as
 * a version where the pin's pattern takes the value for one. Tried in this order.
 */
function goalsOf(
  selection: PlanInput['selection'],
  pin: Pin,
): readonly PinGoal[] | 'as-it-is' | 'missing' {
  if (selection.kind === 'release') {
    const value = selection.release.values[pin.id];
    return value ? [value] : 'missing';
  }
  const value = selection.values[pin.component];
  if (value === undefined || value === 'none') return 'as-it-is';
  return pin.version === undefined ? [{ value }] : [{ value }, { version: value }];
}

function isThere(now: PinValue, goals: readonly PinGoal[]): boolean {
  return goals.some((goal) =>
    'version' in goal ? goal.version === now.version : goal.value === now.value,
  );
}

function firstThatSets(
  text: string,
  pin: Pin,
  goals: readonly PinGoal[],
): { readonly goal: PinGoal } | { readonly problem: string } {
  let problem = '';
  for (const goal of goals) {
    const set = setPins(text, [{ pin, goal }]);
    if (set.ok) return { goal };
    problem ||= set.problem.message;
  }
  return { problem };
}

/** The comments on the lines of the pins that are set, by which Flux would set them again. */
function markersOf(
  file: string,
  text: string,
  changes: readonly { readonly after: PinValue }[],
  wanted: readonly { readonly pin: Pin }[],
  { suspendAutomation = false }: PlanInput['policy'],
): readonly Extract<Automation, { kind: 'flux' }>[] {
  return changes.flatMap(({ after: { line } }, i) => {
    const marker = markerAt(text, line);
    const pin = wanted[i]?.pin.id;
    // One that is out of force already stays so, and sets nothing.
    if (!marker || marker.suspended || pin === undefined) return [];
    return [{ kind: 'flux', pin, file, line, policy: marker.policy, suspended: suspendAutomation }];
  });
}

/** A pin that was not to change and did, because it shares its place with one that was. */
function changedOtherwise(
  after: string,
  pins: readonly Pin[],
  before: ReturnType<typeof readPins>,
  wanted: readonly { readonly pin: Pin }[],
): Pin | undefined {
  const now = readPins(after, pins);
  return pins.find((pin, i) => {
    if (wanted.some((one) => one.pin === pin)) return false;
    const [old, read] = [before[i], now[i]];
    return !old?.ok || !read?.ok || old.value.version !== read.value.version;
  });
}

/** Why a file cannot be edited at all; undefined when it can. */
export function unfitFile(path: string, mode: string): FilePlan | undefined {
  if (mode !== '100644' && mode !== '100755') {
    return refuse(
      'file-not-plain',
      `${path} is not a plain file (git mode ${mode}); it is not edited.`,
    );
  }
  // GitHub reality 23: touching a workflow needs a permission of its own, even for merging.
  if (path.startsWith('.github/workflows/')) {
    return refuse(
      'workflow-file',
      `${path} is a GitHub workflow, which Lastgood has no permission to change.`,
    );
  }
  return undefined;
}

function editOf(pin: Pin, before: PinValue, after: PinValue): Edit {
  return {
    pin: pin.id,
    component: pin.component,
    file: pin.file,
    line: before.line,
    from: before.version,
    to: after.version,
    before: before.token,
    after: after.token,
  };
}

function refuse(code: PlanProblem['code'], message: string, pin?: Pin): FilePlan {
  return { ...NOTHING, problems: [{ code, message, ...(pin && { pin: pin.id }) }] };
}

/** A commit as people name it. */
export function short(commit: Oid): string {
  return commit.slice(0, 12);
}
