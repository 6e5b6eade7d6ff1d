/**
 * The last rung of a ladder, where the policy names it: the emergency retrain.
 *
 * The races: a process dies after the event was sent and before that was said, or after it was said and before it was
 * written down; the alert of the incident fires on while the workflow runs.
 *
 * What must hold: it is started once for an incident, by itself only where the policy merges by itself for the alert,
 * and people know of it.
 *
 * How: the comment below the last rollback says that it was started, and is looked for first. What lies between the
 * event and the comment is done again, with the same `id`, by which the workflow can tell. Where the comment stands and
 * the store does not know of it, the journal is told, and no more.
 */
import { isOwn } from '../commands/conversation.ts';
import { badFor, goodFor, sendRetrain } from '../rollback/retrain.ts';
import { fullName, type Ports, type Workspace } from '../rollback/workspace.ts';
import type { Selection } from '../releases/selection.ts';
import { targetKey } from '../target.ts';
import { inCode } from '../texts/escape.ts';
import type { Tried } from '../texts/ladder.ts';
import {
  RETRAIN_MARKS,
  retrainLeftSentence,
  retrainStartedSentence,
  type Retraining,
} from '../texts/retrain.ts';
import { whySentence } from '../texts/reasons.ts';
import { MINUTE } from '../time.ts';
import { decideLater, decideNext, type Next } from './decide-next.ts';

/** GitHub's clock and this one may differ by so much. */
const SKEW = 10 * MINUTE;

/** What became of it. `ended`: nothing is left to try, and why. */
export type LastResort =
  { readonly kind: 'done' } | { readonly kind: 'ended'; readonly why: string };

/** Starts the retrain of an incident, or leaves it to people; says so once. */
export async function tryLastResort(
  workspace: Workspace,
  ports: Ports,
  next: Next,
  event: string,
  selection: Selection,
  tried: readonly Tried[],
): Promise<LastResort> {
  const { recovery, policy, running, evidence, record } = next;
  const { target, number } = recovery;
  const started = await said(workspace, ports, next, 'started');
  if (started !== undefined) {
    if (isNoted(recovery, 'started')) {
      return { kind: 'ended', why: 'The emergency retrain was started, too.' };
    }
    note(workspace, ports, next, 'started', started);
    return { kind: 'done' };
  }
  const good = await goodFor(workspace.manifests, policy, running, selection);
  if (!good) {
    return {
      kind: 'ended',
      why: 'No release is known to be good, so there is nothing to train with again.',
    };
  }
  const what: Retraining = { target, event, good };
  const decision = decideNext(workspace, ports, next);
  if (decision.act === 'merge') {
    await sendRetrain(workspace, ports, {
      ...what,
      id: `${targetKey(target)} ${record.rung?.first ?? record.badCommit}`,
      bad: await badFor(workspace.manifests, policy, running),
      reason: evidence.alert.name,
      number,
    });
    await announce(workspace, ports, next, 'started', retrainStartedSentence(what, tried));
    return { kind: 'done' };
  }
  if (decision.act !== 'review') {
    decideLater(ports, next, decision);
    return { kind: 'done' };
  }
  const left = await said(workspace, ports, next, 'left-to-people');
  if (left !== undefined) {
    if (!isNoted(recovery, 'left-to-people')) note(workspace, ports, next, 'left-to-people', left);
    return { kind: 'done' };
  }
  const { alert } = evidence;
  const why = whySentence(decision, { alert, target: targetKey(target) }, inCode);
  await announce(workspace, ports, next, 'left-to-people', retrainLeftSentence(what, tried, why));
  return { kind: 'done' };
}

type Mark = keyof typeof RETRAIN_MARKS;

/** The comment comes last of what others see: where it stands, people were called. */
async function announce(
  workspace: Workspace,
  ports: Ports,
  next: Next,
  mark: Mark,
  sentence: string,
): Promise<void> {
  const { branch, number, severity } = next.recovery;
  const repository = fullName(workspace.repository);
  const key = `${workspace.repository.id} ${branch} retrain ${mark}`;
  await ports.page({ key, repository, severity, sentence });
  await ports.forge.comment(workspace.repository, number, `${RETRAIN_MARKS[mark]}\n${sentence}`);
  note(workspace, ports, next, mark, sentence);
}

/** Writes it down; both are stored together, so that it is written once. */
function note(
  { repository, recovering }: Workspace,
  ports: Ports,
  { recovery }: Next,
  mark: Mark,
  sentence: string,
): void {
  const { branch, number, commit } = recovery;
  recovering.set(branch, { ...(recovering.get(branch) ?? recovery), lastResort: mark });
  ports.journal.write({
    kind: 'followed',
    at: ports.clock(),
    repository: fullName(repository),
    incident: branch,
    sentence,
    number,
    commit,
    happened: mark === 'started' ? 'retrain-started' : 'retrain-left',
  });
}

/** One that was found in git is not told again: the journal outlives the store. */
function isNoted({ lastResort, recalled }: Next['recovery'], mark: Mark): boolean {
  return lastResort === mark || recalled === true;
}

/** The sentence that was said of it; undefined when nothing was. */
async function said(
  { repository }: Workspace,
  ports: Ports,
  { recovery: { number, mergedAt } }: Next,
  mark: Mark,
): Promise<string | undefined> {
  const self = await ports.self(repository);
  const comments = await ports.conversation.comments(repository, number, mergedAt - SKEW);
  const start = RETRAIN_MARKS[mark];
  const found = comments.find((one) => isOwn(one, self) && one.body.startsWith(start));
  return found?.body.slice(start.length).trim();
}
