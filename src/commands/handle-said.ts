/**
 * Does and answers what somebody said.
 *
 * The races: a delivery comes twice, or again after days; the process dies after something was done and before it was
 * answered; the comment is edited or deleted before it is looked at; somebody writes in the manner of the App.
 *
 * What must hold: each command is carried out once and by the rights of the moment; what is edited, a bot's, or the
 * App's own commands nothing.
 *
 * How: the comment is read again when it is handled. An answer begins with an unseen marker that names the comment, so
 * whoever handles it again finds the answer. In between, every command asks first whether it is done.
 */
import { insist } from '../rollback/insist.ts';
import { fullName, type Ports, type Workspace } from '../rollback/workspace.ts';
import {
  answerBody,
  journalSentence,
  notHeard,
  type AnsweredLine,
} from '../texts/command-answers.ts';
import { mistakeSentence } from '../texts/commands.ts';
import { DAY, MINUTE } from '../time.ts';
import { answerFailure } from './answer-failure.ts';
import { isQuestion, type Answer, type Asking } from './asking.ts';
import { carryOut } from './carry-out.ts';
import { isOwn, type Comment, type Reaction } from './conversation.ts';
import { hereOf, targetsOf } from './find-here.ts';
import { parseComment, type SaidLine } from './parse-comment.ts';
import { COMMANDS } from './registry.ts';
import {
  answerMarker,
  askedAt,
  readSaid,
  refOf,
  saidName,
  stickyMarker,
  type Said,
  type SaidRef,
} from './said.ts';

/** Does and answers what was said, once. Never throws; what fails and may pass is tried again. */
export async function handleSaid(
  workspace: Workspace,
  ports: Ports,
  ref: SaidRef,
  attempts = 1,
): Promise<void> {
  const at = refOf(ref);
  const doing = {
    due: { kind: 'said', ...at, attempts },
    what: `Answering what was said below #${at.number}`,
  } as const;
  await insist(workspace, ports, doing, () => answer(workspace, ports, at));
}

/** What is older was lost for so long that whoever said it may want something else by now. */
const OLDEST = DAY;
/** A comment that answers questions is edited for so long; an older one is far up. */
const STICKY = DAY;
/** GitHub's clock and this one may differ by so much. */
const SKEW = MINUTE;

async function answer(workspace: Workspace, ports: Ports, ref: SaidRef): Promise<void> {
  const { repository } = workspace;
  const { conversation } = ports;
  const self = await ports.self(repository);
  const said = await readSaid(conversation, self, repository, ref);
  if (!said) return;
  const targets = targetsOf(workspace, ref.number);
  const { said: lines, leftOut } = parseComment(said.body, targets);
  if (lines.length === 0) return;
  const asks = lines.every((line) => 'command' in line && isQuestion(line.command));
  const since = said.at - SKEW - (asks ? STICKY : 0);
  const own = (await conversation.comments(repository, ref.number, since)).filter((one) =>
    isOwn(one, self),
  );
  if (own.some(({ body }) => body.startsWith(answerMarker(said)))) return;
  const sticky = own.findLast(({ body }) => askedAt(body) !== undefined);
  if (sticky && wasToldIn(sticky, said)) return;

  const asking: Asking = {
    workspace,
    ports,
    rules: COMMANDS,
    by: said.author,
    at: said.at,
    said: saidName(said),
    number: said.number,
    url: said.url,
    edited: said.edited,
    standings: new Map(),
    ...hereOf(workspace, said.number),
  };
  const answered = await answerAll(asking, said, lines);
  if (answered.some(({ answerLater }) => answerLater)) {
    return ports.later({ kind: 'said', ...ref, attempts: 1 }, ports.clock());
  }
  const owed = answered.filter(({ outcome }) => outcome !== 'unheard');
  if (owed.length > 0) {
    await write(asking, said, { answered: owed, leftOut }, asks ? sticky : undefined, asks);
  }
  record(asking, answered);
  if (owed.length > 0 && said.said !== 'review') {
    await conversation.react(repository, { kind: said.said, id: said.id }, reactionTo(owed));
  }
}

/** Whether the comment that answers questions has answered this one, or a later one. */
function wasToldIn({ body }: Comment, said: Said): boolean {
  return body.startsWith(stickyMarker(said)) || (askedAt(body) ?? 0) > said.at;
}

const HELP = { name: 'help' } as const;

async function answerAll(
  asking: Asking,
  said: Said,
  lines: readonly SaidLine[],
): Promise<readonly AnsweredLine[]> {
  const tooOld = asking.ports.clock() - said.at > OLDEST;
  const why = said.throughApp ? 'through-app' : tooOld ? 'too-old' : undefined;
  const answered: AnsweredLine[] = [];
  for (const line of lines) {
    answered.push({ quote: line.text, ...(await answerLine(asking, line, why)) });
  }
  return answered;
}

async function answerLine(
  asking: Asking,
  line: SaidLine,
  why: 'through-app' | 'too-old' | undefined,
): Promise<Answer> {
  try {
    if (why !== undefined || 'mistake' in line) {
      // Whoever may not ask for help is told of no mistake either.
      const heard = await carryOut(asking, HELP);
      if (heard.outcome !== 'told') return heard;
      if (why !== undefined) return { outcome: 'refused', text: notHeard(why) };
    }
    if ('mistake' in line)
      return { outcome: 'confused', text: mistakeSentence(COMMANDS, line.mistake) };
    return await carryOut(asking, line.command);
  } catch (error) {
    return answerFailure(asking, error);
  }
}

function record({ workspace, ports, by, number }: Asking, answered: readonly AnsweredLine[]): void {
  for (const line of answered) {
    ports.journal.write({
      kind: 'commanded',
      at: ports.clock(),
      repository: fullName(workspace.repository),
      number,
      by,
      outcome: line.outcome,
      sentence: journalSentence(by.login, number, line),
    });
  }
}

async function write(
  { workspace, ports }: Asking,
  said: Said,
  content: { readonly answered: readonly AnsweredLine[]; readonly leftOut: number },
  sticky: Comment | undefined,
  asks: boolean,
): Promise<void> {
  const { repository } = workspace;
  const marker = asks ? stickyMarker(said) : answerMarker(said);
  const body = answerBody(marker, said, content);
  const edited = sticky && (await ports.conversation.rewrite(repository, sticky, body)) === 'done';
  if (!edited) await ports.conversation.say(repository, said.number, body);
}

function reactionTo(answered: readonly AnsweredLine[]): Reaction {
  const outcomes = new Set(answered.map(({ outcome }) => outcome));
  if (outcomes.has('refused')) return '-1';
  if (outcomes.has('confused')) return 'confused';
  return outcomes.has('done') ? '+1' : 'eyes';
}
