import { startHub } from '../fixtures/hub/hub.ts';
import { alertmanagerMessage, buildSample, sampleAlerts } from '../fixtures/hub/sample.ts';
import { NUMBER } from './load/requests.ts';
import { runLoad } from './load/run.ts';
import { preparePlace, startLastgood } from './service.ts';

/** What a storm of alerts of one incident costs. */
export interface StormFigures {
  readonly alerts: number;
  readonly peakRssMib: number;
  readonly pullRequests: number;
  readonly githubCalls: number;
  /** From the first alert until nothing is left to do. */
  readonly ms: number;
}

const CLIENTS = 16;
/** Alertmanager groups; a sender without groups sends one at a time. */
const ALERTS_A_DELIVERY = 50;

/** Sends so many different alerts about one bad release, in deliveries of many, as fast as they are taken. */
export async function measureStorm(alerts: number): Promise<StormFigures> {
  const hub = await startHub();
  const sample = await buildSample(hub);
  const place = await preparePlace(hub, sample);
  const service = await startLastgood(place);
  try {
    sample.app.webhook(`${service.url}/api/github/webhooks`, place.secret);
    const before = hub.apiCalls().length;
    const { diversity } = sampleAlerts(Date.now());
    const message = alertmanagerMessage(diversity);
    const [one] = message.alerts;
    const all = Array.from({ length: ALERTS_A_DELIVERY }, (_, i) => ({
      ...one,
      labels: { ...one?.labels, instance: `server-${NUMBER}-${i}` },
      fingerprint: `${NUMBER}${String(i).padStart(4, '0')}`,
    }));
    const template = {
      url: `${service.url}/alerts/alertmanager`,
      headers: { 'content-type': 'application/json', authorization: `Bearer ${place.token}` },
      body: JSON.stringify({ ...message, alerts: all }),
    };
    const start = performance.now();
    const most = Math.ceil(alerts / ALERTS_A_DELIVERY);
    const load = await runLoad({
      template,
      clients: CLIENTS,
      warmUp: 0,
      length: 600_000,
      first: 0,
      most,
    });
    await service.idle();
    const ms = performance.now() - start;
    await hub.settled();
    return {
      alerts: load.sent * ALERTS_A_DELIVERY,
      peakRssMib: await service.peakRssMib(),
      pullRequests: sample.repository.pulls().length,
      githubCalls: hub.apiCalls().length - before,
      ms,
    };
  } finally {
    await service.kill('SIGKILL');
    await hub.stop();
    await place.remove();
  }
}
