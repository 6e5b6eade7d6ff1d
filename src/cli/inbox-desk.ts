import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { createDesk, type InboxDesk, type InboxView } from '../inbox/desk.ts';
import { openStore } from '../inbox/open-inbox.ts';
import type { Settings } from '../settings.ts';
import { StoreError, StoreInUse } from '../store/errors.ts';
import { messageOf } from '../store/sqlstate.ts';
import { SECOND } from '../time.ts';
import { ADMIN_INBOX } from '../web/admin-inbox.ts';
import { CommandFailed, EXIT } from './exit-codes.ts';

/** A desk, and how to leave it. */
export interface OpenDesk {
  readonly desk: InboxDesk;
  close(): Promise<void>;
}

type Place = Pick<Settings, 'dataFolder' | 'databaseUrl' | 'host' | 'port' | 'adminToken'>;

/**
 * The desk where the inbox is: the PostgreSQL of the settings; the embedded database in the folder, while no process
 * has it; else the process that has it, over HTTP.
 */
export async function openDesk(place: Place): Promise<OpenDesk> {
  if (place.databaseUrl === undefined && !existsSync(join(place.dataFolder, 'store'))) {
    throw new CommandFailed(
      EXIT.unreadable,
      `There is no inbox in ${place.dataFolder}: it is made when Lastgood starts. Compare LASTGOOD_DATA and DATABASE_URL with those of the service.`,
    );
  }
  try {
    const store = await openStore(place);
    return { desk: createDesk(store, () => undefined), close: () => store.close() };
  } catch (error) {
    if (error instanceof StoreInUse)
      return { desk: askProcess(place), close: async () => undefined };
    if (error instanceof StoreError) throw new CommandFailed(EXIT.unreadable, error.message);
    throw error;
  }
}

const instant = z.number();
const itemSchema = z.object({
  id: z.number(),
  lane: z.string(),
  kind: z.string(),
  state: z.enum(['waiting', 'later', 'dead']),
  priority: z.number(),
  arrivedAt: instant,
  dueAt: instant.exactOptional(),
  diedAt: instant.exactOptional(),
  tries: z.number(),
  why: z.string().exactOptional(),
});
const viewSchema: z.ZodType<InboxView> = z.object({
  lanes: z.array(
    z.object({
      lane: z.string(),
      waiting: z.number(),
      later: z.number(),
      dead: z.number(),
      oldest: instant.exactOptional(),
      pausedUntil: instant.exactOptional(),
      pauseWhy: z.string().exactOptional(),
    }),
  ),
  items: z.array(itemSchema),
  total: z.number(),
});
const wholeSchema = itemSchema.extend({ payload: z.json() });
const doneSchema = z.object({ done: z.literal(true) });
const replayedSchema = z.object({ replayed: z.number() });

/** Asks the process that has the inbox. */
export function askProcess({ host, port, adminToken }: Place): InboxDesk {
  if (adminToken === undefined) {
    throw new CommandFailed(
      EXIT.usage,
      'The inbox belongs to a process that runs, and LASTGOOD_ADMIN_TOKEN is not set. Set it for both, and start the process anew; or stop it first.',
    );
  }
  const base = `http://${addressOf(host)}:${port}${ADMIN_INBOX}`;
  const ask = async (method: 'GET' | 'POST', path: string, body?: object): Promise<Response> => {
    try {
      return await fetch(`${base}${path}`, {
        method,
        headers: { authorization: `Bearer ${adminToken}`, accept: 'application/json' },
        ...(body && { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(30 * SECOND),
      });
    } catch (error) {
      const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
      throw new CommandFailed(
        EXIT.unreadable,
        `The process that has the inbox does not answer at ${base}: ${messageOf(cause)}. Compare HOST and PORT with those that it was started with.`,
      );
    }
  };
  const read = async <T>(response: Response, schema: z.ZodType<T>): Promise<T> => {
    const said: unknown = await response.json().catch(() => undefined);
    if (!response.ok) throw refusal(response.status, said);
    return schema.parse(said);
  };
  const act = async (path: string, body?: object): Promise<'done' | 'unknown' | 'not-dead'> => {
    const response = await ask('POST', path, body);
    if (response.status === 404) return 'unknown';
    if (response.status === 409) return 'not-dead';
    await read(response, doneSchema);
    return 'done';
  };
  return {
    look: async () => read(await ask('GET', ''), viewSchema),
    async show(id) {
      const response = await ask('GET', `/${id}`);
      if (response.status === 404) return undefined;
      return read(response, wholeSchema);
    },
    replay: (id) => act(`/${id}/replay`),
    replayAll: async () => (await read(await ask('POST', '/replay'), replayedSchema)).replayed,
    drop: (id, reason) => act(`/${id}/drop`, { reason }),
  };
}

function refusal(status: number, said: unknown): CommandFailed {
  const parsed = z.object({ message: z.string() }).safeParse(said);
  const why = parsed.success ? ` ${parsed.data.message}` : '';
  return new CommandFailed(EXIT.unreadable, `The process answered ${status}.${why}`);
}

/** What listens everywhere is reached at home. */
function addressOf(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}
