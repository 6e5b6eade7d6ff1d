import { execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { git } from '../../fixtures/git/run.ts';
import { serveGit } from '../../fixtures/git/serve-git.ts';
import type { GitServer } from '../../fixtures/git/serve-git.ts';
import { initBare, writeHistory } from '../../fixtures/git/write-history.ts';
import { GitError } from './git-error.ts';
import { openMirror } from './open-mirror.ts';
import type { Mirror, MirrorOptions } from './open-mirror.ts';

const TOKEN = 'ghs_0123456789secret';

let root = '';
let remote = '';
let folder = '';
let server: GitServer;
let allow: (token: string, path: string) => Promise<number | undefined> | number | undefined;
let notices: string[] = [];
let opened: Mirror[] = [];
let oids: readonly string[] = [];

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'lastgood-mirror-'));
  remote = join(root, 'remote.git');
  folder = join(root, 'mirror');
  allow = (token) => (token === TOKEN ? undefined : 401);
  server = await serveGit(root, (token, { url }) => allow(token, url ?? ''));
  notices = [];
  opened = [];
  initBare(remote);
  oids = writeHistory(remote, 'main', [
    { message: 'one', files: { a: '1', b: '1' } },
    { message: 'two', files: { a: '2' } },
  ]);
});
afterEach(async () => {
  await Promise.all(opened.map((mirror) => mirror.close()));
  await server.close();
  await rm(root, { recursive: true, force: true });
});

async function open(options: Partial<MirrorOptions> = {}): Promise<Mirror> {
  const mirror = await openMirror({
    folder,
    remote: () => Promise.resolve({ url: `${server.url}/remote.git`, token: TOKEN }),
    branch: 'main',
    notice: (sentence) => notices.push(sentence),
    ...options,
  });
  opened.push(mirror);
  return mirror;
}

/** Adds a commit to the remote's branch, as a push would. */
function push(message: string, content = message): string {
  const tip = git(remote, ['rev-parse', 'main']).trim();
  const [oid = ''] = writeHistory(remote, 'main', [{ message, files: { a: content } }], tip);
  return oid;
}

async function subjects(mirror: Mirror, path = 'a', from?: string): Promise<readonly string[]> {
  const found: string[] = [];
  const start = from ?? (await mirror.head()).commit;
  for await (const { subject } of mirror.changes([path], start)) {
    found.push(subject);
  }
  return found;
}

async function failure(promise: Promise<unknown>): Promise<GitError> {
  const error = await promise.then(
    () => new Error('it did not fail'),
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(GitError);
  return error as GitError;
}

describe('fetching', () => {
  test('tells what was before, what is now, and whether that differs', async () => {
    const mirror = await open();
    expect(await mirror.fetch()).toEqual({ before: oids[1], after: oids[1], changed: false });
    const pushed = push('three');
    expect(await mirror.fetch()).toEqual({ before: oids[1], after: pushed, changed: true });
    expect(await subjects(mirror)).toEqual(['three', 'two', 'one']);
    expect(notices).toEqual([]);
  });

  test('a call made after a push sees it, though a fetch is running; waiting calls share one', async () => {
    const mirror = await open();
    const requests = server.requests.length;
    const arrived = Promise.withResolvers<void>();
    const goOn = Promise.withResolvers<void>();
    // The first fetch has its answer about the branch, and is held up before it is told.
    allow = async () => {
      arrived.resolve();
      await goOn.promise;
      return undefined;
    };
    const first = mirror.fetch();
    await arrived.promise;
    const later = [mirror.fetch(), mirror.fetch(), mirror.fetch()];
    const pushed = push('three');
    goOn.resolve();
    await first;
    const answers = await Promise.all(later);
    expect(answers.map(({ after }) => after)).toEqual([pushed, pushed, pushed]);
    const asked = server.requests.slice(requests).filter((line) => line.includes('info/refs'));
    expect(asked).toHaveLength(2);
  });

  test('a force push is followed: the old commits are no longer history', async () => {
    const mirror = await open();
    push('three');
    await mirror.fetch();
    const [forced] = writeHistory(
      remote,
      'main',
      [{ message: 'other', files: { a: 'x' } }],
      oids[0],
    );
    expect(await mirror.fetch()).toMatchObject({ after: forced, changed: true });
    expect(await subjects(mirror)).toEqual(['other', 'one']);
    expect(notices).toEqual([
      `The branch was pushed over: its history up to ${forced} was read anew.`,
    ]);
    const gone = await failure(subjects(mirror, 'a', oids[1]));
    expect(gone.code).toBe('not-on-branch');
  });

  test('a default branch that was renamed is followed', async () => {
    const mirror = await open();
    const pushed = push('three');
    git(remote, ['branch', '-m', 'main', 'trunk/main']);
    git(remote, ['symbolic-ref', 'HEAD', 'refs/heads/trunk/main']);
    expect(await mirror.fetch()).toMatchObject({ after: pushed });
    expect(notices).toEqual(['The branch main is gone; trunk/main took its place.']);
    expect(await mirror.fetch()).toMatchObject({ changed: false });
  });

  test('a repository without a commit is told so', async () => {
    initBare(join(root, 'empty.git'));
    const url = `${server.url}/empty.git`;
    const error = await failure(open({ remote: () => Promise.resolve({ url, token: TOKEN }) }));
    expect(error.code).toBe('branch-missing');
    expect(error.message).toContain('Push a first commit');
  });

  test('a tag or another branch is not fetched', async () => {
    git(remote, ['branch', '--', 'lastgood/production/fraud/abc', 'main']);
    git(remote, ['tag', 'v1', 'main']);
    await open();
    expect(git(join(folder, 'repository.git'), ['for-each-ref', '--format=%(refname)'])).toBe(
      'refs/mirror/branch\n',
    );
  });
});

describe('the token', () => {
  test('reality 21: one that expired is asked for anew, once', async () => {
    const tokens = ['expired', TOKEN];
    const url = `${server.url}/remote.git`;
    const mirror = await open({
      remote: () => Promise.resolve({ url, token: tokens.shift() ?? 'expired' }),
    });
    expect((await mirror.head()).subject).toBe('two');
    const before = server.requests.length;
    expect((await failure(mirror.fetch())).code).toBe('denied');
    expect(server.requests.length - before).toBe(2);
  });

  test('reality 21: one that expires between two requests of a fetch is asked for anew', async () => {
    const mirror = await open();
    const pushed = push('three');
    let posts = 0;
    allow = (_, path) => (path.endsWith('git-upload-pack') && posts++ === 0 ? 401 : undefined);
    expect(await mirror.fetch()).toMatchObject({ after: pushed });
  });

  test('is in no file of the mirror, in no argument, and in no error', async () => {
    const recorder = join(root, 'git');
    const record = join(root, 'arguments');
    const { stdout } = await promisify(execFile)('which', ['git']);
    await writeFile(
      recorder,
      `#!/bin/sh\nprintf '%s\\n' "$@" >> '${record}'\nexec '${stdout.trim()}' "$@"\n`,
      { mode: 0o755 },
    );
    const path = process.env['PATH'];
    process.env['PATH'] = `${root}:${path ?? ''}`;
    try {
      const mirror = await open();
      await mirror.fetch();
      allow = () => 401;
      const error = await failure(mirror.fetch());
      await mirror.close();
      const cause = error.cause instanceof Error ? (error.cause.stack ?? '') : '';
      const basic = Buffer.from(`x-access-token:${TOKEN}`).toString('base64');
      const seen = [
        await readFile(record, 'utf8'),
        `${error.message}\n${error.stack}\n${cause}\n${JSON.stringify(error)}`,
        ...(await readTexts(folder)),
      ];
      expect(seen[0]).toContain(`${server.url}/remote.git`);
      for (const text of seen) {
        expect(text).not.toContain(TOKEN);
        expect(text).not.toContain(basic);
      }
      expect(await readFile(join(folder, 'repository.git', 'config'), 'utf8')).not.toContain(
        'http',
      );
    } finally {
      process.env['PATH'] = path;
    }
  });

  test('in an address is refused, and not repeated', async () => {
    const url = server.url.replace('//', `//x:${TOKEN}@`);
    const error = await failure(open({ remote: () => Promise.resolve({ url, token: '' }) }));
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
    const mirror = await open();
    allow = () => status;
    const error = await failure(mirror.fetch());
    expect(error.code).toBe(code);
    expect(error.message).toContain(words);
    expect(await subjects(mirror)).toEqual(['two', 'one']);
    allow = () => undefined;
    expect(await mirror.fetch()).toMatchObject({ changed: false });
  });

  test('nobody listening is told as well', async () => {
    const mirror = await open();
    await server.close();
    expect((await failure(mirror.fetch())).code).toBe('unreachable');
    server = await serveGit(root, () => undefined);
  });

  test.each([
    ['ext::sh -c "touch /tmp/x"', 'main'],
    ['--upload-pack=touch', 'main'],
    ['/etc', 'main'],
    ['file:///etc', 'main'],
  ])('the address %s is refused', async (url, branch) => {
    const error = await failure(
      open({ branch, remote: () => Promise.resolve({ url, token: '' }) }),
    );
    expect(['remote-invalid', 'failed']).toContain(error.code);
    expect(existsSync(join(folder, 'repository.git'))).toBe(false);
  });

  test.each(['', '-x', 'a..b', 'a b', 'a:b', '@{1}', 'a\nb', 'x*', '/a', 'a/'])(
    'the branch name %j is refused',
    async (branch) => {
      const error = await failure(open({ branch }));
      expect(error.message).toContain('cannot be the name of a branch');
      expect(server.requests).toEqual([]);
    },
  );
});

describe('opening again', () => {
  test('needs no remote, and reads the index from its file', async () => {
    await (await open()).close();
    const requests = server.requests.length;
    const mirror = await open();
    expect(await subjects(mirror)).toEqual(['two', 'one']);
    expect(server.requests).toHaveLength(requests);
    expect(notices).toEqual([]);
  });

  test.each([
    ['is cut off', async (file: string) => await truncate(file, 100)],
    ['is empty', async (file: string) => await truncate(file, 0)],
    ['is of another version', async (file: string) => await writeFile(file, 'index 0\n{}')],
    ['has a flipped bit', flipBit],
    ['is gone', async (file: string) => await rm(file)],
  ])('an index file that %s is built anew', async (_, harm) => {
    await (await open()).close();
    await harm(join(folder, 'history-index'));
    const mirror = await open();
    expect(await subjects(mirror)).toEqual(['two', 'one']);
    await mirror.close();
    expect(await subjects(await open())).toEqual(['two', 'one']);
  });

  test('an index file of another history is not believed', async () => {
    await (await open()).close();
    const index = await readFile(join(folder, 'history-index'));
    writeHistory(remote, 'main', [{ message: 'other', files: { a: 'x' } }], oids[0]);
    const mirror = await open();
    await mirror.fetch();
    await mirror.close();
    await writeFile(join(folder, 'history-index'), index);
    expect(await subjects(await open())).toEqual(['other', 'one']);
  });

  test.each([
    ['has no HEAD', async (at: string) => await rm(join(at, 'HEAD'))],
    [
      'has lost its objects',
      async (at: string) => await rm(join(at, 'objects'), { recursive: true }),
    ],
    ['has a broken config', async (at: string) => await writeFile(join(at, 'config'), '[core\n')],
    [
      'has lost its ref',
      async (at: string) => await rm(join(at, 'refs', 'mirror'), { recursive: true }),
    ],
    ['is shallow', async (at: string) => await writeFile(join(at, 'shallow'), `${oids[1]}\n`)],
    ['is a file', replaceByFile],
    ['has lost an old commit', async (at: string) => await rm(looseFile(at, oids[0] ?? ''))],
  ])('a repository that %s is cloned again, loudly', async (_, harm) => {
    await (await open()).close();
    await harm(join(folder, 'repository.git'));
    await rm(join(folder, 'history-index'));
    const mirror = await open();
    expect(await subjects(mirror)).toEqual(['two', 'one']);
    expect(notices).toHaveLength(1);
    expect(notices[0]).toContain(`The mirror ${folder} is cloned again.`);
    const left = await readdir(folder);
    expect(left.filter((name) => /incoming|discarded|new/.test(name))).toEqual([]);
  });

  test('a repository found damaged while it is read is cloned again with the next fetch', async () => {
    const mirror = await open();
    const { blob } = (await mirror.fileAt(oids[1] ?? '', 'a')) ?? { blob: '' };
    await rm(looseFile(join(folder, 'repository.git'), blob));
    expect((await failure(mirror.blob(blob))).code).toBe('missing-object');
    await mirror.fetch();
    expect(notices).toHaveLength(1);
    expect(Buffer.from(await mirror.blob(blob)).toString()).toBe('2');
  });

  test('asking for an object that never was clones nothing', async () => {
    const mirror = await open();
    await failure(mirror.blob('a'.repeat(40)));
    await mirror.fetch();
    expect(notices).toEqual([]);
  });

  test('a lock that a killed git left behind is removed', async () => {
    await (await open()).close();
    const lock = join(folder, 'repository.git', 'refs', 'mirror', 'branch.lock');
    await writeFile(lock, '');
    const longAgo = new Date(Date.now() - 3_600_000);
    await utimes(lock, longAgo, longAgo);
    const pushed = push('three');
    const mirror = await open();
    expect(await mirror.fetch()).toMatchObject({ after: pushed });
    expect(existsSync(lock)).toBe(false);
  });
});

describe('processes', () => {
  test('a folder in use is refused, and free again after closing', async () => {
    const mirror = await open();
    const error = await failure(open());
    expect(error.code).toBe('in-use');
    expect(error.message).toContain('Give every process a folder of its own');
    await mirror.close();
    expect(await subjects(await open())).toEqual(['two', 'one']);
  });

  test('a process killed in the middle of a fetch leaves nothing in the way', async () => {
    await (await open()).close();
    const pushed = push('three', 'x'.repeat(100_000));
    const arrived = Promise.withResolvers<void>();
    const never = Promise.withResolvers<undefined>();
    allow = async (_, path) => {
      if (!path.endsWith('git-upload-pack')) return undefined;
      arrived.resolve();
      return await never.promise;
    };
    const program = join(root, 'fetch.mts');
    await writeFile(
      program,
      `import { openMirror } from ${JSON.stringify(join(import.meta.dirname, 'open-mirror.ts'))};
      const mirror = await openMirror({
        folder: ${JSON.stringify(folder)},
        remote: async () => ({ url: '${server.url}/remote.git', token: '${TOKEN}' }),
        branch: 'main',
      });
      await mirror.fetch();`,
    );
    const child = fork(program, { stdio: 'ignore' });
    await arrived.promise;
    child.kill('SIGKILL');
    await once(child, 'exit');
    allow = () => undefined;
    const mirror = await open();
    expect(await mirror.fetch()).toMatchObject({ after: pushed });
    expect(await subjects(mirror)).toEqual(['three', 'two', 'one']);
    never.resolve(undefined);
  });

  test('closing ends a fetch that hangs, and everything after it is refused', async () => {
    const mirror = await open();
    const arrived = Promise.withResolvers<void>();
    const never = Promise.withResolvers<undefined>();
    allow = async () => {
      arrived.resolve();
      return await never.promise;
    };
    const hanging = failure(mirror.fetch());
    await arrived.promise;
    await mirror.close();
    expect((await hanging).code).toBe('closed');
    for (const call of [mirror.fetch(), mirror.head(), mirror.blob(oids[0] ?? '')]) {
      expect((await failure(call)).code).toBe('closed');
    }
    never.resolve(undefined);
  });

  test('hooks, settings and helpers of the machine are not run', async () => {
    const marker = join(root, 'ran');
    const config = join(root, 'gitconfig');
    await writeFile(
      config,
      `[core]\n\tfsmonitor = touch ${marker}\n[credential]\n\thelper = !touch ${marker}\n[url "http://127.0.0.1:1/"]\n\tinsteadOf = http\n`,
    );
    const mine = { HOME: root, GIT_CONFIG_GLOBAL: config, GIT_TRACE: marker, GIT_DIR: root };
    const before = Object.keys(mine).map((name) => [name, process.env[name]] as const);
    Object.assign(process.env, mine);
    try {
      const mirror = await open();
      const hook = join(folder, 'repository.git', 'hooks', 'reference-transaction');
      await promisify(execFile)('mkdir', ['-p', join(hook, '..')]);
      await writeFile(hook, `#!/bin/sh\ntouch ${marker}\n`, { mode: 0o755 });
      push('three');
      expect(await mirror.fetch()).toMatchObject({ changed: true });
      allow = () => 401;
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

async function readTexts(at: string): Promise<readonly string[]> {
  const entries = await readdir(at, { recursive: true, withFileTypes: true });
  const found = entries.filter((entry) => entry.isFile());
  return await Promise.all(
    found.map(async ({ parentPath, name }) => await readFile(join(parentPath, name), 'latin1')),
  );
}

async function flipBit(file: string): Promise<void> {
  const bytes = await readFile(file);
  bytes.writeUInt8(bytes.readUInt8(bytes.length - 9) ^ 4, bytes.length - 9);
  await writeFile(file, bytes);
}

async function replaceByFile(at: string): Promise<void> {
  await rm(at, { recursive: true });
  await writeFile(at, 'not a folder');
}

function looseFile(repository: string, oid: string): string {
  return join(repository, 'objects', oid.slice(0, 2), oid.slice(2));
}
