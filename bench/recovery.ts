import { startHub } from '../fixtures/hub/hub.ts';
import { alertmanagerMessage, buildSample, sampleAlerts } from '../fixtures/hub/sample.ts';
import { median } from './measure.ts';
import { preparePlace, startLastgood, type Service } from './service.ts';

/** From the start of a new process after `kill -9` in the middle of a rollback until its pull request is merged. */
export async function measureRecovery(rounds: number): Promise<number> {
  const lengths: number[] = [];
  for (let round = 0; round < rounds; round += 1) lengths.push(await recoverOnce());
  return median(lengths);
}

async function recoverOnce(): Promise<number> {
  const hub = await startHub();
  const sample = await buildSample(hub);
  const { app, repository } = sample;
  const place = await preparePlace(hub, sample);
  const services: Service[] = [];
  const start = async (): Promise<Service> => {
    const service = await startLastgood(place);
    services.push(service);
    app.webhook(`${service.url}/api/github/webhooks`, place.secret);
    return service;
  };
  try {
    const first = await start();
    const opened = new Promise<void>((resolve) => {
      hub.onCall((phase, { fields }) => {
        if (phase !== 'after' || !fields.includes('createPullRequest')) return undefined;
        resolve();
        // Its answer never arrives: the process is gone.
        return 'reset';
      });
    });
    const answer = await fetch(`${first.url}/alerts/alertmanager`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${place.token}` },
      body: JSON.stringify(alertmanagerMessage(sampleAlerts(Date.now()).diversity)),
    });
    if (answer.status !== 202) throw new Error(`The alert was not taken: ${answer.status}.`);
    await opened;
    await first.kill('SIGKILL');
    const merged = new Promise<number>((resolve) => {
      hub.onCall(() => {
        if (repository.pulls().some(({ mergedAt }) => mergedAt !== undefined)) {
          resolve(performance.now());
        }
      });
    });
    const from = performance.now();
    await start();
    const ms = (await merged) - from;
    if (repository.pulls().length !== 1) throw new Error('There is more than one pull request.');
    return ms;
  } finally {
    for (const service of services) await service.kill('SIGKILL');
    await hub.stop();
    await place.remove();
  }
}
