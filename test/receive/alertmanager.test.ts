import { expect, test } from 'vitest';
import { captured, decisions, useReception } from './support.ts';

const reception = useReception();
const WAY = '/alerts/alertmanager';

test('one delivery with alerts of many kinds: each is answered and decided by itself', async () => {
  const firing = captured(
    'alertmanager-firing',
    { alertname: 'Quiet', severity: 'low' },
    { model: 'product-rankr' },
    { model: undefined },
    { severity: 'terrible' },
    { environment: 'Production' },
    { environment: undefined },
    { repo: 'globex/models' },
    { repo: undefined, alertname: 'OnlyOneRepository', severity: 'low' },
    { model_version: 'v30', alertname: 'Stale' },
    { alertname: 'In staging', environment: 'staging' },
  );
  const resolved = captured('alertmanager-resolved', { alertname: 'Over' });
  const mixed = { ...firing, alerts: [...firing.alerts, ...resolved.alerts] };

  let answer = '';
  const entries = await reception.after(async () => {
    const { status, text } = await reception.post(WAY, mixed);
    expect(status).toBe(202);
    answer = text;
  });
  expect(answer).toMatchInlineSnapshot(`
    "alert 1: taken for acme/ml-manifests: Quiet, product-ranker v32 in production, low, firing
    alert 2: taken for acme/ml-manifests: ModelErrorRateHigh, product-rankr v32 in production, critical, firing
    alert 3: not taken: no label "model"; add it to the labels of the alert rule.
    alert 4: not taken: label "severity" is "terrible", expected one of critical (or page), high, medium (or warning), low (or info), in lower case.
    alert 5: taken for acme/ml-manifests: ModelErrorRateHigh, product-ranker v32 in Production, critical, firing
    alert 6: taken for acme/ml-manifests: ModelErrorRateHigh, product-ranker v32, critical, firing
    alert 7: not taken: this source does not speak for repository "globex/models"; name one that it was set up for.
    alert 8: taken for acme/ml-manifests: OnlyOneRepository, product-ranker v32 in production, low, firing
    alert 9: taken for acme/ml-manifests: Stale, product-ranker v30 in production, critical, firing
    alert 10: taken for acme/ml-manifests: In staging, product-ranker v32 in staging, critical, firing
    alert 11: taken for acme/ml-manifests: Over, product-ranker v32 in production, critical, resolved
    "
  `);
  expect(decisions(entries).sort()).toMatchInlineSnapshot(`
    [
      "In staging of product-ranker: notify, policy",
      "ModelErrorRateHigh of product-ranker: ignore, unknown-environment",
      "ModelErrorRateHigh of product-ranker: notify, environment-ambiguous",
      "ModelErrorRateHigh of product-rankr: ignore, unknown-model",
      "OnlyOneRepository of product-ranker: record, policy",
      "Over of product-ranker: record, resolved",
      "Quiet of product-ranker: record, policy",
      "Stale of product-ranker: record, stale-version",
    ]
  `);
  expect(reception.stage.sample.repository.pulls()).toEqual([]);
});

test('a delivery that left alerts out says so', async () => {
  const body = { ...captured('alertmanager-firing', { severity: 'low' }), truncatedAlerts: 3 };
  await reception.after(async () => {
    const { status, text } = await reception.post(WAY, body);
    expect(status).toBe(202);
    expect(text.split('\n')[1]).toMatch(/^3 more alerts were left out by Alertmanager/);
  });
});

test('an empty delivery is fine', async () => {
  const body = { ...captured('alertmanager-firing'), alerts: [] };
  expect(await reception.post(WAY, body)).toMatchObject({
    status: 202,
    text: 'The delivery has no alerts in it; nothing to do.\n',
  });
});

test.each([
  ['alerts that are no list', (body: object) => ({ ...body, alerts: {} }), '$.alerts'],
  ['no alerts at all', () => ({ version: '4' }), '$.alerts'],
  ['a list', () => [1], '$'],
  ['null', () => null, '$'],
  ['an alert that is text', (body: object) => ({ ...body, alerts: ['x'] }), '$.alerts[0]'],
  [
    'a label that is a number',
    (body: { alerts: readonly object[] }) => ({
      alerts: body.alerts.map((one) => ({ ...one, labels: { model_version: 1.1 } })),
    }),
    '$.alerts[0].labels.model_version',
  ],
  [
    'a status nobody knows',
    (body: { alerts: readonly object[] }) => ({
      alerts: body.alerts.map((one) => ({ ...one, status: 'maybe' })),
    }),
    '$.alerts[0].status',
  ],
  [
    'a time that is none',
    (body: { alerts: readonly object[] }) => ({
      alerts: body.alerts.map((one) => ({ ...one, startsAt: 'soon' })),
    }),
    '$.alerts[0].startsAt',
  ],
])('%s: 400 names the field, and nothing is taken', async (_, spoil, field) => {
  const entries = await reception.after(async () => {
    const { status, text } = await reception.post(WAY, spoil(captured('alertmanager-firing')));
    expect(status).toBe(400);
    expect(text).toContain(`not understood at ${field}: expected `);
  });
  expect(entries).toEqual([]);
});

test('a label cannot bring a line of its own into the answer, the journal or the log', async () => {
  const nasty = 'Drift\r\nSet-Cookie: x=1\r\n\r\n<script>\u202Egnp.exe\u001b[31m\u0000';
  const body = captured('alertmanager-firing', {
    alertname: nasty,
    severity: 'low',
    region: 'eu\n\n::set-output name=x::y',
  });
  const from = reception.lines.length;
  const entries = await reception.after(async () => {
    const { status, text, headers } = await reception.post(WAY, body);
    expect(status).toBe(202);
    expect(headers.get('set-cookie')).toBeNull();
    expect(text.trimEnd().split('\n')).toHaveLength(1);
  });
  expect(entries).toHaveLength(1);
  for (const text of [...entries.map(({ sentence }) => sentence), ...reception.lines.slice(from)]) {
    expect(text.trimEnd()).not.toMatch(/[\p{Cc}\u202A-\u202E\u2066-\u2069\u200B-\u200F]/u);
  }
});

test('after all that, the real alert brings the ranker back', async () => {
  const { repository } = reception.stage.sample;
  const entries = await reception.after(() =>
    reception.post(WAY, captured('alertmanager-firing', { alertname: 'ModelDiversityCollapsed' })),
  );
  expect(entries.map(({ kind }) => kind)).toEqual(['decided', 'planned', 'proposed', 'merged']);
  const manifest = await repository.read('clusters/production/recsys/product-ranker.yaml');
  expect(manifest).toContain('/v31/model');
  await reception.isWell();
});
