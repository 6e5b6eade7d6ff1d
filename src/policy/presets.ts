import { readFile, readdir } from 'node:fs/promises';

/** The same two steps up from `src/policy/` and, compiled, from `dist/policy/`. */
const FOLDER = new URL('../../policies/', import.meta.url);

/** Reads the presets that come with Lastgood, by name. */
export async function readShippedPresets(): Promise<
  readonly { readonly name: string; readonly text: string }[]
> {
  const files = (await readdir(FOLDER)).filter((file) => file.endsWith('.yaml')).sort();
  return Promise.all(
    files.map(async (file) => ({
      name: file.slice(0, -'.yaml'.length),
      text: await readFile(new URL(file, FOLDER), 'utf8'),
    })),
  );
}
