/**
 * `npm run schema`: writes the JSON Schemas of the policy files to `policies/`.
 *
 * @module
 */
import { writeFile } from 'node:fs/promises';
import { writeJsonSchemas } from './json-schemas.ts';

for (const { file, text } of writeJsonSchemas()) {
  await writeFile(new URL(`../../policies/${file}`, import.meta.url), text);
}
