import { expect, test } from 'vitest';
import { MINUTE, SECOND } from '../time.ts';
import { factsIn } from './facts.ts';
import { recordOf } from './record.ts';
import { MOST_METRICS, MOST_POINTS, type Samples } from './samples.ts';

const START = Date.parse('2026-11-20T02:00:00Z');

function kept(samples: readonly Samples[]) {
  const record = recordOf({
    kind: 'state',
    at: START,
    repository: 'acme/ml',
    sentence: 'Measured.',
    samples,
  });
  return { facts: record?.facts ?? {}, read: factsIn({ facts: record?.facts ?? {} }).samples };
}

test('an entry carries what was measured, and it is read back as it was', () => {
  const samples: readonly Samples[] = [
    {
      name: 'error rate',
      values: 'share',
      points: [
        { at: START, value: 0.0123456789 },
        { at: START + 15 * SECOND, value: null },
        { at: START + 30 * SECOND + 250, value: 0.2 },
      ],
      bound: { value: 0.05, label: 'threshold' },
    },
  ];
  const { facts, read } = kept(samples);
  expect(JSON.stringify(facts)).toMatchInlineSnapshot(
    `"{"samples":[{"name":"error rate","values":"share","points":[[1795140000,0.0123457],[1795140015,null],[1795140030.25,0.2]],"bound":{"value":0.05,"label":"threshold"}}]}"`,
  );
  expect(read).toEqual([
    {
      ...samples[0],
      points: [{ at: START, value: 0.0123457 }, ...(samples[0]?.points.slice(1) ?? [])],
    },
  ]);
});

test('it carries no more than it may, whatever it is given, and each extreme', () => {
  const points = Array.from({ length: 5_000 }, (_, i) => ({
    at: START + i * MINUTE,
    value: i === 2_345 ? 1e9 : i === 17 ? Infinity : Math.sin(i),
  }));
  const names = Array.from({ length: 9 }, (_, i) => `${i}${'x'.repeat(500)}`);
  const { facts, read } = kept(names.map((name) => ({ name, points })));
  expect(read).toHaveLength(MOST_METRICS);
  for (const one of read ?? []) {
    expect(one.points.length).toBeLessThanOrEqual(MOST_POINTS);
    expect(one.points).toContainEqual({ at: START + 2_345 * MINUTE, value: 1e9 });
  }
  expect(JSON.stringify(facts).length).toBeLessThan(20_000);
  const beyond = {
    name: 'beyond',
    points: [
      { at: Number.NaN, value: 1 },
      { at: 1e300, value: 1 },
    ],
  };
  expect(kept([beyond]).read).toEqual([{ name: 'beyond', points: [] }]);
});

test.each([[[{ name: 1 }]], ['samples'], [[{ name: 'a', points: [[1]] }]], [null]])(
  'what has another form is left out: %j',
  (samples) => {
    expect(factsIn({ facts: { samples } }).samples).toBeUndefined();
  },
);
