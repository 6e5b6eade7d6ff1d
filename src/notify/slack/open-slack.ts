import type { Issues } from '../issues.ts';
import type { Notices } from '../notices.ts';
import type { Json } from '../../store/item.ts';
import type { Settlement, Turn } from '../../store/settlement.ts';
import type { Store } from '../../store/store.ts';
import { MINUTE, type Instant } from '../../time.ts';
import { createSlackClient } from './client.ts';
import { postNotices, SLACK } from './post-notices.ts';
import type { SlackSetup } from './setup.ts';
import { OLDEST_REQUEST } from './signature.ts';

/** Slack as the rest of the program sees it. */
export interface Slack {
  readonly notices: Notices;
  /** Posts what waits in the lane of Slack. */
  readonly post: (turn: Turn) => Promise<Settlement>;
  /** Notes a request by its id; answers whether it is new. */
  remember(id: string, at: Instant): Promise<boolean>;
}

export interface SlackParts {
  readonly setup: SlackSetup | undefined;
  readonly store: Pick<Store, 'accept' | 'documents'>;
  readonly issues: Issues;
  readonly accountOf: Notices['people']['accountOf'];
  /** Counts what was told, and what of it failed. */
  readonly noticed: (to: 'slack' | 'issue', outcome: 'ok' | 'retried' | 'refused') => void;
}

/** The kind of the documents that remember requests. */
const REQUEST = 'request';
/** Longer than a request is taken for. */
const REMEMBERED = 2 * OLDEST_REQUEST + MINUTE;

export function openSlack(parts: SlackParts): Slack {
  const { setup, store, issues, accountOf, noticed } = parts;
  const { documents } = store;
  const edits = setup?.botToken !== undefined;
  const posts = edits || setup?.webhookUrl !== undefined;
  const client = createSlackClient({ apiUrl: setup?.apiUrl ?? '', botToken: setup?.botToken });
  const accept = (kind: string, key: string, payload: object, priority: number): Promise<void> =>
    store.accept([{ lane: SLACK, kind, key, payload: payload as Json, priority }]);
  return {
    notices: {
      issues,
      people: { loginOf: (user) => setup?.directory.users.get(user), accountOf },
      told: (outcome) => noticed('issue', outcome === 'ok' ? 'ok' : 'retried'),
      ...(setup && {
        slack: {
          async tell(notice) {
            if (!posts) return;
            const { repository, card, channel } = notice;
            // The same card comes again after a crash, and a lost database begins to count anew.
            const key = `${repository.id} ${card.at} ${card.revision} ${channel} ${card.incident}`;
            await accept('card', key, notice, 20);
          },
          answer: (one) => accept('answer', `answer ${one.id}`, one, 50),
        },
      }),
    },
    post: (turn) =>
      postNotices(
        {
          client,
          documents,
          webhookUrl: setup?.webhookUrl,
          edits,
          posted: (outcome) => noticed('slack', outcome),
        },
        turn,
      ),
    async remember(id, at) {
      const known = await documents.list(SLACK, REQUEST);
      if (known.some(({ key }) => key === id)) return false;
      for (const { key, value } of known) {
        if (typeof value !== 'number' || at - value > REMEMBERED)
          await documents.delete(SLACK, REQUEST, key);
      }
      await documents.put(SLACK, REQUEST, id, at);
      return true;
    },
  };
}
