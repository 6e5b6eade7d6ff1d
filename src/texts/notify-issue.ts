import type { Card } from '../notify/card.ts';
import { formatInstant } from '../time.ts';
import { inCode, inProse, linkOutside } from './escape.ts';
import { reportLink } from './report/link.ts';
import { cardAlert, cardTitle, cardVersions, plainly } from './notify.ts';

/** The label of every issue of an incident. */
export const INCIDENT_LABEL = 'lastgood:incident';

/** Begins the text of an incident's issue, unseen: whoever looks for it finds it again. */
export function issueMarker({ incident }: Pick<Card, 'incident'>): string {
  return `<!-- lastgood:incident ${incident.replaceAll('--', '%2D%2D')} -->`;
}

/** Plain text: GitHub shows it as it is. */
export function issueTitle(card: Card): string {
  return cardTitle(card);
}

/** All there is to know of an incident, in Markdown. */
export function issueBody(card: Card): string {
  const { pull, why, next, steps, alert, report } = card;
  const fired = cardAlert(card);
  const versions = cardVersions(card);
  const link = alert?.link === undefined ? undefined : linkOutside('the alert', alert.link);
  const facts = [
    `- Target: ${inCode(card.target)}`,
    ...(fired === undefined ? [] : [`- Alert: ${inProse(fired, 600)}${link ? ` ${link}` : ''}`]),
    ...(versions === undefined ? [] : [`- Versions: ${inCode(versions, 300)}`]),
    ...(pull ? [`- Pull request: #${pull.number}`] : []),
    ...(report === undefined ? [] : [`- ${reportLink(report)}`]),
  ];
  return [
    issueMarker(card),
    `**${inProse(cardTitle(card))}**`,
    facts.join('\n'),
    inProse(plainly(why), 1_000),
    ...(next === undefined ? [] : [inProse(plainly(next), 1_000)]),
    `What happened:`,
    steps
      .map(({ at, sentence }) => `- ${formatInstant(at)}: ${inProse(plainly(sentence), 600)}`)
      .join('\n'),
    'This issue is kept up to date and closed by Lastgood. Commands work here too; `/help` lists them.',
  ].join('\n\n');
}
