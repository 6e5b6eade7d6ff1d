import type { CommandName } from '../commands/command.ts';
import type { Missing, Mistake } from '../commands/mistake.ts';
import { MOST_COMMANDS } from '../commands/most-commands.ts';
import type { CommandRules, Rules } from '../commands/rules.ts';
import { inCell, inCode } from './escape.ts';
import { listOf } from './names.ts';
import { roleName } from './refusal.ts';

/** Targets of which so many are named. */
const NAMED = 5;

/** A line of a comment and what came of it, as it stands in an answer: the quote, and a sentence. Markdown. */
export function answerLine(line: string, sentence: string): string {
  return `${inCode(line)}: ${sentence}`;
}

/** Several of them in one answer. */
export function answer(lines: readonly string[], leftOut: number): string {
  const rest =
    leftOut === 0
      ? []
      : [
          `The comment has ${leftOut} more. Lastgood reads the first ${MOST_COMMANDS}; write the others in a new comment.`,
        ];
  const all = [...lines, ...rest];
  return all.length === 1 ? (all[0] ?? '') : all.map((one) => `- ${one}`).join('\n');
}

/** Why a line that was meant as a command did nothing: what was found, what is expected, and an example. Markdown. */
export function mistakeSentence(rules: Rules, mistake: Mistake): string {
  switch (mistake.code) {
    case 'unknown-command':
      return `There is no ${inCode(mistake.found)}. Did you mean ${usage(rules[mistake.meant])}?`;
    case 'look-alike':
      return `This looks like ${inCode(`/${mistake.meant}`)} and is written with other characters. Nothing was done. Type ${usage(rules[mistake.meant])} by hand.`;
    case 'quoted':
      return `This line belongs to the quote above it, so nothing was done. Put an empty line before ${inCode(`/${mistake.meant}`)}, in a new comment.`;
    case 'hidden-characters':
      return `This line has characters that nobody sees, so nothing was done. ${example(rules[mistake.name])}`;
    case 'missing':
      return `${MISSING[mistake.what]} is missing. Expected is ${usage(rules[mistake.name])}. ${example(rules[mistake.name])}`;
    case 'too-long':
      return `${MISSING[mistake.what]} is too long. ${example(rules[mistake.name])}`;
    case 'unknown-target': {
      const hint = mistake.meant === undefined ? '' : ` Did you mean ${inCode(mistake.meant)}?`;
      return `There is no target ${inCode(mistake.found)}.${hint} ${inCode('/status')} lists them. ${example(rules[mistake.name])}`;
    }
    case 'ambiguous-target': {
      const { known } = mistake;
      const more = known.length - NAMED;
      const names = known.slice(0, NAMED).map((one) => inCode(one));
      return `${inCode(mistake.found)} is several targets. Name one of them: ${listOf(more > 0 ? [...names, `${more} more`] : names, 'or')}.`;
    }
    case 'unexpected': {
      return `${inCode(mistake.found)} is not expected here. Expected is ${usage(rules[mistake.name])}. ${example(rules[mistake.name])}`;
    }
    case 'twice':
      return `${inCode(mistake.found)} is given twice. Expected is ${usage(rules[mistake.name])}.`;
    case 'not-a-duration':
      return `${inCode(mistake.found)} is no length of time from 1m to 30d. Expected is one such as 30m, 2h or 7d. ${example(rules[mistake.name])}`;
    case 'unclosed-quote':
      return `A quote begins and does not end. ${example(rules[mistake.name])}`;
  }
}

const MISSING: Readonly<Record<Missing, string>> = {
  target: 'The target',
  reason: 'The reason',
  version: 'The version',
};

/** Every command, who may give it and what it does; or one of them. Markdown. */
export function helpText(rules: Rules, about?: CommandName): string {
  if (about) {
    const one = rules[about];
    return `${usage(one)}: ${one.help} For ${roleName(one.needs)}. ${example(one)}`;
  }
  const rows = Object.values<CommandRules>(rules).map(
    (one) => `| ${inCell(one.usage)} | ${roleName(one.needs)} | ${one.help} |`,
  );
  return [
    '| command | who | what |',
    '| --- | --- | --- |',
    ...rows,
    '',
    'One command a line, at its start. TARGET is `environment/model`, or the model alone where it runs in one environment. On a rollback pull request it may be left out.',
  ].join('\n');
}

function usage({ usage }: CommandRules): string {
  return inCode(usage);
}

function example({ example }: CommandRules): string {
  return `For example: ${inCode(example)}`;
}
