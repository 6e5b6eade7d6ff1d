import type { AlertSource } from './alerts/alert.ts';
import type { MetricServer } from './metrics/server.ts';
import type { Settings } from './settings.ts';

/** Everything in the settings that must never be read in the log, in each form in which it may get there. */
export function secretsOf(settings: Settings): readonly string[] {
  const { webhookSecret, metricsToken, adminToken, pageUrl, pagerDuty, slack } = settings;
  const { databaseUrl, sources, metricServers } = settings;
  const found = [
    webhookSecret,
    metricsToken,
    adminToken,
    pageUrl,
    pagerDuty?.key,
    slack?.botToken,
    slack?.webhookUrl,
    slack?.signingSecret,
    ...(databaseUrl === undefined ? [] : ofAddress(databaseUrl)),
    ...sources.map(ofSource),
    ...metricServers.flatMap(ofServer),
  ];
  return found.filter((secret) => secret !== undefined);
}

/** The whole address, and its password as it is written there and as it is. */
function ofAddress(address: string): readonly string[] {
  const { password } = new URL(address);
  return [address, password, decoded(password)];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function ofSource({ auth }: AlertSource): string {
  return auth.kind === 'bearer' ? auth.token : auth.secret;
}

/** Basic authentication sends the password in another form. */
function ofServer({ auth }: MetricServer): readonly string[] {
  if (!auth) return [];
  if (auth.kind === 'bearer') return [auth.token];
  const { user, password } = auth;
  return [password, Buffer.from(`${user}:${password}`).toString('base64')];
}
