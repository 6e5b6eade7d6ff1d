/**
 * Posts calls by one way, in their order, until each of them arrives or is refused for good.
 *
 * The races: a process dies after a post and before it is on the disk; the other side is down for hours; an incident is
 * over before the call about it arrived; a call about it was refused.
 *
 * What must hold: a call may arrive twice after a crash, with the same key; an end never arrives before its call, and
 * only where a call of that incident arrived by this way.
 *
 * How: a way has a lane of its own, which rests as a whole while the other side takes nothing. What arrived is noted
 * with its acknowledgement; an end without such a note has nothing to take back.
 */
import { z } from 'zod';
import { SEVERITIES } from '../policy/policy.ts';
import type { Documents } from '../store/documents.ts';
import type { Item } from '../store/item.ts';
import {
  PauseLane,
  type Change,
  type Outcome,
  type Settlement,
  type Turn,
} from '../store/settlement.ts';
import { dedupKeyOf } from './pagerduty-way.ts';
import type { StoredPage, StoredPagesOver } from './pager.ts';
import type { PageEvent, Way } from './way.ts';

const pageItem: z.ZodType<StoredPage> = z.object({
  key: z.string(),
  repository: z.string().exactOptional(),
  repositoryId: z.number().exactOptional(),
  incident: z.string().exactOptional(),
  severity: z.enum(SEVERITIES),
  sentence: z.string(),
  at: z.number(),
});

const overItem: z.ZodType<StoredPagesOver> = z.object({
  key: z.string(),
  repository: z.string(),
  repositoryId: z.number(),
  incident: z.string(),
  sentence: z.string(),
  at: z.number(),
});

export interface PostParts {
  /** Absent: the setting that says where is not there any more. */
  readonly way: Way | undefined;
  /** The setting, by its name. */
  readonly setting: string;
  readonly documents: Pick<Documents, 'get'>;
  /** Counts it. */
  readonly posted: (outcome: 'ok' | 'retried' | 'refused') => void;
}

/** The kind of the documents that note which incidents people were called about. */
const CALLED = 'called';

/** Posts what waits in one way's lane. */
export async function postPages(turn: Turn, parts: PostParts): Promise<Settlement> {
  const left = new Map<number, Outcome>(turn.items.map(({ id }) => [id, { kind: 'untouched' }]));
  for (const item of turn.items) {
    if (turn.signal.aborted) break;
    const { outcome, changes } = await postOne(parts, turn.lane, item);
    // Stored at once: a crash repeats one at most, and the end of an incident finds its call.
    await turn.settle({ outcomes: new Map([[item.id, outcome]]), changes });
    left.delete(item.id);
  }
  return { outcomes: left };
}

interface Done {
  readonly outcome: Outcome;
  readonly changes: readonly Change[];
}

/** Throws {@link PauseLane} when it may arrive later. */
async function postOne(parts: PostParts, lane: string, item: Item): Promise<Done> {
  const { way, setting, documents, posted } = parts;
  const dead = (why: string): Done => {
    posted('refused');
    return { outcome: { kind: 'dead', why }, changes: [] };
  };
  if (!way) return dead(`${setting} is not set any more.`);
  const event = eventOf(item);
  if (!event) return dead('This is no call that this program can read.');
  const key = dedupKeyOf(event);
  const { action, incident, at } = event;
  if (action === 'resolve' && (await documents.get(lane, CALLED, key)) === undefined) {
    return { outcome: { kind: 'handled' }, changes: [] };
  }
  const answer = await way.post(event);
  if (answer.kind === 'refused') return dead(answer.why);
  if (answer.kind === 'later') {
    posted('retried');
    const { why, after } = answer;
    throw new PauseLane(why, { ...(after !== undefined && { after }) });
  }
  posted('ok');
  const about = { of: CALLED, key };
  const change: Change =
    action === 'trigger' ? { kind: 'put', ...about, value: { at } } : { kind: 'delete', ...about };
  return { outcome: { kind: 'handled' }, changes: incident === undefined ? [] : [change] };
}

function eventOf({ kind, payload }: Item): PageEvent | undefined {
  if (kind === 'resolve') {
    const over = overItem.safeParse(payload);
    return over.success ? { action: 'resolve', ...over.data } : undefined;
  }
  const page = pageItem.safeParse(payload);
  return page.success ? { action: 'trigger', ...page.data } : undefined;
}
