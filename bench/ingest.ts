import { createHmac } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { startHub } from '../fixtures/hub/hub.ts';
import { alertmanagerMessage, buildSample, sampleAlerts } from '../fixtures/hub/sample.ts';
import { WEBHOOK_PATH } from '../src/web/webhook-path.ts';
import { SECOND } from '../src/time.ts';
import { NUMBER, type Template } from './load/requests.ts';
import { runLoad, type Load } from './load/run.ts';
import { median } from './measure.ts';
import { preparePlace, startLastgood, startService, type Service } from './service.ts';

/** Acknowledgements of one route at so many clients. */
export interface IngestFigures {
  readonly clients: number;
  readonly perSecond: number;
  readonly p99: number;
}

export interface IngestComparison {
  /** GitHub's deliveries, stored before they are acknowledged. */
  readonly lastgood: readonly IngestFigures[];
  /** The same deliveries to Probot's bare route: no handler, and nothing stored. */
  readonly probot: readonly IngestFigures[];
  /** The same again with a line on the disk before the answer, and no database: what anybody durable could reach. */
  readonly log: readonly IngestFigures[];
  /** Alerts, one a request, stored before they are acknowledged. */
  readonly alerts: readonly IngestFigures[];
}

export const CLIENTS = [1, 16, 64] as const;

const PROBOT = fileURLToPath(new URL('load/probot-server.ts', import.meta.url));

/**
 * Every server in a process of its own, the load in another; the order of the servers alternates from round to round.
 * GitHub's delivery is a `status` of a commit, which Lastgood stores and then handles; each has a name of its own.
 */
export async function measureIngest(rounds: number, length: number): Promise<IngestComparison> {
  const hub = await startHub();
  const sample = await buildSample(hub);
  const place = await preparePlace(hub, sample);
  const services: Service[] = [];
  try {
    const lastgood = await startLastgood(place);
    services.push(lastgood);
    const keys = {
      APP_ID: String(sample.app.id),
      PRIVATE_KEY: sample.app.privateKey,
      WEBHOOK_SECRET: place.secret,
    };
    const probot = await startService([PROBOT], keys);
    services.push(probot);
    const log = await startService([PROBOT], { ...keys, LOG_FILE: place.file('log') });
    services.push(log);

    const body = JSON.stringify(await statusPayload(hub, sample, lastgood, place.secret));
    const deliveryTo = ({ url }: Service): Template => ({
      url: `${url}${WEBHOOK_PATH}`,
      headers: {
        'content-type': 'application/json',
        'x-github-event': 'status',
        'x-github-delivery': `5f1c6a30-0000-11f0-8000-${NUMBER}`,
        'x-hub-signature-256': `sha256=${createHmac('sha256', place.secret).update(body).digest('hex')}`,
      },
      body,
    });
    const message = alertmanagerMessage(sampleAlerts(Date.now()).diversity);
    const alert: Template = {
      url: `${lastgood.url}/alerts/alertmanager`,
      headers: { 'content-type': 'application/json', authorization: `Bearer ${place.token}` },
      body: JSON.stringify(message),
    };
    const routes = [
      { name: 'lastgood', service: lastgood, template: deliveryTo(lastgood) },
      { name: 'probot', service: probot, template: deliveryTo(probot) },
      { name: 'log', service: log, template: deliveryTo(log) },
      { name: 'alerts', service: lastgood, template: alert },
    ] as const;
    let first = 0;
    const seen = new Map<string, Load[]>();
    for (const clients of CLIENTS) {
      for (let round = 0; round < rounds; round += 1) {
        const order = round % 2 === 0 ? routes : routes.toReversed();
        for (const { name, service, template } of order) {
          await service.idle();
          const job = { template, clients, warmUp: SECOND / 2, length, first, most: 1e9 };
          const load = await runLoad(job);
          first += load.sent + 1;
          const key = `${name} ${clients}`;
          seen.set(key, [...(seen.get(key) ?? []), load]);
        }
      }
    }
    const figuresOf = (name: string): IngestFigures[] =>
      CLIENTS.map((clients) => {
        const loads = seen.get(`${name} ${clients}`) ?? [];
        return {
          clients,
          perSecond: median(loads.map(({ perSecond }) => perSecond)),
          p99: median(loads.map(({ p99 }) => p99)),
        };
      });
    return {
      lastgood: figuresOf('lastgood'),
      probot: figuresOf('probot'),
      log: figuresOf('log'),
      alerts: figuresOf('alerts'),
    };
  } finally {
    for (const service of services) await service.kill('SIGKILL');
    await hub.stop();
    await place.remove();
  }
}

/** A delivery as GitHub would make it. */
async function statusPayload(
  hub: Awaited<ReturnType<typeof startHub>>,
  { app, repository }: Awaited<ReturnType<typeof buildSample>>,
  { url }: Service,
  secret: string,
): Promise<unknown> {
  app.webhook(`${url}${WEBHOOK_PATH}`, secret);
  const head = repository.head('main') ?? '';
  await repository.status(head, 'validate', 'success');
  await hub.settled();
  const delivery = hub.deliveries.findLast(({ event }) => event === 'status');
  if (!delivery) throw new Error('The hub delivered no status.');
  return delivery.payload;
}
