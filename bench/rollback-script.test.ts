import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openServer, type OpenServer } from '../fixtures/http/open-server.ts';
import { generateRepository } from './generate-repository.ts';
import type { GeneratedRepository } from './generate-repository.ts';
import { measureProcess } from './measure.ts';

const script = path.join(import.meta.dirname, 'rollback-script.sh');

/** The two answers that the script needs, in GitHub's spelling; git goes to the folder itself. */
function answer(request: string): { status: number; body: object } {
  if (request === 'POST /repos/acme/manifests/pulls') {
    return { status: 201, body: { id: 99, number: 7, mergeable: null, head: { sha: 'b' } } };
  }
  if (request === 'PUT /repos/acme/manifests/pulls/7/merge') {
    return { status: 200, body: { sha: 'c'.repeat(40), merged: true, message: 'merged' } };
  }
  return { status: 404, body: { message: 'Not Found' } };
}

describe('rollback-script.sh', () => {
  let folder: string;
  let repository: GeneratedRepository;
  let server: OpenServer;
  let requests: { request: string; token: string | undefined; body: Record<string, unknown> }[];
  let replies: (request: string) => { status: number; body: object };

  beforeEach(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'script-'));
    repository = await generateRepository({
      folder: path.join(folder, 'acme/manifests.git'),
      commits: 200,
      models: 5,
    });
    requests = [];
    replies = answer;
    server = await openServer((incoming, outgoing) => {
      let text = '';
      incoming.on('data', (chunk: Buffer) => (text += chunk.toString()));
      incoming.on('end', () => {
        const request = `${incoming.method} ${incoming.url}`;
        const body = (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>;
        requests.push({ request, token: incoming.headers.authorization, body });
        const reply = replies(request);
        outgoing.writeHead(reply.status).end(JSON.stringify(reply.body));
      });
    });
  });

  afterEach(async () => {
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const git = (...args: string[]) =>
    execFileSync('git', ['-C', repository.folder, ...args], { encoding: 'utf8' });

  const roll = (model: string, env: Record<string, string> = {}) =>
    measureProcess(script, [], {
      env: {
        API_URL: server.url,
        GIT_URL: `file://${folder}`,
        TOKEN: 'secret',
        REPOSITORY: 'acme/manifests',
        FILE: `clusters/production/${model}/inferenceservice.yaml`,
        FEATURES_FILE: `clusters/production/${model}/features.yaml`,
        ...env,
      },
    });

  it.each(['50', '1'])(
    'restores both files of the release before, from a clone of depth %s',
    async (DEPTH) => {
      const model = 'churn-detector-0001';
      const before = repository.head;
      await repository.addCommits(1, { model });
      const run = await roll(model, { DEPTH });
      expect(run.stderr).toBe('');
      expect(run).toMatchObject({ exitCode: 0, stdout: `#7 merged as ${'c'.repeat(40)}\n` });

      const branch = String(requests[0]?.body['head']);
      const pushed = git('rev-parse', branch).trim();
      expect(git('rev-parse', `${pushed}^`).trim()).toBe(repository.head);
      expect(git('diff', '--stat', before, pushed)).toBe('');
      expect(requests).toEqual([
        {
          request: 'POST /repos/acme/manifests/pulls',
          token: 'Bearer secret',
          body: {
            title: `Roll back ${model}`,
            head: branch,
            base: 'main',
            body: expect.stringMatching(/^From s3:\/\/\S+ to s3:\/\/\S+\.$/),
          },
        },
        {
          request: 'PUT /repos/acme/manifests/pulls/7/merge',
          token: 'Bearer secret',
          body: { sha: pushed, merge_method: 'squash' },
        },
      ]);
    },
  );

  it('tries again while GitHub has not computed mergeability', async () => {
    let asked = 0;
    replies = (request) => {
      if (request.startsWith('GET')) return { status: 200, body: { number: 7, mergeable: true } };
      if (request.endsWith('/merge') && asked++ === 0) {
        return { status: 405, body: { message: 'Pull Request is not mergeable' } };
      }
      return answer(request);
    };
    expect(await roll('fraud-detector-0000')).toMatchObject({ exitCode: 0 });
    expect(requests.map(({ request }) => request.split(' ')[0])).toEqual([
      'POST',
      'PUT',
      'GET',
      'PUT',
    ]);
  });

  it('fails with a reason', async () => {
    expect(await roll('nobody')).toMatchObject({
      exitCode: 1,
      stderr: 'rollback: there is no clusters/production/nobody/inferenceservice.yaml on main\n',
    });
    expect(await roll('fraud-detector-0000', { KEY: 'apiVersion' })).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('has no earlier value of apiVersion'),
    });
    replies = () => ({ status: 403, body: { message: 'Resource not accessible by integration' } });
    expect(await roll('fraud-detector-0000')).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('cannot open the pull request: 403'),
    });
  });
});
