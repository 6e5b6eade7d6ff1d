import { bringsBack } from '../releases/suspects.ts';
import { versionsOf, type Versions } from '../releases/versions.ts';
import { isQuarantined, relandOf } from '../state/look-up.ts';
import type { Quarantine, State } from '../state/state.ts';
import type { Target } from '../target.ts';
import { formatInstant } from '../time.ts';
import { flatten } from '../texts/escape.ts';
import type { ReleaseChange } from './judge-release.ts';
import type { ReadChange } from './read-change.ts';

/**
 * The quarantine that a pull request would break: it brings back what a rollback went away from, or what somebody
 * quarantined, and what does not run now anyway. A reland lets it pass.
 */
export function quarantineOf(
  change: Pick<ReadChange, 'before' | 'after' | 'rolledBack'>,
  target: Target,
  state: State,
): ReleaseChange['quarantine'] | undefined {
  const now = versionsOf(change.before);
  const then = versionsOf(change.after);
  const isNew = (suspect: Versions): boolean =>
    bringsBack(then, suspect) && !bringsBack(now, suspect);
  const marked = isQuarantined(state, target, then);
  const suspect = change.rolledBack.suspects.find(isNew);
  const pins = marked && isNew(marked.pins) ? marked.pins : suspect;
  if (pins === undefined) return undefined;
  const because = marked ? markedSentence(marked) : 'A rollback went away from it.';
  return { versions: pins, because, relanded: relandOf(state, target, then) !== undefined };
}

function markedSentence({ by, at, reason, incident }: Quarantine): string {
  const who = by ? ` by \`${by.login}\`` : incident === undefined ? '' : ' by a rollback';
  const when = at === undefined ? '' : ` on ${formatInstant(at)}`;
  const why = reason === undefined ? '' : flatten(reason, 200);
  if (why === '') return `Quarantined${who}${when}.`;
  return `Quarantined${who}${when}: ${why}${/[.!?…]$/.test(why) ? '' : '.'}`;
}
