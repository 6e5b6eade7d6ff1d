import { beforeAll, expect, test } from 'vitest';
import { MINUTE } from '../../src/time.ts';
import {
  MANY_TOKEN,
  NARROW_TOKEN,
  NIGHT,
  OTHER_TOKEN,
  sample,
  SECRET,
  sign,
  useReception,
  watchPushed,
} from './support.ts';

const reception = useReception();
const WAY = '/metrics/samples';
const bearer = (token: string) => ({
  'content-type': 'application/json',
  authorization: `Bearer ${token}`,
});

beforeAll(async () => {
  await watchPushed(reception.stage.sample.repository);
  await reception.stage.quiet();
});

/** What is kept of the monitor in production. */
async function kept(): Promise<unknown> {
  await reception.stage.quiet();
  const found = await reception.stage.serving.store.documents.everywhere('monitor');
  const all = found as unknown as { kept: { value?: { at: number[]; value: number[] } } }[];
  return all.flatMap(({ kept: { value } }) => (value ? [[value.at, value.value]] : []));
}

test('what was taken is on the disk, once, in order, whatever the order and how often it came', async () => {
  const samples = [3, 1, 2, 1].map((minutes) =>
    sample({ at: new Date(NIGHT - minutes * MINUTE).toISOString(), value: minutes }),
  );
  const answer = await reception.post(WAY, { samples });
  expect([answer.status, answer.text]).toEqual([
    202,
    '4 samples taken for acme/ml-manifests: "diversity" of production/product-ranker\n',
  ]);
  await reception.post(WAY, samples.toReversed());
  await reception.post(WAY, samples[2]);
  const once = [[[3, 2, 1].map((minutes) => NIGHT - minutes * MINUTE), [3, 2, 1]]];
  expect(await kept()).toEqual(once);
  await reception.stage.restart();
  expect(await kept()).toEqual(once);
});

test('each sample that nobody reads is told, and the others are taken', async () => {
  const { status, text } = await reception.post(WAY, [
    sample({ series: 'diversty' }),
    sample(),
    sample({ environment: undefined }),
    sample({ at: new Date(NIGHT + 6 * MINUTE).toISOString() }),
    sample({ repository: 'globex/models' }),
  ]);
  expect(status).toBe(202);
  expect(text).toMatchInlineSnapshot(`
    "1 sample taken for acme/ml-manifests: "diversity" of production/product-ranker
    not taken: $[0].series is "diversty", expected a series that a monitor of production/product-ranker reads: diversity; did you mean "diversity".
    not taken: $[2].environment is nothing, expected one of production, staging; add \`environment\`.
    not taken: $[3].at is "2026-11-20T02:23:00.000Z", expected a time at most 5 minutes ahead of this clock at 2026-11-20 02:17:00 UTC; set the clock of the sender right.
    not taken: $[4].repository is "globex/models", expected a repository that this source speaks for; name another one, or have the source set up for it.
    "
  `);
});

test('a delivery of which nothing can be taken is refused; one with a mistake as a whole', async () => {
  const unknown = await reception.post(WAY, Array(30).fill(sample({ series: 'x' })), {
    ...reception.headers,
    accept: 'application/json',
  });
  expect([unknown.status, JSON.parse(unknown.text)]).toMatchObject([
    422,
    {
      taken: 0,
      notTaken: 30,
      problems: Array.from({ length: 30 }, () => ({ why: 'series-unknown' })),
    },
  ]);
  const wrong = await reception.post(WAY, [sample(), sample({ at: 1_763_605_020 })]);
  expect([wrong.status, wrong.text]).toMatchInlineSnapshot(`
    [
      400,
      "The delivery was not understood: $[1].at is the number 1763605020, expected a time such as "2026-11-20T02:17:04Z"; write it as RFC 3339 with a time zone: "2026-11-20T02:17:04Z"; a number could be seconds or milliseconds. Nothing of it was taken.
    ",
    ]
  `);
  expect(await reception.post(WAY, [])).toMatchObject({ status: 202 });
});

test.each<[string, () => Readonly<Record<string, string>>, number]>([
  ['no credentials', () => ({ 'content-type': 'application/json' }), 401],
  ['a guessed token', () => bearer('guessed-this-one-just-now'), 401],
  ['a signature of another body', () => ({ 'x-lastgood-signature-256': sign(SECRET, 'x') }), 401],
  ['a source of another repository', () => bearer(OTHER_TOKEN), 422],
  ['a source of another target', () => bearer(NARROW_TOKEN), 422],
  ['a source of two repositories, none named', () => bearer(MANY_TOKEN), 422],
  ['no type', () => ({ authorization: `Bearer ${reception.stage.token}` }), 415],
  ['compressed', () => ({ ...reception.headers, 'content-encoding': 'gzip' }), 415],
])('%s: %i', async (_, headers, status) => {
  const before = await kept();
  const body = Buffer.from(JSON.stringify(sample({ value: 0 })));
  expect(await reception.post(WAY, body, headers())).toMatchObject({ status });
  expect(await kept()).toEqual(before);
});

test('a source for one target alone may send what it is set up for', async () => {
  const mine = sample({ environment: 'staging' });
  expect(await reception.post(WAY, mine, bearer(NARROW_TOKEN))).toMatchObject({ status: 202 });
  const unsaid = sample({ environment: undefined });
  const refused = await reception.post(WAY, unsaid, bearer(NARROW_TOKEN));
  expect([refused.status, refused.text]).toEqual([
    422,
    'not taken: $.environment is nothing, expected a target that this source speaks for: staging/product-ranker; add `environment`.\n',
  ]);
});

test('a signed delivery is taken', async () => {
  const body = JSON.stringify(sample());
  const headers = {
    'content-type': 'application/json',
    'x-lastgood-signature-256': sign(SECRET, body),
  };
  expect(await reception.post(WAY, body, headers)).toMatchObject({ status: 202 });
});

test('what is counted and logged', async () => {
  const metrics = await (await fetch(`${reception.stage.serving.url}/metrics`)).text();
  expect(metrics).toMatch(/^lastgood_samples_total\{outcome="taken"\} \d+$/m);
  expect(metrics).toMatch(/^lastgood_samples_total\{outcome="series-unknown"\} \d+$/m);
  expect(metrics).toMatch(/^lastgood_samples_total\{outcome="target-not-allowed"\} \d+$/m);
  const logged = reception.lines.filter((line) => line.includes('"format":"samples"'));
  expect(logged.length).toBeGreaterThan(10);
  expect(logged.join('\n')).not.toContain(reception.stage.token);
});
