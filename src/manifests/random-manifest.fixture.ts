import fc from 'fast-check';
import { checkValue } from './check-value.ts';
import type { Pin } from './pin.ts';

/**
 * Random manifests as text, for property tests: the writer knows, without any parser, where each pin stands
 * and what it says.
 */

export interface MarkedPin {
  readonly pin: Pin;
  readonly start: number;
  readonly end: number;
  readonly value: string;
  /** Where it stands: what may be written there differs. */
  readonly context: Context;
}

export interface RandomManifest {
  readonly text: string;
  readonly pins: readonly MarkedPin[];
}

export type Context = 'block' | 'flow' | 'json';
type Draw = fc.GeneratorValue;

const PLAIN = [
  'v1',
  '1.10',
  '0x1F',
  '1e3',
  '2026-11-20',
  'yes',
  'null',
  '~',
  'a:b',
  's3://m/v3/x',
  'x#y',
];
const BLOCK_ONLY = ['a, b', 'x]y', 'two words', 'a{b}', "it's"];
const TEXTS = [
  'v1',
  '',
  ' ',
  "it's",
  'say "x"',
  'a\\b',
  ': ',
  ' #',
  '- ',
  '*x',
  '&x',
  '{a}',
  'é日本😀',
  '---',
];
const KEYS = [
  'tag',
  'a-b',
  'newTag',
  'spec',
  'on',
  '1.10',
  'b.c',
  'd e',
  'q"x',
  "s'x",
  'x]',
  'a\\b',
  'ü',
];
const COMMENTS = ['# c', '#', '# key: value', '#  - "x', '# {{ x }} *a &b'];

/** A scalar in source form and what it says. */
export function drawToken(g: Draw, context: Context, indent = 8): { token: string; value: string } {
  const style = g(fc.constantFrom, 'plain', 'single', 'double', 'double', 'folded');
  if (context === 'json') {
    const token = g(fc.constantFrom, '1.10', '-0', '1e400', '12345678901234567890', 'true', 'null');
    if (style === 'plain') return { token, value: token };
    const value = drawText(g);
    return { token: escapeSome(g, JSON.stringify(value), value), value };
  }
  if (style === 'plain') {
    const value = g(fc.constantFrom, ...PLAIN, ...(context === 'block' ? BLOCK_ONLY : []));
    return { token: value, value };
  }
  if (style === 'folded') {
    const quote = g(fc.constantFrom, '"', "'", ...(context === 'block' ? [''] : []));
    const blanks = ' '.repeat(indent + g(fc.nat, { max: 3 }));
    return { token: `${quote}a\n${blanks}b${quote}`, value: 'a b' };
  }
  const value = drawText(g);
  if (style === 'single') return { token: `'${value.replaceAll("'", "''")}'`, value };
  const token = `"${value.replace(/["\\]/g, '\\$&')}"`;
  return { token: escapeSome(g, token, value), value };
}

function drawText(g: Draw): string {
  return g(fc.boolean) ? g(fc.constantFrom, ...TEXTS) : g(someText);
}

const PRINTABLE = Array.from(`abzAZ019 .,:;-_/\\'"#&*!?|>%@\`[]{}<>=+~^()éß日😀`);

const someText = (): fc.Arbitrary<string> =>
  fc
    .string({ unit: fc.constantFrom(...PRINTABLE), maxLength: 12 })
    .filter((text) => checkValue(text) === undefined);

const someKeys = (): fc.Arbitrary<string[]> =>
  fc.uniqueArray(fc.constantFrom(...KEYS), { minLength: 1, maxLength: 4 });

/** Writes every character as an escape now and then, as some people's tools do. */
function escapeSome(g: Draw, token: string, value: string): string {
  if (!g(fc.boolean) || !/^[\x20-\x7e]*$/.test(value)) return token;
  const hex = (char: string): string => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return `"${Array.from(value, hex).join('')}"`;
}

class Writer {
  text = '';
  readonly pins: MarkedPin[] = [];
  readonly #g: Draw;
  readonly #file: string;
  document: Pin['document'];
  #anchors = 0;

  constructor(g: Draw, file: string) {
    this.#g = g;
    this.#file = file;
  }

  scalar(context: Context, path: string, indent: number): void {
    const { token, value } = drawToken(this.#g, context, indent);
    const start = this.text.length;
    this.text += token;
    const pin: Pin = {
      id: `p${this.pins.length}`,
      component: 'model',
      file: this.#file,
      path,
      ...(this.document && { document: this.document }),
    };
    this.pins.push({ pin, start, end: this.text.length, value, context });
  }

  /** What follows `key:` or `-` in block context, with the line end. */
  block(path: string, indent: number, depth: number): void {
    const g = this.#g;
    const kinds = ['scalar', 'scalar', 'scalar', 'flow', 'noise', 'map', 'list'] as const;
    const kind = g(fc.constantFrom, ...kinds.slice(0, depth > 0 ? kinds.length : 5));
    if (kind === 'map' || kind === 'list') {
      this.text += `${g(fc.constantFrom, '', ' ', ` # ${kind}`, ` &b${++this.#anchors}`)}\n`;
      if (kind === 'map') this.map(path, indent + g(fc.integer, { min: 1, max: 4 }), depth - 1);
      else this.list(path, indent + g(fc.integer, { min: 1, max: 3 }), depth - 1);
      return;
    }
    if (kind === 'noise') {
      const pad = ' '.repeat(indent + 2);
      this.text += g(
        fc.constantFrom,
        '\n',
        ` |\n${pad}text: *x\n${pad}  - "\n`,
        ` >-\n${pad}a\n\n${pad}b\n`,
        ' !tag x\n',
        ` &n${++this.#anchors} shared\n`,
        ' []\n',
        ' {}\n',
        ' {? x : y, z}\n',
        ' {{ .Values.x }}\n',
      );
      return;
    }
    // After `-` a tab would be indentation.
    this.text += g(fc.constantFrom, ' ', '   ', this.text.endsWith(':') ? '\t' : ' ');
    if (kind === 'scalar') {
      this.text += g(fc.constantFrom, '', '', `&a${++this.#anchors} `, '!!str ', '! ');
      this.scalar('block', path, indent + 1);
    } else {
      this.flow('flow', path, depth, indent + 1);
    }
    this.text += `${g(fc.constantFrom, '', '', ' ', '\t', ` ${g(fc.constantFrom, ...COMMENTS)}`)}\n`;
  }

  map(path: string, indent: number, depth: number): void {
    const g = this.#g;
    const keys = g(someKeys);
    const pad = ' '.repeat(indent);
    if (g(fc.integer, { min: 0, max: 9 }) === 0) {
      this.text += `${pad}twice: 1\n${pad}twice: {a: 2, a: 3}\n`;
    }
    for (const key of keys) {
      this.text += `${pad}${g(fc.boolean) ? keyToken(g, key) : key}:`;
      this.block(path + keyStep(g, key, path), indent, depth);
      this.#between(indent);
    }
  }

  list(path: string, indent: number, depth: number): void {
    const g = this.#g;
    const length = g(fc.integer, { min: 1, max: 3 });
    for (let i = 0; i < length; i++) {
      this.text += `${' '.repeat(indent)}-`;
      const named = depth > 0 && g(fc.boolean);
      if (named) {
        this.text += ` name: n${i}\n`;
        const select = g(fc.constantFrom, `[name=n${i}]`, `[name="n${i}"]`, `[${i}]`);
        this.map(path + select, indent + 2, depth - 1);
      } else {
        this.block(`${path}[${i}]`, indent, depth);
      }
      this.#between(indent);
    }
  }

  flow(context: 'flow' | 'json', path: string, depth: number, indent: number): void {
    const g = this.#g;
    const json = context === 'json';
    const blank = (): string =>
      json
        ? g(fc.constantFrom, '', ' ', '\t', '\n', ' \n  ')
        : g(fc.constantFrom, '', ' ', '  ', '\t');
    const isMap = g(fc.boolean);
    const keys = g(someKeys);
    this.text += isMap ? '{' : '[';
    for (const [i, key] of keys.entries()) {
      this.text += (i === 0 ? '' : ',') + blank();
      if (isMap)
        this.text += `${json ? JSON.stringify(key) : keyToken(g, key)}${json ? blank() : ''}:${json ? blank() : ' '}`;
      const here = path + (isMap ? keyStep(g, key, path) : `[${i}]`);
      if (depth > 0 && g(fc.integer, { min: 0, max: 2 }) === 0)
        this.flow(context, here, depth - 1, indent);
      else this.scalar(context, here, indent);
      this.text += blank();
    }
    this.text += isMap ? '}' : ']';
  }

  #between(indent: number): void {
    const blanks = ['', '', '', '\n', '  \n', `${' '.repeat(indent)}# c: 1\n`, '# at the edge\n'];
    this.text += this.#g(fc.constantFrom, ...blanks);
  }
}

function keyToken(g: Draw, key: string): string {
  return g(fc.boolean) ? JSON.stringify(key) : `'${key.replaceAll("'", "''")}'`;
}

function keyStep(g: Draw, key: string, path: string): string {
  if (g(fc.boolean)) return `[${JSON.stringify(key)}]`;
  return (path === '' ? '' : '.') + key.replace(/[.[\]="'\s\\]/g, '\\$&');
}

/** A YAML stream of one or several documents, each with a kind and a name of its own if there are several. */
export function drawYaml(g: Draw): RandomManifest {
  const w = new Writer(g, 'random.yaml');
  const documents = g(fc.integer, { min: 1, max: 3 });
  w.text += g(fc.constantFrom, '', '', '\uFEFF', '# head\n', '\n');
  w.text += g(
    fc.constantFrom,
    '',
    '',
    '---\n',
    '--- # c\n',
    '%YAML 1.2\n---\n',
    '%YAML 1.1\n---\n',
  );
  for (let i = 0; i < documents; i++) {
    if (i > 0)
      w.text += g(
        fc.constantFrom,
        '---\n',
        '--- # c\n',
        '...\n# c\n---\n',
        '...\n%YAML 1.1\n---\n',
      );
    if (documents > 1) {
      w.document = { name: `d${i}` };
      w.text += `kind: K\nmetadata: {name: d${i}}\n`;
      const body = g(fc.boolean);
      w.text += 'body:';
      if (body) {
        w.text += '\n';
        w.map('body', 2, 2);
      } else {
        w.block('body', 0, 2);
      }
    } else if (g(fc.boolean)) {
      w.map('', 0, 3);
    } else {
      w.list('', 0, 3);
    }
  }
  w.text += g(fc.constantFrom, '', '', '...\n', '---\n', '# end');
  return finish(g, w);
}

/** A JSON file with odd spacing. */
export function drawJson(g: Draw): RandomManifest {
  const w = new Writer(g, 'random.json');
  w.text += g(fc.constantFrom, '', '\uFEFF', '\n', ' ');
  w.flow('json', '', 3, 0);
  w.text += g(fc.constantFrom, '', '\n');
  return finish(g, w);
}

/** Turns line ends into CRLF half of the time, and moves the marks along. */
function finish(g: Draw, w: Writer): RandomManifest {
  const { pins } = w;
  const text = g(fc.boolean) ? w.text : w.text.replace(/\n$/, '');
  if (g(fc.boolean)) return { text, pins };
  const ends: number[] = [];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) ends.push(at);
  const moved = (offset: number): number => offset + ends.filter((end) => end < offset).length;
  return {
    text: text.replaceAll('\n', '\r\n'),
    pins: pins.map((each) => ({ ...each, start: moved(each.start), end: moved(each.end) })),
  };
}
