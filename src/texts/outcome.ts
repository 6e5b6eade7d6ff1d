import { shortCommit } from './names.ts';

/** What stands at the top of a merged rollback's text; `how` as in "by a person". Reads on from "Now: ". Markdown. */
export function mergedStatus(commit: string, how: string, mixed: boolean): string {
  const merged = `is merged as ${shortCommit(commit)} ${how}.`;
  return mixed
    ? `${merged} What runs now is not what was planned, because somebody changed a pin at the same moment. Lastgood sees to that in a pull request of its own.`
    : merged;
}

/** The same of one that a person closed. */
export const CLOSED_BY_PERSON =
  'is closed by a person. That is a no: it is not opened again for this incident.';

/** The same of one that Lastgood closed; `why` is a sentence. */
export function closedStatus(why: string): string {
  return `is closed. ${why}`;
}
