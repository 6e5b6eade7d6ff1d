import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { failure, subjects, TOKEN, useMirrorWorld } from '../../fixtures/git/mirror-world.ts';
import { serveGit } from '../../fixtures/git/serve-git.ts';

const world = useMirrorWorld();

describe('the token', () => {
  test('reality 21: one that expired is asked for anew, once', async () => {
    const tokens = ['expired', TOKEN];
    const url = `${world.server.url}/remote.git`;
    const mirror = await world.open({
      remote: () => Promise.resolve({ url, token: tokens.shift() ?? 'expired' }),
    });
    expect((await mirror.head()).subject).toBe('two');
    const before = world.server.requests.length;
    expect((await failure(mirror.fetch())).code).toBe('denied');
    expect(world.server.requests.length - before).toBe(2);
  });

  test('reality 21: one that expires between two requests of a fetch is asked for anew', async () => {
    const mirror = await world.open();
    const pushed = world.push('three');
    let posts = 0;
    world.allow = (_, path) =>
      path.endsWith('git-upload-pack') && posts++ === 0 ? 401 : undefined;
    expect(await mirror.fetch()).toMatchObject({ after: pushed });
  });

  test('is in no file of the mirror, in no argument, and in no error', async () => {
    const recorder = join(world.root, 'git');
    const record = join(world.root, 'arguments');
    const { stdout } = await promisify(execFile)('which', ['git']);
    await writeFile(
      recorder,
      `#!/bin/sh\nprintf '%s\\n' "$@" >> '${record}'\nexec '${stdout.trim()}' "$@"\n`,
      { mode: 0o755 },
    );
    const path = process.env['PATH'];
    process.env['PATH'] = `${world.root}:${path ?? ''}`;
    try {
      const mirror = await world.open();
      await mirror.fetch();
      world.allow = () => 401;
      const error = await failure(mirror.fetch());
      await mirror.close();
      const cause = error.cause instanceof Error ? (error.cause.stack ?? '') : '';
      const basic = Buffer.from(`x-access-token:${TOKEN}`).toString('base64');
      const seen = [
        await readFile(record, 'utf8'),
        `${error.message}\n${error.stack}\n${cause}\n${JSON.stringify(error)}`,
        ...(await readTexts(world.folder)),
      ];
      expect(seen[0]).toContain(`${world.server.url}/remote.git`);
      for (const text of seen) {
        expect(text).not.toContain(TOKEN);
        expect(text).not.toContain(basic);
      }
      expect(await readFile(join(world.folder, 'repository.git', 'config'), 'utf8')).not.toContain(
        'http',
      );
    } finally {
      process.env['PATH'] = path;
    }
  });

  test('in an address is refused, and not repeated', async () => {
    const url = world.server.url.replace('//', `//x:${TOKEN}@`);
    const error = await failure(world.open({ remote: () => Promise.resolve({ url, token: '' }) }));
    expect(error.code).toBe('remote-invalid');
    expect(error.message).not.toContain(TOKEN);
  });
});

describe('what the remote can answer', () => {
  test.each([
    [401, 'denied', 'did not accept the token'],
    [403, 'forbidden', 'not suspended'],
    [404, 'not-found', 'removed or renamed'],
    [500, 'unreachable', 'could not be reached'],
    [503, 'unreachable', 'could not be reached'],
  ])('%i is told in a sentence, and the mirror goes on as it was', async (status, code, words) => {
    const mirror = await world.open();
    world.allow = () => status;
    const error = await failure(mirror.fetch());
    expect(error.code).toBe(code);
    expect(error.message).toContain(words);
    expect(await subjects(mirror)).toEqual(['two', 'one']);
    world.allow = () => undefined;
    expect(await mirror.fetch()).toMatchObject({ changed: false });
  });

  test('nobody listening is told as well', async () => {
    const mirror = await world.open();
    await world.server.close();
    expect((await failure(mirror.fetch())).code).toBe('unreachable');
    world.server = await serveGit(world.root, () => undefined);
  });

  test.each([
    ['ext::sh -c "touch /tmp/x"', 'main'],
    ['--upload-pack=touch', 'main'],
    ['/etc', 'main'],
    ['file:///etc', 'main'],
  ])('the address %s is refused', async (url, branch) => {
    const error = await failure(
      world.open({ branch, remote: () => Promise.resolve({ url, token: '' }) }),
    );
    expect(['remote-invalid', 'failed']).toContain(error.code);
    expect(existsSync(join(world.folder, 'repository.git'))).toBe(false);
  });

  test.each(['', '-x', 'a..b', 'a b', 'a:b', '@{1}', 'a\nb', 'x*', '/a', 'a/'])(
    'the branch name %j is refused',
    async (branch) => {
      const error = await failure(world.open({ branch }));
      expect(error.message).toContain('cannot be the name of a branch');
      expect(world.server.requests).toEqual([]);
    },
  );
});

async function readTexts(at: string): Promise<readonly string[]> {
  const entries = await readdir(at, { recursive: true, withFileTypes: true });
  const found = entries.filter((entry) => entry.isFile());
  return await Promise.all(
    found.map(async ({ parentPath, name }) => await readFile(join(parentPath, name), 'latin1')),
  );
}
