import { describe, expect, test } from 'vitest';
import { bringsBack, sameSuspect, suspectsOf } from './suspects.ts';
import type { Versions } from './versions.ts';

describe('what a rollback leaves under suspicion', () => {
  test.each<[title: string, bad: Versions, good: Versions, suspect: Versions]>([
    ['the model', { model: '2', features: 'a' }, { model: '1', features: 'a' }, { model: '2' }],
    [
      'the model, whatever else changed',
      { model: '2', features: 'b' },
      { model: '1', features: 'a' },
      { model: '2' },
    ],
    [
      'the features where the model stayed',
      { model: '1', features: 'b' },
      { model: '1', features: 'a' },
      { features: 'b' },
    ],
    [
      'all that changed where the model stayed',
      { model: '1', features: 'b', config: 'y' },
      { model: '1', features: 'a', config: 'x' },
      { features: 'b', config: 'y' },
    ],
    [
      'an image among it, where a model is pinned',
      { model: '1', image: '2', config: 'y' },
      { model: '1', image: '1', config: 'x' },
      { image: '2', config: 'y' },
    ],
    [
      'the image where no model is pinned',
      { image: '2', config: 'y' },
      { image: '1', config: 'x' },
      { image: '2' },
    ],
    [
      'everything where neither is',
      { config: 'y', data: '2' },
      { config: 'x', data: '1' },
      { config: 'y', data: '2' },
    ],
    [
      'the one of several models that changed',
      { 'model[0]': '2', 'model[1]': '1' },
      { 'model[0]': '1', 'model[1]': '1' },
      { 'model[0]': '2' },
    ],
    [
      'a pin that the good release had not',
      { model: '1', data: '2' },
      { model: '1' },
      { data: '2' },
    ],
    ['nothing where nothing changed', { model: '1' }, { model: '1' }, {}],
  ])('%s', (_, bad, good, suspect) => {
    expect(suspectsOf(bad, good)).toEqual(suspect);
  });
});

describe('what brings it back', () => {
  test.each<[versions: Versions, suspect: Versions, back: boolean]>([
    [{ model: '2', features: 'x' }, { model: '2' }, true],
    [{ model: '2.0' }, { model: '2' }, false],
    [{ 'model[0]': '1', 'model[1]': '2' }, { model: '2' }, true],
    [{ 'model[0]': '1', 'model[1]': '2' }, { 'model[0]': '2' }, true],
    [{ image: '2' }, { model: '2' }, false],
    [{ 'model[0]': '1', 'model[1]': '2' }, { 'model[0]': '2', 'model[1]': '1' }, false],
    [{ features: 'b', config: 'x' }, { features: 'b', config: 'y' }, false],
    [{ features: 'b', config: 'y' }, { features: 'b', config: 'y' }, true],
    [{ features: 'b' }, { features: 'b', config: 'y' }, true],
    [{ model: '1' }, { features: 'b', config: 'y' }, false],
    [{ model: '1' }, {}, false],
    [{}, { model: '2' }, false],
  ])('%j for %j: %s', (versions, suspect, back) => {
    expect(bringsBack(versions, suspect)).toBe(back);
  });

  test('two are the same one whatever their order', () => {
    expect(sameSuspect({ features: 'b', config: 'y' }, { config: 'y', features: 'b' })).toBe(true);
    expect(sameSuspect({ features: 'b' }, { config: 'y', features: 'b' })).toBe(false);
    expect(sameSuspect({ model: '1' }, { 'model[0]': '1' })).toBe(true);
  });
});
