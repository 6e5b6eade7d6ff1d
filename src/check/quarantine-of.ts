import type { ReleaseChange } from './judge-release.ts';
import { changedPins } from './judge-release.ts';
import type { ReadChange } from './read-change.ts';

/** The quarantine that a pull request would break: a version that it brings, and that a rollback went away from. */
export function quarantineOf(change: ReadChange): ReleaseChange['quarantine'] | undefined {
  const changed = changedPins(change.before, change.after);
  const back = change.rolledBack.versions.filter(
    ({ pin, version }) => changed.includes(pin) && change.after.values[pin]?.version === version,
  );
  if (back.length === 0) return undefined;
  return {
    versions: Object.fromEntries(back.map(({ pin, version }) => [pin, version])),
    because: 'A rollback went away from it.',
    relanded: false,
  };
}
