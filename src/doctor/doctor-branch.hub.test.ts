import { describe, expect, test } from 'vitest';
import type { NewRuleset } from '../../fixtures/hub/api/repository.ts';
import { branchOf } from '../rollback/branch.ts';
import { startDoctorStage } from './doctor.fixture.ts';
import type { MergeMethod } from './facts.ts';

const EXTRA = {
  contents: 'write',
  pull_requests: 'write',
  checks: 'read',
  statuses: 'read',
  deployments: 'read',
  members: 'read',
} as const;

describe('the default branch', () => {
  test('finding 2 and reality 9: which manual path is in force', async () => {
    const stage = await startDoctorStage();
    const { repository, app } = stage;
    const bypass = [{ kind: 'app', id: app.id }] as const;
    repository.rules({ name: 'reviewed', reviews: { required: 1 }, bypass });
    expect(await stage.lines('approval-path')).toEqual([
      'ok The App bypasses the ruleset "reviewed", and Lastgood enforces the approvals of the policies.',
    ]);
    expect(await stage.lines('automatic-merge')).toEqual([
      'ok GitHub would take an automatic merge to main now.',
    ]);
    repository.rules({ name: 'strict', reviews: { required: 2 } });
    expect(await stage.lines('approval-path')).toEqual([
      expect.stringMatching(
        /^warning GitHub's rules decide: the ruleset "strict" asks for 2 approvals\./,
      ),
    ]);
    expect(await stage.lines('automatic-merge')).toEqual([
      expect.stringMatching(
        /^problem .*the ruleset "strict" asks for 2 approvals.*bypass list of the ruleset "strict"/,
      ),
    ]);
    expect(await stage.lines('bypass')).toEqual([
      'ok The App bypasses the ruleset "reviewed" of main.',
      'ok The App does not bypass the ruleset "strict" of main.',
    ]);
  });

  test('what the doctor says of an automatic merge is what the merge call comes to', async () => {
    const stage = await startDoctorStage();
    const { repository, app } = stage;
    const queue = { mergeQueue: { method: 'squash' } } as const;
    const CASES: readonly (readonly [NewRuleset, MergeMethod, 'problem' | 'ok'])[] = [
      [{ ...queue, bypass: [{ kind: 'app', id: app.id, mode: 'pull_request' }] }, 'squash', 'ok'],
      [{ update: true }, 'squash', 'problem'],
      [{ mergeMethods: ['merge'] }, 'squash', 'problem'],
      [{ mergeMethods: ['merge'] }, 'merge', 'ok'],
      [{ reviews: { required: 1 } }, 'squash', 'problem'],
      [{ pullRequest: true }, 'squash', 'ok'],
      [{ linearHistory: true }, 'merge', 'problem'],
      [{ linearHistory: true }, 'squash', 'ok'],
      [{ signatures: true }, 'squash', 'ok'],
      [{ noForcePush: true }, 'squash', 'ok'],
    ];
    for (const [index, [rules, method, level]] of CASES.entries()) {
      repository.clearRules();
      await repository.commit({
        by: 'bob',
        message: 'Choose a method',
        files: { '.lastgood/repository.yaml': `mergeMethod: ${method}\n` },
      });
      repository.rules(rules);
      const [line = ''] = await stage.lines('automatic-merge');
      const outcome = await stage.tryMerge(rollbackBranch(index), method);
      expect([rules, method, line.split(' ')[0], outcome === 'merged']).toEqual([
        rules,
        method,
        level,
        level === 'ok',
      ]);
    }
    // What the direct merge is refused for, the queue takes.
    repository.clearRules();
    repository.rules(queue);
    expect(await stage.tryMerge(rollbackBranch(CASES.length), 'squash')).toBe('queue-required');
    expect(await stage.lines('automatic-merge')).toEqual([expect.stringMatching(/^ok /)]);
  });

  test('reality 11 and others: checks, queue, signatures, method', async () => {
    const stage = await startDoctorStage();
    const { repository } = stage;
    repository.rules({
      name: 'gates',
      checks: { required: [{ context: 'ci' }] },
      mergeQueue: { method: 'squash' },
      signatures: true,
    });
    repository.settings.allowSquashMerge = false;
    const checks = await stage.examine();
    const levels = (...ids: readonly string[]) =>
      ids.map((id) => checks.find((check) => check.id === id)?.level);
    expect(levels('required-checks', 'merge-queue', 'signatures', 'merge-method')).toEqual([
      'ok',
      'warning',
      'ok',
      'problem',
    ]);
  });

  test('reality 24: classic protection, as far as the App may read it', async () => {
    const stage = await startDoctorStage();
    const { repository, app } = stage;
    repository.protect({
      checks: { required: [{ context: 'ci' }] },
      reviews: { required: 1 },
      pushers: { users: [], teams: ['sre'], apps: [] },
    });
    const unread = await stage.examine();
    const of = (checks: typeof unread, id: string) => checks.find((check) => check.id === id);
    expect(of(unread, 'classic-protection')).toMatchObject({
      level: 'warning',
      found: expect.stringMatching(/^Cannot be read: reviews.*lacks/),
    });
    expect(of(unread, 'push-restriction')?.level).toBe('warning');
    expect(of(unread, 'automatic-merge')?.level).toBe('warning');
    expect(of(unread, 'required-checks')?.found).toContain('"ci"');

    app.permissions({ ...EXTRA, administration: 'read' });
    const read = await stage.examine();
    expect(of(read, 'classic-protection')?.level).toBe('ok');
    expect(of(read, 'push-restriction')?.level).toBe('problem');
    expect(of(read, 'approval-path')?.found).toContain(
      'the classic protection asks for 1 approval',
    );

    repository.protect({
      reviews: { required: 1 },
      reviewlessApps: [app.slug],
      pushers: { users: [], teams: [], apps: [app.slug] },
    });
    const listed = await stage.examine();
    expect(of(listed, 'push-restriction')?.level).toBe('ok');
    expect(of(listed, 'approval-path')?.level).toBe('ok');
  });

  test('branches of rollbacks that nobody may create', async () => {
    const stage = await startDoctorStage();
    const { repository, app } = stage;
    const creation = { name: 'no branches', branches: ['~ALL'], creation: true };
    repository.rules({ ...creation, bypass: [{ kind: 'app', id: app.id, mode: 'pull_request' }] });
    expect(await stage.lines('rollback-branch')).toEqual([
      expect.stringMatching(
        /^problem .*the ruleset "no branches" lets nobody create branches such as lastgood\//,
      ),
    ]);
    expect(await stage.tryMerge(rollbackBranch(1))).toMatch(/creations being restricted/);
    repository.clearRules();
    repository.rules({ ...creation, bypass: [{ kind: 'app', id: app.id }] });
    expect(await stage.lines('rollback-branch')).toEqual([expect.stringMatching(/^ok /)]);
    expect(await stage.tryMerge(rollbackBranch(1))).toBe('merged');
    repository.rules({
      branches: ['~ALL'],
      branchName: { operator: 'starts_with', pattern: 'feature/' },
    });
    expect(await stage.lines('rollback-branch')).toEqual([
      expect.stringMatching(/^problem .*does not allow the name/),
    ]);
  });

  test('answers that nobody has seen yet are not taken for anything', async () => {
    const stage = await startDoctorStage();
    const made = stage.repository.rules({ reviews: { required: 1 } });
    const answer = (body: unknown) =>
      stage.hub.faults.once({ path: /\/rulesets\//, answer: { status: 200, body } });
    answer({ id: made.id, name: 'main' });
    expect(await stage.lines('bypass')).toEqual([expect.stringMatching(/^warning Cannot be read/)]);
    answer({ id: made.id, name: 'main', current_user_can_bypass: 'on_mondays' });
    expect(await stage.lines('bypass')).toEqual([expect.stringMatching(/"on_mondays"/)]);
    answer({
      id: made.id,
      name: 'main',
      bypass_actors: [{ actor_id: stage.app.id, actor_type: 'Integration' }],
    });
    expect(await stage.lines('bypass')).toEqual([
      'ok The App bypasses the ruleset "main" of main.',
    ]);
    answer({ id: made.id, name: 'main', bypass_actors: [] });
    expect(await stage.lines('bypass')).toEqual([expect.stringMatching(/does not bypass/)]);
    answer({ nothing: 'of use' });
    expect(await stage.lines('bypass')).toEqual([expect.stringMatching(/^warning Cannot be read/)]);
    stage.hub.faults.once({
      path: /^\/repos\/acme\/ml-manifests$/,
      answer: { status: 200, body: { id: 1 } },
    });
    expect(await stage.lines('merge-method')).toEqual([
      expect.stringMatching(/^warning Cannot be read.*contents/),
    ]);
  });
});

/** The branch of some incident. */
function rollbackBranch(number: number): string {
  const target = { environment: 'production', model: 'ranker' };
  return branchOf({ target, badCommit: number.toString(16).padStart(40, '0') });
}
