import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { truncateBody, truncateTitle } from './truncate.ts';

describe('reality 25: texts', () => {
  test('a text within the limit stays as it is', () => {
    expect(truncateBody('x'.repeat(65_536))).toBe('x'.repeat(65_536));
    expect(truncateTitle('x'.repeat(256))).toBe('x'.repeat(256));
  });

  test('a title ends in an ellipsis', () => {
    expect(truncateTitle('abcdef', 4)).toBe('abc…');
  });

  test('never longer than the limit, never half a code point, always marked', () => {
    const text = fc.string({ unit: 'binary', minLength: 400, maxLength: 1_000 });
    fc.assert(
      fc.property(text, fc.integer({ min: 200, max: 399 }), (given, limit) => {
        const short = truncateBody(given, limit);
        expect(short.length).toBeLessThanOrEqual(limit);
        expect(short).toMatch(/shortened: the text is \d+ characters long/);
        expect(short.isWellFormed()).toBe(true);
        const title = truncateTitle(given, limit);
        expect(title.length).toBeLessThanOrEqual(limit);
        expect(title.endsWith('…')).toBe(true);
        expect(title.isWellFormed()).toBe(true);
      }),
    );
  });

  test('an open fence is closed, so that the mark is not code', () => {
    const short = truncateBody(`text\n~~~~diff\n${'+ line\n'.repeat(100)}`, 300);
    expect(short).toMatch(/\n~~~~\n\n\*\*… shortened/);
  });

  test('a closed fence is not opened', () => {
    const short = truncateBody(`\`\`\`\ncode\n\`\`\`\n${'text '.repeat(100)}`, 300);
    expect(short.match(/```/g)).toHaveLength(2);
  });

  test('an open comment is dropped, so that the mark is seen', () => {
    const short = truncateBody(`seen <!-- ${'hidden '.repeat(100)} -->`, 300);
    expect(short).not.toContain('<!--');
    expect(short).toMatch(/^seen [\s\S]*shortened/);
  });
});
