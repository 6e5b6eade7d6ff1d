import type { AnsweredLine } from './command-answers.ts';
import { answerLine } from './commands.ts';
import { flatten, inCode } from './escape.ts';

/** What somebody in Slack reads at once; what came of it follows. */
export const SLACK_TAKEN = 'Taken. The answer follows.';

/** Why a hold or a no that was given by a button was given. */
export const SLACK_HOLD_REASON = 'held in Slack';
export const SLACK_REJECT_REASON = 'rejected in Slack';

export const SLACK_UNSIGNED =
  'The signature does not fit. Set LASTGOOD_SLACK_SIGNING_SECRET to the signing secret of the Slack app.';
export const SLACK_OLD = 'The request is older than five minutes, or the clocks differ by as much.';
export const SLACK_REPLAYED = 'This request came before. Nothing was done.';
export const SLACK_NOT_UNDERSTOOD =
  'This is neither a slash command nor a button of Lastgood. Nothing was done.';
export const SLACK_NOT_STORED = 'Lastgood cannot take this now. Try again in a moment.';

export function slackMethod(method: string): string {
  return `${method} is not possible here. Slack sends what people ask for with POST.`;
}

/** Nobody knows who they are at GitHub. Markdown. */
export function notMapped(user: string): string {
  return `Nothing was done: nobody knows who you are at GitHub. Have ${inCode(`${user}: your-login`)} added to the users in the file of LASTGOOD_SLACK_FILE. Until then you can look: ${inCode('status')}, ${inCode('history')}, ${inCode('plan')}, ${inCode('help')}.`;
}

/** What somebody asked for in Slack and what came of it, on one line of plain text. */
export function askedSentence(login: string, { quote, text, outcome }: AnsweredLine): string {
  const [first = ''] = text.split('\n\n');
  const no = outcome === 'refused' || outcome === 'unheard' ? ' no:' : '';
  return `${flatten(login)} in Slack: ${flatten(quote, 200)} →${no} ${flatten(first, 600)}`;
}

/** What something that was asked for in Slack is recognised by, in the manner of a comment. */
export function askedName(id: string): string {
  return `slack ${Number.parseInt(id.slice(0, 12), 16)}`;
}

/** Begins the comment about what somebody did in Slack, unseen, in the manner of every answer. */
export function askedMarker(id: string): string {
  return `<!-- lastgood:answer ${askedName(id)} -->`;
}

/** What stands below a pull request of what somebody did in Slack. Markdown. */
export function askedBody(
  id: string,
  { login, quote, text, mark }: AnsweredLine & { readonly login: string },
): string {
  const head = [
    askedMarker(id),
    ...(mark === undefined ? [] : [mark]),
    `${inCode(login)} in Slack:`,
  ];
  return `${head.join('\n')}\n\n${answerLine(quote, text)}`;
}

/** It was done before the process died, and is not done again. */
export const SLACK_DONE = 'It is done; the pull request says what came of it.';

/** The card is of an earlier state. Markdown. */
export function staleCard(number: number): string {
  return `Nothing was done: pull request #${number} is not as this card shows it any more. Look at the pull request, or at the newest card.`;
}

/** It is not known which repository is meant. Markdown. */
export function whichRepository(known: number): string {
  if (known === 0) return 'Nothing was done: the App is installed on no repository.';
  return `Nothing was done: nothing says which repository this is about, or the App is not installed on it. Begin with ${inCode('in owner/name')}, as in ${inCode('in acme/models status')}, or have the channel added to the file of LASTGOOD_SLACK_FILE.`;
}
