import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseAllDocuments, visit } from 'yaml';
import { checkValue } from './check-value.ts';
import { decodeText } from './decode-text.ts';
import { parsePath } from './parse-path.ts';
import type { Pin } from './pin.ts';
import {
  drawJson,
  drawToken,
  drawYaml,
  type MarkedPin,
  type RandomManifest,
} from './random-manifest.fixture.ts';
import { readPin, readPins } from './read-pin.ts';
import { setPin, setPins, type PinGoal } from './set-pin.ts';

const NASTY = [
  'v2',
  '1.10',
  '12e03',
  'true',
  'null',
  '',
  ' ',
  '"',
  "'",
  '\\',
  '": x',
  "' #",
  'a: b',
  'a #b',
];
const NASTIER = [
  'a\nb',
  'a\r\nreplicas: 0',
  '"\n"',
  '{{ x }}',
  '${x}',
  '\u0000',
  '\u2028',
  '*a',
  '&a x',
  '!!int 1',
];
const MORE = [
  '|',
  '>-',
  '- a',
  '? a',
  '%YAML 1.1',
  '---',
  '...',
  '[a',
  ']',
  '}',
  ', x: 1',
  '<<',
  '=',
  '@',
  '`',
];

const values = fc.oneof(
  fc.constantFrom(...NASTY, ...NASTIER, ...MORE),
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: 'binary' }),
  fc.stringMatching(/^[a-z0-9._:/@-]{1,20}$/),
);

const drawValue = (): typeof values => values;

describe.each([
  ['YAML', drawYaml],
  ['JSON', drawJson],
])('random %s', (_format, draw) => {
  test('pins are read where they stand, as what they say', () => {
    check(draw, (manifest) => {
      const readings = readPins(
        manifest.text,
        manifest.pins.map(({ pin }) => pin),
      );
      for (const [i, { value, start, end }] of manifest.pins.entries()) {
        const token = manifest.text.slice(start, end);
        const line = manifest.text.slice(0, start).split('\n').length;
        expect(readings[i]).toEqual({ ok: true, value: { version: value, value, token, line } });
      }
    });
  });

  test('setting a pin changes its scalar and nothing else', () => {
    check(draw, (manifest, g) => {
      const { text, pins } = manifest;
      const chosen = drawPin(g, pins);
      const value = g(drawValue);
      const token = drawGoalToken(g, chosen, value);
      const goal: PinGoal = token === undefined ? { value } : { token, value, version: value };
      const done = setPin(text, chosen.pin, goal);
      const allowed = checkValue(value) === undefined;
      expect(done).toMatchObject(
        allowed
          ? { ok: true, after: { value } }
          : { ok: false, problem: { code: 'pattern-mismatch' } },
      );
      if (!done.ok) return;
      const end = done.text.length - (text.length - chosen.end);
      expect(done.text.slice(0, chosen.start)).toBe(text.slice(0, chosen.start));
      expect(done.text.slice(end)).toBe(text.slice(chosen.end));
      expect(done.text.slice(chosen.start, end)).toBe(done.after.token);
      for (const each of pins) {
        const wanted = each === chosen ? value : each.value;
        expect(readPin(done.text, each.pin)).toMatchObject({ ok: true, value: { value: wanted } });
      }
      expect(scalarsOf(done.text, chosen.start)).toEqual(scalarsOf(text, chosen.start));
    });
  });

  test('setting pins back after an edit of nothing but them restores every byte', () => {
    check(draw, (manifest, g) => {
      const { text, pins } = manifest;
      const chosen = g(fc.subarray, [...pins.keys()], { minLength: 1 }).flatMap(
        (i) => pins[i] ?? [],
      );
      const before = readPins(
        text,
        chosen.map(({ pin }) => pin),
      );
      let edited = text;
      for (const { start, end, context } of chosen.toReversed()) {
        edited = edited.slice(0, start) + drawToken(g, context, 40).token + edited.slice(end);
      }
      const changes = chosen.map(({ pin }, i) => {
        const reading = before[i];
        return { pin, goal: reading?.ok ? reading.value : { value: 'unread' } };
      });
      const restored = setPins(edited, g(fc.boolean) ? changes : changes.toReversed());
      expect(restored).toMatchObject({ ok: true, text });
    });
  });

  test('nothing throws on damaged files', () => {
    const pieces = [
      '',
      '"',
      "'",
      ':',
      '- ',
      '\n',
      '\t',
      '{',
      ']',
      '*a',
      '&a ',
      '<<: *a\n',
      '|\n',
      '\u0000',
      '#',
    ];
    check(draw, ({ text, pins }, g) => {
      const at = g(fc.nat, { max: text.length });
      const cut = g(fc.nat, { max: 5 });
      const damaged = text.slice(0, at) + g(fc.constantFrom, ...pieces) + text.slice(at + cut);
      const chosen = drawPin(g, pins);
      const reading = readPin(damaged, chosen.pin);
      const done = setPin(damaged, chosen.pin, { value: 'v9' });
      const problem = reading.ok ? { code: 'not-editable' } : reading.problem;
      expect(done).toMatchObject(
        reading.ok && done.ok ? { after: { value: 'v9' } } : { ok: false, problem },
      );
    });
  });
});

test('nothing throws on any text, pin, path and goal', () => {
  const texts = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc
      .array(
        fc.constantFrom(
          'a',
          ':',
          ' ',
          '\n',
          '- ',
          '{',
          '}',
          '[',
          ']',
          ',',
          '"',
          '*a',
          '&a ',
          '#',
          '|',
          '!',
        ),
      )
      .map((all) => all.join('')),
  );
  const paths = fc
    .array(fc.constantFrom('a', '.', '[', ']', '0', '=', '"', "'", '\\', 'name', ' ', '<<'), {
      maxLength: 8,
    })
    .map((all) => all.join(''));
  const pins = fc.record(
    {
      id: fc.constant('model'),
      component: fc.constant('model' as const),
      file: fc.constantFrom('f.yaml', 'f.json', ''),
      path: fc.oneof(paths, fc.string({ unit: 'binary' })),
      document: fc.record({ kind: fc.string(), name: fc.string() }, { requiredKeys: [] }),
      version: fc.oneof(fc.constant('{version}'), fc.string()),
    },
    { requiredKeys: ['id', 'component', 'file', 'path'] },
  );
  fc.assert(
    fc.property(texts, pins, values, fc.uint8Array(), (text, pin: Pin, value, bytes) => {
      expect(readPin(text, pin).ok).toBeTypeOf('boolean');
      for (const goal of [{ value }, { version: value }, { token: text, version: value, value }]) {
        expect(setPin(text, pin, goal).ok).toBeTypeOf('boolean');
      }
      expect(parsePath(pin.path).ok).toBeTypeOf('boolean');
      expect(decodeText(bytes).ok).toBeTypeOf('boolean');
    }),
    { numRuns: 500 },
  );
});

/** Runs a property on random manifests that have a pin. */
function check(
  draw: (g: fc.GeneratorValue) => RandomManifest,
  property: (manifest: RandomManifest, g: fc.GeneratorValue) => void,
): void {
  fc.assert(
    fc.property(fc.gen(), (g) => {
      const manifest = draw(g);
      fc.pre(manifest.pins.length > 0);
      property(manifest, g);
    }),
    { numRuns: Number(process.env['LASTGOOD_PROPERTY_RUNS'] ?? 150) },
  );
}

/** Drawn by index: a generator keeps what it drew while it shrinks, and the marks are new each time. */
function drawPin(g: fc.GeneratorValue, pins: readonly MarkedPin[]): MarkedPin {
  const pin = pins[g(fc.nat, { max: pins.length - 1 })];
  if (!pin) throw new Error('The manifest has no pin.');
  return pin;
}

/** The token of a goal: none, one that says something else, or one that brings more than a scalar. */
function drawGoalToken(g: fc.GeneratorValue, pin: MarkedPin, value: string): string | undefined {
  const kind = g(fc.constantFrom, 'none', 'other', 'bare', 'dressed');
  if (kind === 'none') return undefined;
  if (kind === 'other') return drawToken(g, pin.context, 40).token;
  if (kind === 'bare') return value;
  const [head, tail] = g(fc.constantFrom, ...DRESSES) ?? ['', ''];
  return head + JSON.stringify(value) + tail;
}

const DRESSES: readonly (readonly [string, string])[] = [
  ['', '\nextra: 1'],
  ['', ' # c'],
  ['', ', "extra": 1'],
  ['', ' '],
  [' ', ''],
  ['&x ', ''],
  ['!!str ', ''],
  ['# c\n', ''],
];

/** Every scalar of a file as the YAML library sees it, without the one at an offset. */
function scalarsOf(text: string, except: number): unknown[] {
  const found: unknown[] = [];
  const documents = parseAllDocuments(text, { uniqueKeys: false });
  for (const document of Array.isArray(documents) ? documents : []) {
    visit(document, {
      Scalar(_key, node) {
        if (node.range?.[0] !== except) found.push([node.source, node.type, node.tag, node.anchor]);
      },
    });
  }
  return found;
}
