import { execFile, execFileSync } from 'node:child_process';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { afterAll, beforeAll } from 'vitest';
import { openServer, type OpenServer } from '../../fixtures/http/open-server.ts';

const execute = promisify(execFile);

/** Whether this machine has the tools of an example. One without cannot run what a page says; all others must. */
export function hasTools(...tools: readonly string[]): boolean {
  try {
    for (const tool of tools) execFileSync('which', [tool]);
    return true;
  } catch {
    return false;
  }
}

/** Serves a way in for the tests of a file. Answers what runs a script against it and gives what the script prints. */
export function useShell(
  receive: (request: IncomingMessage, response: ServerResponse) => Promise<unknown>,
): (script: string, env: Readonly<Record<string, string>>) => Promise<string> {
  let server: OpenServer | undefined;
  beforeAll(async () => {
    server = await openServer(receive);
  });
  afterAll(() => server?.close());
  return async (script, more) => {
    const env = { ...process.env, ...more, LASTGOOD_URL: server?.url };
    const { stdout } = await execute('bash', ['-euo', 'pipefail', '-c', script], { env });
    return stdout;
  };
}
