/**
 * A process of its own that sends as much as so many clients can, so that making the load takes nothing from the
 * event loop of whoever is measured. Reads a `Job` from its arguments, prints a `LoadAnswer`.
 */
import { openClient } from './client.ts';
import { createWriter } from './requests.ts';
import type { Job, LoadAnswer } from './run.ts';

const job = JSON.parse(process.argv[2] ?? '') as Job;
const statuses = new Map<number, number>();
const lengths: number[] = [];
const write = createWriter(job.template, job.first);
let sent = 0;

async function send(until: number, keep: boolean): Promise<void> {
  const client = await openClient(job.template.url);
  while (performance.now() < until && sent < job.most) {
    sent += 1;
    const start = performance.now();
    const status = await client.post(write());
    if (!keep) continue;
    lengths.push(performance.now() - start);
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
  }
  client.close();
}

const sendAll = (length: number, keep: boolean): Promise<unknown> => {
  const until = performance.now() + length;
  return Promise.all(Array.from({ length: job.clients }, () => send(until, keep)));
};

await sendAll(job.warmUp, false);
const start = performance.now();
await sendAll(job.length, true);
const answer: LoadAnswer = {
  ms: performance.now() - start,
  sent,
  statuses: Object.fromEntries(statuses),
  p99: lengths.sort((a, b) => a - b)[Math.floor(lengths.length * 0.99)] ?? 0,
};
process.stdout.write(JSON.stringify(answer));
