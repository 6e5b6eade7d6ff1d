import { expect, test } from 'vitest';
import { clientFor, refusal } from '../../fixtures/hub/test-hub.ts';
import { alert, decisions, useReception } from './support.ts';

const reception = useReception();

/** What a workflow or a person sends with a token of GitHub. */
async function dispatch(login: string, payload: unknown, eventType = 'lastgood-alert') {
  const { hub, sample } = reception.stage;
  return refusal(
    clientFor(hub, hub.as(login).token).request('POST /repos/{owner}/{repo}/dispatches', {
      owner: sample.repository.owner,
      repo: sample.repository.name,
      event_type: eventType,
      client_payload: payload as Record<string, unknown>,
    }),
  );
}

test('who may not write cannot send one: GitHub refuses, and nothing arrives', async () => {
  const { hub, sample } = reception.stage;
  hub.user('nosy');
  sample.repository.grant('nosy', 'read');
  hub.user('stranger');
  const before = hub.deliveries.length;
  const entries = await reception.after(async () => {
    expect(await dispatch('nosy', alert())).toMatchInlineSnapshot(
      `"403 Must have write rights to Repository."`,
    );
    expect(await dispatch('stranger', alert())).toMatchInlineSnapshot(`"404 Not Found"`);
  });
  expect(entries).toEqual([]);
  expect(hub.deliveries).toHaveLength(before);
});

test.each<[string, unknown, string]>([
  ['the fields at the top', alert({ severity: 'low', name: 'Top' }), 'Top'],
  ['the fields under alert', { alert: alert({ severity: 'low', name: 'Under' }), run: 7 }, 'Under'],
])('who may write can, with %s', async (_, payload, name) => {
  const entries = await reception.after(() => dispatch('mallory', payload));
  expect(decisions(entries)).toEqual([`${name} of product-ranker: record, policy`]);
});

test.each<[string, unknown, string]>([
  ['another repository', alert({ repository: 'globex/models' }), '$.client_payload.repository'],
  ['no model', alert({ model: undefined }), '$.client_payload.model'],
  ['a number as version', { alert: alert({ version: 1.1 }) }, '$.client_payload.alert.version'],
  ['nothing', {}, '$.client_payload'],
])('one that names %s is refused, and the log says where', async (_, payload, field) => {
  const from = reception.lines.length;
  const entries = await reception.after(() => dispatch('mallory', payload));
  expect(entries).toEqual([]);
  const warned = reception.lines.slice(from).filter((line) => line.includes('"level":40'));
  expect(warned).toHaveLength(1);
  expect(warned[0]).toContain(field);
});

test('an event of another type is for somebody else', async () => {
  const from = reception.lines.length;
  const entries = await reception.after(() => dispatch('mallory', alert(), 'deploy'));
  expect(entries).toEqual([]);
  expect(reception.lines.slice(from).filter((line) => line.includes('"level":40'))).toEqual([]);
});

test('delivered twice and then again, it is one alert (reality 17)', async () => {
  const { hub } = reception.stage;
  hub.faults.deliveries('duplicate', { event: 'repository_dispatch', times: 1 });
  const first = await reception.after(() => dispatch('bob', alert()));
  expect(first.filter(({ kind }) => kind === 'proposed')).toHaveLength(1);
  expect(first.filter(({ kind }) => kind === 'merged')).toHaveLength(1);
  const [sent] = hub.deliveries.filter(({ event }) => event === 'repository_dispatch').slice(-1);
  if (!sent) throw new Error('Nothing was delivered.');
  const again = await reception.after(() => hub.world.deliveries.redeliver(sent));
  expect(again.filter(({ kind }) => kind !== 'decided')).toEqual([]);
  expect(reception.stage.sample.repository.pulls()).toHaveLength(1);
  await reception.isWell();
});
