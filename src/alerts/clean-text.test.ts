import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { cleanText, isPlain, safeLink } from './clean-text.ts';

describe('cleanText', () => {
  test.each([
    ['  a b ', 'a b'],
    ['a\nb\tc', 'a b c'],
    ['\u001B[31mred', '[31mred'],
    ['user\u202Etxt.exe', 'user txt.exe'],
    ['a\u200Bb\uFEFF', 'a b'],
    ['\uD800x', '\uFFFDx'],
    ['', ''],
  ])('makes %j plain', (text, clean) => {
    expect(cleanText(text, 100)).toBe(clean);
  });

  it('cuts by characters, never through one', () => {
    expect(cleanText('🙂🙂🙂', 3)).toBe('🙂🙂🙂');
    expect(cleanText('🙂🙂🙂🙂', 3)).toBe('🙂🙂…');
  });

  it('is short, well formed, in one line, and clean when cleaned again', () => {
    const texts = fc.oneof(fc.string({ unit: 'binary' }), fc.string());
    fc.assert(
      fc.property(texts, fc.integer({ min: 1, max: 20 }), (text, limit) => {
        const clean = cleanText(text, limit);
        expect(Array.from(clean).length).toBeLessThanOrEqual(limit);
        expect(clean.isWellFormed()).toBe(true);
        expect(clean).not.toMatch(/\p{Cc}/u);
        expect(cleanText(clean, limit)).toBe(clean);
      }),
    );
  });
});

describe('isPlain', () => {
  test.each([
    ['1.10', true],
    ['sha256:ab', true],
    ['', false],
    [' 1', false],
    ['1\n', false],
  ])('of %j is %s', (text, plain) => {
    expect(isPlain(text, 9)).toBe(plain);
  });

  it('ends at its limit', () => {
    expect(isPlain('12345', 5)).toBe(true);
    expect(isPlain('123456', 5)).toBe(false);
  });
});

describe('safeLink', () => {
  test.each([
    ['https://grafana.example/d/1?x=1#y', 'https://grafana.example/d/1?x=1#y'],
    ['http://prometheus:9090/graph', 'http://prometheus:9090/graph'],
    ['https://x/"><script>', 'https://x/%22%3E%3Cscript%3E'],
    ['javascript:alert(1)', undefined],
    ['data:text/html,x', undefined],
    ['/graph', undefined],
    ['https://user@x/', undefined],
  ])('of %s is %s', (text, link) => {
    expect(safeLink(text)).toBe(link);
  });
});
