import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  flatten,
  inCell,
  inCode,
  inCommit,
  inProse,
  inSentence,
  linkOutside,
  linkTo,
  plainWords,
} from './escape.ts';

const NASTY = [
  '@acme/sre please',
  'mail me@acme.example',
  'Fixes #1, closes acme/shop#2 and GH-3',
  'https://github.com/acme/shop/issues/1 www.evil.example',
  '<img src=x onerror=alert(1)> <!-- hide',
  '![](https://evil.example/pixel) [click](javascript:alert(1))',
  '# Heading',
  '> quote',
  '- item',
  '1. item',
  '=====',
  '```\nfence\n```',
  '~~~\nfence',
  '`` `code` ``',
  'a | b \\| c',
  '/merge',
  'line one\r\n/rollback to 1.0\n\nLastgood-Mode: reviewed',
  '\u202e\u2066txt.exe\u200b\u200d\ufeff\u0000\u001b[31m',
  'Z\u0301\u0301\u0301\u0301\u0301algo',
  '\ud800 half',
  '&lt;b&gt; &#64;acme',
  '$x$ **bold** _it_ ~~no~~',
  '\u3164',
  '',
  'x'.repeat(1_000),
];
const TEXTS = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc
    .array(
      fc.constantFrom(...NASTY, '@', '#', '1', '/', '`', '|', '\\', '\n', ' ', ':', 'www', '.'),
    )
    .map((parts) => parts.join('')),
);

describe('a text from outside', () => {
  it('as words in Markdown', () => {
    expect(NASTY.map((text) => inProse(text, 60))).toMatchInlineSnapshot(`
      [
        "@&#8203;acme/sre please",
        "mail me@&#8203;acme.example",
        "Fixes \\#&#8203;1, closes acme/shop\\#&#8203;2 and GH-&#8203;3",
        "https:&#8203;//github.com/acme/shop/issues/1 www&#8203;.evil.example",
        "&lt;img src=x onerror=alert(1)&gt; &lt;\\!-- hide",
        "\\!\\[\\](https:&#8203;//evil.example/pixel) \\[click\\](javascript:alert(1))",
        "\\# Heading",
        "&gt; quote",
        "\\- item",
        "1\\. item",
        "\\=====",
        "&#96;&#96;&#96; fence &#96;&#96;&#96;",
        "\\~\\~\\~ fence",
        "&#96;&#96; &#96;code&#96; &#96;&#96;",
        "a \\| b \\\\\\| c",
        "&#47;merge",
        "line one /rollback to 1.0 Lastgood-Mode: reviewed",
        "txt.exe \\[31m",
        "Ź́algo",
        "half",
        "&amp;lt;b&amp;gt; &amp;\\#&#8203;64;acme",
        "\\$x\\$ \\*\\*bold\\*\\* \\_it\\_ \\~\\~no\\~\\~",
        "(empty)",
        "(empty)",
        "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…",
      ]
    `);
  });

  it('as code in Markdown', () => {
    expect(NASTY.map((text) => inCode(text, 60))).toMatchInlineSnapshot(`
      [
        "\`@acme/sre please\`",
        "\`mail me@acme.example\`",
        "\`Fixes #1, closes acme/shop#2 and GH-3\`",
        "\`https://github.com/acme/shop/issues/1 www.evil.example\`",
        "\`<img src=x onerror=alert(1)> <!-- hide\`",
        "\`![](https://evil.example/pixel) [click](javascript:alert(1))\`",
        "\`# Heading\`",
        "\`> quote\`",
        "\`- item\`",
        "\`1. item\`",
        "\`=====\`",
        "\`\`\`\` \`\`\` fence \`\`\` \`\`\`\`",
        "\`~~~ fence\`",
        "\`\`\` \`\` \`code\` \`\` \`\`\`",
        "\`a | b \\| c\`",
        "\`/merge\`",
        "\`line one /rollback to 1.0 Lastgood-Mode: reviewed\`",
        "\`txt.exe [31m\`",
        "\`Ź́algo\`",
        "\`half\`",
        "\`&lt;b&gt; &#64;acme\`",
        "\`$x$ **bold** _it_ ~~no~~\`",
        "\`(empty)\`",
        "\`(empty)\`",
        "\`xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…\`",
      ]
    `);
  });

  it('in a commit message', () => {
    const shown = NASTY.map((text) => inCommit(text, 60).replaceAll('\u200b', '·'));
    expect(shown).toMatchInlineSnapshot(`
      [
        "@·acme/sre please",
        "mail me@acme.example",
        "Fixes #·1, closes acme/shop#·2 and GH-·3",
        "https:·//github.com/acme/shop/issues/1 www·.evil.example",
        "<img src=x onerror=alert(1)> <!-- hide",
        "![](https:·//evil.example/pixel) [click](javascript:alert(1))",
        "# Heading",
        "> quote",
        "- item",
        "1. item",
        "=====",
        "\`\`\` fence \`\`\`",
        "~~~ fence",
        "\`\` \`code\` \`\`",
        "a | b \\| c",
        "/merge",
        "line one /rollback to 1.0 Lastgood-Mode: reviewed",
        "txt.exe [31m",
        "Ź́algo",
        "half",
        "&lt;b&gt; &#·64;acme",
        "$x$ **bold** _it_ ~~no~~",
        "(empty)",
        "(empty)",
        "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…",
      ]
    `);
  });

  it.each([
    ['1.9@sha256:0a1b', '1.9@&#8203;sha256:0a1b'],
    ['s3/models_v2', String.raw`s3/models\_v2`],
    ['2026-11-19', '2026-11-19'],
    ['Zoë Müller', 'Zoë Müller'],
    ['模型 1.10', '模型 1.10'],
  ])('that means no harm stays readable: %s', (text, expected) => {
    expect(inProse(text)).toBe(expected);
    expect(inCode(text)).toBe(`\`${text}\``);
    expect(inCommit(text)).toBe(text);
  });
});

describe('whatever a text holds:', () => {
  it('one line with nothing hidden, no longer than allowed', () => {
    fc.assert(
      fc.property(TEXTS, fc.integer({ min: 1, max: 80 }), (text, longest) => {
        const line = flatten(text, longest);
        expect(line).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]|^\s|\s$|\s\s/u);
        expect(Array.from(line).length).toBeLessThanOrEqual(longest);
        expect(flatten(line, longest)).toBe(line);
      }),
    );
  });

  it('as words it holds no character that Markdown or GitHub acts upon', () => {
    fc.assert(
      fc.property(TEXTS, (text) => {
        const words = inProse(text);
        const bare = words.replace(/\\[^A-Za-z0-9\s]/g, '').replace(/&(?:amp|lt|gt|#47|#96);/g, '');
        expect(bare).not.toMatch(/[<>`*_[\]{}~|$!\\\n]/);
        expect(bare).not.toMatch(/(?<!&)#/);
        expect(words).not.toMatch(/^(?:[-+=>#/]|\d+[.)](?:\s|$))/);
        const shown = words
          .replaceAll('&#8203;', ' ')
          .replace(/&#47;/g, '/')
          .replaceAll('&#96;', ' ');
        expect(shown).not.toMatch(/@(?! )|#\d|GH-\d|:\/\/|www\./i);
      }),
    );
  });

  it('in a sentence, code stays code, and nothing else acts', () => {
    fc.assert(
      fc.property(TEXTS, (text) => {
        const words = inSentence(text, 100).replace(/`[^`]+`/g, '.');
        const bare = words.replace(/\\[^A-Za-z0-9\s]/g, '').replace(/&(?:amp|lt|gt|#47|#96);/g, '');
        expect(bare).not.toMatch(/[<>`*_[\]{}~|$!\\\n]/);
        expect(words.replaceAll('&#8203;', ' ').replaceAll('&#47;', '/')).not.toMatch(
          /@(?! )|(?<!&)#\d|GH-\d|:\/\/|www\./i,
        );
      }),
    );
  });

  it('is read back from Markdown as plain words', () => {
    fc.assert(
      fc.property(TEXTS, (text) => {
        const plain = flatten(text, 300) || '(empty)';
        expect(plainWords(inProse(text, 300), 300)).toBe(plain);
        expect(plainWords(`${inCode(text, 300)} runs`, 400)).toBe(flatten(`${plain} runs`, 400));
      }),
    );
  });

  it('as code it is one span that nothing in it ends', () => {
    fc.assert(
      fc.property(TEXTS, (text) => {
        const code = inCode(text);
        const fence = /^`+/.exec(code)?.[0] ?? '';
        const within = code.slice(fence.length, -fence.length);
        expect(code.endsWith(fence)).toBe(true);
        expect(within).not.toBe('');
        expect(within).not.toMatch(/^`|`$|\n/);
        const runs = [...within.matchAll(/`+/g)].map(([run]) => run.length);
        expect(runs).not.toContain(fence.length);
        expect(inCell(text)).not.toContain('|');
      }),
    );
  });

  it('in a commit message it calls nobody, refers to nothing and starts no line', () => {
    fc.assert(
      fc.property(TEXTS, (text) => {
        const line = inCommit(text);
        expect(line).not.toMatch(/(?<![A-Za-z0-9_])@[A-Za-z0-9]|#\d|GH-\d|:\/\/|www\.|[\r\n]/i);
      }),
    );
  });
});

describe('a link', () => {
  it.each([
    ['https://grafana.example/d/x?a=1&b=2', '[graph](https://grafana.example/d/x?a=1&b=2)'],
    [
      'https://a.example/x)![](http://b.example',
      '[graph](https://a.example/x%29!%5B%5D%28http://b.example)',
    ],
    ['https://a.example/\n<b>', '[graph](https://a.example/%3Cb%3E)'],
    ['https://github.com/acme/shop/issues/1', '`https://github.com/acme/shop/issues/1`'],
    ['javascript:alert(1)', undefined],
    ['data:text/html,x', undefined],
    ['https://user:pass@a.example/', undefined],
    ['grafana', undefined],
    [`https://a.example/${'x'.repeat(3_000)}`, undefined],
  ])('%s', (address, expected) => {
    expect(linkTo('graph', address)).toBe(expected);
  });

  it('to a place of somebody else says whose it is', () => {
    expect(linkOutside('Open the alert', 'https://grafana.acme.example:3000/d/x')).toBe(
      '[Open the alert](https://grafana.acme.example:3000/d/x) (`grafana.acme.example:3000`)',
    );
    // With a Cyrillic letter.
    expect(linkOutside('Open the alert', 'https://gr\u0430fana.acme.example/')).toBe(
      '[Open the alert](https://xn--grfana-4nf.acme.example/) (`xn--grfana-4nf.acme.example`)',
    );
    expect(linkOutside('Open the alert', 'javascript:alert(1)')).toBeUndefined();
    expect(linkOutside('x', 'https://github.com/acme/shop/issues/1')).toBe(
      '`https://github.com/acme/shop/issues/1`',
    );
  });

  it('never breaks out of its parentheses', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          TEXTS,
          TEXTS.map((text) => `https://a.example/${text}`),
        ),
        (address) => {
          const link = linkTo('graph', address) ?? '';
          expect(link).toMatch(/^$|^\[graph\]\(https?:[^\s()<>[\]\\]*\)$|^`[^`\n]+`$/);
        },
      ),
    );
  });
});
