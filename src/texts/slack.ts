import { inCode } from './escape.ts';

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

/** The card is of an earlier state. Markdown. */
export function staleCard(number: number): string {
  return `Nothing was done: pull request #${number} is not as this card shows it any more. Look at the pull request, or at the newest card.`;
}

/** It is not known which repository is meant. Markdown. */
export function whichRepository(known: number): string {
  const why =
    known === 0
      ? 'the App is installed on no repository'
      : `the App is installed on ${known} repositories`;
  return `Nothing was done: ${why}, and nothing says which one this channel is about. Begin with ${inCode('in owner/name')}, as in ${inCode('in acme/models status')}, or have the channel added to the file of LASTGOOD_SLACK_FILE.`;
}
