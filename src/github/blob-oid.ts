import { createHash } from 'node:crypto';
import type { Oid } from '../releases/release.ts';

/** The object name that git gives a text as a blob. */
export function blobOid(contents: string): Oid {
  const bytes = Buffer.from(contents, 'utf8');
  return createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
}
