import { expect, test } from 'vitest';
import { DAY, MINUTE } from '../time.ts';
import { bindSamples, OLDEST, repositoriesOf, type KnownSeries } from './bind-samples.ts';
import type { SentSample } from './read-samples.ts';

const NOW = Date.parse('2026-11-20T02:17:00Z');
const MINE = { repositories: ['acme/models'] };
const TWO = { repositories: ['acme/models', 'globex/models'] };
const NARROW = { repositories: ['acme/models'], targets: ['production/recommender'] };

const target = (model: string, environment: string, ...series: readonly string[]) => ({
  target: { model, environment },
  series: new Set(series),
});
const KNOWN: KnownSeries = new Map([
  ['recommender', [target('recommender', 'production', 'diversity', 'coverage')]],
  ['ranker', [target('ranker', 'production', 'clicks'), target('ranker', 'staging', 'clicks')]],
]);
const known = (repository: string): KnownSeries =>
  repository === 'acme/models' ? KNOWN : undefined;

function sample(said: Partial<SentSample> = {}): SentSample {
  const at = said.at ?? NOW;
  return {
    path: '$[0]',
    model: 'recommender',
    series: 'diversity',
    value: 0.73,
    time: new Date(at).toISOString(),
    ...said,
    at,
  };
}

test('samples of a series come together, by repository', () => {
  const samples = [
    sample(),
    sample({ at: NOW - 1, repository: 'ACME/models' }),
    sample({ environment: 'production', value: Number.NaN }),
    sample({ model: 'ranker', environment: 'staging', series: 'clicks', value: 1 }),
  ];
  const { taken, count, problems } = bindSamples(samples, MINE, known, NOW);
  expect([count, problems]).toEqual([4, []]);
  const all = taken.get('acme/models') ?? [];
  expect(all.map(({ target, series }) => `${target.environment} ${series}`)).toEqual([
    'production diversity',
    'production diversity',
    'production diversity',
    'staging clicks',
  ]);
  expect(all.flatMap((one) => one.samples).map(({ at }) => at - NOW)).toEqual([0, -1, 0, 0]);
});

test.each<[string, Partial<SentSample>, Parameters<typeof bindSamples>[1]]>([
  ['another repository', { repository: 'umbrella/models' }, MINE],
  ['no repository of two', {}, TWO],
  ['a repository without the App', { repository: 'globex/models' }, TWO],
  ['another target', { environment: 'staging' }, NARROW],
  ['a target that there is not', { model: 'nobody', environment: 'production' }, NARROW],
  ['no environment for a narrow source', {}, NARROW],
  ['no environment of two', { model: 'ranker', series: 'clicks' }, MINE],
  ['an unknown environment', { environment: 'prod' }, MINE],
  ['an unknown model', { model: 'nobody' }, MINE],
  ['an unknown model with its environment', { model: 'nobody', environment: 'production' }, MINE],
  ['a mistyped model', { model: 'recomender', environment: 'production' }, MINE],
  ['a mistyped series', { series: 'diversty' }, MINE],
  ['an unknown series', { series: 'latency' }, MINE],
  ['a time too far ahead', { at: NOW + 5 * MINUTE + 1 }, MINE],
  ['a time too long ago', { at: NOW - OLDEST - 1 }, MINE],
])('%s is left out by itself, and told', (_, said, source) => {
  const { repository } = said;
  const good = sample({ ...(repository !== undefined && { repository: 'acme/models' }) });
  const wide = source === TWO ? sample({ repository: 'acme/models' }) : good;
  const fine = source === NARROW ? sample({ environment: 'production' }) : wide;
  const bound = bindSamples([sample({ path: '$[7]', ...said }), fine], source, known, NOW);
  expect(bound.count).toBe(1);
  expect(bound.problems).toMatchSnapshot();
});

test('what is forbidden looks the same whether or not it is there', () => {
  const ask = (environment: string, model: string) =>
    bindSamples([sample({ environment, model })], NARROW, known, NOW).problems.map((problem) => ({
      ...problem,
      value: '',
    }));
  expect(ask('staging', 'ranker')).toEqual(ask('staging', 'nobody'));
});

test.each([NOW + 5 * MINUTE, NOW - OLDEST])('a time at the edge is taken', (at) => {
  expect(bindSamples([sample({ at })], MINE, known, NOW).count).toBe(1);
  expect(OLDEST).toBe(30 * DAY);
});

test('no repository is looked up that a source does not speak for', () => {
  const samples = ['umbrella/models', 'acme/Models'].map((repository) => sample({ repository }));
  expect([...repositoriesOf(samples, MINE)]).toEqual(['acme/models']);
});

test('a delivery full of different names costs a moment', () => {
  const samples = Array.from({ length: 5_000 }, (_, i) => sample({ series: `diversity-${i}` }));
  const before = performance.now();
  expect(bindSamples(samples, MINE, known, NOW).problems).toHaveLength(5_000);
  expect(performance.now() - before).toBeLessThan(2_000);
});
