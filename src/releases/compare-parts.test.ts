import { describe, expect, test } from 'vitest';
import { partsText } from '../texts/parts.ts';
import { HOUR } from '../time.ts';
import { compareParts } from './compare-parts.ts';
import type { Release } from './release.ts';

const START = Date.parse('2026-11-19T00:00:00Z');

function release(hour: number, versions: Readonly<Record<string, string>>): Release {
  return {
    commit: hour.toString(16).padStart(40, '0'),
    at: START + hour * HOUR,
    author: { name: 'alice', email: 'alice@example.com' },
    subject: 'Release',
    body: '',
    values: Object.fromEntries(
      Object.entries(versions).map(([pin, version]) => [
        pin,
        { version, value: version, token: version, line: 1 },
      ]),
    ),
    problems: [],
  };
}

const GOOD = { model: '1.10', features: 'f-10', image: 'srv:3' };

describe('which part changed', () => {
  test.each<[string, readonly Release[], number, readonly string[]]>([
    ['only the model', [release(10, { ...GOOD, model: '1.11' })], 14, ['model artifact']],
    [
      'model and features at once',
      [release(10, { ...GOOD, model: '1.11', features: 'f-11' })],
      14,
      ['model artifact', 'feature pipeline'],
    ],
    [
      'features long before the model: the last one first',
      [
        release(10, { ...GOOD, model: '1.11', features: 'f-11' }),
        release(5, { ...GOOD, features: 'f-11' }),
      ],
      14,
      ['model artifact', 'feature pipeline'],
    ],
    [
      'the image after the first symptom is not the cause',
      [
        release(15, { ...GOOD, model: '1.11', image: 'srv:4' }),
        release(10, { ...GOOD, model: '1.11' }),
      ],
      14,
      ['model artifact'],
    ],
    ['everything after the first symptom', [release(15, { ...GOOD, model: '1.11' })], 14, []],
    ['nothing', [release(10, GOOD)], 14, []],
  ])('%s', (_, [bad = release(0, {}), ...between], symptom, suspects) => {
    const comparison = compareParts(bad, release(0, GOOD), between, START + symptom * HOUR);
    expect(comparison.suspects).toEqual(suspects);
  });

  test('a version that went and came back counts from when it came back', () => {
    const bad = release(12, { ...GOOD, model: '1.11' });
    const between = [release(8, GOOD), release(4, { ...GOOD, model: '1.11' })];
    const { parts } = compareParts(bad, release(0, GOOD), between, START + 14 * HOUR);
    expect(parts[0]?.changes).toMatchObject([{ pin: 'model', at: bad.at }]);
  });

  test('says it in words', () => {
    const bad = release(15, { ...GOOD, model: '1.11', image: 'srv:4' });
    const symptom = START + 14 * HOUR;
    const comparison = compareParts(
      bad,
      release(0, GOOD),
      [release(10, { ...GOOD, model: '1.11' })],
      symptom,
    );
    expect(partsText(comparison, symptom)).toMatchInlineSnapshot(`
      "**Only the model artifact changed before the first symptom.** Taking it back would be enough.

      - model artifact: \`model\` \`1.10\` → \`1.11\` in 000000000000, 4h before the first symptom.
      - serving infrastructure: \`image\` \`srv:3\` → \`srv:4\` in 000000000000, 1h after the first symptom, so it is not the cause.

      The policy pins no training data, so a change there would not be seen here."
    `);
  });

  test.each([
    [
      'in one release, so none of them came last',
      release(10, { ...GOOD, model: '1.11', features: 'f-4' }),
      [],
      'The model artifact and feature pipeline changed together, before the first symptom. They go back together.',
    ],
    [
      'one after the other',
      release(12, { ...GOOD, model: '1.11', features: 'f-4' }),
      [release(10, { ...GOOD, model: '1.11' })],
      'The feature pipeline and model artifact changed before the first symptom, the feature pipeline last. What ran together goes back together.',
    ],
  ])('parts that changed %s', (_, bad, between, said) => {
    const symptom = START + 14 * HOUR;
    const text = partsText(compareParts(bad, release(0, GOOD), between, symptom), symptom);
    expect(text.split('\n')[0]).toBe(said);
  });
});
