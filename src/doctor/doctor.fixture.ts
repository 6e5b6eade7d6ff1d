import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { Probot } from 'probot';
import { onTestFinished } from 'vitest';
import { createContract } from '../../fixtures/hub/contract/index.ts';
import { startHub, type Hub } from '../../fixtures/hub/hub.ts';
import { buildSample, type Sample } from '../../fixtures/hub/sample.ts';
import { openMirror, type Mirror } from '../git/open-mirror.ts';
import { createForge } from '../github/create-forge.ts';
import { createInspector } from '../github/inspect.ts';
import { createProbotOptions } from '../github/octokit-options.ts';
import { readShippedPresets } from '../policy/presets.ts';
import type { Repository } from '../rollback/forge.ts';
import { fullName } from '../rollback/workspace.ts';
import type { Clock, Milliseconds } from '../time.ts';
import type { Check, CheckId } from './check.ts';
import { createOpenTemporary } from './open-temporary.ts';
import type { MergeMethod } from './facts.ts';
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
  examine(options?: PortOptions): Promise<readonly Check[]>;
  /** Proposes a rollback on a branch as the App and merges it at once; answers what GitHub said. */
  tryMerge(branch: string, method?: MergeMethod): Promise<string>;
  /** The lines of one check, as `level found → fix`. */
  lines(id: CheckId, options?: PortOptions): Promise<readonly string[]>;
}

/** Any file that is not a policy's. */
const FILE = 'clusters/production/doctor.yaml';

interface PortOptions {
  /** How far this machine's clock is ahead. */
  readonly ahead?: Milliseconds;
  readonly appId?: number;
  readonly apiUrl?: string;
  readonly mostRequests?: number;
  /** Clone as the command does, instead of keeping a mirror from run to run, which is faster. */
  readonly clone?: boolean;
  readonly more?: Partial<DoctorPorts>;
}

/** For the test that asks, which leaves no hub running, and fails by an exchange that departs from GitHub's descriptions. */
export async function startDoctorStage(): Promise<DoctorStage> {
  const hub = await startHub({ contract: createContract() });
  const sample = await buildSample(hub);
  const dataFolder = await mkdtemp(join(tmpdir(), 'lastgood-doctor-test-'));
  const kept = new Map<number, Mirror>();
  onTestFinished(async () => {
    const { violations } = hub;
    await Promise.all([...kept.values()].map((mirror) => mirror.close()));
    await hub.stop();
    await rm(dataFolder, { recursive: true, force: true });
    if (violations.length > 0) throw new Error(violations.join('\n'));
  });
  sample.app.webhook('https://lastgood.example/api/github/webhooks', 'a secret of the webhook');

  const connect = async (appId: number, baseUrl: string) => {
    const { privateKey } = sample.app;
    const log = pino({ level: 'silent' });
    const probot = new Probot(
      createProbotOptions({ appId, privateKey, secret: 'secret', baseUrl, log, spacing: 'none' }),
    );
    const app = await probot.auth();
    return { app, octokitFor: (installation: number) => probot.auth(installation) };
  };
  const forgeOver = ({ app, octokitFor }: Awaited<ReturnType<typeof connect>>) =>
    createForge((one) => octokitFor(one.installation), app, timingOf(Date.now));

  const openKept =
    (token: (repository: Repository) => Promise<string>): DoctorPorts['openManifests'] =>
    async (repository) => {
      const remote = async () => ({
        url: `${hub.url}/${fullName(repository)}.git`,
        token: await token(repository),
      });
      const mirror =
        kept.get(repository.id) ??
        (await openMirror({
          folder: join(dataFolder, `${repository.id}`),
          branch: 'main',
          remote,
        }));
      kept.set(repository.id, mirror);
      await mirror.fetch();
      return { source: mirror, mirror: { kind: 'absent' }, close: () => Promise.resolve() };
    };

  const ports = async (options: PortOptions = {}): Promise<DoctorPorts> => {
    const baseUrl = options.apiUrl ?? hub.url;
    const clock = (): number => Date.now() + (options.ahead ?? 0);
    const connected = await connect(options.appId ?? sample.app.id, baseUrl);
    const forge = forgeOver(connected);
    const { app, octokitFor } = connected;
    return {
      clock,
      manifest: await readAppManifest(),
      inspector: createInspector(app, octokitFor, timingOf(clock), options.mostRequests),
      openManifests:
        options.clone === true
          ? createOpenTemporary({
              gitUrl: baseUrl,
              dataFolder,
              under: dataFolder,
              token: (repository) => forge.gitToken(repository),
            })
          : openKept((repository) => forge.gitToken(repository)),
      presets: await readShippedPresets(),
      ...options.more,
    };
  };
  const tryMerge = async (branch: string, method: MergeMethod = 'squash'): Promise<string> => {
    const { id, nodeId, owner, name } = sample.repository;
    const installation = sample.app.installation()?.id ?? 0;
    const repository = { id, nodeId, owner, name, defaultBranch: 'main', installation };
    const forge = forgeOver(await connect(sample.app.id, hub.url));
    try {
      const { pull } = await forge.propose(repository, {
        branch,
        base: sample.repository.head() ?? '',
        commit: { headline: 'Roll back', body: '' },
        files: [{ path: FILE, mode: '100644', contents: `${branch}\n` }],
        title: 'Roll back',
        body: '',
      });
      const request = { number: pull.number, head: pull.head, method, title: 'T', message: '' };
      return (await forge.merge(repository, request)).kind;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
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
    tryMerge,
    examine,
    lines: async (id, options) =>
      (await examine(options))
        .filter((check) => check.id === id)
        .map(({ level, found, fix }) =>
          [level, found, fix && `→ ${fix}`].filter(Boolean).join(' '),
        ),
  };
}

/** GitHub's pace is not kept. */
function timingOf(clock: Clock) {
  return { clock, wait: () => Promise.resolve() };
}
