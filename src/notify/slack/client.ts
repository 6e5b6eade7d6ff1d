import { z } from 'zod';
import { messageOf } from '../../store/sqlstate.ts';
import { SECOND, type Milliseconds } from '../../time.ts';

/** Slack did not do it. `passing`: another try may succeed, after so long where Slack says so. */
export class SlackError extends Error {
  readonly passing: boolean;
  readonly after: Milliseconds | undefined;
  /** Slack's own word for it: `channel_not_found`. */
  readonly code: string | undefined;

  constructor(
    message: string,
    is: { readonly passing: boolean; readonly after?: Milliseconds; readonly code?: string },
  ) {
    super(message);
    this.name = new.target.name;
    this.passing = is.passing;
    this.after = is.after;
    this.code = is.code;
  }
}

/** Asks Slack for something. */
export interface SlackClient {
  /** A method of Slack's Web API, with the bot's token. Throws {@link SlackError}. */
  call(method: string, body: Readonly<Record<string, unknown>>): Promise<SlackReply>;
  /** Posts to an address that Slack gave out: an incoming webhook, a `response_url`. Throws {@link SlackError}. */
  post(url: string, body: Readonly<Record<string, unknown>>): Promise<void>;
}

const reply = z.object({
  ok: z.boolean(),
  error: z.string().optional(),
  ts: z.string().optional(),
  channel: z.string().optional(),
});
export type SlackReply = z.infer<typeof reply>;

/** How long Slack may take. */
const PATIENCE = 10 * SECOND;

/** Slack's words for what may be otherwise in a while (docs.slack.dev, chat.postMessage). */
const PASSING: ReadonlySet<string> = new Set([
  'ratelimited',
  'rate_limited',
  'internal_error',
  'fatal_error',
  'service_unavailable',
  'request_timeout',
  'team_added_to_org',
]);

export function createSlackClient(parts: {
  readonly apiUrl: string;
  readonly botToken: string | undefined;
  readonly fetch?: typeof fetch;
}): SlackClient {
  const { apiUrl, botToken, fetch = globalThis.fetch } = parts;

  const send = async (
    what: string,
    url: string,
    body: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<string> => {
    let response: Response;
    let text: string;
    try {
      response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(PATIENCE),
        redirect: 'manual',
      });
      text = await response.text();
    } catch (error) {
      const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
      throw new SlackError(`Slack was not reached for ${what}: ${messageOf(cause)}`, {
        passing: true,
      });
    }
    const { status } = response;
    if (status >= 200 && status < 300) return text;
    const passing = status === 429 || status === 408 || status >= 500;
    const wait = Number(response.headers.get('retry-after'));
    throw new SlackError(`Slack answered ${status} to ${what}.`, {
      passing,
      ...(Number.isFinite(wait) && wait > 0 && { after: wait * SECOND }),
    });
  };

  return {
    async call(method, body) {
      const headers = { authorization: `Bearer ${botToken ?? ''}` };
      const text = await send(method, `${apiUrl}/${method}`, body, headers);
      const parsed = reply.safeParse(parseJson(text));
      if (!parsed.success) {
        throw new SlackError(`Slack answered ${method} with something that is no answer.`, {
          passing: true,
        });
      }
      if (parsed.data.ok) return parsed.data;
      const code = /^[a-z_]{1,60}$/.exec(parsed.data.error ?? '')?.[0] ?? 'unknown_error';
      throw new SlackError(`Slack refused ${method}: ${code}.`, {
        passing: PASSING.has(code),
        code,
      });
    },
    async post(url, body) {
      await send('a message', url, body);
    },
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
