import { expect, test } from 'vitest';
import type { Alert } from '../alerts/alert.ts';
import type { Json } from '../store/item.ts';
import { MINUTE } from '../time.ts';
import { addRepeated, alertFacts, alertsIn } from './alert-facts.ts';
import { chainRecord, GENESIS, readLines, type JournalLine } from './chain.ts';
import type { JournalRecord } from './record.ts';

const AT = Date.UTC(2026, 10, 20, 2, 17);
const FIRST: Alert = {
  source: 'prometheus',
  format: 'generic',
  fingerprint: 'f',
  status: 'firing',
  name: 'ScoresDrift',
  model: 'fraud',
  severity: 'high',
  startsAt: AT - 7 * MINUTE,
  receivedAt: AT,
  labels: {},
};
const WHOLE: Alert = {
  ...FIRST,
  environment: 'production',
  version: '1.11',
  startAssumed: true,
  status: 'resolved',
  endsAt: AT + 1,
  summary: 'It drifts',
  value: '0.3',
  threshold: '> 0.2',
};

/** The alerts as they are read back from the line that they are written to. */
function written(first: Alert, again: readonly Alert[] = []): readonly Alert[] {
  const facts = { alert: alertFacts(first) };
  let alerts: readonly Readonly<Record<string, Json>>[] = [];
  for (const one of again) alerts = addRepeated(facts.alert, alerts, one);
  const record: JournalRecord = {
    id: 'i',
    at: AT,
    kind: 'decided',
    sentence: 'Waiting.',
    facts,
    ...(again.length > 0 && { repeats: { count: 1 + again.length, until: AT + 1, alerts } }),
  };
  return readLines(chainRecord(GENESIS, record).line).flatMap(alertsIn);
}

test('an alert is read back as it was, without labels and links', () => {
  const link = 'https://example.com/';
  const { link: _, ...rest } = { ...WHOLE, link };
  expect(written(FIRST)).toEqual([FIRST]);
  expect(written({ ...WHOLE, link, labels: { team: 'ml' } })).toEqual([rest]);
});

test('those that came again are read back, whatever was another one about them', () => {
  const again: readonly Alert[] = [
    { ...WHOLE, receivedAt: AT + MINUTE },
    { ...WHOLE, receivedAt: AT + 2 * MINUTE, severity: 'critical', version: '1.12' },
    // What was there the first time is not any more.
    { ...FIRST, environment: 'production', receivedAt: AT + 3 * MINUTE, startsAt: AT + MINUTE },
  ];
  const kept = written(WHOLE, again);
  expect(kept.slice(0, 3)).toEqual([WHOLE, ...again.slice(0, 2)]);
  const { summary, value, threshold } = WHOLE;
  expect(kept.slice(3)).toEqual([{ ...again[2], summary, value, threshold }]);
});

test('what was decided about twice, is of another alert, or comes too often, is no other one', () => {
  const later = { ...FIRST, receivedAt: AT + MINUTE };
  expect(written(FIRST, [FIRST, later, later])).toEqual([FIRST, later]);
  expect(
    written(FIRST, [
      { ...later, fingerprint: 'g' },
      { ...later, source: 's' },
    ]),
  ).toEqual([FIRST]);
  // What monitors say follows from what they measured.
  expect(written({ ...FIRST, format: 'monitor' }, [{ ...later, format: 'monitor' }])).toHaveLength(
    1,
  );
  const many = Array.from({ length: 200 }, (_, i) => ({ ...FIRST, receivedAt: AT + i }));
  expect(written(FIRST, many)).toHaveLength(61);
});

test.each<[string, Partial<JournalLine>]>([
  ['another kind', { kind: 'paged' }],
  ['no alert', { facts: {} }],
  ['no moment', { facts: { alert: { ...alertFacts(FIRST), receivedAt: 'soon' } } }],
  ['a list', { facts: { alert: [1] } }],
  ['an unknown severity', { facts: { alert: { ...alertFacts(FIRST), severity: 'awful' } } }],
])('a line with %s has none', (_, change) => {
  const line = readLines(
    chainRecord(GENESIS, {
      id: 'i',
      at: AT,
      kind: 'decided',
      sentence: 'Waiting.',
      facts: { alert: alertFacts(FIRST) },
    }).line,
  );
  expect(line.flatMap(alertsIn)).toHaveLength(1);
  expect(line.flatMap((one) => alertsIn({ ...one, ...change }))).toEqual([]);
});
