/**
 * Posts to Slack what waits in its lane: cards of incidents and answers to people.
 *
 * What must hold: one thread an incident, whoever posts and however often; Slack being slow or gone keeps nothing else
 * waiting; its limits are kept (429 with Retry-After rests the lane).
 *
 * How: of several cards of one incident that wait, only the newest is posted. Where its message stands is stored as
 * soon as Slack has said so, and from then on it is edited. A process that dies in between leaves a message that
 * is not edited any more; nothing in Slack's API could prevent that without reading the channel.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Documents } from '../../store/documents.ts';
import type { Item, Json } from '../../store/item.ts';
import { PauseLane, type Outcome, type Settlement, type Turn } from '../../store/settlement.ts';
import { isOver, type Card, type CardState } from '../card.ts';
import type { SlackAnswer, SlackCard } from '../notices.ts';
import { cardMessage, outcomeMessage, answerMessage } from '../../texts/notify-slack.ts';
import { SlackError, type SlackClient } from './client.ts';

/** The lane of all that is posted to Slack: one after another. */
export const SLACK = 'slack';

/** The kind of the documents that say where the thread of an incident is. */
const THREAD = 'thread';

/** Where the message of an incident stands, and what it shows. */
interface Thread {
  /** Absent: posted through a webhook, which tells nothing of it. */
  readonly ts?: string;
  readonly channel: string;
  readonly revision: number;
  /** The last state that was told by a message of its own: the outcome, and what became of it since. */
  readonly told?: CardState;
}

export interface SlackPostParts {
  readonly client: SlackClient;
  readonly documents: Pick<Documents, 'get'>;
  readonly webhookUrl: string | undefined;
  readonly edits: boolean;
  readonly posted: (outcome: 'ok' | 'retried' | 'refused') => void;
}

const cardItem = z.object({
  repository: z.object({ id: z.number(), name: z.string() }),
  channel: z.string(),
  card: z.custom<SlackCard['card']>(
    (value) => typeof value === 'object' && value !== null && 'revision' in value,
  ),
});
const answerItem = z.object({ id: z.string(), url: z.string(), text: z.string() });

export async function postNotices(parts: SlackPostParts, turn: Turn): Promise<Settlement> {
  const outcomes = new Map<number, Outcome>();
  for (const { item, newest } of newestFirst(turn.items)) {
    if (turn.signal.aborted) {
      outcomes.set(item.id, { kind: 'untouched' });
      continue;
    }
    if (!newest) {
      outcomes.set(item.id, { kind: 'handled' });
      continue;
    }
    try {
      await postOne(parts, turn, item);
      parts.posted('ok');
    } catch (error) {
      if (!(error instanceof SlackError)) throw error;
      parts.posted(error.passing ? 'retried' : 'refused');
      if (error.passing) {
        throw new PauseLane(error.message, {
          ...(error.after !== undefined && { after: error.after }),
        });
      }
      outcomes.set(item.id, { kind: 'dead', why: error.message });
    }
  }
  return { outcomes };
}

/** Every item, with whether a later one of the same incident makes it needless. */
function newestFirst(items: readonly Item[]): { item: Item; newest: boolean }[] {
  const newest = new Map<string, { readonly id: number; readonly revision: number }>();
  for (const item of items) {
    const card = cardItem.safeParse(item.payload);
    if (item.kind !== 'card' || !card.success) continue;
    const key = threadKey(card.data);
    const { revision } = card.data.card;
    if (revision >= (newest.get(key)?.revision ?? 0)) newest.set(key, { id: item.id, revision });
  }
  const chosen = new Set([...newest.values()].map(({ id }) => id));
  return items.map((item) => ({ item, newest: item.kind !== 'card' || chosen.has(item.id) }));
}

async function postOne(parts: SlackPostParts, turn: Turn, item: Item): Promise<void> {
  const done = new Map([[item.id, { kind: 'handled' } as const]]);
  if (item.kind === 'answer') {
    const { url, text } = answerItem.parse(item.payload) satisfies SlackAnswer;
    await parts.client.post(url, { ...answerMessage(text) });
    await turn.settle({ outcomes: done });
    return;
  }
  const notice = cardItem.parse(item.payload);
  const key = threadKey(notice);
  const known = (await parts.documents.get(SLACK, THREAD, key)) as unknown as Thread | undefined;
  const news = newsOf(notice.card, known);
  if (known && known.revision >= notice.card.revision && known.told === news) return;
  const put = (thread: Thread) =>
    ({ kind: 'put', of: THREAD, key, value: thread as unknown as Json }) as const;
  if (!parts.edits) {
    const thread = await throughWebhook(parts, notice, known);
    if (thread) await turn.settle({ outcomes: done, changes: [put(thread)] });
    return;
  }
  const { thread, isNew } = await write(parts.client, notice, known);
  const tells = news !== known?.told && !isNew;
  // Stored at once, so that what comes next edits it, whatever becomes of this turn.
  await turn.settle({ changes: [put(isNew ? withNews(thread, news) : thread)] });
  if (tells) {
    const { channel, ts } = thread;
    await parts.client.call('chat.postMessage', {
      channel,
      thread_ts: ts,
      reply_broadcast: true,
      ...outcomeMessage(notice),
    });
  }
  await turn.settle({ outcomes: done, changes: [put(withNews(thread, news))] });
}

/**
 * What is worth a message of its own: how an incident ended, and how it stands whenever that changes afterwards.
 * Answers what was told last where nothing is.
 */
function newsOf(card: Card, known: Thread | undefined): CardState | undefined {
  return isOver(card) || known?.told !== undefined ? card.state : undefined;
}

function withNews(thread: Thread, news: CardState | undefined): Thread {
  return news === undefined ? thread : { ...thread, told: news };
}

/** Words of Slack for a message that is not there to be edited any more. */
const GONE: ReadonlySet<string> = new Set([
  'message_not_found',
  'cant_update_message',
  'edit_window_closed',
  'channel_not_found',
]);

async function write(
  client: SlackClient,
  notice: SlackCard,
  known: Thread | undefined,
): Promise<{ readonly thread: Thread; readonly isNew: boolean }> {
  const { revision } = notice.card;
  const message = cardMessage(notice);
  if (known?.ts !== undefined) {
    try {
      const { channel, ts } = known;
      await client.call('chat.update', { channel, ts, ...message });
      return { thread: { ...known, revision }, isNew: false };
    } catch (error) {
      if (!(error instanceof SlackError) || !GONE.has(error.code ?? '')) throw error;
    }
  }
  const { ts, channel = notice.channel } = await client.call('chat.postMessage', {
    channel: notice.channel,
    ...message,
    unfurl_links: false,
    unfurl_media: false,
  });
  return {
    thread: { channel, revision, ...(ts !== undefined && { ts }) },
    isNew: true,
  };
}

/** Says it at the start and at the end only: what a webhook posts cannot be edited. */
async function throughWebhook(
  { client, webhookUrl }: SlackPostParts,
  notice: SlackCard,
  known: Thread | undefined,
): Promise<Thread | undefined> {
  const { card, channel } = notice;
  const news = newsOf(card, known);
  if (webhookUrl === undefined || (known && known.told === news)) return undefined;
  const { text, blocks } = cardMessage(notice, 'no-buttons');
  await client.post(webhookUrl, { text, blocks });
  return withNews({ channel, revision: card.revision }, news);
}

function threadKey({
  repository,
  card,
}: {
  readonly repository: { readonly id: number };
  readonly card: { readonly incident: string };
}): string {
  return createHash('sha256').update(`${repository.id} ${card.incident}`).digest('hex');
}
