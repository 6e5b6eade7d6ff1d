import { expect, test } from 'vitest';
import type { Standing } from '../approval/approval.ts';
import type { Principal } from '../policy/policy.ts';
import type { Command } from './command.ts';
import {
  isAnswered,
  mayCommand,
  principalsConcerned,
  type Refusal,
  type Situation,
} from './may-command.ts';
import { COMMAND_NAMES, COMMANDS } from './registry.ts';

const target = { environment: 'production', model: 'fraud' };
const team = (slug: string): Principal => ({ kind: 'team', org: 'acme', slug });
const [ml, sre, leads] = [team('ml'), team('sre'), team('leads')];
const account = (id: number, bot = false) => ({ id, login: `u${id}`, bot });

const GIVEN: Readonly<Record<string, Command>> = {
  status: { name: 'status', target },
  history: { name: 'history', target },
  plan: { name: 'plan', target },
  rollback: { name: 'rollback', target, reason: 'x', now: false },
  'rollback --now': { name: 'rollback', target, reason: 'x', now: true },
  approve: { name: 'approve' },
  reject: { name: 'reject', reason: 'x' },
  hold: { name: 'hold', target, reason: 'x' },
  unhold: { name: 'unhold', target },
  freeze: { name: 'freeze', reason: 'x' },
  unfreeze: { name: 'unfreeze' },
  baseline: { name: 'baseline', target, version: '1' },
  quarantine: { name: 'quarantine', target, version: '1', reason: 'x' },
  reland: { name: 'reland', target, version: '1', reason: 'x' },
  retrain: { name: 'retrain', target, reason: 'x' },
  retry: { name: 'retry', target },
  drill: { name: 'drill', target },
  help: { name: 'help' },
};

/** Who gives the command: what GitHub says of them. */
const PEOPLE: Readonly<Record<string, Standing | undefined>> = {
  'nobody asked': undefined,
  unknown: { role: 'unknown', principals: [ml] },
  outsider: { role: 'none', principals: [] },
  'former owner': { role: 'none', principals: [ml] },
  reader: { role: 'read', principals: [] },
  'owner who reads': { role: 'read', principals: [ml] },
  triager: { role: 'triage', principals: [] },
  writer: { role: 'write', principals: [] },
  'team unknown': { role: 'write', principals: 'unknown' },
  approver: { role: 'write', principals: [sre] },
  owner: { role: 'write', principals: [ml] },
  'owner who breaks glass': { role: 'write', principals: [ml, leads] },
  'only breaks glass': { role: 'write', principals: [leads] },
  maintainer: { role: 'maintain', principals: [] },
  'owner who maintains': { role: 'admin', principals: [ml, sre] },
};

const base: Situation = {
  commander: account(1),
  own: false,
  edited: false,
  public: false,
  policy: {
    owners: [ml],
    approvals: { by: 'lastgood', required: 1, from: [sre], timeout: 0, onTimeout: 'page' },
    breakGlass: [leads],
  },
  rollback: {
    open: true,
    author: account(99, true),
    requester: account(2),
    commitAuthors: [account(99, true)],
  },
};
const { rollback, policy } = base;
if (!rollback || !policy) throw new Error('the base has both');
const { policy: _, ...noPolicy } = base;
const { rollback: __, ...elsewhere } = base;

const SITUATIONS: Readonly<Record<string, Situation>> = {
  'on an open rollback': base,
  'elsewhere in the repository': elsewhere,
  'on a rollback that is over': { ...base, rollback: { ...rollback, open: false } },
  'in a public repository': { ...base, public: true },
  'in an edited comment': { ...base, edited: true },
  'in a comment of a bot': { ...base, commander: account(1, true) },
  'in a comment of the App': { ...base, own: true, commander: account(99, true) },
  'by the person who asked for the rollback': {
    ...base,
    rollback: { ...rollback, requester: account(1) },
  },
  'by an author of its commits': {
    ...base,
    rollback: { ...rollback, commitAuthors: [account(1)] },
  },
  'by the author of the pull request': { ...base, rollback: { ...rollback, author: account(1) } },
  'where no valid policy claims the target': noPolicy,
  'where GitHub counts approvals': {
    ...base,
    policy: { ...policy, approvals: { ...policy.approvals, by: 'github' } },
  },
  'where nobody is named as approver or breaks glass': {
    ...base,
    policy: { ...policy, approvals: { ...policy.approvals, from: [] }, breakGlass: [] },
  },
};

/** The situations whose table is asserted. */
const asserted = new Set<string>();

function situation(name: string): Situation {
  asserted.add(name);
  const found = SITUATIONS[name];
  if (!found) throw new Error(`no situation ${name}`);
  return found;
}

/** One row a person: `yes`, or why not, with the commands that it is the answer to. */
function table(situation: Situation): string {
  return Object.entries(PEOPLE)
    .map(([who, standing]) => {
      const cells = new Map<string, string[]>();
      for (const [name, command] of Object.entries(GIVEN)) {
        const permission = mayCommand(command, COMMANDS[command.name], {
          ...situation,
          ...(standing && { standing }),
        });
        const what = permission.may ? 'YES' : permission.refusal;
        cells.set(what, [...(cells.get(what) ?? []), name]);
      }
      const parts = [...cells].map(([what, names]) => {
        const all = names.length === Object.keys(GIVEN).length;
        return `${what} ${all ? 'everything' : names.join(', ')}`;
      });
      return `${who}: ${parts.join(' | ')}`;
    })
    .join('\n');
}

test('every command is in the table', () => {
  expect(new Set(Object.values(GIVEN).map(({ name }) => name))).toEqual(new Set(COMMAND_NAMES));
});

test('who may do what on an open rollback', () => {
  expect(table(situation('on an open rollback'))).toMatchInlineSnapshot(`
    "nobody asked: could-not-verify everything
    unknown: could-not-verify everything
    outsider: no-access everything
    former owner: no-access everything
    reader: YES status, history, plan, hold, help | needs-member rollback, reject, unhold, quarantine, retrain, retry, drill | needs-break-glass rollback --now | needs-approver approve | needs-writer freeze | needs-maintainer unfreeze | needs-owner baseline, reland
    owner who reads: YES status, history, plan, hold, help | no-write-access rollback, reject, unhold, baseline, quarantine, reland, retrain, retry, drill | needs-break-glass rollback --now | needs-approver approve | needs-writer freeze | needs-maintainer unfreeze
    triager: YES status, history, plan, hold, help | needs-member rollback, reject, unhold, quarantine, retrain, retry, drill | needs-break-glass rollback --now | needs-approver approve | needs-writer freeze | needs-maintainer unfreeze | needs-owner baseline, reland
    writer: YES status, history, plan, hold, freeze, help | needs-member rollback, reject, unhold, quarantine, retrain, retry, drill | needs-break-glass rollback --now | needs-approver approve | needs-maintainer unfreeze | needs-owner baseline, reland
    team unknown: YES status, history, plan, hold, freeze, help | could-not-verify rollback, rollback --now, approve, reject, unhold, baseline, quarantine, reland, retrain, retry, drill | needs-maintainer unfreeze
    approver: YES status, history, plan, rollback, approve, reject, hold, unhold, freeze, quarantine, retrain, retry, drill, help | needs-break-glass rollback --now | needs-maintainer unfreeze | needs-owner baseline, reland
    owner: YES status, history, plan, rollback, reject, hold, unhold, freeze, baseline, quarantine, reland, retrain, retry, drill, help | needs-break-glass rollback --now | needs-approver approve | needs-maintainer unfreeze
    owner who breaks glass: YES status, history, plan, rollback, rollback --now, reject, hold, unhold, freeze, baseline, quarantine, reland, retrain, retry, drill, help | needs-approver approve | needs-maintainer unfreeze
    only breaks glass: YES status, history, plan, rollback --now, hold, freeze, help | needs-member rollback, reject, unhold, quarantine, retrain, retry, drill | needs-approver approve | needs-maintainer unfreeze | needs-owner baseline, reland
    maintainer: YES status, history, plan, hold, freeze, unfreeze, help | needs-member rollback, reject, unhold, quarantine, retrain, retry, drill | needs-break-glass rollback --now | needs-approver approve | needs-owner baseline, reland
    owner who maintains: YES status, history, plan, rollback, approve, reject, hold, unhold, freeze, unfreeze, baseline, quarantine, reland, retrain, retry, drill, help | needs-break-glass rollback --now"
  `);
});

test('who may do what elsewhere in the repository', () => {
  expect(table(situation('elsewhere in the repository'))).toMatchInlineSnapshot(`
    "nobody asked: could-not-verify everything
    unknown: could-not-verify everything
    outsider: no-access everything
    former owner: no-access everything
    reader: YES status, history, plan, hold, help | needs-member rollback, unhold, quarantine, retrain, retry, drill | needs-break-glass rollback --now | not-on-a-rollback approve, reject | needs-writer freeze | needs-maintainer unfreeze | needs-owner baseline, reland
    owner who reads: YES status, history, plan, hold, help | no-write-access rollback, unhold, baseline, quarantine, reland, retrain, retry, drill | needs-break-glass rollback --now | not-on-a-rollback approve, reject | needs-writer freeze | needs-maintainer unfreeze
    triager: YES status, history, plan, hold, help | needs-member rollback, unhold, quarantine, retrain, retry, drill | needs-break-glass rollback --now | not-on-a-rollback approve, reject | needs-writer freeze | needs-maintainer unfreeze | needs-owner baseline, reland
    writer: YES status, history, plan, hold, freeze, help | needs-member rollback, unhold, quarantine, retrain, retry, drill | needs-break-glass rollback --now | not-on-a-rollback approve, reject | needs-maintainer unfreeze | needs-owner baseline, reland
    team unknown: YES status, history, plan, hold, freeze, help | could-not-verify rollback, rollback --now, unhold, baseline, quarantine, reland, retrain, retry, drill | not-on-a-rollback approve, reject | needs-maintainer unfreeze
    approver: YES status, history, plan, rollback, hold, unhold, freeze, quarantine, retrain, retry, drill, help | needs-break-glass rollback --now | not-on-a-rollback approve, reject | needs-maintainer unfreeze | needs-owner baseline, reland
    owner: YES status, history, plan, rollback, hold, unhold, freeze, baseline, quarantine, reland, retrain, retry, drill, help | needs-break-glass rollback --now | not-on-a-rollback approve, reject | needs-maintainer unfreeze
    owner who breaks glass: YES status, history, plan, rollback, rollback --now, hold, unhold, freeze, baseline, quarantine, reland, retrain, retry, drill, help | not-on-a-rollback approve, reject | needs-maintainer unfreeze
    only breaks glass: YES status, history, plan, rollback --now, hold, freeze, help | needs-member rollback, unhold, quarantine, retrain, retry, drill | not-on-a-rollback approve, reject | needs-maintainer unfreeze | needs-owner baseline, reland
    maintainer: YES status, history, plan, hold, freeze, unfreeze, help | needs-member rollback, unhold, quarantine, retrain, retry, drill | needs-break-glass rollback --now | not-on-a-rollback approve, reject | needs-owner baseline, reland
    owner who maintains: YES status, history, plan, rollback, hold, unhold, freeze, unfreeze, baseline, quarantine, reland, retrain, retry, drill, help | needs-break-glass rollback --now | not-on-a-rollback approve, reject"
  `);
});

test('who may do what on a rollback that is over', () => {
  expect(table(situation('on a rollback that is over'))).toMatchInlineSnapshot(`
    "nobody asked: could-not-verify everything
    unknown: could-not-verify everything
    outsider: no-access everything
    former owner: no-access everything
    reader: YES status, history, plan, hold, help | needs-member rollback, unhold, quarantine, retrain, retry, drill | needs-break-glass rollback --now | rollback-over approve, reject | needs-writer freeze | needs-maintainer unfreeze | needs-owner baseline, reland
    owner who reads: YES status, history, plan, hold, help | no-write-access rollback, unhold, baseline, quarantine, reland, retrain, retry, drill | needs-break-glass rollback --now | rollback-over approve, reject | needs-writer freeze | needs-maintainer unfreeze
    triager: YES status, history, plan, hold, help | needs-member rollback, unhold, quarantine, retrain, retry, drill | needs-break-glass rollback --now | rollback-over approve, reject | needs-writer freeze | needs-maintainer unfreeze | needs-owner baseline, reland
    writer: YES status, history, plan, hold, freeze, help | needs-member rollback, unhold, quarantine, retrain, retry, drill | needs-break-glass rollback --now | rollback-over approve, reject | needs-maintainer unfreeze | needs-owner baseline, reland
    team unknown: YES status, history, plan, hold, freeze, help | could-not-verify rollback, rollback --now, unhold, baseline, quarantine, reland, retrain, retry, drill | rollback-over approve, reject | needs-maintainer unfreeze
    approver: YES status, history, plan, rollback, hold, unhold, freeze, quarantine, retrain, retry, drill, help | needs-break-glass rollback --now | rollback-over approve, reject | needs-maintainer unfreeze | needs-owner baseline, reland
    owner: YES status, history, plan, rollback, hold, unhold, freeze, baseline, quarantine, reland, retrain, retry, drill, help | needs-break-glass rollback --now | rollback-over approve, reject | needs-maintainer unfreeze
    owner who breaks glass: YES status, history, plan, rollback, rollback --now, hold, unhold, freeze, baseline, quarantine, reland, retrain, retry, drill, help | rollback-over approve, reject | needs-maintainer unfreeze
    only breaks glass: YES status, history, plan, rollback --now, hold, freeze, help | needs-member rollback, unhold, quarantine, retrain, retry, drill | rollback-over approve, reject | needs-maintainer unfreeze | needs-owner baseline, reland
    maintainer: YES status, history, plan, hold, freeze, unfreeze, help | needs-member rollback, unhold, quarantine, retrain, retry, drill | needs-break-glass rollback --now | rollback-over approve, reject | needs-owner baseline, reland
    owner who maintains: YES status, history, plan, rollback, hold, unhold, freeze, unfreeze, baseline, quarantine, reland, retrain, retry, drill, help | needs-break-glass rollback --now | rollback-over approve, reject"
  `);
});

test('who may do what in a public repository', () => {
  expect(table(situation('in a public repository'))).toMatchInlineSnapshot(`
    "nobody asked: could-not-verify everything
    unknown: could-not-verify everything
    outsider: no-access everything
    former owner: no-access everything
    reader: stranger everything
    owner who reads: YES status, history, plan, hold, help | no-write-access rollback, reject, unhold, baseline, quarantine, reland, retrain, retry, drill | needs-break-glass rollback --now | needs-approver approve | needs-writer freeze | needs-maintainer unfreeze
    triager: YES status, history, plan, hold, help | needs-member rollback, reject, unhold, quarantine, retrain, retry, drill | needs-break-glass rollback --now | needs-approver approve | needs-writer freeze | needs-maintainer unfreeze | needs-owner baseline, reland
    writer: YES status, history, plan, hold, freeze, help | needs-member rollback, reject, unhold, quarantine, retrain, retry, drill | needs-break-glass rollback --now | needs-approver approve | needs-maintainer unfreeze | needs-owner baseline, reland
    team unknown: YES status, history, plan, hold, freeze, help | could-not-verify rollback, rollback --now, approve, reject, unhold, baseline, quarantine, reland, retrain, retry, drill | needs-maintainer unfreeze
    approver: YES status, history, plan, rollback, approve, reject, hold, unhold, freeze, quarantine, retrain, retry, drill, help | needs-break-glass rollback --now | needs-maintainer unfreeze | needs-owner baseline, reland
    owner: YES status, history, plan, rollback, reject, hold, unhold, freeze, baseline, quarantine, reland, retrain, retry, drill, help | needs-break-glass rollback --now | needs-approver approve | needs-maintainer unfreeze
    owner who breaks glass: YES status, history, plan, rollback, rollback --now, reject, hold, unhold, freeze, baseline, quarantine, reland, retrain, retry, drill, help | needs-approver approve | needs-maintainer unfreeze
    only breaks glass: YES status, history, plan, rollback --now, hold, freeze, help | needs-member rollback, reject, unhold, quarantine, retrain, retry, drill | needs-approver approve | needs-maintainer unfreeze | needs-owner baseline, reland
    maintainer: YES status, history, plan, hold, freeze, unfreeze, help | needs-member rollback, reject, unhold, quarantine, retrain, retry, drill | needs-break-glass rollback --now | needs-approver approve | needs-owner baseline, reland
    owner who maintains: YES status, history, plan, rollback, approve, reject, hold, unhold, freeze, unfreeze, baseline, quarantine, reland, retrain, retry, drill, help | needs-break-glass rollback --now"
  `);
});

test('who may do what in an edited comment', () => {
  expect(table(situation('in an edited comment'))).toMatchInlineSnapshot(`
    "nobody asked: could-not-verify everything
    unknown: could-not-verify everything
    outsider: no-access everything
    former owner: no-access everything
    reader: edited everything
    owner who reads: edited everything
    triager: edited everything
    writer: edited everything
    team unknown: edited everything
    approver: edited everything
    owner: edited everything
    owner who breaks glass: edited everything
    only breaks glass: edited everything
    maintainer: edited everything
    owner who maintains: edited everything"
  `);
});

test('who may do what in a comment of a bot', () => {
  expect(table(situation('in a comment of a bot'))).toMatchInlineSnapshot(`
    "nobody asked: bot everything
    unknown: bot everything
    outsider: bot everything
    former owner: bot everything
    reader: bot everything
    owner who reads: bot everything
    triager: bot everything
    writer: bot everything
    team unknown: bot everything
    approver: bot everything
    owner: bot everything
    owner who breaks glass: bot everything
    only breaks glass: bot everything
    maintainer: bot everything
    owner who maintains: bot everything"
  `);
});

test('who may do what in a comment of the App', () => {
  expect(table(situation('in a comment of the App'))).toMatchInlineSnapshot(`
    "nobody asked: own-comment everything
    unknown: own-comment everything
    outsider: own-comment everything
    former owner: own-comment everything
    reader: own-comment everything
    owner who reads: own-comment everything
    triager: own-comment everything
    writer: own-comment everything
    team unknown: own-comment everything
    approver: own-comment everything
    owner: own-comment everything
    owner who breaks glass: own-comment everything
    only breaks glass: own-comment everything
    maintainer: own-comment everything
    owner who maintains: own-comment everything"
  `);
});

test('who may do what by the person who asked for the rollback', () => {
  expect(table(situation('by the person who asked for the rollback'))).toMatchInlineSnapshot(`
    "nobody asked: could-not-verify everything
    unknown: could-not-verify everything
    outsider: no-access everything
    former owner: no-access everything
    reader: YES status, history, plan, hold, help | needs-member rollback, unhold, quarantine, retrain, retry, drill | needs-break-glass rollback --now | requester approve | needs-writer reject, freeze | needs-maintainer unfreeze | needs-owner baseline, reland
    owner who reads: YES status, history, plan, hold, help | no-write-access rollback, unhold, baseline, quarantine, reland, retrain, retry, drill | needs-break-glass rollback --now | requester approve | needs-writer reject, freeze | needs-maintainer unfreeze
    triager: YES status, history, plan, hold, help | needs-member rollback, unhold, quarantine, retrain, retry, drill | needs-break-glass rollback --now | requester approve | needs-writer reject, freeze | needs-maintainer unfreeze | needs-owner baseline, reland
    writer: YES status, history, plan, reject, hold, freeze, help | needs-member rollback, unhold, quarantine, retrain, retry, drill | needs-break-glass rollback --now | requester approve | needs-maintainer unfreeze | needs-owner baseline, reland
    team unknown: YES status, history, plan, reject, hold, freeze, help | could-not-verify rollback, rollback --now, unhold, baseline, quarantine, reland, retrain, retry, drill | requester approve | needs-maintainer unfreeze
    approver: YES status, history, plan, rollback, reject, hold, unhold, freeze, quarantine, retrain, retry, drill, help | needs-break-glass rollback --now | requester approve | needs-maintainer unfreeze | needs-owner baseline, reland
    owner: YES status, history, plan, rollback, reject, hold, unhold, freeze, baseline, quarantine, reland, retrain, retry, drill, help | needs-break-glass rollback --now | requester approve | needs-maintainer unfreeze
    owner who breaks glass: YES status, history, plan, rollback, rollback --now, reject, hold, unhold, freeze, baseline, quarantine, reland, retrain, retry, drill, help | requester approve | needs-maintainer unfreeze
    only breaks glass: YES status, history, plan, rollback --now, reject, hold, freeze, help | needs-member rollback, unhold, quarantine, retrain, retry, drill | requester approve | needs-maintainer unfreeze | needs-owner baseline, reland
    maintainer: YES status, history, plan, reject, hold, freeze, unfreeze, help | needs-member rollback, unhold, quarantine, retrain, retry, drill | needs-break-glass rollback --now | requester approve | needs-owner baseline, reland
    owner who maintains: YES status, history, plan, rollback, reject, hold, unhold, freeze, unfreeze, baseline, quarantine, reland, retrain, retry, drill, help | needs-break-glass rollback --now | requester approve"
  `);
});

test('who may do what by an author of its commits', () => {
  expect(table(situation('by an author of its commits'))).toMatchInlineSnapshot(`
    "nobody asked: could-not-verify everything
    unknown: could-not-verify everything
    outsider: no-access everything
    former owner: no-access everything
    reader: YES status, history, plan, hold, help | needs-member rollback, reject, unhold, quarantine, retrain, retry, drill | needs-break-glass rollback --now | commit-author approve | needs-writer freeze | needs-maintainer unfreeze | needs-owner baseline, reland
    owner who reads: YES status, history, plan, hold, help | no-write-access rollback, reject, unhold, baseline, quarantine, reland, retrain, retry, drill | needs-break-glass rollback --now | commit-author approve | needs-writer freeze | needs-maintainer unfreeze
    triager: YES status, history, plan, hold, help | needs-member rollback, reject, unhold, quarantine, retrain, retry, drill | needs-break-glass rollback --now | commit-author approve | needs-writer freeze | needs-maintainer unfreeze | needs-owner baseline, reland
    writer: YES status, history, plan, hold, freeze, help | needs-member rollback, reject, unhold, quarantine, retrain, retry, drill | needs-break-glass rollback --now | commit-author approve | needs-maintainer unfreeze | needs-owner baseline, reland
    team unknown: YES status, history, plan, hold, freeze, help | could-not-verify rollback, rollback --now, reject, unhold, baseline, quarantine, reland, retrain, retry, drill | commit-author approve | needs-maintainer unfreeze
    approver: YES status, history, plan, rollback, reject, hold, unhold, freeze, quarantine, retrain, retry, drill, help | needs-break-glass rollback --now | commit-author approve | needs-maintainer unfreeze | needs-owner baseline, reland
    owner: YES status, history, plan, rollback, reject, hold, unhold, freeze, baseline, quarantine, reland, retrain, retry, drill, help | needs-break-glass rollback --now | commit-author approve | needs-maintainer unfreeze
    owner who breaks glass: YES status, history, plan, rollback, rollback --now, reject, hold, unhold, freeze, baseline, quarantine, reland, retrain, retry, drill, help | commit-author approve | needs-maintainer unfreeze
    only breaks glass: YES status, history, plan, rollback --now, hold, freeze, help | needs-member rollback, reject, unhold, quarantine, retrain, retry, drill | commit-author approve | needs-maintainer unfreeze | needs-owner baseline, reland
    maintainer: YES status, history, plan, hold, freeze, unfreeze, help | needs-member rollback, reject, unhold, quarantine, retrain, retry, drill | needs-break-glass rollback --now | commit-author approve | needs-owner baseline, reland
    owner who maintains: YES status, history, plan, rollback, reject, hold, unhold, freeze, unfreeze, baseline, quarantine, reland, retrain, retry, drill, help | needs-break-glass rollback --now | commit-author approve"
  `);
});

test('who may do what by the author of the pull request', () => {
  expect(table(situation('by the author of the pull request'))).toMatchInlineSnapshot(`
    "nobody asked: could-not-verify everything
    unknown: could-not-verify everything
    outsider: no-access everything
    former owner: no-access everything
    reader: YES status, history, plan, hold, help | needs-member rollback, reject, unhold, quarantine, retrain, retry, drill | needs-break-glass rollback --now | author approve | needs-writer freeze | needs-maintainer unfreeze | needs-owner baseline, reland
    owner who reads: YES status, history, plan, hold, help | no-write-access rollback, reject, unhold, baseline, quarantine, reland, retrain, retry, drill | needs-break-glass rollback --now | author approve | needs-writer freeze | needs-maintainer unfreeze
    triager: YES status, history, plan, hold, help | needs-member rollback, reject, unhold, quarantine, retrain, retry, drill | needs-break-glass rollback --now | author approve | needs-writer freeze | needs-maintainer unfreeze | needs-owner baseline, reland
    writer: YES status, history, plan, hold, freeze, help | needs-member rollback, reject, unhold, quarantine, retrain, retry, drill | needs-break-glass rollback --now | author approve | needs-maintainer unfreeze | needs-owner baseline, reland
    team unknown: YES status, history, plan, hold, freeze, help | could-not-verify rollback, rollback --now, reject, unhold, baseline, quarantine, reland, retrain, retry, drill | author approve | needs-maintainer unfreeze
    approver: YES status, history, plan, rollback, reject, hold, unhold, freeze, quarantine, retrain, retry, drill, help | needs-break-glass rollback --now | author approve | needs-maintainer unfreeze | needs-owner baseline, reland
    owner: YES status, history, plan, rollback, reject, hold, unhold, freeze, baseline, quarantine, reland, retrain, retry, drill, help | needs-break-glass rollback --now | author approve | needs-maintainer unfreeze
    owner who breaks glass: YES status, history, plan, rollback, rollback --now, reject, hold, unhold, freeze, baseline, quarantine, reland, retrain, retry, drill, help | author approve | needs-maintainer unfreeze
    only breaks glass: YES status, history, plan, rollback --now, hold, freeze, help | needs-member rollback, reject, unhold, quarantine, retrain, retry, drill | author approve | needs-maintainer unfreeze | needs-owner baseline, reland
    maintainer: YES status, history, plan, hold, freeze, unfreeze, help | needs-member rollback, reject, unhold, quarantine, retrain, retry, drill | needs-break-glass rollback --now | author approve | needs-owner baseline, reland
    owner who maintains: YES status, history, plan, rollback, reject, hold, unhold, freeze, unfreeze, baseline, quarantine, reland, retrain, retry, drill, help | needs-break-glass rollback --now | author approve"
  `);
});

test('who may do what where no valid policy claims the target', () => {
  expect(table(situation('where no valid policy claims the target'))).toMatchInlineSnapshot(`
    "nobody asked: could-not-verify everything
    unknown: could-not-verify everything
    outsider: no-access everything
    former owner: no-access everything
    reader: YES status, history, plan, hold, help | needs-maintainer rollback, approve, reject, unhold, unfreeze, baseline, quarantine, reland, retrain, retry, drill | nobody-breaks-glass rollback --now | needs-writer freeze
    owner who reads: YES status, history, plan, hold, help | needs-maintainer rollback, approve, reject, unhold, unfreeze, baseline, quarantine, reland, retrain, retry, drill | nobody-breaks-glass rollback --now | needs-writer freeze
    triager: YES status, history, plan, hold, help | needs-maintainer rollback, approve, reject, unhold, unfreeze, baseline, quarantine, reland, retrain, retry, drill | nobody-breaks-glass rollback --now | needs-writer freeze
    writer: YES status, history, plan, hold, freeze, help | needs-maintainer rollback, approve, reject, unhold, unfreeze, baseline, quarantine, reland, retrain, retry, drill | nobody-breaks-glass rollback --now
    team unknown: YES status, history, plan, hold, freeze, help | needs-maintainer rollback, approve, reject, unhold, unfreeze, baseline, quarantine, reland, retrain, retry, drill | nobody-breaks-glass rollback --now
    approver: YES status, history, plan, hold, freeze, help | needs-maintainer rollback, approve, reject, unhold, unfreeze, baseline, quarantine, reland, retrain, retry, drill | nobody-breaks-glass rollback --now
    owner: YES status, history, plan, hold, freeze, help | needs-maintainer rollback, approve, reject, unhold, unfreeze, baseline, quarantine, reland, retrain, retry, drill | nobody-breaks-glass rollback --now
    owner who breaks glass: YES status, history, plan, hold, freeze, help | needs-maintainer rollback, approve, reject, unhold, unfreeze, baseline, quarantine, reland, retrain, retry, drill | nobody-breaks-glass rollback --now
    only breaks glass: YES status, history, plan, hold, freeze, help | needs-maintainer rollback, approve, reject, unhold, unfreeze, baseline, quarantine, reland, retrain, retry, drill | nobody-breaks-glass rollback --now
    maintainer: YES status, history, plan, rollback, approve, reject, hold, unhold, freeze, unfreeze, baseline, quarantine, reland, retrain, retry, drill, help | nobody-breaks-glass rollback --now
    owner who maintains: YES status, history, plan, rollback, approve, reject, hold, unhold, freeze, unfreeze, baseline, quarantine, reland, retrain, retry, drill, help | nobody-breaks-glass rollback --now"
  `);
});

test('who may do what where GitHub counts approvals', () => {
  expect(table(situation('where GitHub counts approvals'))).toMatchInlineSnapshot(`
    "nobody asked: could-not-verify everything
    unknown: could-not-verify everything
    outsider: no-access everything
    former owner: no-access everything
    reader: YES status, history, plan, hold, help | needs-member rollback, reject, unhold, quarantine, retrain, retry, drill | needs-break-glass rollback --now | github-approves approve | needs-writer freeze | needs-maintainer unfreeze | needs-owner baseline, reland
    owner who reads: YES status, history, plan, hold, help | no-write-access rollback, reject, unhold, baseline, quarantine, reland, retrain, retry, drill | needs-break-glass rollback --now | github-approves approve | needs-writer freeze | needs-maintainer unfreeze
    triager: YES status, history, plan, hold, help | needs-member rollback, reject, unhold, quarantine, retrain, retry, drill | needs-break-glass rollback --now | github-approves approve | needs-writer freeze | needs-maintainer unfreeze | needs-owner baseline, reland
    writer: YES status, history, plan, hold, freeze, help | needs-member rollback, reject, unhold, quarantine, retrain, retry, drill | needs-break-glass rollback --now | github-approves approve | needs-maintainer unfreeze | needs-owner baseline, reland
    team unknown: YES status, history, plan, hold, freeze, help | could-not-verify rollback, rollback --now, reject, unhold, baseline, quarantine, reland, retrain, retry, drill | github-approves approve | needs-maintainer unfreeze
    approver: YES status, history, plan, rollback, reject, hold, unhold, freeze, quarantine, retrain, retry, drill, help | needs-break-glass rollback --now | github-approves approve | needs-maintainer unfreeze | needs-owner baseline, reland
    owner: YES status, history, plan, rollback, reject, hold, unhold, freeze, baseline, quarantine, reland, retrain, retry, drill, help | needs-break-glass rollback --now | github-approves approve | needs-maintainer unfreeze
    owner who breaks glass: YES status, history, plan, rollback, rollback --now, reject, hold, unhold, freeze, baseline, quarantine, reland, retrain, retry, drill, help | github-approves approve | needs-maintainer unfreeze
    only breaks glass: YES status, history, plan, rollback --now, hold, freeze, help | needs-member rollback, reject, unhold, quarantine, retrain, retry, drill | github-approves approve | needs-maintainer unfreeze | needs-owner baseline, reland
    maintainer: YES status, history, plan, hold, freeze, unfreeze, help | needs-member rollback, reject, unhold, quarantine, retrain, retry, drill | needs-break-glass rollback --now | github-approves approve | needs-owner baseline, reland
    owner who maintains: YES status, history, plan, rollback, reject, hold, unhold, freeze, unfreeze, baseline, quarantine, reland, retrain, retry, drill, help | needs-break-glass rollback --now | github-approves approve"
  `);
});

test('who may do what where nobody is named as approver or breaks glass', () => {
  expect(table(situation('where nobody is named as approver or breaks glass')))
    .toMatchInlineSnapshot(`
      "nobody asked: could-not-verify everything
      unknown: could-not-verify everything
      outsider: no-access everything
      former owner: no-access everything
      reader: YES status, history, plan, hold, help | needs-writer rollback, approve, reject, unhold, freeze, quarantine, retrain, retry, drill | nobody-breaks-glass rollback --now | needs-maintainer unfreeze | needs-owner baseline, reland
      owner who reads: YES status, history, plan, hold, help | needs-writer rollback, approve, reject, unhold, freeze, quarantine, retrain, retry, drill | nobody-breaks-glass rollback --now | needs-maintainer unfreeze | no-write-access baseline, reland
      triager: YES status, history, plan, hold, help | needs-writer rollback, approve, reject, unhold, freeze, quarantine, retrain, retry, drill | nobody-breaks-glass rollback --now | needs-maintainer unfreeze | needs-owner baseline, reland
      writer: YES status, history, plan, rollback, approve, reject, hold, unhold, freeze, quarantine, retrain, retry, drill, help | nobody-breaks-glass rollback --now | needs-maintainer unfreeze | needs-owner baseline, reland
      team unknown: YES status, history, plan, rollback, approve, reject, hold, unhold, freeze, quarantine, retrain, retry, drill, help | nobody-breaks-glass rollback --now | needs-maintainer unfreeze | could-not-verify baseline, reland
      approver: YES status, history, plan, rollback, approve, reject, hold, unhold, freeze, quarantine, retrain, retry, drill, help | nobody-breaks-glass rollback --now | needs-maintainer unfreeze | needs-owner baseline, reland
      owner: YES status, history, plan, rollback, approve, reject, hold, unhold, freeze, baseline, quarantine, reland, retrain, retry, drill, help | nobody-breaks-glass rollback --now | needs-maintainer unfreeze
      owner who breaks glass: YES status, history, plan, rollback, approve, reject, hold, unhold, freeze, baseline, quarantine, reland, retrain, retry, drill, help | nobody-breaks-glass rollback --now | needs-maintainer unfreeze
      only breaks glass: YES status, history, plan, rollback, approve, reject, hold, unhold, freeze, quarantine, retrain, retry, drill, help | nobody-breaks-glass rollback --now | needs-maintainer unfreeze | needs-owner baseline, reland
      maintainer: YES status, history, plan, rollback, approve, reject, hold, unhold, freeze, unfreeze, quarantine, retrain, retry, drill, help | nobody-breaks-glass rollback --now | needs-owner baseline, reland
      owner who maintains: YES status, history, plan, rollback, approve, reject, hold, unhold, freeze, unfreeze, baseline, quarantine, reland, retrain, retry, drill, help | nobody-breaks-glass rollback --now"
    `);
});

test('the table of every situation is asserted', () => {
  expect([...asserted].sort()).toEqual(Object.keys(SITUATIONS).sort());
});

test('the policy cannot be asked about more people than it names', () => {
  expect(principalsConcerned(base.policy)).toEqual([ml, sre, leads]);
  expect(principalsConcerned(undefined)).toEqual([]);
});

test('nobody answers bots, strangers and the App itself', () => {
  const all: readonly Refusal[] = [
    'own-comment',
    'bot',
    'no-access',
    'stranger',
    'edited',
    'requester',
    'could-not-verify',
  ];
  expect(all.filter(isAnswered)).toEqual(['edited', 'requester', 'could-not-verify']);
});

test('whatever the situation, somebody with no more rights may do no more', () => {
  const may = (command: Command, situation: Situation, standing: Standing) =>
    mayCommand(command, COMMANDS[command.name], { ...situation, standing }).may;
  const roles = ['none', 'read', 'triage', 'write', 'maintain', 'admin'] as const;
  const lists: readonly (readonly Principal[])[] = [[], [ml], [sre], [leads], [ml, sre, leads]];
  for (const situation of Object.values(SITUATIONS)) {
    for (const command of Object.values(GIVEN)) {
      for (const principals of lists) {
        for (const [i, role] of roles.entries()) {
          const weaker = roles[i - 1];
          if (weaker === undefined || !may(command, situation, { role: weaker, principals }))
            continue;
          expect(may(command, situation, { role, principals })).toBe(true);
        }
      }
    }
  }
});
