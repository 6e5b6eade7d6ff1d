import { entryFile, incidentPage, JOURNAL_BRANCH } from '../journal/journal-branch.ts';
import { endsStory } from '../journal/incident-story.ts';
import type { JournalRecord } from '../journal/record.ts';
import { reportLink } from '../texts/report/link.ts';
import { withReport } from '../texts/status-section.ts';
import { insist } from './insist.ts';
import type { Ports, Workspace } from './workspace.ts';

/** Has the reports that stand in the journal by now linked from where people look: nobody waits for that. */
export function linkReportsLater(ports: Ports, written: readonly JournalRecord[]): void {
  for (const record of written) {
    const { pull } = record.facts;
    if (record.incident === undefined || typeof pull !== 'number' || !endsStory(record)) continue;
    const due = { kind: 'report', branch: record.incident, number: pull, attempts: 1 } as const;
    ports.later(due, ports.clock());
  }
}

/** Links an incident's report from its pull request and its issue. Done again it changes nothing. */
export async function linkReport(
  { repository }: Workspace,
  ports: Ports,
  { branch, number }: { readonly branch: string; readonly number: number },
  attempts: number,
): Promise<void> {
  const page = incidentPage(entryFile(branch, 0));
  if (page === undefined) return;
  const doing = {
    due: { kind: 'report', branch, number, attempts },
    what: `Linking the report of the incident from pull request #${number}`,
  } as const;
  await insist({ repository }, ports, doing, async () => {
    const { body, url } = await ports.forge.pull(repository, number);
    const address = addressOf(url, page);
    if (address === undefined) return;
    ports.cards.keepReport(branch, address);
    const wanted = withReport(body, reportLink(address));
    if (wanted !== body) await ports.forge.edit(repository, number, wanted);
  });
}

/** Where GitHub shows a file of the journal, by the address of a pull request of the same repository. */
function addressOf(pull: string, path: string): string | undefined {
  const at = pull.search(/\/pull\/\d+$/);
  if (at < 0) return undefined;
  const parts = path.split('/').map(encodeURIComponent).join('/');
  return `${pull.slice(0, at)}/blob/${JOURNAL_BRANCH}/${parts}`;
}
