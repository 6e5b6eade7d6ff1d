import { expect, test } from 'vitest';
import type { Judgement } from '../monitors/judgement.ts';
import { MINUTE } from '../time.ts';
import { monitorsSentence } from './monitors.ts';

const since = Date.parse('2026-11-20T02:17:00Z');
const quiet = (name: string) => ({ name, stand: 'quiet' }) as const;
const waiting = { query: ['errors', 'latency'], server: [] };

test('those that have something to say are named, and the others are counted', () => {
  const loud = [
    { name: 'accuracy', stand: 'fires', since },
    { name: 'drift', stand: 'blind', since },
    { name: 'memory', stand: 'warns', since },
    { name: 'cost', stand: 'unheard', since },
  ] as const;
  expect([
    monitorsSentence([...loud, quiet('errors'), quiet('latency')]),
    monitorsSentence([quiet('errors')], waiting),
    monitorsSentence([], { query: ['errors'], server: ['drift', 'loss'] }),
    monitorsSentence([], { query: [], server: ['drift'] }),
    monitorsSentence([]),
  ]).toMatchInlineSnapshot(`
    [
      "Monitors: \`accuracy\` fires since 2026-11-20 02:17:00 UTC; nothing has been known of \`drift\` since 2026-11-20 02:17:00 UTC; \`memory\` warns since 2026-11-20 02:17:00 UTC; the question of \`cost\` has had no answer since 2026-11-20 02:17:00 UTC, and the log says why; 2 more are quiet.",
      "Monitors: 1 is quiet; 2 wait for a \`query\` in the policy (\`lastgood validate\` names them).",
      "Monitors: 3 wait for a \`query\` or a \`server\` in the policy (\`lastgood validate\` names them).",
      "Monitors: 1 waits for a \`server\` in the policy (\`lastgood validate\` names it).",
      undefined,
    ]
  `);
});

test('why there is no verdict is said', () => {
  const found: Judgement = {
    judge: 'threshold',
    verdict: 'inconclusive',
    reason: 'no-data',
    evidence: {
      samples: 0,
      from: since,
      to: since + 5 * MINUTE,
      dropped: { nan: 0, infinite: 0, repeated: 0 },
      facts: {},
    },
  };
  expect(
    monitorsSentence([{ name: 'accuracy', stand: 'unsure', since, found }, quiet('errors')]),
  ).toMatchInlineSnapshot(
    `"Monitors: \`accuracy\` has come to no verdict since 2026-11-20 02:17:00 UTC (accuracy has no samples in the last 5m, which speaks neither for the release nor against it. Look whether it is scraped); 1 more is quiet."`,
  );
  expect(monitorsSentence([{ name: 'accuracy', stand: 'unsure', since }])).toBe(
    'Monitors: `accuracy` has come to no verdict since 2026-11-20 02:17:00 UTC.',
  );
});

test('a name is text from outside', () => {
  const name = '`@acme/all` <!-- x';
  expect(monitorsSentence([{ name, stand: 'fires', since }])).toContain('`` `@acme/all` <!-- x ``');
});
