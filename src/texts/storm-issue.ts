import type { Storm } from '../decision/decision.ts';
import type { Card } from '../notify/card.ts';
import type { Cluster } from '../policy/policy.ts';
import { inCode, inProse } from './escape.ts';
import { count } from './names.ts';
import { plainly } from './notify.ts';
import { stormSentence } from './storm.ts';

/** Begins the text of a storm's issue, unseen. A repository has one storm at a time. */
export const STORM_MARKER = '<!-- lastgood:storm -->';

/** So many incidents are listed; the rest is counted. */
const LISTED = 50;

/** Plain text: GitHub shows it as it is. */
export function stormIssueTitle({ models }: Pick<Storm, 'models'>): string {
  return `A storm: ${count(models.length, 'model')} began to fail together`;
}

/** What is known of a storm, and how its incidents stand, in Markdown. */
export function stormIssueBody(storm: Storm, rule: Cluster, cards: readonly Card[]): string {
  const lines = cards.slice(0, LISTED).map(({ target, pull, why }) => {
    const at = pull ? ` (#${pull.number})` : '';
    return `- ${inCode(target)}${at}: ${inProse(plainly(why, 300), 400)}`;
  });
  const rest = cards.length - lines.length;
  return [
    STORM_MARKER,
    inProse(stormSentence(storm, rule), 2_000),
    [...lines, ...(rest > 0 ? [`- and ${rest} more`] : [])].join('\n'),
    'While it lasts this issue stands for those of its incidents. Lastgood closes it when it is over.',
  ]
    .filter((one) => one !== '')
    .join('\n\n');
}
