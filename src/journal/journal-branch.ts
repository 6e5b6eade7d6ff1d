import { DRILL_PREFIX } from '../drill/drill-branch.ts';
import { BRANCH_PREFIX, incidentOf } from '../rollback/branch.ts';
import type { TargetKey } from '../target.ts';
import type { Instant } from '../time.ts';

/** The branch that the journal stands on (decisions/0050). */
export const JOURNAL_BRANCH = `${BRANCH_PREFIX}journal`;

/** Where its files stand on that branch. */
export const JOURNAL_FOLDER = '.lastgood/journal';

/** The file that an entry is a line of: its incident's, or that of the hour for what is about none. */
export function entryFile(incident: string | undefined, at: Instant): string {
  const known = incident === undefined ? undefined : incidentOf(incident);
  if (incident !== undefined && known) {
    return `${JOURNAL_FOLDER}/incidents/${incident.slice(BRANCH_PREFIX.length)}.jsonl`;
  }
  if (incident?.startsWith(DRILL_PREFIX) === true)
    return drillsFile(incident.slice(DRILL_PREFIX.length));
  const [day = '', time = ''] = new Date(at).toISOString().split('T');
  return `${JOURNAL_FOLDER}/hours/${day}/${time.slice(0, 2)}.jsonl`;
}

/** The page for people beside an incident's entries; undefined for what is about no incident. */
export function incidentPage(file: string): string | undefined {
  return file.startsWith(`${JOURNAL_FOLDER}/incidents/`)
    ? file.replace(/\.jsonl$/, '.md')
    : undefined;
}

/** The file of all drills of a target. */
export function drillsFile(target: TargetKey): string {
  return `${JOURNAL_FOLDER}/drills/${target}.jsonl`;
}
