/**
 * Probot's webhook route as its documentation starts it: it checks signatures and answers. Without any handler; or, with
 * `LOG_FILE`, with one that first appends a line of each `status` to that file and has it on the disk. That is the least
 * that is durable before it is acknowledged: no database is asked, and nothing is ever done about what was logged.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createNodeMiddleware, createProbot, type Probot } from 'probot';
import { openLog } from './log.ts';

const { APP_ID = '', PRIVATE_KEY = '', WEBHOOK_SECRET = '', LOG_FILE } = process.env;

const probot = createProbot({
  overrides: { appId: APP_ID, privateKey: PRIVATE_KEY, secret: WEBHOOK_SECRET, logLevel: 'warn' },
});
const logging = (file: string) => {
  const append = openLog(file);
  return (app: Probot) =>
    app.webhooks.on('status', ({ id, payload: { repository, sha } }) =>
      append(`${id} ${repository.id} ${sha}\n`),
    );
};
const app = LOG_FILE === undefined ? () => undefined : logging(LOG_FILE);
const middleware = await createNodeMiddleware(app, { probot });
const server = createServer((request, response) => void middleware(request, response));
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  process.stdout.write(`${JSON.stringify({ url: `http://127.0.0.1:${port}` })}\n`);
});
