import { readdir, stat } from 'node:fs/promises';
import { extname, join, relative } from 'node:path';
import type { Alert } from '../alerts/alert.ts';
import { readAlertmanager } from '../alerts/alertmanager.ts';
import { describeFound } from '../alerts/field-problem.ts';
import { readGeneric } from '../alerts/generic.ts';
import { readLines } from './read-lines.ts';
import { A_MOMENT, readMoment } from './read-number.ts';
import { quoted, RecordingError } from './recording-error.ts';
import type { Signal } from './decide-all.ts';

/** The most alerts that are replayed. */
const MOST_ALERTS = 200_000;
/** Of one who does not say when it was received: nothing about it is too late then. */
const ANY_TIME = 8e15;
const A_DELIVERY =
  "one delivery a line: Alertmanager's message or alerts in the normal form, as JSON";

/**
 * Reads deliveries of alerts, one JSON document a line: as they were sent, or within `{"receivedAt": …, "body": …}`.
 * From a file, or from every `.jsonl` file of a folder. One that does not say when it was received counts from when its
 * alert began, or was over. Throws {@link RecordingError}.
 */
export async function readRecordedAlerts(path: string): Promise<readonly Signal[]> {
  const signals: Signal[] = [];
  for (const { file, shown } of await filesOf(path)) {
    await readLines(file, shown, (line, number) => {
      if (line.trim() === '') return;
      const wrong = (found: string, expected: string): RecordingError =>
        new RecordingError({ file: shown, line: number, found, expected });
      signals.push(...readDelivery(line, wrong));
      if (signals.length > MOST_ALERTS) {
        throw wrong(`more than ${MOST_ALERTS} alerts`, 'fewer: split the time');
      }
    });
  }
  return signals;
}

function readDelivery(
  line: string,
  wrong: (found: string, expected: string) => RecordingError,
): readonly Signal[] {
  let document: unknown;
  try {
    document = JSON.parse(line);
  } catch {
    throw wrong(quoted(line), A_DELIVERY);
  }
  const { received, body } = openEnvelope(document, wrong);
  const context = { source: 'recorded', now: received ?? ANY_TIME };
  const read = isMessage(body)
    ? readAlertmanager(body, { ...context, format: 'alertmanager' })
    : readGeneric(body, { ...context, format: 'generic' });
  if (!read.ok) {
    const { path, expected, found } = read.problem;
    throw wrong(`${found} at ${path}`, expected);
  }
  return read.alerts.map((one) => {
    if (!one.ok) throw wrong(one.message.replace(/\.$/, ''), 'alerts that the service would take');
    return asReceived(one.alert, received, wrong);
  });
}

/** Alertmanager's own messages have a version and a list. */
function isMessage(body: unknown): boolean {
  return typeof body === 'object' && body !== null && 'version' in body && 'alerts' in body;
}

function openEnvelope(
  document: unknown,
  wrong: (found: string, expected: string) => RecordingError,
): { readonly received: number | undefined; readonly body: unknown } {
  const isEnvelope = typeof document === 'object' && document !== null && 'body' in document;
  if (!isEnvelope) return { received: undefined, body: document };
  const written = 'receivedAt' in document ? document.receivedAt : undefined;
  const received =
    typeof written === 'string' || typeof written === 'number'
      ? readMoment(String(written))
      : undefined;
  if (received === undefined) throw wrong(`${describeFound(written)} as receivedAt`, A_MOMENT);
  return { received, body: document.body };
}

function asReceived(
  alert: Alert,
  received: number | undefined,
  wrong: (found: string, expected: string) => RecordingError,
): Signal {
  if (received !== undefined) return { at: received, alert };
  const at = alert.status === 'resolved' ? (alert.endsAt ?? alert.startsAt) : alert.startsAt;
  if (alert.startAssumed || at >= ANY_TIME) {
    throw wrong('an alert without a time', 'startsAt in it, or receivedAt around it');
  }
  return { at, alert: { ...alert, receivedAt: at } };
}

async function filesOf(
  path: string,
): Promise<readonly { readonly file: string; readonly shown: string }[]> {
  if (!(await stat(path)).isDirectory()) return [{ file: path, shown: path }];
  const names = (await readdir(path)).filter((name) => extname(name) === '.jsonl').toSorted();
  if (names.length === 0) {
    throw new RecordingError({ file: path, expected: 'files of alerts that end in .jsonl' });
  }
  return names.map((name) => ({ file: join(path, name), shown: relative(path, join(path, name)) }));
}
