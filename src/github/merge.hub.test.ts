import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FILE, startForgeStage } from '../../fixtures/github/forge-stage.ts';
import type { ForgeStage } from '../../fixtures/github/forge-stage.ts';
import { TROUBLE } from '../../fixtures/hub/faults.ts';

let stage: ForgeStage;
let hub: ForgeStage['hub'];
let manifests: ForgeStage['manifests'];
let forge: ForgeStage['forge'];
let repository: ForgeStage['repository'];
let proposal: ForgeStage['proposal'];
let merge: ForgeStage['merge'];

beforeEach(async () => {
  stage = await startForgeStage();
  ({ hub, manifests, forge, repository, proposal, merge } = stage);
});
afterEach(() => stage.stop());

describe('merging', () => {
  const opened = async () => (await forge.propose(repository, proposal)).pull;

  test('reality 1: another head is refused', async () => {
    const pull = await opened();
    expect(await merge(pull.number, proposal.base)).toEqual({ kind: 'head-moved' });
  });

  test('reality 2: required reviews and checks are told apart', async () => {
    const pull = await opened();
    const rules = manifests.rules({ checks: { required: [{ context: 'ci' }] } });
    expect(await merge(pull.number, pull.head)).toMatchObject({ kind: 'checks-pending' });
    rules.enforcement = 'disabled';
    manifests.rules({ reviews: { required: 1 } });
    expect(await merge(pull.number, pull.head)).toMatchObject({ kind: 'reviews-missing' });
  });

  test('reality 4: a 502 that merged is merged', async () => {
    const pull = await opened();
    hub.faults.once({ method: 'PUT', when: 'after', answer: TROUBLE.badGateway });
    expect(await merge(pull.number, pull.head)).toEqual({
      kind: 'merged',
      commit: manifests.head(),
    });
  });

  test('reality 4: a 502 that did not merge is tried later, and was sent once', async () => {
    const pull = await opened();
    hub.faults.once({ method: 'PUT', answer: TROUBLE.badGateway });
    expect(await merge(pull.number, pull.head)).toMatchObject({ kind: 'try-later' });
    expect(hub.calls.filter((call) => call.method === 'PUT')).toHaveLength(1);
    expect(manifests.head()).toBe(proposal.base);
  });

  test('a conflict', async () => {
    const pull = await opened();
    await manifests.commit({
      by: 'alice',
      message: 'Ship 1.12',
      files: { [FILE]: 'version: "1.12"\n' },
    });
    const first = await merge(pull.number, pull.head);
    const outcome = first.kind === 'not-computed' ? await merge(pull.number, pull.head) : first;
    expect(outcome).toEqual({ kind: 'conflict' });
  });

  test('a pull request that was closed is gone', async () => {
    const pull = await opened();
    await forge.close(repository, pull.number);
    expect(await merge(pull.number, pull.head)).toMatchObject({ kind: 'gone' });
  });

  test('reality 20: a limit is tried later', async () => {
    const pull = await opened();
    hub.faults.once({ method: 'PUT', answer: TROUBLE.secondaryLimit(42) });
    expect(await merge(pull.number, pull.head)).toMatchObject({ kind: 'try-later', after: 42_000 });
    // The next one is not even sent.
    const sent = hub.calls.length;
    expect(await merge(pull.number, pull.head)).toMatchObject({ kind: 'try-later' });
    expect(hub.calls.length).toBe(sent);
  });
});
