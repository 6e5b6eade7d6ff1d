import { schema as published } from '@octokit/graphql-schema';
import { buildSchema, parse, validate } from 'graphql';
import { expect, test } from 'vitest';
import * as queries from './queries.ts';

// What is published breaks a few rules of GraphQL itself, in parts that concern none of the documents.
const schema = buildSchema(published.idl, { assumeValid: true });

test.each(Object.entries(queries))(
  "%s is valid against GitHub's published schema",
  (_, document) => {
    const text = typeof document === 'string' ? document : document(2);
    expect(validate(schema, parse(text))).toEqual([]);
  },
);
