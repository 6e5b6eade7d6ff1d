import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generateRepository } from './generate-repository.ts';
import type { GeneratedRepository } from './generate-repository.ts';

describe('generateRepository', () => {
  let folder: string;
  let repository: GeneratedRepository;

  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'generate-'));
    repository = await generateRepository({
      folder: path.join(folder, 'a'),
      commits: 200,
      models: 10,
    });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const git = (...args: string[]) =>
    execFileSync('git', ['-C', repository.folder, ...args], { encoding: 'utf8' }).trim();

  it('makes a sound repository of the length and width asked for', () => {
    expect(
      execFileSync('git', ['-C', repository.folder, 'fsck', '--strict'], { encoding: 'utf8' }),
    ).toBe('');
    expect(git('rev-parse', 'HEAD')).toBe(repository.head);
    expect(git('rev-list', '--count', '--first-parent', 'main')).toBe('200');
    expect(git('ls-tree', '--name-only', 'main:clusters/production').split('\n').sort()).toEqual(
      [...repository.models].sort(),
    );
  });

  it('changes model and features together in most commits, and in time order', () => {
    const commits = git('log', '--format=%x00%ct', '--name-only', 'main~198..main')
      .split('\0')
      .slice(1);
    const files = commits.map((commit) =>
      commit
        .trim()
        .split('\n')
        .slice(2)
        .map((file) => path.basename(file)),
    );
    const releases = files.filter(
      (names) => names.join() === 'features.yaml,inferenceservice.yaml',
    );
    expect(releases.length).toBeGreaterThan(140);
    expect(files.some((names) => names.join() === 'inferenceservice.yaml')).toBe(true);
    expect(files.some((names) => names[0]?.startsWith('runbook'))).toBe(true);
    const dates = commits.map((commit) => Number(commit.trim().split('\n')[0]));
    expect(dates).toEqual([...dates].sort((a, b) => b - a));
  });

  it('is the same for the same seed, however it grew', async () => {
    const whole = await generateRepository({
      folder: path.join(folder, 'b'),
      commits: 60,
      models: 4,
      seed: 7,
    });
    const grown = await generateRepository({
      folder: path.join(folder, 'c'),
      commits: 50,
      models: 4,
      seed: 7,
    });
    const other = await generateRepository({
      folder: path.join(folder, 'd'),
      commits: 60,
      models: 4,
      seed: 8,
    });
    expect(await grown.addCommits(10)).toBe(whole.head);
    expect(grown.head).toBe(whole.head);
    expect(other.head).not.toBe(whole.head);
  });

  it('adds releases of one model', async () => {
    const model = repository.models[3] ?? '';
    const before = repository.head;
    await repository.addCommits(2, { model });
    expect(git('diff', '--name-only', before, repository.head).split('\n')).toEqual([
      `clusters/production/${model}/features.yaml`,
      `clusters/production/${model}/inferenceservice.yaml`,
    ]);
    expect(git('rev-list', '--count', `${before}..main`)).toBe('2');
    await expect(repository.addCommits(1, { model: 'nobody' })).rejects.toThrow(
      'There is no model named nobody in this repository.',
    );
  });

  it('checks files out when asked', async () => {
    const plain = await generateRepository({
      folder: path.join(folder, 'e'),
      commits: 3,
      models: 2,
      bare: false,
    });
    const file = path.join(
      plain.folder,
      'clusters/production',
      plain.models[0] ?? '',
      'features.yaml',
    );
    expect(readFileSync(file, 'utf8')).toMatch(/^ {2}snapshot: fs-\d{8}-[0-9a-f]{4}$/m);
  });

  it('refuses an empty repository', async () => {
    await expect(generateRepository({ folder, commits: 0 })).rejects.toThrow('at least one commit');
  });
});
