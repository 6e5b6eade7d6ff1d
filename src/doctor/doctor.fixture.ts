import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { Probot } from 'probot';
import { afterEach } from 'vitest';
import { createContract } from '../../fixtures/hub/contract/index.ts';
import { startHub, type Hub } from '../../fixtures/hub/hub.ts';
import { buildSample, type Sample } from '../../fixtures/hub/sample.ts';
import { createForge } from '../github/create-forge.ts';
import { createInspector } from '../github/inspect.ts';
import { createProbotOptions } from '../github/octokit-options.ts';
import { readShippedPresets } from '../policy/presets.ts';
import type { Milliseconds } from '../time.ts';
import type { Check, CheckId } from './check.ts';
import { createOpenTemporary } from './open-temporary.ts';
import type { DoctorPorts } from './ports.ts';
import { readAppManifest } from './read-app-manifest.ts';
import { runDoctor } from './run-doctor.ts';

/** The sample repository on a hub, and the doctor over real HTTP. */
export interface DoctorStage extends Sample {
  readonly hub: Hub;
  /** The folder where the service would keep its mirrors. */
  readonly dataFolder: string;
  /** What the settings of the service would say. */
  readonly env: Readonly<Record<string, string>>;
  ports(options?: PortOptions): Promise<DoctorPorts>;
  examine(options?: PortOptions): Promise<readonly Check[]>;
  /** The lines of one check, as `level found → fix`. */
  lines(id: CheckId, options?: PortOptions): Promise<readonly string[]>;
}

interface PortOptions {
  /** How far this machine's clock is ahead. */
  readonly ahead?: Milliseconds;
  readonly appId?: number;
  readonly apiUrl?: string;
  readonly mostRequests?: number;
  readonly more?: Partial<DoctorPorts>;
}

const open: (() => Promise<void>)[] = [];

/** No test leaves a hub running. */
afterEach(async () => {
  await Promise.all(open.splice(0).map((close) => close()));
});

export async function startDoctorStage(): Promise<DoctorStage> {
  const hub = await startHub({ contract: createContract() });
  const sample = await buildSample(hub);
  const dataFolder = await mkdtemp(join(tmpdir(), 'lastgood-doctor-test-'));
  open.push(async () => {
    const { violations } = hub;
    await hub.stop();
    await rm(dataFolder, { recursive: true, force: true });
    if (violations.length > 0) throw new Error(violations.join('\n'));
  });
  sample.app.webhook('https://lastgood.example/api/github/webhooks', 'a secret of the webhook');

  const ports = async (options: PortOptions = {}): Promise<DoctorPorts> => {
    const baseUrl = options.apiUrl ?? hub.url;
    const clock = (): number => Date.now() + (options.ahead ?? 0);
    const probot = new Probot(
      createProbotOptions({
        appId: options.appId ?? sample.app.id,
        privateKey: sample.app.privateKey,
        secret: 'secret',
        baseUrl,
        log: pino({ level: 'silent' }),
      }),
    );
    const app = await probot.auth();
    const timing = { clock, wait: () => Promise.resolve() };
    const octokitFor = (installation: number) => probot.auth(installation);
    const forge = createForge((one) => octokitFor(one.installation), app, timing);
    return {
      clock,
      manifest: await readAppManifest(),
      inspector: createInspector(app, octokitFor, timing, options.mostRequests),
      openManifests: createOpenTemporary({
        gitUrl: baseUrl,
        dataFolder,
        token: (repository) => forge.gitToken(repository),
      }),
      presets: await readShippedPresets(),
      ...options.more,
    };
  };
  const examine = async (options?: PortOptions) => runDoctor(await ports(options));
  return {
    ...sample,
    hub,
    dataFolder,
    env: {
      APP_ID: String(sample.app.id),
      PRIVATE_KEY: sample.app.privateKey,
      WEBHOOK_SECRET: 'a secret of the webhook',
      GITHUB_API_URL: hub.url,
      LASTGOOD_DATA: dataFolder,
    },
    ports,
    examine,
    lines: async (id, options) =>
      (await examine(options))
        .filter((check) => check.id === id)
        .map(({ level, found, fix }) =>
          [level, found, fix && `→ ${fix}`].filter(Boolean).join(' '),
        ),
  };
}
