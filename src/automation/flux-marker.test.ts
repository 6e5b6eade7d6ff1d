import { describe, expect, test } from 'vitest';
import { markerAt, restoreMarkers, suspendedLines, suspendMarkers } from './flux-marker.ts';

const FLUX = '{"$imagepolicy": "flux-system:fraud"}';

describe('a marker of Flux', () => {
  test.each<[line: string, policy: string | undefined]>([
    [`image: acme/fraud:1.11 # ${FLUX}`, 'flux-system:fraud'],
    [`  tag: "1.11" # {"$imagepolicy": "flux-system:fraud:tag"}`, 'flux-system:fraud:tag'],
    [`tag: 1.11 #${FLUX}`, 'flux-system:fraud'],
    [`tag: 1.11 # ${FLUX}  \r`, 'flux-system:fraud'],
    [`tag: 1.11 # suspended by Lastgood: ${FLUX}`, 'flux-system:fraud'],
    ['tag: 1.11 # {"$imagepolicy": 7}', undefined],
    ['tag: 1.11 # {"$imagepolicy": ""}', undefined],
    ['tag: 1.11 # {"$other": "flux-system:fraud"}', undefined],
    [`tag: 1.11 # see ${FLUX}`, undefined],
    [`tag: 1.11#${FLUX}`, undefined],
    [`tag: "1.11 # {'$imagepolicy': 'a:b'}"`, undefined],
    ['tag: 1.11 # {"$imagepolicy": ', undefined],
    ['tag: 1.11', undefined],
  ])('%s', (line, policy) => {
    expect(markerAt(`a: b\n${line}\n`, 2)?.policy).toBe(policy);
  });

  test('is taken out of force and put back byte for byte, on the lines named only', () => {
    const text = `a: 1 # ${FLUX}\r\nb: 2 # keep\nc: 3 #${FLUX} \nd: 4 # ${FLUX}`;
    const suspended = suspendMarkers(text, new Set([1, 2, 3, 9]));
    expect(suspended).toBe(
      `a: 1 # suspended by Lastgood: ${FLUX}\r\nb: 2 # keep\nc: 3 #suspended by Lastgood: ${FLUX} \nd: 4 # ${FLUX}`,
    );
    expect(suspendedLines(suspended)).toEqual([1, 3]);
    expect(suspendMarkers(suspended, new Set([1, 3]))).toBe(suspended);
    const all = new Set([1, 2, 3, 4]);
    expect(restoreMarkers(suspended, all)).toBe(text);
    expect(restoreMarkers(text, all)).toBe(text);
    expect(suspendedLines(restoreMarkers(suspended, new Set([3])))).toEqual([1]);
  });

  test('is not found in a line that is longer than any', () => {
    expect(markerAt(`a: ${' #'.repeat(200_000)}{`, 1)).toBeUndefined();
  });
});
