import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { startForgeStage, type ForgeStage } from '../../fixtures/github/forge-stage.ts';
import { SECOND } from '../time.ts';
import { NotInstalled } from './errors.ts';

let stage: ForgeStage;

beforeEach(async () => {
  stage = await startForgeStage();
  await stage.forge.rollbackPulls(stage.repository, 0);
  vi.useFakeTimers({ toFake: ['Date'], shouldAdvanceTime: true, now: Date.now() });
});
afterEach(async () => {
  vi.useRealTimers();
  await stage.stop();
});

/** Ends every token. Octokit waits for one of the last five seconds to become known everywhere; these are older. */
function endTokens(): void {
  vi.setSystemTime(Date.now() + 10 * SECOND);
  stage.app.expireTokens();
}

/** Status and route of the calls since, tokens included. */
const callsSince = (from: number) =>
  stage.hub.calls
    .slice(from)
    .map(({ status, method, path }) => `${status} ${method} ${path.replace(/\d+/, 'N')}`);

describe('reality 21: a token that GitHub ended before its hour', () => {
  test('is replaced in the middle of the flow, for the urgent writes too', async () => {
    endTokens();
    const from = stage.hub.calls.length;
    const { pull } = await stage.forge.propose(stage.repository, stage.proposal);
    expect(callsSince(from)).toEqual([
      '401 POST /graphql',
      '201 POST /app/installations/N/access_tokens',
      '200 POST /graphql',
    ]);
    endTokens();
    expect(await stage.merge(pull.number, pull.head)).toMatchObject({ kind: 'merged' });
    expect(stage.manifests.pulls()).toHaveLength(1);
    const later = stage.hub.calls.length;
    await stage.forge.pull(stage.repository, pull.number);
    expect(callsSince(later)).toHaveLength(1);
  });

  test('for reads as well', async () => {
    const { pull } = await stage.forge.propose(stage.repository, stage.proposal);
    endTokens();
    expect(await stage.forge.pull(stage.repository, pull.number)).toMatchObject({ state: 'open' });
  });

  test('an installation that was suspended for a while is served again', async () => {
    stage.app.suspend();
    await expect(stage.forge.rollbackPulls(stage.repository, 0)).rejects.toBeInstanceOf(
      NotInstalled,
    );
    stage.app.unsuspend();
    endTokens();
    expect(await stage.forge.rollbackPulls(stage.repository, 0)).toEqual([]);
  });

  test('one of an App that is not installed any more is not asked for twice', async () => {
    stage.app.uninstall();
    endTokens();
    const from = stage.hub.calls.length;
    await expect(stage.forge.rollbackPulls(stage.repository, 0)).rejects.toBeInstanceOf(
      NotInstalled,
    );
    expect(callsSince(from)).toEqual([
      '401 POST /graphql',
      '404 POST /app/installations/N/access_tokens',
    ]);
  });
});
