import { execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { failure, subjects, TOKEN, useMirrorWorld } from '../../fixtures/git/mirror-world.ts';
import { git } from '../../fixtures/git/run.ts';
import { initBare, writeHistory } from '../../fixtures/git/write-history.ts';

const world = useMirrorWorld();

describe('fetching', () => {
  test('tells what was before, what is now, and whether that differs', async () => {
    const mirror = await world.open();
    expect(await mirror.fetch()).toEqual({
      before: world.oids[1],
      after: world.oids[1],
      changed: false,
    });
    const pushed = world.push('three');
    expect(await mirror.fetch()).toEqual({ before: world.oids[1], after: pushed, changed: true });
    expect(await subjects(mirror)).toEqual(['three', 'two', 'one']);
    expect(world.notices).toEqual([]);
  });

  test('a call made after a push sees it, though a fetch is running; waiting calls share one', async () => {
    const mirror = await world.open();
    const requests = world.server.requests.length;
    const arrived = Promise.withResolvers<void>();
    const goOn = Promise.withResolvers<void>();
    // The first fetch has its answer about the branch, and is held up before it is told.
    world.allow = async () => {
      arrived.resolve();
      await goOn.promise;
      return undefined;
    };
    const first = mirror.fetch();
    await arrived.promise;
    const later = [mirror.fetch(), mirror.fetch(), mirror.fetch()];
    const pushed = world.push('three');
    goOn.resolve();
    await first;
    const answers = await Promise.all(later);
    expect(answers.map(({ after }) => after)).toEqual([pushed, pushed, pushed]);
    const asked = world.server.requests
      .slice(requests)
      .filter((line) => line.includes('info/refs'));
    expect(asked).toHaveLength(2);
  });

  test('a force push is followed: the old commits are no longer history', async () => {
    const mirror = await world.open();
    world.push('three');
    await mirror.fetch();
    const [forced] = writeHistory(
      world.remote,
      'main',
      [{ message: 'other', files: { a: 'x' } }],
      world.oids[0],
    );
    expect(await mirror.fetch()).toMatchObject({ after: forced, changed: true });
    expect(await subjects(mirror)).toEqual(['other', 'one']);
    expect(world.notices).toEqual([
      `The branch was pushed over: its history up to ${forced} was read anew.`,
    ]);
    const gone = await failure(subjects(mirror, 'a', world.oids[1]));
    expect(gone.code).toBe('not-on-branch');
  });

  test('a default branch that was renamed is followed', async () => {
    const mirror = await world.open();
    const pushed = world.push('three');
    git(world.remote, ['branch', '-m', 'main', 'trunk/main']);
    git(world.remote, ['symbolic-ref', 'HEAD', 'refs/heads/trunk/main']);
    expect(await mirror.fetch()).toMatchObject({ after: pushed });
    expect(world.notices).toEqual(['The branch main is gone; trunk/main took its place.']);
    expect(await mirror.fetch()).toMatchObject({ changed: false });
  });

  test('a repository without a commit is told so', async () => {
    initBare(join(world.root, 'empty.git'));
    const url = `${world.server.url}/empty.git`;
    const error = await failure(
      world.open({ remote: () => Promise.resolve({ url, token: TOKEN }) }),
    );
    expect(error.code).toBe('branch-missing');
    expect(error.message).toContain('Push a first commit');
  });

  test('a tag or another branch is not fetched', async () => {
    git(world.remote, ['branch', '--', 'lastgood/production/fraud/abc', 'main']);
    git(world.remote, ['tag', 'v1', 'main']);
    await world.open();
    expect(git(join(world.folder, 'repository.git'), ['for-each-ref', '--format=%(refname)'])).toBe(
      'refs/mirror/branch\n',
    );
  });
});

describe('processes', () => {
  test('a folder in use is refused, and free again after closing', async () => {
    const mirror = await world.open();
    const error = await failure(world.open());
    expect(error.code).toBe('in-use');
    expect(error.message).toContain('Give every process a folder of its own');
    await mirror.close();
    expect(await subjects(await world.open())).toEqual(['two', 'one']);
  });

  test('a process killed in the middle of a fetch leaves nothing in the way', async () => {
    await (await world.open()).close();
    const pushed = world.push('three', 'x'.repeat(100_000));
    const arrived = Promise.withResolvers<void>();
    const never = Promise.withResolvers<undefined>();
    world.allow = async (_, path) => {
      if (!path.endsWith('git-upload-pack')) return undefined;
      arrived.resolve();
      return await never.promise;
    };
    const program = join(world.root, 'fetch.mts');
    await writeFile(
      program,
      `import { openMirror } from ${JSON.stringify(join(import.meta.dirname, 'open-mirror.ts'))};
      const mirror = await openMirror({
        folder: ${JSON.stringify(world.folder)},
        remote: async () => ({ url: '${world.server.url}/remote.git', token: '${TOKEN}' }),
        branch: 'main',
      });
      await mirror.fetch();`,
    );
    const child = fork(program, { stdio: 'ignore' });
    await arrived.promise;
    child.kill('SIGKILL');
    await once(child, 'exit');
    world.allow = () => undefined;
    const mirror = await world.open();
    expect(await mirror.fetch()).toMatchObject({ after: pushed });
    expect(await subjects(mirror)).toEqual(['three', 'two', 'one']);
    never.resolve(undefined);
  });

  test('closing ends a fetch that hangs, and everything after it is refused', async () => {
    const mirror = await world.open();
    const arrived = Promise.withResolvers<void>();
    const never = Promise.withResolvers<undefined>();
    world.allow = async () => {
      arrived.resolve();
      return await never.promise;
    };
    const hanging = failure(mirror.fetch());
    await arrived.promise;
    await mirror.close();
    expect((await hanging).code).toBe('closed');
    for (const call of [mirror.fetch(), mirror.head(), mirror.blob(world.oids[0] ?? '')]) {
      expect((await failure(call)).code).toBe('closed');
    }
    never.resolve(undefined);
  });

  test('hooks, settings and helpers of the machine are not run', async () => {
    const marker = join(world.root, 'ran');
    const config = join(world.root, 'gitconfig');
    await writeFile(
      config,
      `[core]\n\tfsmonitor = touch ${marker}\n[credential]\n\thelper = !touch ${marker}\n[url "http://127.0.0.1:1/"]\n\tinsteadOf = http\n`,
    );
    const mine = {
      HOME: world.root,
      GIT_CONFIG_GLOBAL: config,
      GIT_TRACE: marker,
      GIT_DIR: world.root,
    };
    const before = Object.keys(mine).map((name) => [name, process.env[name]] as const);
    Object.assign(process.env, mine);
    try {
      const mirror = await world.open();
      const hook = join(world.folder, 'repository.git', 'hooks', 'reference-transaction');
      await promisify(execFile)('mkdir', ['-p', join(hook, '..')]);
      await writeFile(hook, `#!/bin/sh\ntouch ${marker}\n`, { mode: 0o755 });
      world.push('three');
      expect(await mirror.fetch()).toMatchObject({ changed: true });
      world.allow = () => 401;
      expect((await failure(mirror.fetch())).code).toBe('denied');
      expect(existsSync(marker)).toBe(false);
    } finally {
      for (const [name, value] of before) {
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
      }
    }
  });
});
