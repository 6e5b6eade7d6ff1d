/**
 * Does and answers what somebody asked for in Slack.
 *
 * What must hold: whoever asks has the rights of the GitHub account that the settings give them, as of this moment, and
 * no others; without one they may look, as the channel lets them, and change nothing. A button is for the head that
 * its card showed: pressed under an old card it approves nothing.
 *
 * How: the same commands as in comments, asked by the same rules. The answer is handed to Slack's lane under the
 * request's own id, so that it is given once; in between, every command asks first whether it is done.
 */
import { insist } from '../rollback/insist.ts';
import type { Account } from '../rollback/forge.ts';
import { incidentOf } from '../rollback/branch.ts';
import { fullName, type Ports, type Workspace } from '../rollback/workspace.ts';
import { answerLine, mistakeSentence } from '../texts/commands.ts';
import {
  askedName,
  askedSentence,
  notMapped,
  SLACK_DONE,
  SLACK_HOLD_REASON,
  SLACK_REJECT_REASON,
  staleCard,
} from '../texts/slack.ts';
import { answerFailure } from './answer-failure.ts';
import { isQuestion, type Answer, type Asking } from './asking.ts';
import { carryOut, doIt } from './carry-out.ts';
import type { Command } from './command.ts';
import { hereOf, targetsOf } from './find-here.ts';
import { parseComment } from './parse-comment.ts';
import { isRecorded, recordAsk } from './record-ask.ts';
import { COMMANDS } from './registry.ts';
import type { SlackAsk } from './slack-ask.ts';
import { wasDone } from './was-done.ts';

type Press = Extract<SlackAsk, { readonly button: string }>;

/** Does and answers it, once. Never throws; what fails and may pass is tried again. */
export async function handleSlack(
  workspace: Workspace,
  ports: Ports,
  ask: SlackAsk,
  attempts = 1,
): Promise<void> {
  const due = { kind: 'slack', ask, attempts } as const;
  await insist(workspace, ports, { due, what: 'Answering what was asked for in Slack' }, () =>
    answer(workspace, ports, ask),
  );
}

async function answer(workspace: Workspace, ports: Ports, ask: SlackAsk): Promise<void> {
  const { people } = ports.notices;
  const login = people.loginOf(ask.user);
  const account =
    login === undefined ? undefined : await people.accountOf(workspace.repository, login);
  const by: Account = account ?? { id: 0, login: `Slack user ${ask.user}`, bot: false };
  const quote = 'text' in ask ? `/${ask.text.trim()}` : `/${ask.button}`;
  const asking = askingOf(workspace, ports, ask, by);
  const { number } = asking;
  const isAct = number > 0;
  const before = isAct && (await isRecorded(workspace, ports, ask, number));
  const said: Answer = before
    ? { outcome: 'done', text: SLACK_DONE }
    : await saidTo(asking, ask, { mapped: account !== undefined, quote });
  if (said.answerLater) return ports.later({ kind: 'slack', ask, attempts: 1 }, ports.clock());
  if (isAct && !before && said.outcome === 'done') {
    await recordAsk(workspace, ports, ask, number, { ...said, quote, login: by.login });
  }
  if (ask.answerTo !== undefined) {
    const text = said.text.includes('\n') ? said.text : answerLine(quote, said.text);
    await ports.notices.slack?.answer({ id: ask.id, url: ask.answerTo, text });
  }
  ports.journal.write({
    kind: 'commanded',
    at: ports.clock(),
    repository: fullName(workspace.repository),
    number,
    by,
    outcome: said.outcome,
    sentence: askedSentence(by.login, { ...said, quote }),
  });
}

function askingOf(workspace: Workspace, ports: Ports, ask: SlackAsk, by: Account): Asking {
  const number = 'number' in ask ? ask.number : 0;
  const branch = 'incident' in ask ? ask.incident : undefined;
  return {
    workspace,
    ports,
    rules: COMMANDS,
    by,
    at: ask.at,
    said: askedName(ask.id),
    number,
    url: (branch === undefined ? undefined : workspace.open.get(branch)?.url) ?? '',
    edited: false,
    standings: new Map(),
    ...(number === 0 ? {} : hereOf(workspace, number)),
  };
}

async function saidTo(
  asking: Asking,
  ask: SlackAsk,
  { mapped, quote }: { readonly mapped: boolean; readonly quote: string },
): Promise<Answer> {
  try {
    const read = 'text' in ask ? readText(asking, quote) : await readPress(asking, ask, mapped);
    if ('outcome' in read) return read;
    if (mapped) return await carryOut(asking, read);
    if (isQuestion(read)) return await doIt(asking, read);
    return { outcome: 'refused', text: notMapped(ask.user) };
  } catch (error) {
    return answerFailure(asking, error);
  }
}

/** The one command of a line; nothing means help. */
function readText({ workspace, number }: Asking, quote: string): Command | Answer {
  if (quote === '/') return { name: 'help' };
  const [line] = parseComment(quote.replace(/\s+/g, ' '), targetsOf(workspace, number)).said;
  if (!line) return { name: 'help' };
  if ('mistake' in line)
    return { outcome: 'confused', text: mistakeSentence(COMMANDS, line.mistake) };
  return line.command;
}

/** What a button stands for, if the pull request is still as its card showed it. */
async function readPress(
  asking: Asking,
  { button, incident, number, head }: Press,
  mapped: boolean,
): Promise<Command | Answer> {
  const { workspace, ports } = asking;
  const open = workspace.open.get(incident);
  const target = incidentOf(incident)?.target;
  if (!target) return { outcome: 'confused', text: staleCard(number) };
  if (button === 'hold') return { name: 'hold', target, reason: SLACK_HOLD_REASON };
  const isOpen = open?.number === number && open.verifiedHead === head;
  // GitHub knows what somebody pushed since; nobody is asked for whom it changes nothing.
  const stands =
    isOpen && (!mapped || (await ports.forge.pull(workspace.repository, number)).head === head);
  const command: Command =
    button === 'approve' ? { name: 'approve' } : { name: 'reject', reason: SLACK_REJECT_REASON };
  if (stands) return command;
  const done = mapped ? await wasDone(asking, command) : undefined;
  return done ?? { outcome: 'refused', text: staleCard(number) };
}
