import type { Release } from '../releases/release.ts';
import type { PassedOverReason, Selection } from '../releases/selection.ts';

/** What a release is for a rollback: what runs, where it would go, or why it would not go there. */
export type Standing = 'running' | 'last-good' | PassedOverReason;

/** The standing of the release at a place in the list, newest first; null where the choice did not look. */
export function standingOf(release: Release, index: number, selection: Selection): Standing | null {
  if (index === 0) return 'running';
  const { commit } = release;
  if (selection.kind === 'release' && selection.release.commit === commit) return 'last-good';
  const over = selection.passedOver.find((one) => one.release.commit === commit);
  if (over) return over.reason;
  return release.problems.length > 0 ? 'unreadable' : null;
}

/** A standing in a few words, for a table; the whole sentences are said by `plan`. */
export function standingWords(release: Release, standing: Standing | null): string {
  switch (standing) {
    case null:
      return '';
    case 'running':
      return release.problems.length > 0 ? 'runs, cannot be read' : 'runs';
    case 'last-good':
      return 'last good';
    case 'unreadable':
      return 'cannot be read';
    case 'same-as-running':
      return 'same versions as what runs';
    case 'rolled-back-from':
      return 'rolled back from';
    case 'quarantined':
    case 'quarantined-by-hand':
      return 'quarantined';
    case 'beyond-max-depth':
      return 'too far back (maxDepth)';
    case 'too-short-soak':
      return 'ran too short (minSoak)';
    case 'not-the-requested-version':
      return 'another version';
  }
}
