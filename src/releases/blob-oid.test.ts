import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { blobOid } from './blob-oid.ts';

it.each(['', 'model: 1.9\n', 'ä\r\n€𝄞'])('a blob is named as git names it: %j', (text) => {
  const named = execFileSync('git', ['hash-object', '--stdin'], { input: text, encoding: 'utf8' });
  expect(blobOid(text)).toBe(named.trim());
});
