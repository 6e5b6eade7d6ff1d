import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { failure, subjects, useMirrorWorld } from '../../fixtures/git/mirror-world.ts';
import { writeHistory } from '../../fixtures/git/write-history.ts';

const world = useMirrorWorld();

describe('reality 28: a text from outside is never an option nor a command of git', () => {
  const gone = (path: string) => expect(access(path)).rejects.toMatchObject({ code: 'ENOENT' });

  test.each([
    ['--upload-pack=touch MARK', 'a branch that reads as an option'],
    ['$(touch MARK)', 'a branch that a shell would run'],
    ['main;touch MARK', 'a branch with a second command'],
    ['main\ntouch MARK', 'a branch of two lines'],
    ['+refs/heads/*:refs/heads/*', 'a branch that is a refspec'],
  ])('%j: %s', async (text) => {
    const mark = join(world.root, 'mark');
    // The branch is not there: it is refused, or the default branch is followed; nothing else happens.
    const opened = world.open({ branch: text.replace('MARK', mark) });
    const result = await opened.then(
      async (mirror) => (await mirror.head()).subject,
      () => 'refused',
    );
    expect(['two', 'refused']).toContain(result);
    await gone(mark);
  });

  test.each(['--output=MARK', '-p', ':(glob)**', ':/', '$(touch MARK)', 'a b;c', '../../a'])(
    'a path of a policy: %j means the file of that name and no other',
    async (text) => {
      const mark = join(world.root, 'mark');
      const mirror = await world.open();
      const path = text.replace('MARK', mark);
      const { commit } = await mirror.head();
      expect(await mirror.fileAt(commit, path)).toBeUndefined();
      expect(await subjects(mirror, path)).toEqual([]);
      await gone(mark);
    },
  );

  test('a file that is really called so is read', async () => {
    const names = ['-p', ':(glob)x', '$(touch x)', 'a b;c'];
    const files = Object.fromEntries(names.map((name) => [name, name]));
    writeHistory(world.remote, 'main', [{ message: 'odd names', files }], world.oids.at(-1));
    const mirror = await world.open();
    for (const name of names) expect(await subjects(mirror, name)).toEqual(['odd names']);
  });

  test.each(['--help', '-h', 'HEAD', '', 'a'.repeat(39), '--output=/tmp/x'])(
    'a commit that is none: %j is refused, or no file of it found',
    async (commit) => {
      const mirror = await world.open();
      const found = await mirror.fileAt(commit, 'a').catch(() => undefined);
      expect(found).toBeUndefined();
    },
  );

  test('an address with a token or another protocol is refused', async () => {
    for (const url of [`ext::sh -c touch% ${join(world.root, 'mark')}`, '--upload-pack=x']) {
      const remote = () => Promise.resolve({ url, token: 'x' });
      const { message } = await failure(world.open({ folder: join(world.root, 'other'), remote }));
      expect(message).not.toBe('');
    }
    await gone(join(world.root, 'mark'));
  });
});
