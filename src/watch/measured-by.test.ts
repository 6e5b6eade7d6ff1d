import { expect, test } from 'vitest';
import { lookOften, monitorOf, type Feed } from '../monitors/monitor-kinds.fixture.ts';
import { RELEASED } from '../monitors/judge.fixture.ts';
import { MINUTE, SECOND, type Instant } from '../time.ts';
import { measuredBy } from './measured-by.ts';

/** What is drawn after half an hour of what comes each minute: names, and values from the oldest to the newest. */
function drawn(kind: string, arrives: (i: number) => Readonly<Record<string, number>>) {
  const monitor = monitorOf(kind);
  const feed = (now: Instant, i: number): Feed =>
    Object.fromEntries(
      Object.entries(arrives(i)).map(([name, value]) => [name, [{ at: now, value }]]),
    );
  const state = lookOften(kind, 30, feed).at(-1)?.state;
  if (!state) throw new Error('Nobody looked.');
  return measuredBy(monitor, state, RELEASED + 30 * MINUTE).map(({ name, points, bound }) => ({
    name,
    bound: bound?.value,
    values: points.map(({ value }) => Number(value?.toPrecision(3))),
    apart: (points.at(-1)?.at ?? 0) - (points.at(-2)?.at ?? 0),
  }));
}

test('a threshold is drawn with its bound', () => {
  const [one, ...more] = drawn('threshold', (i) => ({ value: i < 28 ? 100 : 900 }));
  expect(more).toEqual([]);
  expect(one).toMatchObject({ name: 'threshold', bound: 120, apart: MINUTE });
  expect(one?.values.slice(-4)).toEqual([100, 900, 900, 900]);
});

test('a counter is drawn as what it grows by in a second, over where it began again', () => {
  const [one] = drawn('threshold of a rate', (i) => ({ value: i < 29 ? 600 * i : 60 * (i - 28) }));
  expect(one?.values.slice(-4)).toEqual([10, 10, 1, 1]);
  expect(MINUTE / SECOND).toBe(60);
});

test('hits and all events are drawn as the share of the hits', () => {
  const [one] = drawn('share', (i) => ({ value: i < 28 ? i : 28 + 50 * (i - 28), total: 100 * i }));
  expect(one?.values.slice(-3)).toEqual([0.01, 0.5, 0.5]);
});

test('a canary is drawn beside the stable release', () => {
  expect(
    drawn('canary', () => ({ 'canary m': 3, 'stable m': 1 })).map(({ name, values }) => [
      name,
      values.at(-1),
    ]),
  ).toEqual([
    ['canary, canary', 3],
    ['canary, stable', 1],
  ]);
});
