import { expect, test } from 'vitest';
import { withStatus } from './status-section.ts';

test('the first status goes to the top, a later one replaces it, the rest stays', () => {
  const first = withStatus('What fails.\n\nWhat changes.', 'waits for 1 approval.');
  expect(first).toMatchInlineSnapshot(`
    "<!-- lastgood:status -->
    **Now:** waits for 1 approval.
    <!-- /lastgood:status -->

    What fails.

    What changes."
  `);
  const edited = `A note of a person.\n${first}`;
  expect(withStatus(edited, 'merged.')).toBe(
    `A note of a person.\n${first}`.replace('waits for 1 approval.', 'merged.'),
  );
});

test('a section that somebody broke is written anew at the top', () => {
  const broken = '<!-- lastgood:status -->\nno end';
  expect(
    withStatus(broken, 'merged.').startsWith('<!-- lastgood:status -->\n**Now:** merged.'),
  ).toBe(true);
});
