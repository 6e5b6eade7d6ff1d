import { expect, test } from 'vitest';
import { monitorsSentence } from './monitors.ts';

const since = Date.parse('2026-11-20T02:17:00Z');
const quiet = (name: string) => ({ name, stand: 'quiet' }) as const;
const waiting = { query: ['errors', 'latency'], server: [] };

test('those that have something to say are named, and the others are counted', () => {
  const loud = [
    { name: 'accuracy', stand: 'fires', since },
    { name: 'drift', stand: 'blind', since },
    { name: 'memory', stand: 'warns', since },
  ] as const;
  expect([
    monitorsSentence([...loud, quiet('errors'), quiet('latency')]),
    monitorsSentence([quiet('errors')], waiting),
    monitorsSentence([], { query: ['errors'], server: ['drift', 'loss'] }),
    monitorsSentence([], { query: [], server: ['drift'] }),
    monitorsSentence([]),
  ]).toMatchInlineSnapshot(`
    [
      "Monitors: \`accuracy\` fires since 2026-11-20 02:17:00 UTC; nothing has been known of \`drift\` since 2026-11-20 02:17:00 UTC; \`memory\` warns since 2026-11-20 02:17:00 UTC; 2 more are quiet.",
      "Monitors: 1 is quiet; 2 wait for a \`query\` in the policy (\`lastgood validate\` names them).",
      "Monitors: 3 wait for a \`query\` or a \`server\` in the policy (\`lastgood validate\` names them).",
      "Monitors: 1 waits for a \`server\` in the policy (\`lastgood validate\` names it).",
      undefined,
    ]
  `);
});

test('a name is text from outside', () => {
  const name = '`@acme/all` <!-- x';
  expect(monitorsSentence([{ name, stand: 'fires', since }])).toContain('`` `@acme/all` <!-- x ``');
});
