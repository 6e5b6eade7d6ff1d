import { describe, expect, it } from 'vitest';
import { formatNumber, formatRatio, formatTable } from './format.ts';
import { measureProcess, median, timeRuns } from './measure.ts';

describe('measureProcess', () => {
  it('answers output, exit code, time and peak memory', async () => {
    const source = `console.log('out'); console.error('err'); globalThis.x = Buffer.alloc(80 * 2 ** 20, 1); process.exitCode = 3`;
    const run = await measureProcess(process.execPath, ['-e', source]);
    expect(run).toMatchObject({ exitCode: 3, stdout: 'out\n', stderr: 'err\n' });
    expect(run.ms).toBeGreaterThan(1);
    expect(run.peakRssMib).toBeGreaterThan(80);
    expect(run.peakRssMib).toBeLessThan(1_000);
  });

  it('passes folder and environment on', async () => {
    const run = await measureProcess('sh', ['-c', 'pwd; echo $GREETING'], {
      cwd: '/',
      env: { GREETING: 'hello' },
    });
    expect(run.stdout).toBe('/\nhello\n');
  });
});

describe('median', () => {
  it.each([
    [[3], 3],
    [[9, 1, 5], 5],
    [[4, 1, 2, 100], 3],
  ])('of %j is %d', (values, expected) => {
    expect(median(values)).toBe(expected);
  });

  it('refuses no values', () => {
    expect(() => median([])).toThrow('no median of no values');
  });
});

it('times runs one after another', async () => {
  const seen: number[] = [];
  const lengths = await timeRuns(3, async (i) => {
    await Promise.resolve();
    seen.push(i);
  });
  expect(seen).toEqual([0, 1, 2]);
  expect(lengths).toHaveLength(3);
});

it.each([
  [0.4249, '0.42'],
  [4.249, '4.2'],
  [42.49, '42'],
  [4249, '4,249'],
])('writes %d as %s', (value, text) => {
  expect(formatNumber(value)).toBe(text);
});

it('writes ratios', () => {
  expect(formatRatio(420, 100)).toBe('4.2×');
  expect(formatRatio(1, 0)).toBe('–');
});

it('writes tables', () => {
  expect(
    formatTable(
      ['way', 'ms', 'MiB'],
      [
        ['script', 1234.5, undefined],
        ['app', 4.25, 90],
      ],
    ),
  ).toBe(
    [
      '| way    |    ms | MiB |',
      '| ------ | ----: | --: |',
      '| script | 1,235 |   – |',
      '| app    |   4.3 |  90 |',
    ].join('\n'),
  );
});
