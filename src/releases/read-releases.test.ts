import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Pin } from '../manifests/pin.ts';
import { HistoryInMemory, oid, type WrittenCommit } from './history-in-memory.ts';
import { readReleases, readRunning } from './read-releases.ts';
import type { Release } from './release.ts';

const MODEL = 'model.yaml';
const FEATURES = 'features.yaml';
const pins: readonly Pin[] = [
  { id: 'model', component: 'model', file: MODEL, path: 'spec.uri', version: 's3://m/{version}' },
  { id: 'features', component: 'features', file: FEATURES, path: 'snapshot' },
];
const model = (version: string, more = ''): string => `spec:\n  uri: s3://m/${version}\n${more}`;
const features = (version: string): string => `snapshot: ${version}\n`;
const start: WrittenCommit = { files: { [MODEL]: model('1.8'), [FEATURES]: features('a') } };

async function read(history: HistoryInMemory, of = pins): Promise<Release[]> {
  const head = await history.head();
  const releases: Release[] = [];
  for await (const release of readReleases(history, of, head.commit)) releases.push(release);
  return releases;
}

/** `1.9+b since 2 until 3`, by the numbers of the commits. */
function show(history: HistoryInMemory, release: Release): string {
  const index = (commit: string): number =>
    history.commits.findIndex((candidate) => candidate.commit === commit);
  const values = Object.values(release.values).map(({ version }) => version);
  const what =
    release.problems.map(({ pin, problem }) => `${pin}: ${problem.code}`).join(', ') ||
    values.join('+');
  const until = release.until ? ` until ${index(release.until.commit)}` : '';
  return `${what} since ${index(release.commit)}${until}`;
}

async function shown(commits: readonly WrittenCommit[], of = pins): Promise<string[]> {
  const history = new HistoryInMemory(commits);
  return (await read(history, of)).map((release) => show(history, release));
}

describe('releases', () => {
  it.each<[string, WrittenCommit[], string[]]>([
    ['one commit', [start], ['1.8+a since 0']],
    [
      'each file changed in its own commit',
      [start, { files: { [MODEL]: model('1.9') } }, { files: { [FEATURES]: features('b') } }],
      ['1.9+b since 2', '1.9+a since 1 until 2', '1.8+a since 0 until 1'],
    ],
    [
      'a file that last changed long before the other',
      [
        start,
        { files: { [FEATURES]: features('b') } },
        { files: { [FEATURES]: features('c') } },
        { files: { [MODEL]: model('1.9') } },
      ],
      ['1.9+c since 3', '1.8+c since 2 until 3', '1.8+b since 1 until 2', '1.8+a since 0 until 1'],
    ],
    [
      'commits that change the files and not the pins',
      [
        start,
        { files: { [MODEL]: model('1.9') } },
        { files: { [MODEL]: model('1.9', 'replicas: 3\n') } },
        { files: { [MODEL]: `# moved a line\n${model('"1.9"').replaceAll('"', '')}` } },
      ],
      ['1.9+a since 1', '1.8+a since 0 until 1'],
    ],
    [
      'quotes that come and go',
      [
        { files: { [MODEL]: model('1.8'), [FEATURES]: 'snapshot: 1.10\n' } },
        { files: { [FEATURES]: 'snapshot: "1.10"\n' } },
        { files: { [FEATURES]: 'snapshot: 1.1\n' } },
      ],
      ['1.8+1.1 since 2', '1.8+1.10 since 0 until 2'],
    ],
    [
      'equal values brought back later',
      [start, { files: { [MODEL]: model('1.9') } }, { files: { [MODEL]: model('1.8') } }],
      ['1.8+a since 2', '1.9+a since 1 until 2', '1.8+a since 0 until 1'],
    ],
    [
      'a file that was broken for a while between equal values: what ran is unknown',
      [
        start,
        { files: { [MODEL]: 'spec: [' } },
        { files: { [MODEL]: 'spec: {' } },
        { files: { [MODEL]: model('1.8') } },
      ],
      ['1.8+a since 3', 'model: not-parsable since 1 until 3', '1.8+a since 0 until 1'],
    ],
    [
      'a pin that vanished and a file that is no text',
      [
        start,
        { files: { [FEATURES]: 'other: 1\n' } },
        { files: { [MODEL]: new Uint8Array([0, 1]) } },
        { files: { [MODEL]: model('1.9'), [FEATURES]: features('b') } },
      ],
      [
        '1.9+b since 3',
        'model: not-text, features: path-not-found since 1 until 3',
        '1.8+a since 0 until 1',
      ],
    ],
    [
      'a file that was removed and came back',
      [start, { files: { [FEATURES]: null } }, { files: { [FEATURES]: features('b') } }],
      ['1.8+b since 2', 'features: file-missing since 1 until 2', '1.8+a since 0 until 1'],
    ],
    [
      'a pin whose file came later',
      [{ files: { [MODEL]: model('1.8') } }, { files: { [FEATURES]: features('a') } }],
      ['1.8+a since 1', 'features: file-missing since 0 until 1'],
    ],
    [
      'a file that was JSON under another name before it moved',
      [
        { files: { [FEATURES]: '{"snapshot": "a" }' }, moved: { [FEATURES]: 'old.json' } },
        { files: { [MODEL]: model('1.8'), [FEATURES]: features('a') } },
      ],
      ['1.8+a since 1', 'model: file-missing since 0 until 1'],
    ],
    [
      'files that never were',
      [{ files: { 'README.md': 'x' } }],
      // The commit it is as of; nobody brought it.
      ['model: file-missing, features: file-missing since 0'],
    ],
  ])('of %s', async (_, commits, expected) => {
    expect(await shown(commits)).toEqual(expected);
  });

  it('say what is missing, and where it is expected', async () => {
    const history = new HistoryInMemory([{ files: { [MODEL]: model('1.8') } }]);
    const [release] = await read(history);
    expect(release?.values).toEqual({});
    expect(release?.problems.map(({ problem }) => problem.message)).toMatchInlineSnapshot(`
      [
        "features.yaml does not exist at this commit; the pin features is expected in it.",
      ]
    `);
  });

  it('carry the values as last written, so that a rollback restores the bytes before the bad commit', async () => {
    const history = new HistoryInMemory([
      { files: { [MODEL]: model('1.8'), [FEATURES]: 'snapshot: a\n' } },
      { files: { [FEATURES]: '# why\nsnapshot: "a"\n' } },
      { files: { [FEATURES]: features('b') } },
    ]);
    const [, earlier] = await read(history);
    expect(earlier?.commit).toBe(history.commits[0]?.commit);
    expect(earlier?.values['features']).toEqual({
      version: 'a',
      value: 'a',
      token: '"a"',
      line: 2,
    });
  });

  it('are those as of the commit asked for', async () => {
    const history = new HistoryInMemory([start, { files: { [MODEL]: model('1.9') } }]);
    const running = await readRunning(history, pins, history.commits[0]?.commit ?? '');
    expect(show(history, running)).toBe('1.8+a since 0');
  });
});

describe('reading lazily', () => {
  it('reads no blob older than what ends the last release asked for', async () => {
    const versions = Array.from({ length: 50 }, (_, i) => `1.${i}`);
    const history = new HistoryInMemory([
      start,
      ...versions.map((version) => ({ files: { [MODEL]: model(version) } })),
    ]);
    const releases: string[] = [];
    for await (const release of readReleases(history, pins, (await history.head()).commit)) {
      releases.push(release.values['model']?.version ?? '');
      if (releases.length === 2) break;
    }
    expect(releases).toEqual(['1.49', '1.48']);
    expect(history.blobsRead).toEqual([
      oid(model('1.49')),
      oid(features('a')),
      oid(model('1.48')),
      oid(model('1.47')),
    ]);
  });

  it('reads a blob once though only the other file changes', async () => {
    const history = new HistoryInMemory([
      start,
      ...['b', 'c', 'd'].map((version) => ({ files: { [FEATURES]: features(version) } })),
    ]);
    await read(history);
    expect(history.blobsRead.filter((blob) => blob === oid(model('1.8')))).toHaveLength(1);
  });
});

describe('for any history', () => {
  const contents = fc.constantFrom<(string | null)[]>('a', 'b', 'c', null);
  const commits = fc.array(
    fc.record({ [MODEL]: contents, [FEATURES]: contents }, { requiredKeys: [] }),
    { minLength: 1, maxLength: 12 },
  );

  it('the releases are those that a walk from the oldest commit on finds', async () => {
    await fc.assert(
      fc.asyncProperty(
        commits.filter((all) => all.some((files) => Object.keys(files).length > 0)),
        async (written) => {
          const history = new HistoryInMemory(
            written.map((files) => ({
              files: {
                ...(files[MODEL] !== undefined && { [MODEL]: files[MODEL] && model(files[MODEL]) }),
                ...(files[FEATURES] !== undefined && {
                  [FEATURES]: files[FEATURES] && features(files[FEATURES]),
                }),
              },
            })),
          );
          const runs: { what: string; since: number }[] = [];
          const now: { [file: string]: string | null | undefined } = {};
          for (const [i, files] of written.entries()) {
            Object.assign(now, files);
            if (Object.keys(files).length === 0) continue;
            const [m, f] = [now[MODEL], now[FEATURES]];
            const what = m && f ? `${m}+${f}` : 'unknown';
            if (runs.at(-1)?.what !== what) runs.push({ what, since: i });
          }
          const releases = (await read(history)).map((release) => ({
            what:
              release.problems.length > 0
                ? 'unknown'
                : Object.values(release.values)
                    .map(({ version }) => version)
                    .join('+'),
            since: history.commits.findIndex(({ commit }) => commit === release.commit),
          }));
          expect(releases).toEqual(runs.toReversed());
        },
      ),
    );
  });
});
