import { expect, test } from 'vitest';
import { startStage } from '../../fixtures/stage.ts';

/** Every fetch asks for the references first. */
const FETCH = /\/info\/refs$/;

test('a repository that is cloned is not fetched as well, and one that was cloned before is fetched', async () => {
  const stage = await startStage({ lent: true });
  try {
    const fetches = () =>
      stage.hub.calls.filter(({ kind, path }) => kind === 'git' && FETCH.test(path)).length;
    await stage.quiet();
    // One that asks for the App's own branch as well, and one without it where it is missing.
    expect(fetches()).toBe(2);
    const from = fetches();
    await stage.restart();
    await stage.quiet();
    expect(fetches() - from).toBeGreaterThan(0);
  } finally {
    await stage.stop();
  }
});
