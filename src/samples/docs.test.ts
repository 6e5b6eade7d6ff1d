import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { hasTools, useShell } from '../alerts/shell-example.fixture.ts';
import type { KnownSeries } from './bind-samples.ts';
import { createSamplesReceiver } from './http-receiver.ts';

const page = readFileSync(new URL('../../docs/monitors.md', import.meta.url), 'utf8');
const [, script = '', output = ''] =
  /^```sh\n(curl.*?)^```\n\n```text\n(.*?)^```$/ms.exec(page) ?? [];
const TOKEN = 'correct-horse-battery-staple';
const KNOWN: KnownSeries = new Map([
  [
    'recommender',
    [
      {
        target: { model: 'recommender', environment: 'production' },
        series: new Set(['diversity']),
      },
    ],
  ],
]);

const receive = createSamplesReceiver({
  sources: [{ name: 'a', auth: { kind: 'bearer', token: TOKEN }, repositories: ['acme/models'] }],
  known: () => Promise.resolve(KNOWN),
  accept: () => Promise.resolve(),
  clock: () => Date.parse('2026-11-20T02:19:00Z'),
});
const shell = useShell(receive);

describe('docs/monitors.md', () => {
  it.skipIf(!hasTools('curl'))('shows what a shell shows', async () => {
    expect(script).toContain('/metrics/samples');
    expect(await shell(script, { TOKEN })).toBe(output);
  });

  it('names every reason for not taking a sample', () => {
    const source = readFileSync(new URL('./sample-problem.ts', import.meta.url), 'utf8');
    const union = source.slice(source.indexOf('SampleProblemKind'), source.indexOf(';\n'));
    const kinds = [...union.matchAll(/'([a-z-]+)'/g)].map(([, kind]) => kind);
    expect(kinds.length).toBeGreaterThan(8);
    for (const kind of kinds) expect(page).toContain(`\`${kind}\``);
  });
});
