import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { HubApp } from '../../fixtures/hub/api/app.ts';

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
export const TOKEN = 'a-token-of-the-alertmanager';
export const SECRET = 'a-secret-of-the-webhooks';

/** The real process, as an operator runs it. */
export interface Service {
  readonly url: string;
  /** Resolves when it has written so many lines that match. */
  wrote(line: RegExp, times?: number): Promise<void>;
  /** `kill -9`, and waits until it is gone. */
  kill(): Promise<void>;
}

/** A folder for the data and the settings of processes. */
export interface Place {
  readonly folder: string;
  /** The environment of a process whose data lies in the folder of that name. */
  env(name?: string): Promise<Readonly<Record<string, string>>>;
  remove(): Promise<void>;
}

export async function makePlace(
  apiUrl: string,
  app: HubApp,
  repositories: readonly string[],
): Promise<Place> {
  const folder = await mkdtemp(join(tmpdir(), 'lastgood-durable-'));
  const list = repositories.join(', ');
  await writeFile(
    join(folder, 'sources.yaml'),
    `- { name: alertmanager, token: ${TOKEN}, repositories: [${list}] }\n`,
  );
  await writeFile(join(folder, 'key.pem'), app.privateKey);
  return {
    folder,
    async env(name = '.') {
      const data = join(folder, name);
      await mkdir(data, { recursive: true });
      return {
        APP_ID: String(app.id),
        PRIVATE_KEY_PATH: join(folder, 'key.pem'),
        WEBHOOK_SECRET: SECRET,
        PORT: '0',
        GITHUB_API_URL: apiUrl,
        LASTGOOD_DATA: data,
        LASTGOOD_SOURCES_FILE: join(folder, 'sources.yaml'),
      };
    },
    remove: () => rm(folder, { recursive: true, force: true, maxRetries: 3 }),
  };
}

/** Starts the process, whatever becomes of it. */
function launch(env: Readonly<Record<string, string>>): ChildProcess {
  return spawn(process.execPath, [MAIN], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** Starts the process, and waits until it says that it serves. */
export async function startService(env: Readonly<Record<string, string>>): Promise<Service> {
  const child = launch(env);
  const lines: string[] = [];
  const waiting = new Set<{ readonly line: RegExp; times: number; resolve: () => void }>();
  child.stderr?.on('data', (chunk: Buffer) => process.stderr.write(chunk));
  if (child.stdout) {
    createInterface({ input: child.stdout }).on('line', (text) => {
      lines.push(text);
      for (const one of waiting) {
        if (one.line.test(text) && (one.times -= 1) === 0) one.resolve();
      }
    });
  }
  const gone = once(child, 'close');
  const wrote = async (line: RegExp, times = 1): Promise<void> => {
    const found = new Promise<void>((resolve) => waiting.add({ line, times, resolve }));
    await Promise.race([
      found,
      gone.then(() => {
        throw new Error(`It ended before it wrote ${line}:\n${lines.slice(-20).join('\n')}`);
      }),
    ]);
  };
  await wrote(/"url":/);
  const url = /"url":"([^"]+)"/.exec(lines.join('\n'))?.[1] ?? '';
  return {
    url,
    wrote,
    async kill() {
      child.kill('SIGKILL');
      await gone;
    },
  };
}

/** Starts a process that is expected to end by itself; answers with what status, and what it said. */
export async function runToEnd(
  env: Readonly<Record<string, string>>,
): Promise<{ readonly status: number | null; readonly said: string }> {
  const child = launch(env);
  let said = '';
  child.stderr?.on('data', (chunk: Buffer) => (said += String(chunk)));
  child.stdout?.resume();
  const [status] = (await once(child, 'close')) as [number | null];
  return { status, said };
}

/** Posts an alert once through Alertmanager's way in; answers the status, or undefined when nobody answered. */
export async function postAlert(url: string, body: unknown): Promise<number | undefined> {
  try {
    const response = await fetch(`${url}/alerts/alertmanager`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${TOKEN}` },
      body: JSON.stringify(body),
    });
    await response.arrayBuffer();
    return response.status;
  } catch {
    return undefined;
  }
}
