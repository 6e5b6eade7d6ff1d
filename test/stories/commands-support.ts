import { plain, type Stories } from './support.ts';

/** What the stories of commands do and look at. */
export interface Talk {
  /** Comments as somebody and waits; answers what was told since. */
  readonly say: (login: string, number: number, body: string) => Promise<string[]>;
  /** What the App wrote below an issue or a pull request, oldest first, without what differs from run to run. */
  readonly answers: (number: number) => string[];
  /** The last of them, from its first answer on. */
  readonly answer: (number: number) => string;
  /** Opens an issue. */
  readonly issue: (title: string) => Promise<number>;
}

export function talkIn(stories: Stories): Talk {
  const answers = (number: number): string[] =>
    stories.repository
      .comments(number)
      .filter(({ user }) => user.login === 'lastgood[bot]')
      .map(({ body }) => plain(body).replace(/\(http\S+\)/g, '(<link>)'))
      .map((body) => body.replace(/(review|comment) \d+ -->/, '$1 N -->'));
  return {
    say: (login, number, body) =>
      stories.after(() => stories.as(login).comment(stories.repository, number, body)),
    answers,
    answer: (number) => (answers(number).at(-1) ?? '').split('\n\n').slice(1).join('\n\n'),
    async issue(title) {
      const { number } = await stories.as('carol').openIssue(stories.repository, { title });
      return number;
    },
  };
}
