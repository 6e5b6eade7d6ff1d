import { describe, expect, it, test } from 'vitest';
import {
  NOW,
  TOKEN,
  JSON_HEADERS,
  payload,
  deliver,
  linesOf,
  firstAlert,
} from '../../fixtures/alerts/deliver.ts';
import { MINUTE } from '../time.ts';

const alertmanager = { format: 'alertmanager' } as const;

describe('an Alertmanager delivery', () => {
  it('is taken as captured, firing', () => {
    const received = deliver(payload('alertmanager-firing'), alertmanager);
    expect(linesOf(received)).toEqual([
      'alert 1: taken for acme/models: ModelErrorRateHigh, fraud-scorer 1.10, critical, firing',
    ]);
    expect(received.taken).toEqual([
      {
        taken: true,
        repository: 'acme/models',
        alert: {
          source: 'one',
          format: 'alertmanager',
          fingerprint: '4ce238da0745d046',
          status: 'firing',
          name: 'ModelErrorRateHigh',
          model: 'fraud-scorer',
          version: '1.10',
          repository: 'acme/models',
          severity: 'critical',
          startsAt: Date.parse('2026-11-20T20:08:11.769Z'),
          receivedAt: NOW,
          summary: 'Model fraud-scorer v1.10 error rate 0.20',
          link: 'http://prometheus:59090/graph?g0.expr=model_error_rate+%3E+0.05&g0.tab=1',
          labels: {
            alertname: 'ModelErrorRateHigh',
            instance: '127.0.0.1:59100',
            job: 'models',
            model: 'fraud-scorer',
            model_version: '1.10',
            repo: 'acme/models',
            severity: 'critical',
          },
        },
      },
    ]);
  });

  it('is taken as captured, resolved, with the same fingerprint and start', () => {
    const fired = firstAlert(deliver(payload('alertmanager-firing'), alertmanager));
    const over = firstAlert(deliver(payload('alertmanager-resolved'), alertmanager));
    expect(over).toMatchObject({
      status: 'resolved',
      fingerprint: fired?.fingerprint,
      startsAt: fired?.startsAt,
      endsAt: Date.parse('2026-11-20T20:08:15.769Z'),
    });
    expect(fired).not.toHaveProperty('endsAt');
  });

  const labels = { alertname: 'Drift', model: 'fraud-scorer', severity: 'warning' };
  const one = (more: object, rest: object = {}) => ({
    alerts: [
      {
        status: 'firing',
        labels: { ...labels, ...more },
        startsAt: '2026-11-20T20:00:00Z',
        ...rest,
      },
    ],
  });

  test.each([
    ['no model', { model: '' }, 'no label "model"; add it to the labels of the alert rule.'],
    [
      'no severity',
      { severity: '' },
      'no label "severity"; add it to the labels of the alert rule.',
    ],
    [
      'an unknown severity',
      { severity: 'urgent' },
      'label "severity" is "urgent", expected one of critical (or page), high, medium (or warning), low (or info), in lower case.',
    ],
    [
      'a severity in upper case',
      { severity: 'Critical' },
      'label "severity" is "Critical", expected one of critical (or page), high, medium (or warning), low (or info), in lower case.',
    ],
    [
      'a model that is a path',
      { model: '../main' },
      'label "model" is "../main", expected a model name: at most 100 letters, digits, ".", "_" and "-", a letter or digit first.',
    ],
    [
      'an environment under its other name',
      { env: 'prod uction' },
      'label "env" is "prod uction", expected an environment: names of letters, digits, ".", "_" and "-", joined by "/".',
    ],
    [
      'a version with a line end in it',
      { version: '1.10\n1.11' },
      'label "version" is "1.10 1.11", expected a version in at most 200 characters, without blanks around it.',
    ],
    [
      'another repository',
      { repo: 'evil/models' },
      'this source does not speak for repository "evil/models"; name one that it was set up for.',
    ],
  ])('leaves out an alert with %s, and takes the others', (_, more, message) => {
    const two = { alerts: [...one(more).alerts, ...one({}).alerts] };
    expect(linesOf(deliver(two, alertmanager))).toEqual([
      `alert 1: not taken: ${message}`,
      'alert 2: taken for acme/models: Drift, fraud-scorer, medium, firing',
    ]);
  });

  it('leaves out an alert that begins in the future', () => {
    const late = one({}, { startsAt: '2026-11-20T20:13:20.001Z' });
    const received = deliver(late, alertmanager);
    expect(received.taken[0]).toMatchObject({ taken: false, index: 0, why: 'starts-in-future' });
    const ahead = one({}, { startsAt: '2026-11-20T20:13:20Z' });
    expect(firstAlert(deliver(ahead, alertmanager))?.startsAt).toBe(NOW + 5 * MINUTE);
  });

  it('asks which repository when the source speaks for several', () => {
    const headers = { ...JSON_HEADERS, authorization: `Bearer ${TOKEN}-2` };
    const received = deliver(one({}), { ...alertmanager, headers });
    expect(linesOf(received)).toEqual([
      'alert 1: not taken: it names no repository, and this source speaks for 2; add a label "repository" with one of acme/models, acme/batch.',
    ]);
    const named = deliver(one({ repository: 'ACME/Batch' }), { ...alertmanager, headers });
    expect(named.taken[0]).toMatchObject({ taken: true, repository: 'acme/batch' });
    expect(firstAlert(named)?.repository).toBe('acme/batch');
  });

  it('prefers the more exact label, and the better link', () => {
    const received = deliver(
      one(
        { model_version: '1.10', version: '7', environment: 'production', env: 'x' },
        {
          annotations: { value: '0.20', threshold: '0.05', dashboard: 'javascript:alert(1)' },
          generatorURL: 'https://prometheus.example/graph',
        },
      ),
      alertmanager,
    );
    expect(firstAlert(received)).toMatchObject({
      version: '1.10',
      environment: 'production',
      value: '0.20',
      threshold: '0.05',
      link: 'https://prometheus.example/graph',
    });
  });

  it('says how many alerts Alertmanager left out', () => {
    const received = deliver({ ...one({}), truncatedAlerts: 3 }, alertmanager);
    expect(linesOf(received)[1]).toBe(
      '3 more alerts were left out by Alertmanager (max_alerts in its webhook_config); raise the limit to have them looked at.',
    );
  });

  test.each([
    ['[]', '$', 'found a list of 0'],
    ['{}', '$.alerts', 'expected a list of alerts, found nothing'],
    ['{"alerts":[1]}', '$.alerts[0]', 'found the number 1'],
    ['{"alerts":[{"status":"on","labels":{}}]}', '$.alerts[0].status', 'found "on"'],
    [
      '{"alerts":[{"status":"firing","labels":{"model_version":1.10}}]}',
      '$.alerts[0].labels.model_version',
      'expected text in quotes (a number loses digits: 1.10 would become 1.1, so write "1.10"), found the number 1.1.',
    ],
    [
      '{"alerts":[{"status":"firing","labels":{},"startsAt":"yesterday"}]}',
      '$.alerts[0].startsAt',
      'expected a time such as "2026-11-20T02:17:04Z", found "yesterday"',
    ],
  ])('is refused as a whole when it is %s', (body, path, words) => {
    const received = deliver(body, alertmanager);
    expect(received).toMatchObject({ status: 400, problem: { path }, taken: [] });
    expect(linesOf(received)[0]).toContain(words);
  });

  it('is not a CloudEvent', () => {
    const headers = { ...JSON_HEADERS, 'content-type': 'application/cloudevents+json' };
    expect(deliver(one({}), { ...alertmanager, headers }).status).toBe(415);
  });
});
