import { expect, test } from 'vitest';
import type { Json } from '../store/item.ts';
import { incidentIn } from './incident-in.ts';

const INCIDENT = `lastgood/production/ranker/${'a'.repeat(40)}`;

test.each<[string, Json]>([
  ['an event of its pull request', { repository: 1, branch: INCIDENT }],
  ['its reopening', { repository: 1, pull: { number: 2, branch: INCIDENT, at: 3 } }],
  ['what is due for it', { repository: 1, due: { kind: 'advance', branch: INCIDENT } }],
  ['a button on its card', { repository: 1, ask: { id: 'x', incident: INCIDENT } }],
  ['the same, later', { repository: 1, due: { kind: 'slack', ask: { incident: INCIDENT } } }],
  ['a call about it', { key: 'x', incident: INCIDENT }],
  ['its card', { repository: 'acme/models', card: { incident: INCIDENT } }],
])('%s is about an incident', (_, payload) => {
  expect(incidentIn(payload)).toBe(INCIDENT);
});

test.each<[string, Json]>([
  ['a push to the default branch', { repository: 1, branch: 'main' }],
  ['a sweep', { repository: 1 }],
  ['an alert, whatever its sender says', { alert: { labels: { branch: INCIDENT } } }],
  ['nothing', null],
])('%s is about none', (_, payload) => {
  expect(incidentIn(payload)).toBeUndefined();
});
