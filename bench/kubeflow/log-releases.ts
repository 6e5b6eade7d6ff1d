import { findTag, type FoundTag, type ImageEntry } from './find-tag.ts';
import type { LoggedVersion } from './read-log.ts';

/** A stretch of commits with one tag, as the log tells it; null where there is no such tag. */
export interface LogRelease {
  /** The commit that began it. */
  readonly commit: string;
  readonly tag: string | null;
  /** The version of the file that it began with. */
  readonly version: LoggedVersion;
  readonly found?: FoundTag;
  /** As the newest commit of the stretch writes it: quotes may have come or gone. */
  newest?: FoundTag;
}

/** The releases that the `+` and `-` lines of the log amount to, newest first. */
export function logReleases(
  log: readonly LoggedVersion[],
  entry: ImageEntry,
): readonly LogRelease[] {
  const releases: LogRelease[] = [];
  for (const version of log.toReversed()) {
    const last = releases.at(-1);
    // A move without an edit shows no lines: the file says what it said.
    if (version.after.length === 0 && version.change !== 'removed' && last) continue;
    const found = findTag(version.after, entry);
    const tag = found?.tag ?? null;
    if (last && last.tag === tag) {
      if (found) last.newest = found;
      continue;
    }
    releases.push({
      commit: version.commit,
      tag,
      version,
      ...(found && { found, newest: found }),
    });
  }
  return releases.reverse();
}
