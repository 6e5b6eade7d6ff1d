import fc from 'fast-check';
import type { Component } from '../../src/manifests/pin.ts';
import {
  drawJson,
  drawToken,
  drawYaml,
  type MarkedPin,
  type RandomManifest,
} from '../../src/manifests/random-manifest.fixture.ts';

/** What the target's pins say, by their ids. */
export type Tuple = Readonly<Record<string, string>>;

const IDS = ['model', 'features', 'image', 'model[1]', 'features[1]'];

/** One to three files of different text, with one to two of their scalars as pins of the target. */
export function drawFiles(g: fc.GeneratorValue): Map<string, RandomManifest> {
  const count = g(fc.integer, { min: 1, max: 3 });
  const files = new Map<string, RandomManifest>();
  let ids = 0;
  for (let i = 0; i < count; i += 1) {
    const json = g(fc.integer, { min: 0, max: 3 }) === 0;
    const name = json ? `deploy/f${i}.json` : `deploy/f${i}.yaml`;
    const drawn = json ? drawJson(g) : drawYaml(g);
    fc.pre(drawn.pins.length > 0);
    const wanted = Math.min(drawn.pins.length, i === 0 ? 2 : 1);
    const chosen = new Set<number>();
    for (let n = 0; n < wanted; n += 1) chosen.add(g(fc.nat, { max: drawn.pins.length - 1 }));
    const pins = drawn.pins.map((marked, index): MarkedPin => {
      if (!chosen.has(index)) return { ...marked, pin: { ...marked.pin, id: '', file: name } };
      const id = IDS[ids++] ?? 'config';
      const component = id.replace(/\[.*/, '') as Component;
      return { ...marked, pin: { ...marked.pin, id, component, file: name } };
    });
    files.set(name, { text: drawn.text, pins });
  }
  fc.pre(new Set([...files.values()].map(({ text }) => text)).size === files.size);
  return files;
}

/** Whether it is a pin of the target. */
export function isChosen({ pin }: MarkedPin): boolean {
  return pin.id !== '';
}

export function tupleOf(files: ReadonlyMap<string, RandomManifest>): Tuple {
  const chosen = [...files.values()].flatMap(({ pins }) => pins.filter(isChosen));
  return Object.fromEntries(chosen.map(({ pin, value }) => [pin.id, value]));
}

/** Writes tokens at the marks, without any parser, and moves the marks along. */
export function rewrite(
  manifest: RandomManifest,
  tokens: ReadonlyMap<number, { readonly token: string; readonly value: string }>,
): RandomManifest {
  let text = '';
  let last = 0;
  const pins = manifest.pins.map((marked, index) => {
    text += manifest.text.slice(last, marked.start);
    last = marked.end;
    const { token, value } = tokens.get(index) ?? {
      token: manifest.text.slice(marked.start, marked.end),
      value: marked.value,
    };
    const start = text.length;
    text += token;
    return { ...marked, start, end: text.length, value };
  });
  return { text: text + manifest.text.slice(last), pins };
}

/** The files with other tokens, of other values or written otherwise, for the scalars that are wanted. */
export function redraw(
  g: fc.GeneratorValue,
  files: ReadonlyMap<string, RandomManifest>,
  wanted: (marked: MarkedPin) => boolean,
): ReadonlyMap<string, RandomManifest> {
  return new Map(
    [...files].map(([name, manifest]) => {
      const tokens = new Map(
        manifest.pins.flatMap((marked, index) =>
          wanted(marked) ? [[index, drawToken(g, marked.context, 40)] as const] : [],
        ),
      );
      return [name, rewrite(manifest, tokens)];
    }),
  );
}
