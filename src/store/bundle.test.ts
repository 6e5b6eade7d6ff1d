import { describe, expect, it } from 'vitest';
import { firstOf, itemIdOf, MOST_BUNDLED, packRows, rowOf, unpackRow } from './bundle.ts';

const item = (lane: string, payload: string, priority = 0, kind = 'test') => ({
  lane,
  kind,
  key: payload,
  priority,
  payload: JSON.stringify(payload),
});

/** Rows as text: lane, priority, kind, and the items. */
const shown = (rows: ReturnType<typeof packRows>): string[] =>
  rows.map(({ lane, priority, kind, payload, many, key }) => {
    const items =
      many === 1 ? [`${key}=${payload}`] : unpackRow(payload).map(([n, , k]) => `${n}:${k}`);
    return `${lane}/${priority} ${kind}: ${items.join(' ')}`;
  });

describe('packRows', () => {
  it.each([
    ['one item as it is', [item('a', '1')], ['a/0 test: 1="1"']],
    [
      'a row for each lane and priority, in the order of their first items',
      [item('a', '1'), item('b', '2'), item('a', '3', 9), item('b', '4'), item('a', '5')],
      ['a/0 test: 0:1 1:5', 'b/0 test: 0:2 1:4', 'a/9 test: 3="3"'],
    ],
    ['kinds together', [item('a', '1'), item('a', '2', 0, 'other')], ['a/0 several: 0:1 1:2']],
  ])('writes %s', (_, items, rows) => {
    expect(shown(packRows(items))).toEqual(rows);
  });

  it('bounds a row by its items and bytes, and keeps their order', () => {
    const many = Array.from({ length: MOST_BUNDLED + 1 }, (_, n) => item('a', `${n}`));
    expect(packRows(many).map((row) => row.many)).toEqual([MOST_BUNDLED, 1]);
    const large = ['1', 'x'.repeat(40_000), 'y'.repeat(40_000), '2'].map((text) => item('a', text));
    expect(packRows(large).map((row) => row.many)).toEqual([2, 2]);
  });
});

describe('firstOf', () => {
  const bundle = ['1', 'x'.repeat(50), '3'].map((text, n) => [n, 'test', null, text] as const);
  it.each([
    ['all', 9, undefined, [0, 1, 2]],
    ['so many', 2, undefined, [0, 1]],
    ['so many bytes', 9, 57, [0, 1]],
    ['both', 1, 57, [0]],
    ['one at least', 9, 1, [0]],
  ])('hands out %s', (_, most, bytes, numbers) => {
    expect(firstOf(bundle, most, bytes).map(([nth]) => nth)).toEqual(numbers);
  });
});

it('gives every item of a row an id of its own', () => {
  expect([itemIdOf(7), itemIdOf(7, 1), itemIdOf(8)].map(rowOf)).toEqual([7, 7, 8]);
  expect(new Set([itemIdOf(7), itemIdOf(7, MOST_BUNDLED - 1), itemIdOf(8)]).size).toBe(3);
});
