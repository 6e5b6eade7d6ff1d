import { readFile, readdir } from 'node:fs/promises';
import type { ShippedPreset } from './preset-library.ts';

/** The same two steps up from `src/policy/` and, compiled, from `dist/policy/`. */
const FOLDER = new URL('../../policies/', import.meta.url);

let read: ReturnType<typeof readAll> | undefined;

/** The presets that come with Lastgood, by name: read once, since they come and go with the program. */
export async function readShippedPresets(): ReturnType<typeof readAll> {
  read ??= readAll();
  try {
    return await read;
  } catch (error) {
    // A disk that fails for a moment is asked again.
    read = undefined;
    throw error;
  }
}

async function readAll(): Promise<readonly ShippedPreset[]> {
  const files = (await readdir(FOLDER)).filter((file) => file.endsWith('.yaml')).sort();
  return Promise.all(
    files.map(async (file) => ({
      name: file.slice(0, -'.yaml'.length),
      text: await readFile(new URL(file, FOLDER), 'utf8'),
    })),
  );
}
