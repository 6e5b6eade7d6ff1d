import type { Ports, Workspace } from '../rollback/workspace.ts';
import { askedBody, askedMarker } from '../texts/slack.ts';
import type { AnsweredLine } from '../texts/command-answers.ts';
import { MINUTE } from '../time.ts';
import { isOwn } from './conversation.ts';
import type { SlackAsk } from './slack-ask.ts';

/** GitHub's clock and this one may differ by so much. */
const SKEW = 10 * MINUTE;

/** Whether what somebody did in Slack stands below its pull request: then it was done, and is not done again. */
export async function isRecorded(
  { repository }: Workspace,
  ports: Ports,
  { id, at }: Pick<SlackAsk, 'id' | 'at'>,
  number: number,
): Promise<boolean> {
  const self = await ports.self(repository);
  const comments = await ports.conversation.comments(repository, number, at - SKEW);
  const marker = askedMarker(id);
  return comments.some((one) => isOwn(one, self) && one.body.startsWith(marker));
}

/**
 * Writes below a pull request what somebody did in Slack, for everybody to see. An approval is read back from there
 * when the database is lost.
 */
export async function recordAsk(
  { repository }: Workspace,
  ports: Ports,
  { id }: Pick<SlackAsk, 'id'>,
  number: number,
  done: AnsweredLine & { readonly login: string },
): Promise<void> {
  await ports.conversation.say(repository, number, askedBody(id, done));
}
