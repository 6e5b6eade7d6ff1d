import { expect, test } from 'vitest';
import { fillQuery } from './fill-query.ts';

const VALUES = {
  model: 'fraud-detector',
  version: 's3://models/fraud/42',
  environment: 'production/eu-west',
  release_commit: '0123abcd',
};

test.each([
  [
    'each placeholder',
    'a{m="{model}",e=\'{environment}\'}',
    'fraud-detector',
    'a{m="fraud-detector",e=\'production/eu-west\'}',
  ],
  ['one of them twice', '{model} {model}', 'x', 'x x'],
  ['no selector', 'a{model="x"} + {other}', 'x', 'a{model="x"} + {other}'],
  [
    'no quote',
    'a{m="{model}"}',
    '"} or vector(1)',
    'a{m="\\U00000022\\U0000007d\\U00000020or\\U00000020vector\\U000000281\\U00000029"}',
  ],
  [
    'no single quote, backtick or backslash',
    '{model}',
    "'`\\",
    '\\U00000027\\U00000060\\U0000005c',
  ],
  ['no line end', '{model}', 'a\nb', 'a\\U0000000ab'],
  ['no letter beyond ASCII as it is', '{model}', 'é💥', '\\U000000e9\\U0001f4a5'],
  ['a placeholder in a value as text', '{model}', '{version}', '\\U0000007bversion\\U0000007d'],
  ['half a letter', '{model}', '\ud800', '\\U0000fffd'],
])('fills in %s', (_, query, model, filled) => {
  expect(fillQuery(query, { ...VALUES, model })).toBe(filled);
});
