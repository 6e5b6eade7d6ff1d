import { z } from 'zod';
import { policySchema, presetSchema, repositorySchema } from './schema/files.ts';

const SCHEMAS = {
  policy: { schema: policySchema, title: 'Lastgood policy: .lastgood/<name>.yaml' },
  preset: { schema: presetSchema, title: 'Lastgood preset: .lastgood/presets/<name>.yaml' },
  repository: { schema: repositorySchema, title: 'Lastgood: .lastgood/repository.yaml' },
};

/** The JSON Schemas that editors check policy files by: file names in `policies/`, and their texts. */
export function writeJsonSchemas(): readonly { readonly file: string; readonly text: string }[] {
  return Object.entries(SCHEMAS).map(([name, { schema, title }]) => {
    const { $schema, ...rest } = z.toJSONSchema(schema, { io: 'input', target: 'draft-7' });
    const text = `${JSON.stringify({ $schema, title, ...rest }, undefined, 2)}\n`;
    return { file: `${name}.schema.json`, text };
  });
}
