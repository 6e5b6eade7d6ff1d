import { isOwn } from '../commands/conversation.ts';
import { waitedMark, type WaitedMark } from '../texts/waited.ts';
import { MINUTE, type Instant } from '../time.ts';
import type { Ports, Workspace } from './workspace.ts';

/** GitHub's clock and this one may differ by so much. */
const SKEW = 10 * MINUTE;

/** Whether the App has said that about the wait. */
export async function hasSaid(
  { repository }: Workspace,
  ports: Ports,
  number: number,
  since: Instant,
  mark: WaitedMark,
): Promise<boolean> {
  const self = await ports.self(repository);
  const comments = await ports.conversation.comments(repository, number, since - SKEW);
  const begins = waitedMark(since, mark);
  return comments.some((one) => isOwn(one, self) && one.body.startsWith(begins));
}
