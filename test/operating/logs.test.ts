import { expect, test } from 'vitest';
import { createLog } from '../../src/log.ts';
import { createLogJournal } from '../../src/journal/log-journal.ts';
import { alert, useReception } from '../receive/support.ts';

interface Line {
  readonly msg: string;
  readonly incident?: string;
  readonly repository?: string;
  readonly lane?: string;
  readonly delivery?: string;
  readonly format?: string;
}

const raw: string[] = [];
const log = createLog({ level: 'debug', secrets: [], write: (line) => void raw.push(line) });
const journal = createLogJournal(log);
const reception = useReception({ log, watch: (entry) => journal.write(entry) });

async function linesOf(what: () => unknown): Promise<readonly Line[]> {
  const from = raw.length;
  await reception.after(what);
  return raw.slice(from).map((line) => JSON.parse(line) as Line);
}

const INCIDENT = /^lastgood\/production\/product-ranker\/[0-9a-f]{40}$/;

test('once there is an incident, every line of its work carries it, those of libraries as well', async () => {
  const lines = await linesOf(() => reception.post('/alerts/generic', alert()));
  const messages = lines.map(({ msg }) => msg);
  const first = messages.indexOf('planned');
  const last = messages.lastIndexOf('merged');
  expect(first).toBeGreaterThan(0);
  const between = lines.slice(first, last + 1);
  // Nothing else happens meanwhile but GitHub's own deliveries.
  const own = between.filter(({ delivery }) => delivery === undefined);
  expect(own.filter(({ incident = '' }) => !INCIDENT.test(incident))).toEqual([]);
  expect(own.some(({ msg }) => msg.includes(' PUT '))).toBe(true);
  // Before, the repository or what came in is known.
  for (const line of lines) {
    const about = line.incident ?? line.repository ?? line.delivery ?? line.lane ?? line.format;
    expect([line.msg, about]).toEqual([line.msg, expect.any(String)]);
  }
});

test('what people do about it later carries it, too', async () => {
  const lines = await linesOf(async () => {
    await reception.post(
      '/alerts/generic',
      alert({ model: 'fraud-detector', severity: 'medium', name: 'Slow' }),
    );
  });
  const pull = reception.stage.sample.repository.pulls().at(-1);
  expect(lines.map(({ msg }) => msg)).toContain('waiting');
  const later = await linesOf(() =>
    reception.stage.hub.as('bob').closePull(reception.stage.sample.repository, pull?.number ?? 0),
  );
  const own = later.filter(({ lane, delivery }) => lane !== undefined && delivery === undefined);
  expect(own.map(({ msg }) => msg)).toContain('closed');
  const about = own.filter(({ msg }) => /\/(?:pulls|git)\/|^closed$/.test(msg));
  expect(about.filter(({ incident }) => incident === undefined)).toEqual([]);
});
