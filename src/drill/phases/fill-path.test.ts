import { expect, test } from 'vitest';
import { fillPath } from './look.ts';

test.each([
  ['/m/{model}/v/{version}', 'fraud', '1.10', '/m/fraud/v/1.10'],
  ['/v/{version}', 'fraud', 's3://a/b?c#d', '/v/s3%3A%2F%2Fa%2Fb%3Fc%23d'],
  ['/v/{version}', 'fraud', '..', undefined],
  ['/v/{version}', 'fraud', '../../admin', '/v/..%2F..%2Fadmin'],
  ['/v/{version}', 'fraud', '.', undefined],
  // A value that looks like a placeholder stays what it is.
  ['/{model}/{version}', '{version}', '1', '/%7Bversion%7D/1'],
  ['/v/{version}', 'fraud', '\ud800', '/v/%EF%BF%BD'],
  ['/v/{version}', 'fraud', 'x'.repeat(3_000), undefined],
])('%s with %s and %s', (path, model, version, expected) => {
  expect(fillPath(path, { model, version })).toBe(expected);
});
