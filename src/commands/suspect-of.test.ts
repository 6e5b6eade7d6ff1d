import { expect, test } from 'vitest';
import type { Pin } from '../manifests/pin.ts';
import { quarantinedAs } from './suspect-of.ts';

const pin = (id: string): Pin => ({ id, component: 'model', file: 'a.yaml', path: 'a' });
const pins = [pin('model'), { ...pin('image'), component: 'image' } as const];

test.each<
  [title: string, version: string, suspects: readonly object[], expected: object | undefined]
>([
  ['the model', '1.11', [{ model: '1.11' }], { model: '1.11' }],
  ['the model before anything else', '8', [{ image: '8' }, { model: '8' }], { model: '8' }],
  ['an image beside it', '8', [{ image: '8' }], { image: '8' }],
  ['features', 'f-11', [{ features: 'f-11' }], { features: 'f-11' }],
  [
    'one of several that are quarantined together',
    'f-11',
    [{ config: 'c', features: 'f-11' }],
    { config: 'c', features: 'f-11' },
  ],
  [
    'the newest of several',
    'f-11',
    [{ features: 'f-11' }, { config: 'c', features: 'f-11' }],
    { features: 'f-11' },
  ],
  ['nothing that is quarantined', '1.10', [{ model: '1.11' }], undefined],
  ['nothing', '1.11', [], undefined],
])('a version names %s', (_, version, suspects, expected) => {
  const known = suspects.map((one) => ({ ...one }));
  expect(quarantinedAs({ pins }, version, known)).toEqual(expected);
});
