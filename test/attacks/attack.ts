import { expect } from 'vitest';
import { pino } from 'pino';
import type { HubRepository } from '../../fixtures/hub/api/repository.ts';
import { HubError } from '../../fixtures/hub/errors.ts';
import type { StageOptions } from '../../fixtures/stage.ts';
import type { ManualTime } from '../../fixtures/manual-time.ts';
import { STATE_BRANCH } from '../../src/state/view.ts';
import { MINUTE } from '../../src/time.ts';
import {
  GOOD,
  plain,
  useStories,
  type Model,
  type Stories,
  type Wanted,
} from '../stories/support.ts';

const APP = 'lastgood[bot]';

/** A stage to attack: every attack is held against what may not move. */
export interface Attacked {
  readonly stories: Stories;
  /** A model whose rollback is open and waits for one approval of `@acme/fraud-ml` or `@acme/sre`. */
  readonly waiting: (name: string, wanted?: Wanted) => Promise<Model>;
  /**
   * Does something that may change nothing, and waits until nothing is left to do. Answers where it was recorded: what
   * GitHub refused, the lines of the journal, of the log (from `info` on), and what the App answered.
   */
  readonly attack: (what: () => unknown) => Promise<string[]>;
  /** What is refused of everybody else is taken from one who may: so it was the guard that refused, not a failure. */
  readonly stillWorks: (model: Model) => Promise<void>;
  /** Comments, and waits for the App. */
  readonly say: (login: string, number: number, body: string) => void;
}

/** Starts the stage for the attacks of a file. */
export function useAttacks(
  prepare: (stories: Stories) => unknown = () => undefined,
  wanted: (time: ManualTime) => Promise<StageOptions> = () => Promise.resolve({}),
): Attacked {
  const lines: string[] = [];
  const log = pino({ level: 'info' }, { write: (line: string) => void lines.push(line) });
  const stories = useStories(prepare, async (time) => ({ log, ...(await wanted(time)) }));

  const attack = async (what: () => unknown): Promise<string[]> => {
    const { repository, stage } = stories;
    const before = whatMayNotMove(repository);
    const from = { journal: stage.journal.length, log: lines.length };
    const answered = new Set(answersIn(repository).keys());
    const refused = await refusalOf(what);
    await stage.quiet();
    expect(whatMayNotMove(repository)).toEqual(before);
    const answers = [...answersIn(repository)].filter(([at]) => !answered.has(at));
    const recorded = [
      ...refused.map((text) => `GitHub: ${text}`),
      ...lines.slice(from.log).map((line) => `log: ${plain(wordsOf(line))}`),
      ...stage.journal.slice(from.journal).map(({ sentence }) => `journal: ${plain(sentence)}`),
      ...answers.map(([, body]) => `answer: ${plain(answerOf(body))}`),
    ];
    expect(recorded).not.toEqual([]);
    return recorded;
  };

  return {
    stories,
    async waiting(name, wanted) {
      const model = await stories.plant(name, wanted);
      await stories.alert(model, { severity: 'medium' });
      expect(model.pull().state).toBe('open');
      return model;
    },
    attack,
    async stillWorks(model) {
      const own = model.pulls().findLast(({ author }) => author.login === APP);
      stories.time.advance(MINUTE);
      await stories.after(() =>
        stories.as('alice').review(stories.repository, own?.number ?? 0, 'approve'),
      );
      expect(await model.runs()).toEqual(GOOD);
    },
    say: (login, number, body) => void stories.as(login).comment(stories.repository, number, body),
  };
}

/** The default branch, the state, and the App's own pull requests. */
function whatMayNotMove(repository: HubRepository) {
  return {
    tip: repository.head(),
    state: repository.head(STATE_BRANCH),
    rollbacks: repository
      .pulls()
      .filter(({ author }) => author.login === APP)
      .map(({ number, state, mergedAt }) => ({ number, state, mergedAt })),
  };
}

/** Every comment of the App, as it reads now: one that is edited is another one. */
function answersIn(repository: HubRepository): ReadonlyMap<string, string> {
  const numbers = [...repository.pulls(), ...repository.issues()].map(({ number }) => number);
  return new Map(
    numbers.flatMap((number) =>
      repository
        .comments(number)
        .filter(({ user }) => user.login === APP)
        .map(({ id, body }) => [`${id} ${body}`, body] as const),
    ),
  );
}

/** What a person reads of an answer, without to whom it is. */
function answerOf(body: string): string {
  return body
    .replace(/<!--.*?-->\n?/g, '')
    .split('\n\n')
    .slice(1)
    .join('\n\n');
}

async function refusalOf(what: () => unknown): Promise<string[]> {
  try {
    await what();
    return [];
  } catch (error) {
    if (error instanceof HubError) return [`${error.status} ${error.message}`];
    throw error;
  }
}

/** What a line of the log says, without its facts: ids differ from run to run. */
function wordsOf(line: string): string {
  const { msg } = JSON.parse(line) as { readonly msg: string };
  return msg;
}
