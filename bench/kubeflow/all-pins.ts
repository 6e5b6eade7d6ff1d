import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findTag } from './find-tag.ts';
import type { ComparedPin } from './pins.ts';

/** Every `newTag` of every kustomization of the newest commit, by its place in the list. */
export function allPins(folder: string): readonly ComparedPin[] {
  const listed = execFileSync('git', ['ls-files', '-z', '*kustomization.yaml'], { cwd: folder });
  return listed
    .toString()
    .split('\0')
    .filter((file) => file !== '')
    .flatMap((file, i) => {
      const lines = readFileSync(join(folder, file), 'utf8').split('\n');
      const places = lines.filter((line) => /^\s*-/.test(line)).keys();
      return [...places]
        .filter((index) => findTag(lines, { index }) !== undefined)
        .map((index) => ({ name: `pin-${i}-${index}`, file, entry: { index } }));
    });
}
