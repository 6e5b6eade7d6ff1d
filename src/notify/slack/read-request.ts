import { z } from 'zod';

/** Slack's ids of users and channels. */
const id = z.string().regex(/^[A-Z0-9]{2,30}$/);

/** A typed command; Slack sends at most 3,000 characters, and a command of Lastgood has far less. */
const commandSchema = z.object({
  user_id: id,
  channel_id: id,
  text: z.string().max(3_000).default(''),
  response_url: z.string().max(500).optional(),
});

const valueSchema = z.object({
  repository: z.number().int(),
  incident: z.string().max(400),
  number: z.number().int().positive(),
  head: z.string().regex(/^[0-9a-f]{40}$/),
});

const actionsSchema = z.object({
  type: z.literal('block_actions'),
  user: z.object({ id }),
  response_url: z.string().max(500).optional(),
  actions: z
    .array(z.object({ action_id: z.string(), value: z.string().max(2_000).optional() }))
    .min(1),
});

export type SlackCommand = z.infer<typeof commandSchema>;

export interface SlackPress {
  readonly user: string;
  readonly responseUrl: string | undefined;
  readonly button: 'approve' | 'reject' | 'hold';
  readonly value: z.infer<typeof valueSchema>;
}

/** Reads a slash command; undefined for what is none. */
export function readCommand(body: string): SlackCommand | undefined {
  const parsed = commandSchema.safeParse(Object.fromEntries(new URLSearchParams(body)));
  return parsed.success ? parsed.data : undefined;
}

/** Reads which button was pressed; `other`: something that is not Lastgood's; undefined for what is none. */
export function readPress(body: string): SlackPress | 'other' | undefined {
  const payload = actionsSchema.safeParse(parse(new URLSearchParams(body).get('payload') ?? ''));
  if (!payload.success) return undefined;
  const { user, response_url: responseUrl, actions } = payload.data;
  const [action] = actions;
  const button = /^lastgood:(approve|reject|hold)$/.exec(action?.action_id ?? '')?.[1];
  if (button !== 'approve' && button !== 'reject' && button !== 'hold') return 'other';
  const value = valueSchema.safeParse(parse(action?.value ?? ''));
  return value.success ? { user: user.id, responseUrl, button, value: value.data } : undefined;
}

/** An address that answers may be posted to: at Slack and nowhere else. */
export function answerAddress(url: string | undefined, origin: string): string | undefined {
  if (url === undefined || !URL.canParse(url)) return undefined;
  const { origin: its, username, password, href } = new URL(url);
  return its === new URL(origin).origin && username + password === '' ? href : undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
