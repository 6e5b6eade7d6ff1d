import { soakOf } from '../releases/choose-last-good.ts';
import type { Release } from '../releases/release.ts';
import type { Selection } from '../releases/selection.ts';
import { versionsOf } from '../releases/versions.ts';
import { formatDuration, formatInstant, type Instant } from '../time.ts';
import { inCell, inSentence } from './escape.ts';
import { shortCommit } from './names.ts';
import { passedOverSentence } from './passed-over.ts';

/** The releases of a target, newest first, and what each is for a rollback. Markdown. */
export function historyText(history: {
  readonly releases: readonly Release[];
  readonly more: boolean;
  readonly selection: Selection;
  readonly now: Instant;
}): string {
  const { releases, more, selection, now } = history;
  const rows = releases.map((release, index) => {
    const { commit, at, author, problems } = release;
    const versions =
      problems.length > 0
        ? 'cannot be read'
        : Object.entries(versionsOf(release))
            .slice(0, 4)
            .map(([pin, version]) => `${pin} ${inCell(version, 60)}`)
            .join(', ');
    return `| ${shortCommit(commit)} | ${formatInstant(at)} | ${formatDuration(soakOf(release, now))} | ${versions} | ${inCell(author.name, 40)} | ${standing(release, index, selection)} |`;
  });
  const table = [
    '| Release | Since | Ran | Versions | By | |',
    '| --- | --- | --- | --- | --- | --- |',
    ...rows,
  ].join('\n');
  return more ? `${table}\n\nThe newest ${releases.length}.` : table;
}

function standing(release: Release, index: number, selection: Selection): string {
  if (index === 0) return 'Runs.';
  if (selection.kind === 'release' && selection.release.commit === release.commit) {
    return '**Last good.**';
  }
  const over = selection.passedOver.find((one) => one.release.commit === release.commit);
  return over ? inSentence(passedOverSentence(over).replaceAll('|', '¦'), 300) : '';
}
