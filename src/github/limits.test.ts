import { describe, expect, test } from 'vitest';
import { MINUTE, SECOND } from '../time.ts';
import { readLimit, type Failure } from './failure.ts';
import { createLimits } from './urgent-lane.ts';

const guessed = { after: MINUTE, guessed: true };

describe('reality 20: a limit without a word of when it ends', () => {
  function pauses(...events: readonly ('limited' | 'answered')[]): readonly number[] {
    let now = 1_000;
    const limits = createLimits(() => now);
    return events.flatMap((event) => {
      if (event === 'answered') {
        limits.lifted('7');
        return [];
      }
      limits.report('7', guessed);
      const length = limits.until('7') - now;
      now = limits.until('7');
      return [length / MINUTE];
    });
  }

  test('pauses a minute, then twice as long each time, up to sixteen', () => {
    const six = Array.from({ length: 6 }, () => 'limited' as const);
    expect(pauses(...six)).toEqual([1, 2, 4, 8, 16, 16]);
  });

  test('begins anew once something was answered', () => {
    expect(pauses('limited', 'limited', 'answered', 'limited')).toEqual([1, 2, 1]);
  });

  test('requests that are limited together are one pause, and one that was sent before ends none', () => {
    const limits = createLimits(() => 0);
    for (let i = 0; i < 10; i += 1) limits.report('7', guessed);
    limits.lifted('7');
    expect(limits.until('7')).toBe(MINUTE);
    expect(limits.until('8')).toBe(0);
  });

  test('what GitHub says counts as said', () => {
    let now = 0;
    const limits = createLimits(() => now);
    limits.report('7', guessed);
    limits.report('7', { after: 90 * SECOND, guessed: false });
    expect(limits.until('7')).toBe(90 * SECOND);
    limits.report('7', { after: 5 * SECOND, guessed: false });
    expect(limits.until('7')).toBe(90 * SECOND);
    now = 90 * SECOND;
    limits.report('7', { after: 5 * SECOND, guessed: false });
    expect(limits.until('7')).toBe(95 * SECOND);
  });
});

describe("reality 20: GitHub's ways to say for how long", () => {
  const failure = (status: number, headers: Failure['headers'], message = 'x'): Failure => ({
    known: true,
    refusedToken: false,
    status,
    message,
    headers,
    graph: [],
    data: undefined,
  });
  test.each<[string, Failure, object | undefined]>([
    ['retry-after', failure(429, { 'retry-after': '7' }), { after: 7 * SECOND, guessed: false }],
    [
      'the reset of the primary limit',
      failure(403, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '100' }),
      { after: 91 * SECOND, guessed: false },
    ],
    [
      'a reset that is over',
      failure(403, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '5' }),
      guessed,
    ],
    ['neither', failure(403, {}, 'You have exceeded a secondary rate limit.'), guessed],
    ['a date in its place', failure(429, { 'retry-after': 'Fri, 20 Nov 2026' }), guessed],
    ['a refusal that is no limit', failure(403, {}, 'Resource not accessible'), undefined],
  ])('%s', (_, limited, expected) => {
    expect(readLimit(limited, () => 10 * SECOND)).toEqual(expected);
  });
});
