import { linkTo } from '../escape.ts';

/** Where the report of an incident stands. Markdown. */
export function reportLink(address: string): string {
  return `**Report:** ${linkTo('draft of the post-mortem', address) ?? address}, in the journal.`;
}
