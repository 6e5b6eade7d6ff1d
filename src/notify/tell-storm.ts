import { isOwn } from '../commands/conversation.ts';
import { insist } from '../rollback/insist.ts';
import { watchStorm } from '../rollback/watch-storm.ts';
import type { Ports, Workspace } from '../rollback/workspace.ts';
import { INCIDENT_LABEL } from '../texts/notify-issue.ts';
import { stormIssueBody, stormIssueTitle, STORM_MARKER } from '../texts/storm-issue.ts';
import { DAY } from '../time.ts';
import { isOver } from './card.ts';

/** The issue of a storm is edited all the time: one that was not for so long is nobody's any more. */
const LONGEST = 7 * DAY;

/**
 * Tells of a storm in one issue, in place of one for each incident that it brings, and closes it once it is over. It is
 * found again by what it says unseen, so that a lost database opens no second one. Doing it twice changes nothing.
 */
export async function tellStorm(workspace: Workspace, ports: Ports, attempts = 1): Promise<void> {
  const due = { kind: 'storm-issue', attempts } as const;
  const { repository, policies } = workspace;
  const { issues } = ports.notices;
  await insist(workspace, ports, { due, what: 'Telling people of a storm' }, async () => {
    const storm = watchStorm(workspace, ports);
    const self = await ports.self(repository);
    const since = ports.clock() - LONGEST;
    const listed = await issues.list(repository, {
      labels: [INCIDENT_LABEL],
      state: 'open',
      since,
    });
    const known = listed.find((one) => isOwn(one, self) && one.body.startsWith(STORM_MARKER));
    if (!storm) {
      if (known) await issues.change(repository, known.number, { state: 'closed' });
      return;
    }
    const cards = [...ports.cards.all().values()].filter((card) => !isOver(card));
    const title = stormIssueTitle(storm);
    const body = stormIssueBody(storm, policies.set.repository.storm.models, cards);
    if (!known) await issues.open(repository, { title, body, labels: [INCIDENT_LABEL] });
    else if (known.body !== body) await issues.change(repository, known.number, { title, body });
  });
}

/** Closes the issue of a storm that is over, and has those of its incidents opened that still need people. */
export function tellAfterStorm(ports: Ports): void {
  const now = ports.clock();
  ports.later({ kind: 'storm-issue', attempts: 1 }, now);
  for (const card of ports.cards.all().values()) {
    if (!card.issue && !isOver(card)) {
      ports.later({ kind: 'tell', branch: card.incident, attempts: 1 }, now);
    }
  }
}
