import { createHash } from 'node:crypto';
import type { Oid } from './release.ts';

/** The name that git gives to a text as a blob. */
export function blobOid(text: string): Oid {
  const bytes = Buffer.from(text, 'utf8');
  return createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
}
