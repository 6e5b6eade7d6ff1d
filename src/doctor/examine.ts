import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { Probot } from 'probot';
import { createForge } from '../github/create-forge.ts';
import { gitUrlOf } from '../github/git-url.ts';
import { createInspector } from '../github/inspect.ts';
import { createProbotOptions } from '../github/octokit-options.ts';
import { inspectServers } from '../metrics/inspect-servers.ts';
import { readShippedPresets } from '../policy/presets.ts';
import type { Settings } from '../settings.ts';
import { inspectDatabase } from '../store/inspect-database.ts';
import type { Check } from './check.ts';
import { createOpenTemporary } from './open-temporary.ts';
import type { DoctorPorts } from './ports.ts';
import { readAppManifest } from './read-app-manifest.ts';
import { known } from './reading.ts';
import { runDoctor } from './run-doctor.ts';

/**
 * Runs the doctor against GitHub as the settings say. `own` is what a process has open already: without it the
 * repositories are cloned, and the database is looked at from outside.
 */
export async function examine(
  settings: Settings,
  own: Partial<Pick<DoctorPorts, 'openManifests' | 'checkDatabase'>> = {},
): Promise<readonly Check[]> {
  const clock = Date.now;
  // The findings are the output; what Octokit has to tell besides would only be between them.
  const log = pino({ level: 'silent' });
  const { appId, privateKey, webhookSecret, apiUrl, dataFolder, databaseUrl: url } = settings;
  const probot = new Probot(
    createProbotOptions({ appId, privateKey, secret: webhookSecret, baseUrl: apiUrl, log, clock }),
  );
  const app = await probot.auth();
  const timing = { clock, wait: (length: number) => sleep(length) };
  const forge = createForge(({ installation }) => probot.auth(installation), app, timing);
  return runDoctor({
    clock,
    manifest: await readAppManifest(),
    inspector: createInspector(app, (installation) => probot.auth(installation), timing),
    openManifests: createOpenTemporary({
      gitUrl: gitUrlOf(apiUrl),
      dataFolder,
      token: (repository) => forge.gitToken(repository),
    }),
    presets: await readShippedPresets(),
    checkDatabase: async () =>
      known(await inspectDatabase({ folder: join(dataFolder, 'store'), url })),
    ...(settings.metricServers.length > 0 && {
      checkMetricServers: () => inspectServers(settings.metricServers, clock),
    }),
    ...own,
  });
}
