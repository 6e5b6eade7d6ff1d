import type { Answer } from '../alerts/answer.ts';

/** One sentence as an answer, in both of its forms. */
export function plain(status: number, sentence: string, headers?: Answer['headers']): Answer {
  return { status, lines: [sentence], json: { message: sentence }, ...(headers && { headers }) };
}
