import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Rung } from '../policy/policy.ts';
import { readSquashed, readTrailers } from './read-trailers.ts';
import { decodeValue, encodeValue } from './trailer-value.ts';
import type { RollbackRecord } from './trailers.ts';
import { writeTrailers } from './write-trailers.ts';

const oid = (digit: string): string => digit.repeat(40);

const record: RollbackRecord = {
  target: { environment: 'production/eu-west', model: 'fraud-detector' },
  mode: 'automatic',
  badCommit: oid('a'),
  goalCommit: oid('b'),
  base: oid('c'),
  from: { model: '1.10', features: '2026-11-19' },
  to: { model: '1.9', features: '2026-11-02' },
  alert: { name: 'ModelDiversityCollapsed', source: 'prometheus', severity: 'critical' },
  firstSeen: Date.UTC(2026, 10, 20, 2, 15, 4, 120),
  decidedAt: Date.UTC(2026, 10, 20, 2, 17, 4),
  policy: { file: '.lastgood/fraud@detector.yaml', commit: oid('c') },
};
const trailers = writeTrailers(record);

function gitParses(message: string): string {
  return execFileSync('git', ['interpret-trailers', '--parse'], {
    input: message,
    encoding: 'utf8',
  });
}

const TEXTS = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom(...'@#%:=\n\r -aGH1/.\u2028\u202e'.split('')) }),
  fc.constantFrom(
    'x\nLastgood-Mode: reviewed',
    'x\r\n\r\nLastgood-Target: production/other',
    'Fixes #1',
    '',
    ' ',
    'https://github.com/acme/shop/issues/1',
  ),
);
const RUNGS: readonly Rung[] = ['release', 'fallback', ['image'], ['model', 'features']];
const OIDS = fc.string({
  unit: fc.constantFrom(...'0123456789abcdef'.split('')),
  minLength: 40,
  maxLength: 40,
});
const VERSIONS = fc.dictionary(
  fc.constantFrom('model', 'features', 'image[0]', 'image[1]', 'config'),
  TEXTS,
  { minKeys: 1 },
);
const INSTANTS = fc.integer({ min: 0, max: Date.UTC(2100, 0) });
const RECORDS: fc.Arbitrary<RollbackRecord> = fc
  .record({
    target: fc.constantFrom(record.target, { environment: 'staging', model: 'a.b_c-d' }),
    mode: fc.constantFrom('automatic' as const, 'reviewed' as const),
    badCommit: OIDS,
    goalCommit: fc.option(OIDS, { nil: undefined }),
    rung: fc.option(
      fc.record({
        number: fc.integer({ min: 1, max: 99 }),
        rung: fc.constantFrom(...RUNGS),
        first: OIDS,
      }),
      { nil: undefined },
    ),
    base: OIDS,
    from: VERSIONS,
    to: VERSIONS,
    alert: fc.record({ name: TEXTS, source: TEXTS, severity: TEXTS }),
    firstSeen: INSTANTS,
    decidedAt: INSTANTS,
    approvedBy: fc.option(
      fc.array(
        fc.record({
          login: fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9-]{0,20}(\[bot\])?$/),
          id: fc.integer({ min: 1, max: 1e14 }),
        }),
        { minLength: 1, maxLength: 3 },
      ),
      { nil: undefined },
    ),
    policy: fc.record({ file: TEXTS.filter((text) => text !== ''), commit: OIDS }),
  })
  .map(({ goalCommit, rung, approvedBy, ...rest }) => ({
    ...rest,
    ...(goalCommit !== undefined && { goalCommit }),
    ...(rung !== undefined && { rung }),
    ...(approvedBy !== undefined && { approvedBy }),
  }));

describe('the trailers of a rollback', () => {
  it('carry the whole decision', () => {
    expect(trailers).toMatchInlineSnapshot(`
      "Lastgood-Target: production/eu-west/fraud-detector
      Lastgood-Mode: automatic
      Lastgood-Bad: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
      Lastgood-Goal: bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb
      Lastgood-Base: cccccccccccccccccccccccccccccccccccccccc
      Lastgood-From: model=1.10
      Lastgood-From: features=2026-11-19
      Lastgood-To: model=1.9
      Lastgood-To: features=2026-11-02
      Lastgood-Alert: ModelDiversityCollapsed
      Lastgood-Alert-Source: prometheus
      Lastgood-Severity: critical
      Lastgood-First-Seen: 2026-11-20T02:15:04.120Z
      Lastgood-Decided: 2026-11-20T02:17:04.000Z
      Lastgood-Policy: .lastgood/fraud@detector.yaml@cccccccccccccccccccccccccccccccccccccccc"
    `);
    expect(readTrailers(trailers)).toEqual({ ok: true, record });
  });

  it('come back as they were written, whatever the texts hold', () => {
    fc.assert(
      fc.property(RECORDS, fc.string(), (any, text) => {
        const message = `Roll back\n\n${text.replaceAll('\n', ' ')}\n\n${writeTrailers(any)}\n`;
        expect(readTrailers(message)).toEqual({ ok: true, record: any });
      }),
    );
  });

  it('say for how long nobody decided, in whole seconds and no other form', () => {
    const silent = writeTrailers({ ...record, unansweredFor: 300_000 });
    expect(silent).toContain('\nLastgood-Unanswered-For: 300s\n');
    expect(readTrailers(silent)).toMatchObject({ ok: true, record: { unansweredFor: 300_000 } });
    for (const wrong of ['5m', '-1s', '', '1e9s']) {
      expect(readTrailers(silent.replace('300s', wrong))).toMatchObject({ ok: false });
    }
  });

  it('are read by git itself as the same lines', () => {
    fc.assert(
      fc.property(RECORDS, (any) => {
        const written = writeTrailers(any);
        const lines = written.split('\n').map((line) => line.trimEnd());
        const parsed = gitParses(`Roll back\n\nWhy.\n\n${written}\n`).trim().split('\n');
        expect(parsed.map((line) => line.trimEnd())).toEqual(lines);
      }),
      { numRuns: 25 },
    );
  });

  it('hold nothing that GitHub would act upon', () => {
    const said = encodeValue(
      'Fixes #1, closes acme/shop#2 GH-3 https://github.com/a/b/issues/4 @acme/sre',
    );
    expect(said).toMatchInlineSnapshot(
      `"Fixes %231, closes acme/shop%232 GH%2D3 https%3A//github.com/a/b/issues/4 %40acme/sre"`,
    );
    expect(encodeValue('1.9@sha256:0a1b s3://models/fraud/1.9')).toBe(
      '1.9@sha256:0a1b s3://models/fraud/1.9',
    );
  });

  it.each(['%', '%4', '%zz', '%e2%82%ac', '%C3', '%FF'])(
    'are not read from the ill-formed %j',
    (text) => {
      expect(decodeValue(text)).toBeUndefined();
    },
  );
});

describe('what GitHub makes of the message', () => {
  it.each([
    ['a squash that appends an author', `${trailers}\n\nCo-authored-by: Ann <ann@acme.example>`],
    [
      'a squash that appends several after its separator',
      `${trailers}\n\n---------\n\nCo-authored-by: Ann <a@b.c>\nCo-authored-by: Bo <b@b.c>\n`,
    ],
    ['a sign-off in the same paragraph', `${trailers}\nSigned-off-by: Ann <ann@acme.example>`],
    ['line ends of Windows', trailers.replaceAll('\n', '\r\n')],
    ['a merge commit', `Merge pull request #12 from acme/x\n\nRoll back\n\n${trailers}\n`],
  ])('%s: it still reads', (_, message) => {
    expect(readTrailers(`Roll back (#12)\n\nWhy.\n\n${message}`)).toEqual({ ok: true, record });
  });
});

describe('what GitHub makes of several commits that a person squashes', () => {
  const first = `* Roll back\n\nWhy.\n\n${trailers}`;
  const more = '* One more thing';
  it.each([
    ['pushed on top', `${first}\n\n${more}`, true],
    ['two of them, and an author', `${first}\n\n${more}\n\n* x\n\nCo-authored-by: A <a@b.c>`, true],
    ['the record alone', first, true],
    ['text after it in its own message', `${first}\n\nand so on\n\n${more}`, false],
    ['none', `${more}\n\n* and another`, false],
  ])('%s', (_, list, ok) => {
    const message = `Roll back (#12)\n\n${list}`;
    expect(readSquashed(message)).toMatchObject(ok ? { ok, record } : { ok });
    expect(readTrailers(`${message}\n\n${more}`).ok).toBe(false);
  });
});

describe('what is no record', () => {
  const without = (key: string): string =>
    trailers
      .split('\n')
      .filter((line) => !line.startsWith(`Lastgood-${key}:`))
      .join('\n');

  it.each([
    ['no trailers', 'Ship 1.10\n\nFaster.', 'The message ends with no Lastgood trailers.'],
    ['an empty message', '', 'The message ends with no Lastgood trailers.'],
    ['text after it', `${trailers}\n\nand so on`, 'The message ends with no Lastgood trailers.'],
    ['text among it', `${trailers}\nand so on`, 'The message ends with no Lastgood trailers.'],
    ['a part of it', without('Base'), 'Lastgood-Base is missing.'],
    ['no versions', without('To'), 'Lastgood-To is missing.'],
    [
      'a field twice',
      `${trailers}\nLastgood-Mode: reviewed`,
      'Lastgood-Mode stands there 2 times, once is expected.',
    ],
    [
      'a pin twice',
      `${trailers}\nLastgood-To: model=1.8`,
      'Lastgood-To names the pin model twice.',
    ],
    [
      'a target that is none',
      trailers.replace('production/eu-west/fraud-detector', '../x'),
      'Lastgood-Target is not of its form; expected is an environment and a model, as in production/fraud-detector.',
    ],
    [
      'a short commit',
      trailers.replace(`Bad: ${oid('a')}`, 'Bad: aaaaaaa'),
      'Lastgood-Bad is not of its form; expected is a commit of 40 lower-case hex digits.',
    ],
    [
      'another mode',
      trailers.replace('automatic', 'forced'),
      'Lastgood-Mode is not of its form; expected is automatic or reviewed.',
    ],
    [
      'a pin that is none',
      trailers.replace('To: model=', 'To: __proto__='),
      'Lastgood-To is not of its form; expected is a pin and its version, as in model=1.10.',
    ],
    [
      'an approver without an id',
      `${trailers}\nLastgood-Approved-By: ann`,
      'Lastgood-Approved-By is not of its form; expected is a login and an account id, as in ann 4711.',
    ],
    [
      'a day that is none',
      trailers.replace('2026-11-20T02:17', '2026-02-31T02:17'),
      'Lastgood-Decided is not of its form; expected is a moment as in 2026-11-20T02:17:04.000Z.',
    ],
  ])('%s', (_, message, reason) => {
    expect(readTrailers(`Roll back\n\n${message}`)).toEqual({ ok: false, reason });
  });

  it('is never a reason to throw', () => {
    const lines = fc.array(
      fc.oneof(fc.constantFrom(...trailers.split('\n')), fc.string(), fc.constant('')),
    );
    fc.assert(
      fc.property(lines, (some) => {
        const reading = readTrailers(some.join('\n'));
        expect(reading.ok ? 'record' : reading.reason).not.toBe('');
      }),
    );
  });

  it('does not come from the text above the record', () => {
    const forged = trailers.replace('automatic', 'reviewed').replaceAll('fraud', 'other');
    expect(readTrailers(`Roll back\n\n${forged}\n\n${trailers}`)).toEqual({ ok: true, record });
  });
});
