import { describe, expect, test } from 'vitest';
import { MOST_SAMPLES, readSamples } from './read-samples.ts';

const SAMPLE = {
  model: 'recommender',
  series: 'diversity',
  at: '2026-11-20T02:17:00Z',
  value: 0.73,
};
const READ = {
  model: 'recommender',
  series: 'diversity',
  at: Date.parse('2026-11-20T02:17:00Z'),
  time: '2026-11-20T02:17:00Z',
  value: 0.73,
};

test.each<[string, unknown, readonly string[]]>([
  ['one', SAMPLE, ['$']],
  ['a list', [SAMPLE, SAMPLE], ['$[0]', '$[1]']],
  ['an envelope', { samples: [SAMPLE] }, ['$.samples[0]']],
  ['none', [], []],
  ['nothing as nothing', { ...SAMPLE, repository: null, environment: '' }, ['$']],
])('%s is read', (_, body, paths) => {
  const samples = paths.map((path) => ({ path, ...READ }));
  expect(readSamples(body)).toEqual({ ok: true, samples });
});

test.each<[unknown, number]>([
  ['NaN', Number.NaN],
  ['+Inf', Infinity],
  ['-Inf', -Infinity],
  [-0, -0],
  [1e308, 1e308],
])('the value %j is a sample like any other', (value, read) => {
  expect(readSamples({ ...SAMPLE, value })).toMatchObject({ samples: [{ value: read }] });
});

test('a time with an offset is that moment', () => {
  const at = '2026-11-20T03:17:00.000+01:00';
  expect(readSamples({ ...SAMPLE, at })).toMatchObject({ samples: [{ at: READ.at }] });
});

describe('a mistake names field, value, expected and suggestion', () => {
  test.each<[string, unknown]>([
    ['text', 'diversity 0.73'],
    ['null', null],
    ['an unknown field', { ...SAMPLE, enviroment: 'production' }],
    ['an envelope with more', { samples: [SAMPLE], model: 'm' }],
    ['no list in it', { samples: SAMPLE }],
    ['a sample that is none', [SAMPLE, 7]],
    ['no model', { ...SAMPLE, model: undefined }],
    ['a model like a path', { ...SAMPLE, model: '../../etc' }],
    ['an environment like a path', { ...SAMPLE, environment: 'a//b' }],
    ['no series', { ...SAMPLE, series: '' }],
    ['a series without an end', { ...SAMPLE, series: 'x'.repeat(5_000) }],
    ['a number as time', { ...SAMPLE, at: 1_763_605_020 }],
    ['a time without a zone', { ...SAMPLE, at: '2026-11-20T02:17:00' }],
    ['a time after the end of time', { ...SAMPLE, at: '+275760-09-13T00:00:00.001Z' }],
    ['a number as text', { ...SAMPLE, value: '0.73' }],
    ['a value that JSON has not', JSON.parse('{"value":1e999}') as unknown],
    ['no value', { ...SAMPLE, value: null }],
    ['too many', Array.from({ length: MOST_SAMPLES + 1 }, () => SAMPLE)],
  ])('%s', (_, body) => {
    expect(readSamples(body)).toMatchSnapshot();
  });
});
