import { readFile } from 'node:fs/promises';
import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { writeJsonSchemas } from './json-schemas.ts';
import { readShippedPresets } from './presets.ts';
import { policyFor } from './load-policies.fixture.ts';

const schemas = writeJsonSchemas();

function validator(file: string) {
  const text = schemas.find((schema) => schema.file === file)?.text;
  if (text === undefined) throw new Error(`no schema ${file}`);
  return new Ajv({ allErrors: true, allowUnionTypes: true }).compile(JSON.parse(text));
}

test.each(schemas)('policies/$file is what `npm run schema` writes', async ({ file, text }) => {
  expect(await readFile(new URL(`../../policies/${file}`, import.meta.url), 'utf8')).toBe(text);
});

test.each(schemas)('$file describes every key', ({ text }) => {
  const silent: string[] = [];
  JSON.parse(text, (key, value) => {
    if (key !== 'properties') return value;
    for (const [name, child] of Object.entries<{ description?: string }>(value)) {
      if (!child.description) silent.push(name);
    }
    return value;
  });
  expect(silent).toEqual([]);
});

test.each(await readShippedPresets())('an editor finds nothing wrong with $name', ({ text }) => {
  const validate = validator('preset.schema.json');
  validate(parse(text));
  expect(validate.errors).toBeNull();
});

describe('an editor that reads a policy by the schema', () => {
  const validate = validator('policy.schema.json');

  test.each([
    '',
    'owners: ["@a", "@acme/ml", role:admin]',
    'evidence: { consecutive: 3, minAge: 1h30m }',
    'limits: { merge: 0 per 24h }',
    'fallback: { model: 1.10 }',
    'extends: [a, b]',
  ])('agrees with: %s', (more) => {
    validate(parse(policyFor('m', more)));
    expect(validate.errors).toBeNull();
  });

  test.each([
    'owner: ["@a"]',
    'owners: ["a"]',
    'owners: []',
    'evidence: { consecutive: 0 }',
    'evidence: { minAge: 5 minutes }',
    'limits: { merge: 2 }',
    'respond: { critical: marge }',
    'extends: {}',
  ])('objects to: %s', (more) => {
    expect(validate(parse(policyFor('m', more)))).toBe(false);
  });
});
