import type { Return } from '../rollback/find-return.ts';
import { flatten } from './escape.ts';
import { shortCommit, versionName } from './names.ts';

/** What came back, who brought it, and why it was not to. Plain text. */
export function returnedSentence({ release, suspect, rolledBack }: Return): string {
  const { commit, author, subject } = release;
  const why =
    rolledBack === undefined
      ? 'Somebody quarantined it.'
      : `A rollback went away from it (release ${shortCommit(rolledBack)}).`;
  return `${versionName(suspect)} is quarantined and runs again since ${shortCommit(commit)} (${flatten(subject, 80)}) by ${flatten(author.name, 60)}, without a reland. ${why}`;
}
