import { createHash } from 'node:crypto';
import { MINUTE, SECOND } from '../../../src/time.ts';
import { ENVIRONMENT, type Severity } from '../manifests.ts';
import { observe } from '../observe.ts';
import type { Random } from '../random.ts';
import { pairOf } from '../read-world.ts';
import type { AlertLabels, AlertState, SentAlert } from '../record.ts';
import type { World } from '../world.ts';
import type { StepKind } from './step.ts';

/** Alerts begin to fire, go on firing, resolve, and come late; some are about nothing that there is. */
export const alert: StepKind = {
  name: 'alert',
  // Without any there is nothing to see.
  weight: ({ record }) => (record.alerts.length === 0 ? 300 : 18),
  async perform(world, random) {
    const known = [...world.alerts].filter(([, { firing }]) => firing !== 'no');
    if (known.length > 0 && random.chance(0.5)) {
      const [key, state] = random.pick(known);
      const how = random.weighted([
        [4, 'again'],
        [4, 'resolved'],
        [1, 'twice'],
      ] as const);
      if (how === 'resolved') return send(world, key, state.labels, 'resolved', state.startsAt);
      const told = await send(world, key, state.labels, 'firing', state.startsAt);
      if (how === 'again') return told;
      return `${told}, ${await send(world, key, state.labels, 'firing', state.startsAt)}`;
    }
    const labels = await drawLabels(world, random);
    const key = JSON.stringify(labels);
    const state = world.alerts.get(key);
    const began = world.now() - random.pick([0, 30 * SECOND, 7 * MINUTE, 7 * MINUTE, 40 * MINUTE]);
    // What fires already goes on firing.
    const startsAt = state && state.firing !== 'no' ? state.startsAt : began;
    return send(world, key, labels, 'firing', startsAt);
  },
};

async function drawLabels(world: World, random: Random): Promise<AlertLabels> {
  const model = random.chance(0.04)
    ? 'nobody'
    : random.pick(world.beginning.models.map(({ name }) => name));
  const environment = random.weighted([
    [16, ENVIRONMENT],
    [3, undefined],
    [1, 'staging'],
  ] as const);
  const version = random.weighted([
    [6, undefined],
    [3, (await pairOf(world, model)).model],
    [1, '1.9'],
  ] as const);
  const severity: Severity = random.weighted([
    [10, 'critical'],
    [4, 'high'],
    [4, 'medium'],
    [1, 'low'],
  ] as const);
  return {
    name: random.pick(['ScoresDrift', 'ErrorRateHigh']),
    model,
    severity,
    ...(environment !== undefined && { environment }),
    ...(version !== undefined && { version }),
  };
}

async function send(
  world: World,
  key: string,
  labels: AlertLabels,
  status: 'firing' | 'resolved',
  startsAt: number,
): Promise<string> {
  const { record } = world;
  const message = messageOf(world, labels, status, startsAt);
  const sent: SentAlert = {
    seq: world.next(),
    key,
    fingerprint: message.fingerprint,
    labels,
    status,
    startsAt,
    at: world.now(),
    outcome: 'unsure',
  };
  record.alerts.push(sent);
  const before = world.alerts.get(key);
  const fresh: AlertState = { labels, firing: 'no', startsAt, count: 0 };
  const { count } = before ?? fresh;
  // While it is on its way nobody can tell which of the two Lastgood believes.
  const maybe = { ...fresh, ...before, firing: 'maybe', startsAt } as const;
  world.alerts.set(key, status === 'firing' ? { ...maybe, count: count + 1 } : maybe);
  observe(world);
  const answer = await world.post(message.body);
  if (answer === null) {
    sent.outcome = 'unsent';
    world.alerts.set(key, before ?? fresh);
  } else if (answer !== undefined && answer < 300) {
    sent.outcome = 'accepted';
    const firing = status === 'firing' ? 'yes' : 'no';
    world.alerts.set(key, { labels, firing, startsAt, count: status === 'firing' ? count + 1 : 0 });
  }
  observe(world);
  const { name, model, severity, version, environment = 'any environment' } = labels;
  const about = `${name} (${severity}) of ${environment}/${model}${version === undefined ? '' : ` ${version}`}`;
  return `alert ${about} ${status}: ${answer === null ? 'nobody there' : (answer ?? 'no answer')}`;
}

/** As Alertmanager posts it. */
function messageOf(
  world: World,
  { name, model, environment, severity, version }: AlertLabels,
  status: 'firing' | 'resolved',
  startsAt: number,
) {
  const labels = {
    alertname: name,
    ...(environment !== undefined && { environment }),
    model,
    ...(version !== undefined && { model_version: version }),
    repository: world.repository.fullName,
    severity,
  };
  const fingerprint = createHash('sha256')
    .update(JSON.stringify(labels))
    .digest('hex')
    .slice(0, 16);
  const endsAt = status === 'firing' ? '0001-01-01T00:00:00Z' : new Date(world.now()).toISOString();
  const body = {
    version: '4',
    receiver: 'lastgood',
    status,
    groupKey: name,
    groupLabels: {},
    commonLabels: labels,
    commonAnnotations: {},
    externalURL: 'https://alertmanager.acme.example',
    truncatedAlerts: 0,
    alerts: [
      {
        status,
        labels,
        annotations: { summary: 'Something drifts', value: '0.31', threshold: '> 0.20' },
        startsAt: new Date(startsAt).toISOString(),
        endsAt,
        generatorURL: 'https://prometheus.acme.example/graph',
        fingerprint,
      },
    ],
  };
  return { fingerprint, body };
}
