import type { Restorable, Restoration } from '../automation/restore.ts';
import type { RestoreOutcome, RestoreRequest } from '../rollback/propose-restore.ts';
import { targetKey, type Target } from '../target.ts';
import { formatInstant } from '../time.ts';
import { inCode, inCommit, inProse } from './escape.ts';
import { listOf } from './names.ts';

/** So many places are named. */
const SHOWN = 10;

const WHAT: Readonly<Record<Restorable['kind'], string>> = {
  flux: 'The comment by which Flux sets a pin',
  'argocd-image-updater': 'The annotation by which Argo CD Image Updater sets images',
  renovate: 'Renovate proposes updates again',
};

/** The title of the pull request that puts automation back in force. */
export function restoreTitle(target: Target): string {
  return `Let the automation of ${targetKey(target)} run again`;
}

/** The message of its commit. */
export function restoreCommit(
  target: Target,
  { version, by, at }: RestoreRequest,
): { readonly headline: string; readonly body: string } {
  const who = inCommit(`@${by.login}`);
  return {
    headline: restoreTitle(target),
    body: `${who} let ${inCommit(version, 80)} back at ${formatInstant(at)}. This puts back what rollbacks took out of force. No other byte changes.`,
  };
}

/** Its text. Markdown. */
export function restoreBody(
  target: Target,
  { version, by, at }: RestoreRequest,
  { restored, left }: Restoration,
): string {
  const name = inCode(targetKey(target));
  const parts = [
    `A rollback of ${name} took out of force what would have set the bad version again by itself. ${inCode(by.login)} let ${inCode(version, 80)} back at ${formatInstant(at)}, so this puts it back. No other byte changes.`,
    restored
      .slice(0, SHOWN)
      .map((one) => `- ${WHAT[one.kind]}: ${place(one)}.`)
      .join('\n'),
    ...(left.length > 0 ? [leftSentence(left)] : []),
    `Once this is merged, the automation may set the version by itself: that is the one release that the reland lets through. Merge it when you want that, or after a pull request brought the version. Closing it leaves the automation out of force.`,
  ];
  return parts.join('\n\n');
}

/** What becomes of the automation after a reland, behind its answer. Markdown. */
export function restoreSentence(outcome: RestoreOutcome): string {
  switch (outcome.kind) {
    case 'nothing':
      return '';
    case 'proposed': {
      const more = outcome.left.length > 0 ? ` ${leftSentence(outcome.left)}` : '';
      return ` #${outcome.number} puts back in force what would set the version by itself: merge it when it may.${more}`;
    }
    case 'by-hand': {
      const why = outcome.why === undefined ? '' : ` ${inProse(outcome.why, 300)}`;
      const places = [...outcome.restored, ...outcome.left].slice(0, SHOWN).map(place);
      return ` Lastgood could not propose to put back in force what would set the version by itself.${why} Put it back by hand: ${listOf(places)}.`;
    }
  }
}

function leftSentence(left: Restoration['left']): string {
  const places = left.slice(0, SHOWN).map((one) => `${place(one)} (${inProse(one.why, 200)})`);
  return `Put this back by hand: ${listOf(places)}.`;
}

function place({ file, line }: Restorable): string {
  return `${inCode(file, 200)} line ${line}`;
}
