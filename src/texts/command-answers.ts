import type { Answer } from '../commands/asking.ts';
import type { Said } from '../commands/said.ts';
import { answer, answerLine } from './commands.ts';
import { flatten, inCode } from './escape.ts';

export interface AnsweredLine extends Answer {
  readonly quote: string;
}

/** Why nothing of a comment counts. */
export function notHeard(why: 'through-app' | 'too-old'): string {
  switch (why) {
    case 'through-app':
      return 'This comment was written through an App, so its commands do not count: nobody can tell that a person meant them. Write it on GitHub.';
    case 'too-old':
      return 'This comment reached Lastgood more than a day late, so its commands do not count: something else may be wanted by now. Write a new one.';
  }
}

/** The answer to a comment: each command with what came of it. `marker` begins it, unseen. Markdown. */
export function answerBody(
  marker: string,
  said: Pick<Said, 'author' | 'url'>,
  content: { readonly answered: readonly AnsweredLine[]; readonly leftOut: number },
): string {
  const { answered, leftOut } = content;
  const long = answered.some(({ text }) => text.includes('\n'));
  const lines = long
    ? [...answered.map(({ quote, text }) => `${inCode(quote)}\n\n${text}`), ...rest(leftOut)]
    : [
        answer(
          answered.map(({ quote, text }) => answerLine(quote, text)),
          leftOut,
        ),
      ];
  const to = `To ${inCode(said.author.login)} for [this](${said.url}):`;
  const marks = answered.flatMap(({ mark }) => mark ?? []);
  return [[marker, ...marks, to].join('\n'), ...lines].join('\n\n');
}

function rest(leftOut: number): readonly string[] {
  return leftOut === 0 ? [] : [answer([], leftOut)];
}

/** What somebody asked for and what came of it, on one line of plain text. */
export function journalSentence(login: string, number: number, line: AnsweredLine): string {
  const quote = flatten(line.quote, 200);
  const [first = ''] = line.text.split('\n\n');
  return `${flatten(login)} below #${number}: ${quote} ${SIGN[line.outcome]} ${flatten(first, 600)}`;
}

const SIGN: Readonly<Record<Answer['outcome'], string>> = {
  done: '→',
  told: '→',
  refused: '→ no:',
  confused: '→ not understood:',
  unheard: '→ not heard:',
};
