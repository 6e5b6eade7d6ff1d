import { isOwn } from '../commands/conversation.ts';
import { insist } from '../rollback/insist.ts';
import { incidentOf } from '../rollback/branch.ts';
import { watchStorm } from '../rollback/watch-storm.ts';
import { policyOf } from '../rollback/up-to-date.ts';
import { fullName, type Ports, type Workspace } from '../rollback/workspace.ts';
import { issueBody, issueMarker, issueTitle, INCIDENT_LABEL } from '../texts/notify-issue.ts';
import { MINUTE, SECOND } from '../time.ts';
import { endsCalls, isClosed, type Card } from './card.ts';
import type { Issue } from './issues.ts';

/** What changes within so long is written at once. */
const TOGETHER = 20 * SECOND;

/** GitHub's clock and this one may differ by so much. */
const SKEW = 10 * MINUTE;

/**
 * Tells people of an incident as its card says now, where the policy says: in an issue, which is edited in place, and
 * in Slack, which another lane posts to, so that no rollback waits for it. Doing it twice changes nothing.
 */
export async function tellCard(
  workspace: Workspace,
  ports: Ports,
  branch: string,
  attempts = 1,
): Promise<void> {
  const card = ports.cards.card(branch);
  const incident = incidentOf(branch);
  const policy = incident && policyOf(workspace, incident.target);
  if (!card) return;
  await endCalls(workspace, ports, card);
  if (!policy) return;
  const { notices } = ports;
  const { issue, slack: channel } = policy.notify;
  const due = { kind: 'tell', branch, attempts } as const;
  const what = `Telling people of the incident of ${card.target}`;
  await insist(workspace, ports, { due, what }, async () => {
    if (channel !== undefined && notices.slack) {
      const { id } = workspace.repository;
      const repository = { id, name: fullName(workspace.repository) };
      await notices.slack.tell({ repository, channel, card });
    }
    if (!issue || card.issue?.revision === card.revision) return;
    // In a storm one issue tells of all: as many as there are models help nobody.
    if (!card.issue && watchStorm(workspace, ports)) {
      return ports.later({ kind: 'storm-issue', attempts: 1 }, ports.clock() + TOGETHER);
    }
    try {
      const number = await writeIssue(workspace, ports, card);
      ports.cards.keepIssue(branch, { number, revision: card.revision });
      notices.told('ok');
    } catch (error) {
      notices.told('failed');
      throw error;
    }
  });
}

/** Takes back the calls about an incident that needs nobody any more. Done again it changes nothing. */
async function endCalls(
  { repository, past }: Workspace,
  ports: Ports,
  { incident, at, revision, state, why }: Card,
): Promise<void> {
  if (!endsCalls(state, past.get(incident)?.state)) return;
  await ports.resolvePages({
    key: `over ${repository.id} ${at} ${revision} ${incident}`,
    repository: fullName(repository),
    incident,
    sentence: why,
  });
}

async function writeIssue(workspace: Workspace, ports: Ports, card: Card): Promise<number> {
  const { repository } = workspace;
  const { issues } = ports.notices;
  const title = issueTitle(card);
  const body = issueBody(card);
  const number = card.issue?.number ?? (await findIssue(workspace, ports, card))?.number;
  const state = isClosed(card) ? 'closed' : 'open';
  if (number !== undefined) {
    await issues.change(repository, number, { title, body, state });
    return number;
  }
  const opened = await issues.open(repository, { title, body, labels: [INCIDENT_LABEL] });
  if (state === 'closed') await issues.change(repository, opened.number, { state });
  return opened.number;
}

/** The issue that an earlier process opened, whatever became of the database since. Others' look-alikes do not count. */
async function findIssue(
  workspace: Workspace,
  ports: Ports,
  card: Card,
): Promise<Issue | undefined> {
  const self = await ports.self(workspace.repository);
  const marker = issueMarker(card);
  const found = await ports.notices.issues.list(workspace.repository, {
    labels: [INCIDENT_LABEL],
    state: 'all',
    since: card.at - SKEW,
  });
  return found.find((one) => isOwn(one, self) && one.body.includes(marker));
}
