import type { Release } from '../releases/release.ts';
import { versionsOf } from '../releases/versions.ts';
import { targetKey, type Target } from '../target.ts';
import { inCode, inProse } from './escape.ts';
import { shortCommit, versionName } from './names.ts';

/**
 * Why Lastgood closes a rollback that it opened: its bad release no longer runs. `already`: what runs is what the
 * rollback wanted. Markdown.
 */
export function closedSentence(closed: {
  readonly target: Target;
  readonly running: Release;
  readonly already: boolean;
}): string {
  const { running, already } = closed;
  const target = inCode(targetKey(closed.target));
  const runs = versionName(versionsOf(running), (version) => inCode(version, 80));
  const by = `${shortCommit(running.commit)} by ${inProse(running.author.name, 60)}`;
  if (already) {
    return `${target} is back at ${runs} already, with ${by}. There is nothing left to roll back.`;
  }
  return `The bad release no longer runs: ${target} went to ${runs} with ${by}. If that one is bad too, its alert opens another rollback.`;
}
