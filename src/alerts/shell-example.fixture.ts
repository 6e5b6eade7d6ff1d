import { execFile, execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { afterAll, beforeAll } from 'vitest';

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
  const server = createServer((request, response) => {
    void receive(request, response);
  });
  beforeAll(async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  return async (script, more) => {
    const { port } = server.address() as AddressInfo;
    const env = { ...process.env, ...more, LASTGOOD_URL: `http://127.0.0.1:${port}` };
    const { stdout } = await execute('bash', ['-euo', 'pipefail', '-c', script], { env });
    return stdout;
  };
}
