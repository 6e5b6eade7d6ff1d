import type { Release } from '../releases/release.ts';
import type { Committed } from '../rollback/commit-state.ts';
import type { Restriction } from '../state/state.ts';
import { targetKey, type Target } from '../target.ts';
import { formatInstant, type Instant } from '../time.ts';
import { inCode, inProse } from './escape.ts';
import { shortCommit } from './names.ts';
import { restrictionWords } from './restriction.ts';

const name = (target: Target): string => inCode(targetKey(target));
const which = (target: Target, version: string): string =>
  `${inCode(version, 80)} of ${name(target)}`;

/** Why the state was not changed. Markdown. */
export function notWrittenSentence(
  committed: Extract<Committed, { kind: 'unreadable' | 'forbidden' }>,
): string {
  return committed.kind === 'unreadable'
    ? `Nothing was done, because ${inCode(committed.file)} cannot be read, and writing it anew would lose what it says. Mend the file on the branch of Lastgood’s state.`
    : `Nothing was done, because Lastgood could not write its state. ${inProse(committed.message, 300)} Close the rollback’s pull request to stop it, and run lastgood doctor.`;
}

export function heldSentence(target: Target, until: Instant | undefined): string {
  const end =
    until === undefined
      ? 'until somebody lifts it with `/unhold`'
      : `until ${formatInstant(until)}, or somebody lifts it with \`/unhold\``;
  return `${name(target)} is held: nothing merges for it ${end}.`;
}

export function stillHeldSentence(target: Target, hold: Restriction | undefined): string {
  return `${name(target)} is held already for as long or longer: ${restrictionWords(hold, 'holds it')}.`;
}

export function liftedSentence(target: Target): string {
  return `The hold of ${name(target)} is lifted. What waited for that goes on.`;
}

export function notHeldSentence(target: Target): string {
  return `${name(target)} is not held. Nothing was done.`;
}

export function frozenSentence(until: Instant | undefined): string {
  const end =
    until === undefined
      ? 'until somebody lifts that with `/unfreeze`'
      : `until ${formatInstant(until)}, or somebody lifts that with \`/unfreeze\``;
  return `This repository is frozen: Lastgood does nothing by itself ${end}. What people approve still merges.`;
}

export function stillFrozenSentence(freeze: Restriction | undefined): string {
  return `This repository is frozen already for as long or longer: ${restrictionWords(freeze, 'froze it')}.`;
}

export function thawedSentence(): string {
  return 'The freeze is lifted. What waited for that goes on.';
}

export function notFrozenSentence(): string {
  return 'This repository is not frozen. Nothing was done.';
}

export function baselineSentence(target: Target, version: string, release: Release): string {
  return `${which(target, version)}, brought by ${shortCommit(release.commit)}, is designated as good: a rollback goes there first.`;
}

export function quarantinedBaselineSentence(target: Target, version: string): string {
  return `${which(target, version)} is quarantined, so it cannot be designated as good. ${inCode('/reland')} it first.`;
}

export function neverRanSentence(target: Target, version: string): string {
  return `${which(target, version)} never ran, as far as the history tells. ${inCode(`/history ${targetKey(target)}`)} lists what did.`;
}

export function noModelSentence(target: Target): string {
  return `${name(target)} pins neither a model nor an image, so it has no version that a command could name.`;
}

export function quarantinedSentence(target: Target, version: string, runs: boolean): string {
  const now = runs
    ? ` It runs now: ${inCode(`/rollback ${targetKey(target)}`)} takes the target back.`
    : '';
  return `${which(target, version)} is quarantined: no rollback goes to it, and pull requests that bring it fail the check until somebody relands it.${now}`;
}

export function stillQuarantinedSentence(target: Target, version: string): string {
  return `${which(target, version)} is quarantined already. Nothing was done.`;
}

export function relandSentence(target: Target, version: string, hasGoal: boolean): string {
  const without = hasGoal ? '' : ' There is no good release to go back to if it fails again.';
  return `${which(target, version)} may come back, for one release: bring it with a pull request.${without}`;
}

export function notQuarantinedSentence(target: Target, version: string): string {
  return `${which(target, version)} is not quarantined, so nothing keeps it from coming back. Nothing was done.`;
}

export function coolingSentence(target: Target, version: string, when: Instant): string {
  return `${which(target, version)} was let back before and failed again, so it waits longer each time: it may be relanded from ${formatInstant(when)}. Nothing was done.`;
}
