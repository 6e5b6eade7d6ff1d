import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { HOUR } from '../time.ts';
import type { Targets } from './find-target.ts';
import { MOST_COMMANDS } from './most-commands.ts';
import { parseComment } from './parse-comment.ts';
import { COMMAND_NAMES, COMMANDS } from './registry.ts';

const fraud = { environment: 'production', model: 'fraud-detector' };
const ranking = { environment: 'production/eu-west', model: 'ranking' };
const staging = { environment: 'staging', model: 'ranking' };
const anywhere: Targets = { known: [fraud, ranking, staging] };
const onFraud: Targets = { ...anywhere, here: fraud };
const onRanking: Targets = { ...anywhere, here: staging };

/** What one line comes to: the command, the mistake, or nothing. */
function read(line: string, targets: Targets = anywhere): unknown {
  const [said, ...more] = parseComment(line, targets).said;
  expect(more).toEqual([]);
  if (!said) return undefined;
  return 'command' in said ? said.command : said.mistake;
}

describe('a command', () => {
  test.each<[line: string, targets: Targets, command: unknown]>([
    ['/approve', onFraud, { name: 'approve' }],
    ['/APPROVE', onFraud, { name: 'approve' }],
    ['   /approve  ', onFraud, { name: 'approve' }],
    ['/reject It is a holiday', onFraud, { name: 'reject', reason: 'It is a holiday' }],
    ['/hold fraud-detector why', anywhere, { name: 'hold', target: fraud, reason: 'why' }],
    [
      '/hold production/fraud-detector why',
      onRanking,
      { name: 'hold', target: fraud, reason: 'why' },
    ],
    ['/hold Fraud-Detector why', anywhere, { name: 'hold', target: fraud, reason: 'why' }],
    ['/hold let me look', onFraud, { name: 'hold', target: fraud, reason: 'let me look' }],
    ['/hold ranking why', onRanking, { name: 'hold', target: staging, reason: 'why' }],
    ['/hold for 2h why', onFraud, { name: 'hold', target: fraud, for: 2 * HOUR, reason: 'why' }],
    [
      '/hold production/eu-west/ranking for 1h30m “why” not',
      anywhere,
      { name: 'hold', target: ranking, for: 1.5 * HOUR, reason: '“why” not' },
    ],
    ['/hold --reason "why not"', onFraud, { name: 'hold', target: fraud, reason: 'why not' }],
    ['/hold\u00a0fraud-detector\twhy', anywhere, { name: 'hold', target: fraud, reason: 'why' }],
    [
      '/hold it is 👩\u200d💻 who knows',
      onFraud,
      { name: 'hold', target: fraud, reason: 'it is 👩💻 who knows' },
    ],
    ['/unhold', onFraud, { name: 'unhold', target: fraud }],
    [
      '/unhold fraud-detector found it',
      anywhere,
      { name: 'unhold', target: fraud, reason: 'found it' },
    ],
    ['/freeze why', anywhere, { name: 'freeze', reason: 'why' }],
    ['/freeze for 2h why', anywhere, { name: 'freeze', for: 2 * HOUR, reason: 'why' }],
    ['/freeze for the weekend', anywhere, { name: 'freeze', reason: 'for the weekend' }],
    ['/unfreeze', anywhere, { name: 'unfreeze' }],
    ['/status', anywhere, { name: 'status' }],
    ['/status', onFraud, { name: 'status', target: fraud }],
    ['/status staging/ranking', onFraud, { name: 'status', target: staging }],
    ['/history fraud-detector', anywhere, { name: 'history', target: fraud }],
    ['/plan', onFraud, { name: 'plan', target: fraud }],
    ['/drill fraud-detector', anywhere, { name: 'drill', target: fraud }],
    ['/retry', anywhere, { name: 'retry' }],
    ['/baseline fraud-detector 1.9', anywhere, { name: 'baseline', target: fraud, version: '1.9' }],
    [
      '/baseline 1.9 soaked',
      onFraud,
      { name: 'baseline', target: fraud, version: '1.9', reason: 'soaked' },
    ],
    [
      '/quarantine fraud-detector s3://m/1.10 leaks labels',
      anywhere,
      { name: 'quarantine', target: fraud, version: 's3://m/1.10', reason: 'leaks labels' },
    ],
    [
      '/reland “fraud-detector” "1.10 rc" fixed',
      anywhere,
      { name: 'reland', target: fraud, version: '1.10 rc', reason: 'fixed' },
    ],
    ['/help', anywhere, { name: 'help' }],
    ['/help /hold', anywhere, { name: 'help', about: 'hold' }],
    [
      '/rollback fraud-detector --reason "scores \\"drift\\""',
      anywhere,
      { name: 'rollback', target: fraud, reason: 'scores "drift"', now: false },
    ],
    [
      '/rollback --now --to=1.9 --reason=drift since noon',
      onFraud,
      { name: 'rollback', target: fraud, to: '1.9', reason: 'drift since noon', now: true },
    ],
    [
      '/rollback fraud-detector —to 1.9 —reason “drift” —now',
      anywhere,
      { name: 'rollback', target: fraud, to: '1.9', reason: 'drift', now: true },
    ],
    [
      '/rollback --reason drift is bad --now --to 1.9 fraud-detector',
      anywhere,
      { name: 'rollback', target: fraud, to: '1.9', reason: 'drift is bad', now: true },
    ],
  ])('%j', (line, targets, command) => {
    expect(read(line, targets)).toEqual(command);
  });

  it('is read from its own example, whatever it is', () => {
    for (const name of COMMAND_NAMES) {
      expect(read(COMMANDS[name].example, onFraud)).toMatchObject({ name });
      expect(COMMANDS[name].usage).toMatch(new RegExp(`^/${name}( |$)`));
    }
  });

  it('has a reason of a length that people read', () => {
    expect(read(`/freeze ${'why '.repeat(5_000)}`)).toMatchObject({
      reason: expect.stringMatching(/^(why )+why…$|^.{499}…$/),
    });
  });
});

describe('a mistake', () => {
  test.each<[line: string, targets: Targets, mistake: unknown]>([
    ['/aprove', onFraud, { code: 'unknown-command', found: '/aprove', meant: 'approve' }],
    ['/approve.', onFraud, { code: 'unknown-command', found: '/approve.', meant: 'approve' }],
    ['/rolback fraud', onFraud, { code: 'unknown-command', found: '/rolback', meant: 'rollback' }],
    ['/approve now', onFraud, { code: 'unexpected', name: 'approve', found: 'now' }],
    ['/hold', anywhere, { code: 'missing', name: 'hold', what: 'target' }],
    ['/hold', onFraud, { code: 'missing', name: 'hold', what: 'reason' }],
    ['/hold fraud-detector', anywhere, { code: 'missing', name: 'hold', what: 'reason' }],
    ['/hold fraud-detector "!"', anywhere, { code: 'missing', name: 'hold', what: 'reason' }],
    ['/hold for 2 hours why', onFraud, { code: 'not-a-duration', name: 'hold', found: '2 hours' }],
    ['/hold for 5s why', onFraud, { code: 'not-a-duration', name: 'hold', found: '5s' }],
    [
      '/freeze for 99999d why',
      anywhere,
      { code: 'not-a-duration', name: 'freeze', found: '99999d' },
    ],
    [
      '/hold fraud-detecter why',
      anywhere,
      { code: 'unknown-target', name: 'hold', found: 'fraud-detecter', meant: 'fraud-detector' },
    ],
    [
      '/hold fraud-detecter why',
      onFraud,
      { code: 'unknown-target', name: 'hold', found: 'fraud-detecter', meant: 'fraud-detector' },
    ],
    [
      '/hold prod/other why',
      onFraud,
      { code: 'unknown-target', name: 'hold', found: 'prod/other' },
    ],
    ['/status zzz', anywhere, { code: 'unknown-target', name: 'status', found: 'zzz' }],
    ['/status zzz', onFraud, { code: 'unexpected', name: 'status', found: 'zzz' }],
    [
      '/hold ranking why',
      anywhere,
      {
        code: 'ambiguous-target',
        name: 'hold',
        found: 'ranking',
        known: ['production/eu-west/ranking', 'staging/ranking'],
      },
    ],
    ['/baseline fraud-detector', anywhere, { code: 'missing', name: 'baseline', what: 'version' }],
    [
      '/baseline fraud-detector --to',
      anywhere,
      { code: 'missing', name: 'baseline', what: 'version' },
    ],
    [
      '/quarantine fraud-detector 1.10',
      anywhere,
      { code: 'missing', name: 'quarantine', what: 'reason' },
    ],
    [
      `/baseline fraud-detector ${'1'.repeat(201)}`,
      anywhere,
      { code: 'too-long', name: 'baseline', what: 'version' },
    ],
    ['/rollback fraud-detector', anywhere, { code: 'missing', name: 'rollback', what: 'reason' }],
    ['/rollback --reason x', anywhere, { code: 'missing', name: 'rollback', what: 'target' }],
    [
      '/rollback fraud-detector --reason --now',
      anywhere,
      { code: 'missing', name: 'rollback', what: 'reason' },
    ],
    [
      '/rollback fraud-detector --to --now',
      anywhere,
      { code: 'missing', name: 'rollback', what: 'version' },
    ],
    [
      '/rollback fraud-detector 1.9 bad',
      anywhere,
      { code: 'unexpected', name: 'rollback', found: '1.9' },
    ],
    ['/rollback 1.9 --reason bad', onFraud, { code: 'unexpected', name: 'rollback', found: '1.9' }],
    [
      '/rollback fraud-detector --force',
      anywhere,
      { code: 'unexpected', name: 'rollback', found: '--force' },
    ],
    [
      '/rollback fraud-detector --now --now',
      anywhere,
      { code: 'twice', name: 'rollback', found: '--now' },
    ],
    [
      '/rollback fraud-detector --reason "x',
      anywhere,
      { code: 'unclosed-quote', name: 'rollback' },
    ],
    ['/hold fraud-detector \u202ewhy', anywhere, { code: 'hidden-characters', name: 'hold' }],
    ['/hold fraud-detector w\u200bhy', anywhere, { code: 'hidden-characters', name: 'hold' }],
    ['/hold fraud-detector w\u0000hy', anywhere, { code: 'hidden-characters', name: 'hold' }],
    ['> see\n/approve', onFraud, { code: 'quoted', meant: 'approve' }],
  ])('%j', (line, targets, mistake) => {
    expect(read(line, targets)).toEqual(mistake);
  });

  test.each([
    ['a full-width slash', '\uff0fapprove'],
    ['a division slash', '\u2215approve'],
    ['a fraction slash', '\u2044approve'],
    ['a zero-width space before it', '\u200b/approve'],
    ['a byte order mark before it', '\ufeff/approve'],
    ['a zero-width joiner inside', '/app\u200drove'],
    ['a soft hyphen inside', '/app\u00adrove'],
    ['a direction mark after it', '/approve\u200e'],
    ['Cyrillic letters', '/\u0430\u0440\u0440r\u043ev\u0435'],
    ['Greek letters', '/appr\u03bfve'],
    ['full-width letters', '/\uff41\uff50\uff50\uff52\uff4f\uff56\uff45'],
    ['an accent', '/appro\u0301ve'],
    ['a no-break space before it', '\u00a0/approve'],
    ['a blank after the full-width slash', '\uff0f approve'],
  ])('%s is no command, and is answered', (_, line) => {
    expect(read(line, onFraud)).toEqual({ code: 'look-alike', meant: 'approve' });
  });
});

test.each([
  '/lgtm',
  '/retest',
  '/assign @ann',
  '/usr/bin/hold x',
  '/approve/this',
  '//approve',
  '/',
  '/ approve',
  'please /approve',
  '\\/approve',
  '&#47;approve',
  '- /approve',
  '# /approve',
  '**/approve**',
  '`/approve`',
  '> /approve',
  '    /approve',
  '\t/approve',
  '/etc',
  '/привет',
])('%j is for somebody else', (line) => {
  expect(read(line, onFraud)).toBeUndefined();
});

describe('a comment', () => {
  it('may hold ten commands, each known by its line', () => {
    const body = ['Hello', '', ...Array.from({ length: 10 }, (_, i) => `/hold reason ${i}`), 'Bye'];
    const { said, leftOut } = parseComment(body.join('\r\n'), onFraud);
    expect(said.map(({ line, text }) => `${line} ${text}`)).toEqual(
      Array.from({ length: 10 }, (_, i) => `${i + 3} /hold reason ${i}`),
    );
    expect(leftOut).toBe(0);
  });

  it('is answered up to a limit, and the rest is counted', () => {
    const body = `${'/hold x\n'.repeat(25)}/aprove\n/lgtm`;
    const { said, leftOut } = parseComment(body, onFraud);
    expect({ said: said.length, leftOut }).toEqual({ said: MOST_COMMANDS, leftOut: 5 });
  });

  it('of 65,536 characters is read to its end', () => {
    const body = `${'word '.repeat(13_000)}\n\n/approve`.slice(-65_536);
    expect(read(body, onFraud)).toEqual({ name: 'approve' });
  });

  it('is never a reason to throw, nor to say more than it does', () => {
    const piece = fc.constantFrom(
      '/',
      '/hold ',
      '/rollback ',
      '--to ',
      '--reason ',
      '"',
      '“',
      '\\',
      '`',
      '```',
      '~~~',
      '> ',
      '- ',

      '<!--',
      '-->',
      '<a ',
      '>',
      '[x](',
      ')',
      '\n',
      '\r',
      '\r\n',
      '\t',
      '    ',
      ' ',
      'for 2h ',
      '\u200b',

      'fraud-detector ',
      'ranking ',
      '1.9 ',
      '\ud800',
      '\u202e',
      '|',
      '---',
      '=',
    );
    const body = fc.array(fc.oneof(piece, fc.string()), { maxLength: 60 });
    fc.assert(
      fc.property(body, fc.boolean(), (pieces, here) => {
        const text = pieces.join('');
        const lines = text.split(/\r\n?|\n/);
        const { said } = parseComment(text, here ? onFraud : anywhere);
        for (const one of said) {
          if (!('command' in one)) continue;
          expect(lines[one.line - 1]).toMatch(
            new RegExp(`^ {0,3}/${one.command.name}(\\s|$)`, 'i'),
          );
        }
      }),
    );
  });
});

describe('hostile text', () => {
  const fill = (text: string) => (length: number) =>
    text.repeat(Math.ceil(length / text.length)).slice(0, length);
  const stairs = (step: (n: number) => string) => (length: number) => {
    let text = '';
    for (let n = 1; text.length < length; n++) text += step(n);
    return text.slice(0, length);
  };
  const cases: Readonly<Record<string, (length: number) => string>> = {
    ...Object.fromEntries(
      [
        '>',
        '> ',
        '>\n',
        '> - ',
        '- ',
        '* a\n',
        '1. ',
        '[',
        '[a](',
        '](',
        '[]',
        '![',
        '*',
        '*a_ ',
        '**x* ',

        '`',
        '```\n',
        '~~~\n',
        '<',
        '<!--',
        '<!--\n',
        'a <!--',
        'a <?',
        'a <!A ',
        '<![CDATA[',
        'a <a b="',

        '<a\'b"',
        `<a '"`,
        '<a "<a\' ',
        '](\'"',
        '&',
        '[a]: x\n',
        '[a]: \n',
        '\n',
        '\r',
        ' \n',
        '\t',
        '\\',

        'a\n-\n',
        '>a\nb\n',
        '<a>\n',
        '/approve\n',
        '/hold "',
        '/hold “x” ',
        '/rollback --to ',
        '/aaaaaaa\n',

        '\uff0f',
        '\u200b',
        '/\u0430',
        'a`\n',
        '| a ',
        '/rollback --reason a --reason ',
      ].map((text) => [JSON.stringify(text), fill(text)]),
    ),
    'stairs of quotes': stairs((n) => `${'>'.repeat(n)}a\n`),
    'stairs of lists': stairs((n) => `${' '.repeat(2 * n)}- a\n`),
    'stairs of backticks': stairs((n) => `${'`'.repeat(n)}a\n`),
    'a definition without end': (n) => `[${fill('a\n')(n)}`,
    'one long command': (n) => `/rollback fraud-detector --reason ${fill('a ')(n)}`,
    'one long quoted word': (n) => `/rollback fraud-detector --reason "${fill('\\"')(n)}`,
  };

  /** The processor's milliseconds of the shortest of a few runs: a busy machine disturbs neither much. */
  function effort(text: string, runs: number): number {
    const times = Array.from({ length: runs }, () => {
      const start = process.cpuUsage();
      parseComment(text, onFraud);
      const { user, system } = process.cpuUsage(start);
      return (user + system) / 1_000;
    });
    return Math.min(...times);
  }

  // Sixteen times the text: linear work is 16 times as much, quadratic work 256 times.
  test.each(Object.entries(cases))('%s takes time in proportion to its length', (_, of) => {
    const few = effort(of(4_096), 3);
    const many = effort(of(65_536), 2);
    expect(many).toBeLessThan(100 * few + 60);
  });
});
