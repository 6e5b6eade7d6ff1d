import type { Restriction } from '../state/state.ts';
import { formatInstant } from '../time.ts';
import { inCode, inProse } from './escape.ts';

/** Who holds or froze something, until when and why, as far as it is known. Markdown, without a full stop. */
export function restrictionWords(restriction: Restriction | undefined, did: string): string {
  const { by, until, reason } = restriction ?? {};
  const who = by ? inCode(by.login) : 'somebody';
  const when = until === undefined ? '' : ` until ${formatInstant(until)}`;
  const why = reason === undefined ? '' : ` (${inProse(reason.replace(/[.!?]+$/, ''), 300)})`;
  return `${who} ${did}${when}${why}`;
}
