import type { Pin } from '../manifests/pin.ts';
import { readPinIn } from '../manifests/read-pin.ts';
import type { TargetPolicy } from '../policy/policy.ts';
import { chooseLastGood } from '../releases/choose-last-good.ts';
import { readReleases } from '../releases/read-releases.ts';
import { recallRollbacks } from '../releases/recall-rolled-back.ts';
import type { CommitInfo, HistorySource, Release } from '../releases/release.ts';
import { rolledBackFrom, tellRollbacks, type RolledBack } from '../releases/rolled-back.ts';
import type { Selection } from '../releases/selection.ts';
import { componentOf, versionsOf } from '../releases/versions.ts';
import type { Files } from './lay-over.ts';

type Reading = Pick<Release, 'values' | 'problems'>;

/** What runs at a target, what a pull request would make run there, and what is known of both. */
export interface ReadChange {
  readonly before: Release;
  readonly after: Reading;
  /** Where a rollback of `after` would go. */
  readonly goal: Selection;
  readonly rolledBack: RolledBack;
  /** Whether model and features of `after` change together, or ran together before. */
  readonly ranTogether: boolean;
}

/** Reads the pins of a target in some files, as one reading. */
export async function readPinsIn(
  files: Pick<Files, 'manifestAt'>,
  pins: readonly Pin[],
): Promise<Reading> {
  const values: [string, Release['values'][string]][] = [];
  const problems: Release['problems'][number][] = [];
  for (const path of new Set(pins.map(({ file }) => file))) {
    const own = pins.filter(({ file }) => file === path);
    const opened = await files.manifestAt(path);
    for (const pin of own) {
      const reading = opened?.ok === true ? readPinIn(opened.manifest, pin) : opened;
      if (reading?.ok === true) values.push([pin.id, reading.value]);
      else problems.push({ pin: pin.id, problem: reading?.problem ?? missing(path) });
    }
  }
  return { values: problems.length > 0 ? {} : Object.fromEntries(values), problems };
}

/**
 * Reads what a pull request changes at a target. `head` stands for the commit that it would bring, now. Undefined when
 * no file of the target's pins is among the changed ones.
 */
export async function readChange(
  source: HistorySource,
  files: Files,
  question: {
    readonly policy: Pick<TargetPolicy, 'target' | 'pins' | 'goal' | 'fallback'>;
    readonly base: string;
    /** The files of the commit at which the pull request left the branch. */
    readonly left: Files;
    readonly changed: { readonly has: (path: string) => boolean };
    readonly head: CommitInfo;
  },
): Promise<ReadChange | undefined> {
  const { policy, base, changed, head } = question;
  const { pins, target } = policy;
  if (!pins.some(({ file }) => changed.has(file))) return undefined;
  const proposed = await readPinsIn(files, pins);
  const left = await readPinsIn(question.left, pins);
  const releases: Release[] = [];
  for await (const release of readReleases(source, pins, base)) {
    releases.push(release);
    if (releases.length > policy.goal.maxDepth + 1) break;
  }
  const [before, ...older] = releases;
  if (!before) return undefined;
  const after = mergePins({ left, proposed, before });
  const recalled = await recallRollbacks(source, policy, base, releases);
  const rolledBack = rolledBackFrom([...tellRollbacks(releases, target), ...recalled]);
  const ended = { ...before, until: { commit: head.commit, at: head.at } };
  const goal = chooseLastGood({
    releases: [{ ...head, ...after }, ended, ...older],
    policy,
    rolledBack,
    now: head.at,
  });
  return { before, after, goal, rolledBack, ranTogether: ranTogether(after, releases) };
}

/**
 * What the pins say once the pull request is merged: what it changed since it left the branch, and what the branch
 * says now for everything else. A file that it touches elsewhere brings no old version back.
 */
export function mergePins(readings: {
  readonly left: Reading;
  readonly proposed: Reading;
  readonly before: Reading;
}): Reading {
  const { left, proposed, before } = readings;
  if ([left, proposed, before].some(({ problems }) => problems.length > 0)) return proposed;
  const merged = Object.entries(proposed.values).map(([pin, value]) => {
    const untouched = left.values[pin]?.value === value.value;
    return [pin, untouched ? (before.values[pin] ?? value) : value] as const;
  });
  return { values: Object.fromEntries(merged), problems: [] };
}

/** Whether the pair of a reading changes as a whole, or is one that ran before. */
function ranTogether(after: Reading, releases: readonly Release[]): boolean {
  const pair = Object.entries(versionsOf(after)).filter(([pin]) => {
    const component = componentOf(pin);
    return component === 'model' || component === 'features';
  });
  const ran = releases.some((release) =>
    pair.every(([pin, version]) => release.values[pin]?.version === version),
  );
  const now = releases[0];
  const changed = pair.filter(([pin, version]) => now?.values[pin]?.version !== version);
  const components = new Set(changed.map(([pin]) => componentOf(pin)));
  return ran || (components.has('model') && components.has('features'));
}

function missing(file: string): Release['problems'][number]['problem'] {
  return { code: 'file-missing', message: `${file} does not exist after this change.` };
}
