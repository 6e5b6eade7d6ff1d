const START = '<!-- lastgood:status -->';
const END = '<!-- /lastgood:status -->';

const REPORT_START = '<!-- lastgood:report -->';
const REPORT_END = '<!-- /lastgood:report -->';

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
  return withSection(body, START, `**Now:** ${status}${then}`, END);
}

/** Puts where the report of the incident stands at the top of its pull request's text, or replaces what is there. */
export function withReport(body: string, report: string): string {
  return withSection(body, REPORT_START, report, REPORT_END);
}

function withSection(body: string, first: string, text: string, last: string): string {
  const section = `${first}\n${text}\n${last}`;
  const start = body.indexOf(first);
  const end = body.indexOf(last, start);
  if (start === -1 || end === -1) return `${section}\n\n${body}`;
  return body.slice(0, start) + section + body.slice(end + last.length);
}
