const START = '<!-- lastgood:status -->';
const END = '<!-- /lastgood:status -->';

/** Whether a text has a live state. */
export function hasStatus(body: string): boolean {
  return body.includes(START);
}

/**
 * Puts the live state of a rollback, and what happens next if nobody does anything, at the top of its pull request's
 * text, or replaces what is there.
 * Everything that people wrote around it stays.
 */
export function withStatus(body: string, status: string, next?: string): string {
  const then = next === undefined ? '' : `\n\n**Next:** ${next}`;
  const section = `${START}\n**Now:** ${status}${then}\n${END}`;
  const start = body.indexOf(START);
  const end = body.indexOf(END, start);
  if (start === -1 || end === -1) return `${section}\n\n${body}`;
  return body.slice(0, start) + section + body.slice(end + END.length);
}
