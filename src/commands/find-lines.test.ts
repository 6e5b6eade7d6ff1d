import { expect, test } from 'vitest';
import { findTextLines } from './find-lines.ts';

/** The lines that are text, `>` before those that a quote swallowed. */
const seen = (body: string): string =>
  findTextLines(body)
    .map(({ line, text, quoted }) => `${line}${quoted ? '>' : ':'}${text}`)
    .join(' ');

test.each<[title: string, body: string, lines: string]>([
  ['plain lines', '/a\n/b', '1:/a 2:/b'],
  ['line ends of Windows', '/a\r\n\r\n/b\r\n', '1:/a 3:/b'],
  ['line ends of old Macs', '/a\r\r/b', '1:/a 3:/b'],
  ['mixed line ends', '/a\r\n/b\r/c\n/d', '1:/a 2:/b 3:/c 4:/d'],
  ['nothing', '', ''],
  ['a heading underlined', '/a\n---', '1:/a'],
  ['a quote', '> /a\n>/b\n   > /c', ''],
  ['a quote within a quote', '> > /a\n> /b', ''],
  ['a quote without a blank line after it', '> why\n/a', '2>/a'],
  ['a quote and a blank line', '> why\n\n/a', '3:/a'],
  ['a quote with code that ends with it', '> ```\n/a', '2:/a'],
  ['a fence', '```\n/a\n```\n/b', '4:/b'],
  ['a fence with a word', '```sh title="x"\n/a\n```', ''],
  ['a fence of tildes', '~~~\n/a\n~~~\n/b', '4:/b'],
  ['a fence of tildes with backticks inside', '~~~ `x`\n```\n/a\n```\n/b\n~~~', ''],
  ['a fence of backticks that a tilde does not end', '```\n/a\n~~~\n/b', ''],
  ['a longer fence around a shorter one', '````\n```\n/a\n```\n/b\n````\n/c', '7:/c'],
  ['a fence that a longer one ends', '```\n/a\n`````\n/b', '4:/b'],
  ['a fence that never ends', 'x\n```\n/a\n\n/b', '1:x'],
  ['a fence indented by three', '   ```\n/a\n   ```\n/b', '4:/b'],
  ['a fence indented by four, which is code', '    ```\n\n/a', '3:/a'],
  ['an end indented by four, which is none', '```\n/a\n    ```\n/b', ''],
  ['three backticks in one line, which is a code span', '``` x ```\n/a', '1:``` x ``` 2:/a'],
  ['a fence in a list', '- x\n  ```\n  /a\n  ```\n/b', '1:- x 5:/b'],
  ['indented code', '    /a\n\n\t/b', ''],
  ['an indented line of a paragraph', 'x\n    /a', '1:x 2:    /a'],
  ['a list', '- /a\n- x\n\n  /b', '1:- /a 2:- x 4:  /b'],
  ['a comment', '<!-- /a\n/b\n-->\n/c', '4:/c'],
  ['a comment over blank lines', '<!--\n\n/a\n\n-->', ''],
  ['a comment that never ends', '<!-- x\n\n/a', ''],
  ['a comment in a paragraph', 'x <!-- y\n/a\n--> z\n/b', '1:x <!-- y 4:/b'],
  ['a comment in a paragraph that never ends, which shows', 'x <!-- y\n/a', '1:x <!-- y 2:/a'],
  ['a code span over lines', 'x `y\n/a\n` z\n/b', '1:x `y 4:/b'],
  ['a code span of two', 'x ``y `\n/a\n`` z', '1:x ``y `'],
  ['a backtick without its pair', 'x `y\n/a', '1:x `y 2:/a'],
  ['backticks of other lengths', 'x `y\n/a ``', '1:x `y 2:/a ``'],
  ['an escaped backtick', 'x \\`y\n/a `z', '1:x \\`y 2:/a `z'],
  ['a code span ends with its paragraph', 'x `y\n\n/a `', '1:x `y 3:/a `'],
  ['a tag with an attribute over lines', 'x <a title="\n/a\n">', '1:x <a title="'],
  ['an attribute with > in it', `x <a title=">\n/a\n">`, `1:x <a title=">`],
  ['smaller than', 'x <y\n/a', '1:x <y 2:/a'],
  [
    'an instruction, a declaration, CDATA',
    'x <?\n/a\n?> <!X\n/b\ny> <![CDATA[\n/c\n]]>\n/d',
    '1:x <? 8:/d',
  ],
  ['a block of HTML', '<details>\n/a\n</details>\n\n/b', '5:/b'],
  ['text in details', '<details>\n\n/a\n\n</details>', '3:/a'],
  ['the address of a link', '[x](\n/a\n)', '1:[x]('],
  ['the title of a link', '[x](y "\n/a\n)\n/b")', '1:[x](y "'],
  ['a definition, which shows nothing', '[x]:\n/a\n\n/b', '4:/b'],
  ['a table', '/a | b\n--- | ---\n/c | d', ''],
  ['a huge tag', `x <a ${'b '.repeat(600)}\n/a`, `1:x <a ${'b '.repeat(600)}`],
])('%s', (_, body, lines) => {
  expect(seen(body)).toBe(lines);
});

test('what lies deeper than anybody writes is no text', () => {
  expect(seen(`${'- '.repeat(200)}x\n/a`)).not.toContain('/a');
});
