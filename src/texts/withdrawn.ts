import { withStatus } from './status-section.ts';

const MARK = '<!-- lastgood:withdrawn -->';

/** The text of a pull request that Lastgood closes right after opening it, which is nobody's no. */
export function withdrawnBody(body: string): string {
  const why =
    'was withdrawn by Lastgood right after it was opened, because something else than this rollback stands on its branch, or had its turn. It says nothing about the incident.';
  return `${withStatus(body, why)}\n\n${MARK}`;
}

/** Whether a text is one of {@link withdrawnBody}. */
export function isWithdrawn(body: string): boolean {
  return body.includes(MARK);
}
