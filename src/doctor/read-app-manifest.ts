import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { z } from 'zod';
import type { AppManifest } from './facts.ts';

const manifest = z.object({
  default_permissions: z.record(z.string(), z.enum(['read', 'write', 'admin'])),
  default_events: z.array(z.string()),
});

/** Reads what the App needs from the text of its manifest. Throws when the text is no manifest. */
export function parseAppManifest(text: string): AppManifest {
  const { default_permissions: permissions, default_events: events } = manifest.parse(parse(text));
  return { permissions, events };
}

/** `app.yml` of this program, the only place that says what the App needs: two steps up from here, compiled or not. */
export async function readAppManifest(): Promise<AppManifest> {
  return parseAppManifest(await readFile(new URL('../../app.yml', import.meta.url), 'utf8'));
}
