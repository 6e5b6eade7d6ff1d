import { expect, test } from 'vitest';
import { TROUBLE } from '../../fixtures/hub/faults.ts';
import { HOUR, MINUTE } from '../../src/time.ts';
import { told, useStories } from './support.ts';

const stories = useStories();

test('an alert that comes and resolves while the repository cannot be read is recorded when it can', async () => {
  const model = await stories.plant('resolved-unread');
  const startsAt = stories.time.clock() - 7 * MINUTE;
  stories.hub.faults.add({ path: /\.git\//, times: Infinity, answer: TROUBLE.unavailable });
  await stories.stage.restart();
  const from = stories.stage.journal.length;
  await stories.alert(model, { startsAt });
  await stories.alert(model, { startsAt, status: 'resolved', endsAt: stories.time.clock() });
  stories.hub.faults.clear();
  await stories.pass(HOUR);
  const entries = stories.stage.journal.slice(from);
  expect(told(entries.filter(({ kind }) => kind === 'decided'))).toMatchInlineSnapshot(`
    [
      "Recorded for production/resolved-unread, nothing changed: ScoresDrift resolved at <time>.",
    ]
  `);
});
