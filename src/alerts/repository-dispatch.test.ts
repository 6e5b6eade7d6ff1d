import { describe, expect, it, test } from 'vitest';
import { readRepositoryDispatch } from './repository-dispatch.ts';

const NOW = Date.parse('2026-11-20T20:08:20Z');
const CONTEXT = { now: NOW, delivery: '0b989ba4-242f-11e5-81e1-c7b6966d2516' };
const alert = { name: 'ModelDrift', status: 'firing', model: 'fraud-scorer', severity: 'high' };

function dispatch(client_payload: unknown, said: object = {}) {
  const event = {
    action: 'lastgood-alert',
    branch: 'main',
    repository: { id: 1, full_name: 'acme/models' },
    installation: { id: 2 },
    client_payload,
    ...said,
  };
  return readRepositoryDispatch(event, CONTEXT);
}

describe('readRepositoryDispatch', () => {
  test.each([
    ['as it is', alert],
    ['under alert', { alert, note: 'for somebody else' }],
    ['with the repository it was sent to', { ...alert, repository: 'Acme/Models' }],
  ])('takes the normal form %s', (_, payload) => {
    expect(dispatch(payload)).toMatchObject({
      kind: 'taken',
      taken: {
        repository: 'acme/models',
        alert: {
          source: 'repository_dispatch',
          format: 'repository_dispatch',
          repository: 'acme/models',
          model: 'fraud-scorer',
          delivery: CONTEXT.delivery,
        },
      },
    });
  });

  it('leaves other events to others', () => {
    expect(dispatch(alert, { action: 'deploy' })).toEqual({ kind: 'not-an-alert' });
    expect(dispatch(null, { action: 'deploy' })).toEqual({ kind: 'not-an-alert' });
  });

  it('does not let a payload speak for another repository', () => {
    expect(dispatch({ ...alert, repository: 'acme/other' })).toMatchObject({
      kind: 'refused',
      message:
        'A repository_dispatch event was not taken: $.client_payload.repository was "acme/other", expected nothing, or acme/models where the event was sent to.',
    });
  });

  test.each([
    ['no payload', null, '$.client_payload'],
    ['an empty one', {}, '$.client_payload.status'],
    ['a text under alert', { alert: 'x' }, '$.client_payload.alert'],
    ['a version as a number', { ...alert, version: 1.1 }, '$.client_payload.version'],
    [
      'a mistake under alert',
      { alert: { ...alert, severity: 'x' } },
      '$.client_payload.alert.severity',
    ],
  ])('names the field with %s', (_, payload, path) => {
    expect(dispatch(payload)).toMatchObject({ kind: 'refused', problem: { path } });
  });

  it('refuses what is not an event', () => {
    expect(readRepositoryDispatch('x', CONTEXT).kind).toBe('refused');
    expect(dispatch(alert, { repository: {} })).toMatchObject({
      problem: { path: '$.repository.full_name' },
    });
  });
});
