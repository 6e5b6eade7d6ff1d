import { z } from 'zod';
import type { Oid } from '../releases/release.ts';
import type { Instant } from '../time.ts';

/** What somebody asked for in Slack, as it lies in the inbox. Slack's signature was right. */
export type SlackAsk = {
  /** The same request has the same, and another one another. */
  readonly id: string;
  /** Who, by Slack's id. */
  readonly user: string;
  readonly at: Instant;
  /** Where the answer goes; absent where Slack gave no address that is one of its own. */
  readonly answerTo?: string;
} & (
  | { readonly text: string }
  | {
      readonly button: 'approve' | 'reject' | 'hold';
      /** The incident's branch, its pull request, and the head that the card showed. */
      readonly incident: string;
      readonly number: number;
      readonly head: Oid;
    }
);

const of = {
  id: z.string(),
  user: z.string(),
  at: z.number(),
  answerTo: z.string().exactOptional(),
};

export const slackAsk: z.ZodType<SlackAsk> = z.union([
  z.object({ ...of, text: z.string() }),
  z.object({
    ...of,
    button: z.enum(['approve', 'reject', 'hold']),
    incident: z.string(),
    number: z.number().int(),
    head: z.string(),
  }),
]);
