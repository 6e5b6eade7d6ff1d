import { createHash, createHmac } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { afterAll, beforeAll, expect } from 'vitest';
import type { HubRepository } from '../../fixtures/hub/api/repository.ts';
import { createContract } from '../../fixtures/hub/contract/index.ts';
import { SAMPLE_POLICIES } from '../../fixtures/hub/sample/policies.ts';
import { createManualTime, type ManualTime } from '../../fixtures/manual-time.ts';
import { startStage, type Stage, type StageOptions } from '../../fixtures/stage.ts';
import type { AlertSource } from '../../src/alerts/alert.ts';
import type { Entry } from '../../src/journal/entry.ts';
import { createLog } from '../../src/log.ts';
import { WEBHOOK_PATH } from '../../src/web/webhook-path.ts';
import { MINUTE } from '../../src/time.ts';

export const NIGHT = Date.parse('2026-11-20T02:17:00Z');
export const SECRET = 'a-secret-that-signs-every-body';
export const MANY_TOKEN = 'the-token-that-speaks-for-both-repositories';
export const NARROW_TOKEN = 'the-token-of-who-speaks-for-staging-alone';
export const OTHER_TOKEN = 'the-token-of-somebody-elses-alertmanager';

const SOURCES: readonly AlertSource[] = [
  {
    name: 'signed',
    auth: { kind: 'hmac', secret: SECRET },
    repositories: ['acme/ml-manifests'],
  },
  {
    name: 'many',
    auth: { kind: 'bearer', token: MANY_TOKEN },
    repositories: ['acme/ml-manifests', 'globex/models'],
  },
  {
    name: 'narrow',
    auth: { kind: 'bearer', token: NARROW_TOKEN },
    repositories: ['acme/ml-manifests'],
    targets: ['staging/product-ranker'],
  },
  {
    name: 'globex',
    auth: { kind: 'bearer', token: OTHER_TOKEN },
    repositories: ['globex/models', 'globex/not-installed'],
  },
];

/** The ranker's policy, with a monitor of a series that is pushed. */
const WATCHING = `${SAMPLE_POLICIES['.lastgood/product-ranker.yaml']}monitors:
  diversity: { series: diversity, threshold: { below: 0.3 }, window: 5m }
`;

/** Lets the ranker of a repository have a monitor of the pushed series `diversity`, in both of its environments. */
export async function watchPushed(repository: HubRepository): Promise<void> {
  await repository.commit({
    by: 'alice',
    message: 'Watch what is pushed',
    files: { '.lastgood/product-ranker.yaml': WATCHING },
  });
}

/** A pushed sample, about the ranker in production unless told otherwise. */
export function sample(said: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    model: 'product-ranker',
    environment: 'production',
    series: 'diversity',
    at: new Date(NIGHT).toISOString(),
    value: 0.73,
    ...said,
  };
}

export interface Answered {
  readonly status: number;
  readonly text: string;
  readonly headers: Headers;
}

/** A stage with two tenants, on which nothing happens but what a test sends. */
export interface Reception {
  readonly stage: Stage;
  readonly time: ManualTime;
  /** The other tenant's repository, with the same models and policies as the sample. */
  readonly other: HubRepository;
  /** Every line of the log so far, at the most talkative level. */
  readonly lines: readonly string[];
  /** The headers of the sample's own sender. */
  readonly headers: Readonly<Record<string, string>>;
  post(path: string, body: unknown, headers?: Readonly<Record<string, string>>): Promise<Answered>;
  /** Posts a webhook as GitHub would, signed with the App's secret unless the headers say otherwise. */
  hook(
    event: string,
    payload: unknown,
    headers?: Readonly<Record<string, string | undefined>>,
  ): Promise<Answered>;
  /** Writes bytes to the server as they are; answers all that comes back until it closes. */
  talk(bytes: string | Buffer, end?: boolean): Promise<string>;
  /** Does something, waits until nothing is left to do, and answers what was written into the journal since. */
  after(what: () => unknown): Promise<readonly Entry[]>;
  /** Proves that Lastgood still serves: an unknown model is taken, and told to be one. */
  isWell(): Promise<void>;
}

/** Starts the stage before the tests of a file and ends it after them; the hub may have no violation by then. */
export function useReception(options: StageOptions = {}): Reception {
  const time = createManualTime(NIGHT);
  const lines: string[] = [];
  let stage: Stage | undefined;
  let other: HubRepository | undefined;
  const here = (): Stage => {
    if (!stage) throw new Error('The stage is not there yet.');
    return stage;
  };
  beforeAll(async () => {
    stage = await startStage({
      time,
      contract: createContract(),
      lent: true,
      sources: SOURCES,
      log: createLog({ level: 'trace', secrets: [], write: (line) => lines.push(line) }),
      prepare: async (hub, sample) => {
        other = await hub.repository('globex/models');
        await other.commits([
          { by: 'gina', message: 'Start', files: { ...SAMPLE_POLICIES }, at: NIGHT - 9 * MINUTE },
        ]);
        sample.app.install([other]);
      },
      ...options,
    });
    await stage.quiet();
  });
  afterAll(async () => {
    const violations = stage?.hub.violations;
    await stage?.stop();
    refuseAny(violations ?? []);
  });

  const reception: Reception = {
    get stage() {
      return here();
    },
    time,
    get other() {
      if (!other) throw new Error('The stage is not there yet.');
      return other;
    },
    lines,
    get headers() {
      return { authorization: `Bearer ${here().token}`, 'content-type': 'application/json' };
    },
    async post(path, body, headers = reception.headers) {
      const response = await fetch(`${here().serving.url}${path}`, {
        method: 'POST',
        headers,
        body: bytesOf(body),
      });
      return { status: response.status, text: await response.text(), headers: response.headers };
    },
    hook(event, payload, headers = {}) {
      const body = bytesOf(payload);
      const all = {
        'content-type': 'application/json',
        'x-github-event': event,
        'x-github-delivery': crypto.randomUUID(),
        'x-hub-signature-256': sign(here().webhookSecret, body),
        ...headers,
      };
      const said = Object.entries(all).flatMap(([name, value]) =>
        value === undefined ? [] : [[name, value] as const],
      );
      return reception.post(WEBHOOK_PATH, body, Object.fromEntries(said));
    },
    async talk(bytes, end = false) {
      const socket = connect(Number(new URL(here().serving.url).port), '127.0.0.1');
      const chunks: Buffer[] = [];
      socket.on('data', (chunk: Buffer) => chunks.push(chunk));
      // The server may close while this side still writes.
      socket.on('error', () => undefined);
      const closed = once(socket, 'close');
      socket.write(bytes);
      if (end) socket.end();
      await closed;
      return Buffer.concat(chunks).toString();
    },
    async after(what) {
      const from = here().journal.length;
      await what();
      await here().quiet();
      return here().journal.slice(from);
    },
    async isWell() {
      const entries = await reception.after(async () => {
        const answer = await reception.post('/alerts/generic', alert({ model: 'nobody-knows' }));
        expect(answer.status).toBe(202);
      });
      expect(entries).toMatchObject([{ kind: 'decided', decision: { reason: 'unknown-model' } }]);
      const health = await fetch(`${here().serving.url}/readyz`);
      expect([health.status, await health.text()]).toEqual([200, 'Serving.\n']);
    },
  };
  return reception;
}

function bytesOf(body: unknown): string | Buffer<ArrayBuffer> {
  if (typeof body === 'string') return body;
  return Buffer.isBuffer(body) ? Buffer.from(body) : JSON.stringify(body);
}

/** An alert in the normal form, about the ranker in production unless told otherwise. */
export function alert(said: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    status: 'firing',
    name: 'ModelDiversityCollapsed',
    model: 'product-ranker',
    environment: 'production',
    severity: 'critical',
    startsAt: new Date(NIGHT - 7 * MINUTE).toISOString(),
    ...said,
  };
}

export interface AlertmanagerAlert {
  readonly status: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly startsAt: string;
  readonly endsAt: string;
  readonly [field: string]: unknown;
}

/** A captured delivery of Alertmanager, with each label and moment fitted to the sample. */
export function captured(
  name: 'alertmanager-firing' | 'alertmanager-resolved',
  ...alerts: readonly Readonly<Record<string, string | undefined>>[]
): { readonly alerts: readonly AlertmanagerAlert[]; readonly [field: string]: unknown } {
  const file = new URL(`../../fixtures/payloads/${name}.json`, import.meta.url);
  const body = JSON.parse(readFileSync(file, 'utf8')) as { alerts: AlertmanagerAlert[] };
  const [first] = body.alerts;
  if (!first) throw new Error(`${name} has no alert.`);
  const fitted = (alerts.length > 0 ? alerts : [{}]).map((labels) => {
    const all: Record<string, string | undefined> = {
      ...first.labels,
      model: 'product-ranker',
      model_version: 'v32',
      repo: 'acme/ml-manifests',
      environment: 'production',
      ...labels,
    };
    const said = Object.entries(all).filter((one): one is [string, string] => one[1] !== undefined);
    // As Alertmanager does: it follows from the labels alone.
    const fingerprint = createHash('sha256').update(JSON.stringify(said)).digest('hex');
    return {
      ...first,
      labels: Object.fromEntries(said),
      startsAt: new Date(NIGHT - 7 * MINUTE).toISOString(),
      endsAt: first.status === 'resolved' ? new Date(NIGHT).toISOString() : first.endsAt,
      fingerprint: fingerprint.slice(0, 16),
    };
  });
  return { ...body, alerts: fitted };
}

export function sign(secret: string, body: string | Buffer): string {
  return `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
}

/** What was decided, without the words. */
export function decisions(entries: readonly Entry[]): string[] {
  return entries.flatMap((entry) =>
    entry.kind === 'decided'
      ? [
          `${entry.alert.name} of ${entry.alert.model}: ${entry.decision.act}, ${entry.decision.reason}`,
        ]
      : [],
  );
}

/** Fails when the hub, or somebody who talked to it, did not keep to GitHub's descriptions. */
export function refuseAny(violations: readonly string[]): void {
  expect(violations).toEqual([]);
}
