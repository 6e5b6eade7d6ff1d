import type { Facts, InstallationFacts, InstalledRepositories } from './facts.ts';
import { gatherRepository } from './gather-repository.ts';
import type { DoctorPorts } from './ports.ts';
import { orWhy, type Reading } from './reading.ts';
import { fullName } from '../rollback/workspace.ts';

/** One run looks at so many repositories, so that its calls to GitHub stay bounded. */
const MOST_REPOSITORIES = 25;

/**
 * Reads everything that the doctor judges. Never throws: what cannot be read is said in its place. Asks nothing more
 * once GitHub did not answer, or does not know the App.
 */
export async function gather(ports: DoctorPorts): Promise<Facts> {
  const { inspector, manifest } = ports;
  const own = {
    ...(ports.checkDatabase && { database: await orWhy(ports.checkDatabase) }),
    ...(ports.checkMetricServers && { metricServers: await ports.checkMetricServers() }),
  };
  const app = await inspector.app();
  if (app.kind !== 'known') {
    return { manifest, app, installed: [], repositories: [], leftOut: [], ...own };
  }
  const [hook, deliveries, installations] = await Promise.all([
    inspector.hook(),
    inspector.deliveries(),
    inspector.installations(),
  ]);
  const installed = installations.ok ? await installedOn(ports, installations.value) : [];
  const all = installed.flatMap(({ found }) => (found.ok ? found.value.repositories : []));
  const most = ports.mostRepositories ?? MOST_REPOSITORIES;
  const repositories = [];
  // One after another: each may take a clone's worth of disk and memory.
  for (const one of all.slice(0, most)) repositories.push(await gatherRepository(ports, app, one));
  return {
    manifest,
    app,
    asApp: { hook, deliveries, installations },
    installed,
    repositories,
    leftOut: all.slice(most).map(fullName),
    ...own,
  };
}

async function installedOn(
  { inspector }: DoctorPorts,
  installations: readonly InstallationFacts[],
): Promise<{ readonly account: string; readonly found: Reading<InstalledRepositories> }[]> {
  const active = installations.filter(({ suspended }) => !suspended);
  return Promise.all(
    active.map(async ({ id, account }) => ({ account, found: await inspector.repositories(id) })),
  );
}
