import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { createNodeMiddleware, Probot } from 'probot';
import { createAlertReceiver } from './alerts/http-receiver.ts';
import { connectEvents } from './app.ts';
import { openMirror } from './git/open-mirror.ts';
import { createForge } from './github/create-forge.ts';
import { gitUrlOf } from './github/git-url.ts';
import { createProbotOptions, type Spacing } from './github/octokit-options.ts';
import { listRepositories } from './github/repositories.ts';
import type { Journal } from './journal/entry.ts';
import { createLastgood, type Lastgood } from './lastgood.ts';
import { readShippedPresets } from './policy/presets.ts';
import type { Repository } from './rollback/forge.ts';
import { fullName } from './rollback/workspace.ts';
import type { Settings } from './settings.ts';
import type { Clock, Milliseconds } from './time.ts';
import type { Timers } from './timers.ts';

/** A running Lastgood. */
export interface Serving {
  readonly url: string;
  readonly lastgood: Lastgood;
  /** Resolves when nothing is left to do. */
  idle(): Promise<void>;
  /** Stops taking requests, finishes what was taken, and closes everything. */
  close(): Promise<void>;
}

export interface ServeParts {
  readonly settings: Settings;
  readonly journal: Journal;
  readonly log: Logger;
  readonly clock: Clock;
  /** Time and pace, for stories that own them. Default: those of this process, and what GitHub asks. */
  readonly timers?: Timers;
  readonly wait?: (length: Milliseconds) => Promise<void>;
  readonly spacing?: Spacing;
}

/** Where GitHub sends its webhooks. */
export const WEBHOOK_PATH = '/api/github/webhooks';

/** Wires everything together and serves: GitHub's webhooks and the ways in for alerts. */
export async function serve(parts: ServeParts): Promise<Serving> {
  const { settings, journal, log, clock } = parts;
  const probot = new Probot(
    createProbotOptions({
      appId: settings.appId,
      privateKey: settings.privateKey,
      secret: settings.webhookSecret,
      baseUrl: settings.apiUrl,
      log,
      clock,
      ...(parts.spacing && { spacing: parts.spacing }),
    }),
  );
  const octokitFor = (repository: { readonly installation: number }) =>
    probot.auth(repository.installation);
  const app = await probot.auth();
  const timing = { clock, wait: parts.wait ?? ((length: Milliseconds) => sleep(length)) };
  const forge = createForge(octokitFor, app, timing);
  const repositories = new Map<number, Repository>();
  const lastgood = createLastgood({
    forge,
    journal,
    clock,
    ...(parts.timers && { timers: parts.timers }),
    presets: await readShippedPresets(),
    openManifests: (opened) =>
      openMirror({
        folder: join(settings.dataFolder, 'mirrors', `${opened.id}.git`),
        branch: opened.defaultBranch,
        remote: async () => {
          // The name may have changed since the mirror was opened.
          const repository = repositories.get(opened.id) ?? opened;
          return {
            url: `${gitUrlOf(settings.apiUrl)}/${fullName(repository)}.git`,
            token: await forge.gitToken(repository),
          };
        },
      }),
  });

  const findRepositories = async (): Promise<void> => {
    const found = await listRepositories(app, (id) => probot.auth(id), timing);
    for (const repository of found) {
      repositories.set(repository.id, repository);
      await lastgood.welcome(repository);
    }
    const here = new Set(found.map(({ id }) => id));
    for (const id of repositories.keys()) {
      if (here.has(id)) continue;
      repositories.delete(id);
      await lastgood.dismiss(id);
    }
  };
  // One look after another: an older list must not undo what a newer one said.
  let looking = Promise.resolve();
  const lookAgain = (): void => {
    looking = looking.then(findRepositories).catch((error: unknown) => {
      log.error({ err: error }, 'repositories not listed');
    });
  };

  const github = await createNodeMiddleware(
    (one) => connectEvents(one, lastgood, clock, lookAgain),
    {
      probot,
      webhooksPath: WEBHOOK_PATH,
    },
  );
  const receive = createAlertReceiver({
    sources: settings.sources,
    accept: async (alerts) => {
      void lastgood.alerted(alerts);
    },
    clock,
    report: (event) => log.info(event, 'alerts received'),
  });
  await findRepositories();
  const server = await listen(settings, (request, response) => {
    void receive(request, response).then((taken) => {
      if (!taken) return github(request, response, () => response.writeHead(404).end());
      return undefined;
    });
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${settings.host}:${port}`,
    lastgood,
    async idle() {
      await looking;
      await lastgood.idle();
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await looking;
      await lastgood.close();
    },
  };
}

function listen(settings: Settings, handler: RequestListener): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer(handler);
    server.once('error', reject);
    server.listen(settings.port, settings.host, () => resolve(server));
  });
}
