import { REPOSITORY_FILE, STATE_BRANCH, targetFile } from '../state-branch.ts';
import { act, type StepKind } from './step.ts';

/** When somebody who meddles says that it was said. */
export const TAMPERED_AT = '2026-11-20T02:00:00.000Z';

const STOP = [
  '  by:',
  '    login: mallory',
  '    id: 1',
  `  at: ${TAMPERED_AT}`,
  '  reason: because I say so',
  '',
].join('\n');

/** Somebody writes to the branch of Lastgood's state, takes it back, or deletes it. */
export const tamper: StepKind = {
  name: 'tamper',
  weight: () => 6,
  possible: ({ beginning, repository }) =>
    beginning.talk !== undefined && repository.head(STATE_BRANCH) !== undefined,
  perform(world, random) {
    const { hub, repository, git } = world;
    world.record.tampered.push(world.next());
    const mallory = hub.as('mallory');
    const head = repository.head(STATE_BRANCH) ?? '';
    const model = random.pick(world.beginning.models).name;
    const path = random.pick([targetFile(model), targetFile(model), REPOSITORY_FILE]);
    const there = git.history.filesOf(head).has(path);
    const [parent] = git.history.commit(head).parents;
    const part = path === REPOSITORY_FILE ? 'freeze' : 'hold';
    const how = random.weighted([
      [3, 'adds to'],
      [there ? 2 : 0, 'empties'],
      [there ? 3 : 0, 'says nothing in'],
      [1, 'breaks'],
      [2, 'deletes'],
      [parent === undefined ? 0 : 3, 'takes back'],
    ] as const);
    const push = (text: string) =>
      mallory.push(repository, STATE_BRANCH, { message: 'Tidy', files: { [path]: text } });
    switch (how) {
      case 'adds to':
        return act(world, `mallory: writes a ${part} into ${path}`, () =>
          push(`${part}:\n${STOP}`),
        );
      case 'empties':
        return act(world, `mallory: empties ${path}`, () => push('# nothing to see\n'));
      case 'says nothing in':
        return act(world, `mallory: says nothing in ${path}`, () => push('{}\n'));
      case 'breaks':
        return act(world, `mallory: breaks ${path}`, () => push('hold: [\n'));
      case 'deletes':
        return act(world, `mallory: deletes the branch of the state`, () =>
          mallory.deleteBranch(repository, STATE_BRANCH),
        );
      case 'takes back':
        return act(world, `mallory: takes the last commit of the state back`, () =>
          mallory.forcePush(repository, STATE_BRANCH, parent ?? head),
        );
    }
  },
};
