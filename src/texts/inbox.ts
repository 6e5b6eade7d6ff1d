import { flatten } from './escape.ts';

/** An item that was given up, as its page says it. */
export function deadLetterSentence(letter: {
  readonly id: number;
  readonly kind: string;
  readonly tries: number;
  readonly why: string;
}): string {
  const { id, kind, tries, why } = letter;
  const times = tries === 1 ? 'one try' : `${tries} tries`;
  return `Item ${id} (${kind}) of the inbox was given up after ${times}: ${flatten(why, 600)} Look at it with \`lastgood inbox show ${id}\`, then replay it, or drop it with a reason.`;
}

export const ADMIN_TOKEN =
  'Not authorised. It needs the bearer token that LASTGOOD_ADMIN_TOKEN says.';
export const ADMIN_NOTHING =
  'There is nothing at this address. GET /admin/inbox lists the inbox; `lastgood inbox` uses it.';
export const DROP_NEEDS_REASON =
  'Nothing was dropped. The body is a JSON object whose field "reason" says why, in 1 to 500 characters.';

export function adminMethod(method: string, allowed: string): string {
  return `${method} is not possible here. Use ${allowed}.`;
}

export function noSuchItem(id: number): string {
  return `The inbox holds no item ${id}: it was handled, dropped, or never there. \`lastgood inbox\` lists what there is.`;
}

export function notDead(id: number): string {
  return `Item ${id} was not given up: it is handed out by itself. Only what was given up can be replayed or dropped.`;
}
