import { afterAll, beforeAll } from 'vitest';
import type { HubApp } from '../../fixtures/hub/api/app.ts';
import {
  startPostgres,
  type PostgresServer,
} from '../../src/store/testing/postgres-server.fixture.ts';
import { WEBHOOK_PATH } from '../../src/web/webhook-path.ts';
import { openBalancer } from './balancer.ts';
import { SECRET, startService } from './service.ts';

/** One server of PostgreSQL for the tests of a block. Answers the address of a new database on it. */
export function usePostgres(): () => Promise<string> {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server.remove());
  return () => server.freshUrl();
}

/** Starts a process for each environment, and one address for all of them, to which GitHub sends its webhooks. */
export async function startReplicas(
  app: Pick<HubApp, 'webhook'>,
  envs: readonly Readonly<Record<string, string>>[],
  clean: (() => unknown)[],
) {
  const services = await Promise.all(
    envs.map(async (env) => {
      const service = await startService(env);
      clean.push(() => service.kill());
      return service;
    }),
  );
  const balancer = await openBalancer(services.map((one) => one.url));
  clean.push(() => balancer.close());
  app.webhook(`${balancer.url}${WEBHOOK_PATH}`, SECRET);
  return { services, balancer };
}
