import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Sample } from '../fixtures/hub/sample.ts';
import type { Hub } from '../fixtures/hub/hub.ts';

/** A server in a process of its own. */
export interface Service {
  readonly url: string;
  readonly child: ChildProcess;
  /** The largest resident set so far, in MiB. */
  peakRssMib(): Promise<number>;
  /** Resolves when it has had next to nothing to do for a while. */
  idle(): Promise<void>;
  kill(signal: NodeJS.Signals): Promise<void>;
}

/** Where a Lastgood of the bench keeps what it needs, so that it can be started there again. */
export interface Place {
  readonly env: Readonly<Record<string, string>>;
  readonly token: string;
  readonly secret: string;
  /** The path of a file on the same disk as the data. */
  file(name: string): string;
  remove(): Promise<void>;
}

/** As `npm start` starts it; `npm run bench` compiles it first. */
const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const START = ['--max-semi-space-size=2', '--heap-growing-percent=15', MAIN];
const START_ENV = {
  MALLOC_ARENA_MAX: '1',
  MALLOC_MMAP_THRESHOLD_: '131072',
  MALLOC_TRIM_THRESHOLD_: '131072',
};

/** Makes the folder and the environment of a Lastgood that is the sample's App on a hub. */
export async function preparePlace(hub: Hub, { app, repository }: Sample): Promise<Place> {
  const folder = await mkdtemp(join(tmpdir(), 'lastgood-bench-'));
  const token = 'a-token-of-the-alertmanager';
  const secret = 'a-secret-of-the-webhooks';
  await writeFile(
    join(folder, 'sources.yaml'),
    `- { name: alertmanager, token: ${token}, repositories: [${repository.fullName}] }\n`,
  );
  await writeFile(join(folder, 'key.pem'), app.privateKey);
  return {
    token,
    secret,
    file: (name) => join(folder, name),
    env: {
      APP_ID: String(app.id),
      PRIVATE_KEY_PATH: join(folder, 'key.pem'),
      WEBHOOK_SECRET: secret,
      PORT: '0',
      GITHUB_API_URL: hub.url,
      LASTGOOD_DATA: join(folder, 'data'),
      LASTGOOD_SOURCES_FILE: join(folder, 'sources.yaml'),
    },
    remove: () => rm(folder, { recursive: true, force: true, maxRetries: 3 }),
  };
}

export const startLastgood = ({ env }: Place): Promise<Service> =>
  startService(START, { ...START_ENV, ...env });

/** Starts a Node process that says `"url":"…"` on its standard output once it serves. What it says later is dropped. */
export async function startService(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Service> {
  const child = spawn(process.execPath, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const url = await firstUrl(child);
  return {
    url,
    child,
    peakRssMib: () => readPeak(child.pid ?? 0),
    async idle() {
      for (let calm = 0; calm < 3;) {
        const before = await readCpu(child.pid ?? 0);
        await sleep(200);
        // Two ticks of a hundredth of a second.
        calm = (await readCpu(child.pid ?? 0)) - before <= 2 ? calm + 1 : 0;
      }
    },
    async kill(signal) {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill(signal);
      await ended;
    },
  };
}

function firstUrl(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let log = '';
    const listen = (chunk: Buffer): void => {
      log += String(chunk);
      const url = /"url":"([^"]+)"/.exec(log)?.[1];
      if (url === undefined) return;
      child.stdout?.off('data', listen).resume();
      resolve(url);
    };
    child.stdout?.on('data', listen);
    child.once('exit', () => reject(new Error(`It ended before it served:\n${log}`)));
  });
}

/** From Linux's /proc. */
async function readPeak(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? Number.NaN) / 1_024;
}

/** Hundredths of a second on the processor so far. */
async function readCpu(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(fields[11]) + Number(fields[12]);
}
