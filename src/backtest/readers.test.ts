import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { readIncidents } from './incidents.ts';
import { readRecordedAlerts } from './read-alerts.ts';
import { readFolder } from './read-folder.ts';
import { createRecorder, seriesName, type RecordedSeries } from './recorded.ts';

const TARGET = { model: 'fraud', environment: 'production' };
const T0 = Date.parse('2026-11-20T02:00:00Z');
let root = '';
let count = 0;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'lastgood-recording-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

/** A folder with these files. */
async function folder(files: Readonly<Record<string, string>>): Promise<string> {
  const path = join(root, String(count++));
  await mkdir(path);
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(path, name)), { recursive: true });
    await writeFile(join(path, name), text);
  }
  return path;
}

/** What was read, as `series: seconds since T0=value …`. */
function shown(all: readonly RecordedSeries[]): readonly string[] {
  return all.map((series) => {
    const samples = [...series.times].map(
      (at, i) => `${(at - T0) / 1_000}=${String(series.values[i])}`,
    );
    return `${seriesName(series)}: ${samples.join(' ')}`;
  });
}

async function read(files: Readonly<Record<string, string>>): Promise<readonly string[] | string> {
  const path = await folder(files);
  return readFolder(path, TARGET).then(shown, (error: unknown) =>
    String(error).replaceAll(path, 'FOLDER'),
  );
}

const EPOCH = T0 / 1_000;
const matrix = (result: unknown): string =>
  JSON.stringify({ status: 'success', data: { resultType: 'matrix', result } });

describe('a folder of recordings', () => {
  test.each([
    [
      'CSV with a column for each series',
      {
        'a.csv':
          'time,errors,p99 latency\n2026-11-20T02:00:00Z,0.1,20\n2026-11-20T03:00:30+01:00,,+Inf\n',
      },
      ['errors: 0=0.1', 'p99 latency: 0=20 30=Infinity'],
    ],
    [
      'seconds, milliseconds, line ends of Windows, a mark of the encoding and no last line end',
      { 'a.csv': `\uFEFFTimestamp,errors\r\n${EPOCH},1e-3\r\n\r\n${T0 + 500},NaN` },
      ['errors: 0=0.001 0.5=NaN'],
    ],
    [
      'labels in headings',
      { 'a.csv': `time,"errors{version=""v4"",le=""0.5""}","a, b"\n${EPOCH},1,2\n` },
      ['a, b: 0=2', 'errors{le="0.5",version="v4"}: 0=1'],
    ],
    [
      'samples in any order, as often as they come',
      {
        'a.csv': `time,x\n${EPOCH + 2},2\n${EPOCH},0\n${EPOCH},0\n`,
        'b.csv': `time,x\n${EPOCH + 1},1\n`,
      },
      ['x: 0=0 0=0 1=1 2=2'],
    ],
    [
      'an answer of Prometheus, named by its file',
      {
        'errors.json': matrix([
          {
            metric: { __name__: 'other', version: 'v4' },
            values: [
              [EPOCH, '0.5'],
              [EPOCH + 1, 'NaN'],
            ],
          },
        ]),
      },
      ['errors{version="v4"}: 0=0.5 1=NaN'],
    ],
    [
      'OpenMetrics with exemplars and comments',
      {
        'a.om': `# TYPE errors gauge\nerrors{version="v\\"4"} 0.5 ${EPOCH}.5\nerrors{version="v\\"4"} 0.6 ${EPOCH + 1} # {trace="x"} 1\nup 1 ${T0}\n# EOF\n`,
      },
      ['errors{version="v\\"4"}: 0.5=0.5 1=0.6', 'up: 0=1'],
    ],
    [
      'what is of the target, where the folder has more',
      {
        'production/fraud/2026/a.csv': `time,x\n${EPOCH},1\n`,
        'production/fraud/notes.md': 'x',
        'production/other/a.csv': 'nonsense',
        'b.csv': 'nonsense',
      },
      ['x: 0=1'],
    ],
  ])('is read: %s', async (_, files, expected) => {
    expect(await read(files)).toEqual(expected);
  });

  test.each([
    ['no file', {}, 'FOLDER: expected files of metrics that end in .csv, .json, .om, .prom, .txt'],
    ['nothing in it', { 'a.csv': '' }, 'a.csv: expected a line of headings such as time,errors'],
    [
      'no times',
      { 'a.csv': 'errors\n1\n' },
      'a.csv:1: "errors" as the first heading; expected time; name the column of times time',
    ],
    [
      'a heading twice',
      { 'a.csv': 'time,x,x\n' },
      'a.csv:1: the heading "x" twice; expected each series once',
    ],
    [
      'a broken heading',
      { 'a.csv': 'time,x{a\n' },
      'a.csv:1: the heading "x{a"; expected a series such as errors or errors{version="v4"}',
    ],
    [
      'a cell too few',
      { 'a.csv': `time,x,y\n${EPOCH},1\n` },
      'a.csv:2: 2 cells; expected 3, as in the headings',
    ],
    [
      'words for a value',
      { 'a.csv': `time,x\n${EPOCH},1\n${EPOCH},0x10\n` },
      'a.csv:3: "0x10" in the column x; expected a number, NaN, +Inf or -Inf',
    ],
    [
      'a time without its zone',
      { 'a.csv': 'time,x\n2026-11-20 02:00:00,1\n' },
      'a.csv:2: "2026-11-20 02:00:00" in the column time; expected a time such as 2026-11-20T02:17:04Z with its zone, or seconds or milliseconds since 1970',
    ],
    [
      'an open quote',
      { 'a.csv': 'time,"x\n' },
      'a.csv:1: a quote without an end; expected cells such as 0.5 or "a, b"',
    ],
    [
      'other JSON',
      { 'a.json': '{"status":"ok"}' },
      'a.json: its answer is not one of Prometheus; expected an answer of Prometheus to query_range',
    ],
    [
      'a refusal saved',
      { 'a.json': '{"status":"error","errorType":"bad_data","error":"parse"}' },
      'a.json: it refused the query: bad_data: parse; expected an answer of Prometheus to query_range',
    ],
    [
      'no time on a line',
      { 'a.om': 'errors 0.5\n' },
      'a.om:1: a sample without its time; expected a line such as errors{version="v4"} 0.5 1763604000',
    ],
    [
      'no value on a line',
      { 'a.om': 'errors{a="b" 0.5 1\n' },
      'a.om:1: "errors{a=\\"b\\" 0.5 1"; expected a line such as errors{version="v4"} 0.5 1763604000',
    ],
    [
      'a line without an end',
      { 'a.om': 'x'.repeat(1_500_000) },
      'a.om:1: a line of more than 1048576 characters; expected lines',
    ],
  ])('is told of: %s', async (_, files, expected) => {
    expect(await read(files)).toBe(`RecordingError: ${expected}`);
  });

  it('has no end of series', () => {
    const recorder = createRecorder();
    const all = (): void => {
      for (let i = 0; i <= 1_000; i += 1) recorder.series(`x${i}`);
    };
    expect(all).toThrow('more than 1000 series');
  });
});

const ALERT = { status: 'firing', name: 'Bad', model: 'fraud', severity: 'critical' };

describe('recorded alerts', () => {
  async function alerts(...lines: readonly unknown[]): Promise<unknown> {
    const text = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line)));
    const path = await folder({ 'a.jsonl': text.join('\n') });
    return readRecordedAlerts(path).then(
      (signals) =>
        signals.map(({ at, alert }) => `${(at - T0) / 1_000} ${alert.status} ${alert.name}`),
      String,
    );
  }

  it('are read as they were sent, or with the time of their receipt', async () => {
    const startsAt = '2026-11-20T02:00:10Z';
    const message = {
      version: '4',
      alerts: [
        {
          status: 'firing',
          labels: { alertname: 'Bad', model: 'fraud', severity: 'high' },
          startsAt,
        },
      ],
    };
    const resolved = { ...ALERT, status: 'resolved', startsAt, endsAt: '2026-11-20T02:01:00Z' };
    expect(
      await alerts(message, '', { receivedAt: EPOCH + 20, body: { ...ALERT, startsAt } }, resolved),
    ).toEqual(['10 firing Bad', '20 firing Bad', '60 resolved Bad']);
  });

  test.each([
    [
      'no JSON',
      'x',
      'a.jsonl:1: "x"; expected one delivery a line: Alertmanager\'s message or alerts in the normal form, as JSON',
    ],
    [
      'no time',
      ALERT,
      'a.jsonl:1: an alert without a time; expected startsAt in it, or receivedAt around it',
    ],
    [
      'another key',
      { ...ALERT, modle: 'x' },
      'a.jsonl:1: "x" at $.modle; expected one of status, name, model, environment, version, repository, severity, startsAt, endsAt, fingerprint, summary, value, threshold, link, labels',
    ],
    [
      'a receipt at no time',
      { receivedAt: 'today', body: ALERT },
      'a.jsonl:1: "today" as receivedAt; expected a time such as 2026-11-20T02:17:04Z with its zone, or seconds or milliseconds since 1970',
    ],
  ])('are told of: %s', async (_, line, expected) => {
    expect(await alerts(line)).toBe(`RecordingError: ${expected}`);
  });
});

describe('labelled incidents', () => {
  async function incidents(text: string): Promise<unknown> {
    const path = join(await folder({ 'labels.csv': text }), 'labels.csv');
    return readIncidents(path, ['production/fraud', 'production/other']).then(
      (all) => all.map(({ target, from, to, name }) => `${target} ${from - T0} ${to - T0} ${name}`),
      (error: unknown) => String(error).replace(path, 'labels.csv'),
    );
  }

  it('are of one target, or of all', async () => {
    expect(
      await incidents(
        `from,to,target,name\n${EPOCH},${EPOCH + 1},production/fraud,"drift, slow"\n${EPOCH},${EPOCH},,\n${EPOCH},${EPOCH},staging/fraud,x\n`,
      ),
    ).toEqual([
      'production/fraud 0 1000 drift, slow',
      'production/fraud 0 0 line 3',
      'production/other 0 0 line 3',
    ]);
  });

  test.each([
    ['', 'labels.csv: expected a line of headings such as from,to,name'],
    [
      'from,end\n',
      'labels.csv:1: the heading "end"; expected from, to and, if wanted, target and name',
    ],
    ['from,name\n', 'labels.csv:1: no heading to; expected from,to first'],
    [
      `from,to\n${EPOCH},soon\n`,
      'labels.csv:2: "soon" in the column to; expected a time such as 2026-11-20T02:17:04Z with its zone, or seconds or milliseconds since 1970',
    ],
    [
      `from,to\n${EPOCH},${EPOCH - 1}\n`,
      `labels.csv:2: an end of "${EPOCH - 1}" before its beginning; expected from, then to`,
    ],
  ])('are told of: %j', async (text, expected) => {
    expect(await incidents(text)).toBe(`RecordingError: ${expected}`);
  });
});
