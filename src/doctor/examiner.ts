import { isAtLeast } from '../approval/evaluate-approval.ts';
import type { PolicySet, Principal, TargetPolicy } from '../policy/policy.ts';
import type { Repository } from '../rollback/forge.ts';
import { principalName } from '../texts/names.ts';
import { checkBranch } from './check-branch.ts';
import { checkPermissions } from './check-permissions.ts';
import type { Check } from './check.ts';
import type { AppManifest, Facts } from './facts.ts';
import { readBranch } from './gather-repository.ts';
import type { Inspector } from './ports.ts';
import { known, unknown, type Reading } from './reading.ts';

/** Who may approve, by the name of the user or team as the policy has it; a role lists nobody. */
export type Reachable = ReadonlyMap<string, Reading<readonly string[]>>;

/** Parts of the doctor that a running process asks for one target. None throws, and none changes anything. */
export interface Examiner {
  /** Whether the installation grants what `app.yml` asks for. */
  permissions(repository: Repository): Promise<readonly Check[]>;
  /** The logins of those whom the approvals of a policy name and who may write. */
  approvers(repository: Repository, approvals: TargetPolicy['approvals']): Promise<Reachable>;
  /** What the rules of the default branch mean for rollbacks of one target. */
  gates(repository: Repository, set: PolicySet, policy: TargetPolicy): Promise<readonly Check[]>;
}

export interface ExaminerParts {
  /** A new one for each question: it asks GitHub a bounded number of times. */
  readonly inspector: () => Inspector;
  readonly manifest: () => Promise<AppManifest>;
}

/** So many people are looked up one by one, where their team itself may not write. */
const MOST_LOOKED_UP = 20;

export function createExaminer({ inspector: open, manifest }: ExaminerParts): Examiner {
  return {
    async permissions(repository) {
      const inspector = open();
      const app = await inspector.app();
      const installations = await inspector.installations();
      const own = installations.ok
        ? known(installations.value.filter(({ id }) => id === repository.installation))
        : installations;
      const facts: Facts = {
        manifest: await manifest(),
        app,
        asApp: { hook: unknown(''), deliveries: unknown(''), installations: own },
        installed: [],
        repositories: [],
        leftOut: [],
      };
      return checkPermissions(facts);
    },
    async approvers(repository, { from }) {
      const inspector = open();
      const found = new Map<string, Reading<readonly string[]>>();
      for (const principal of from) {
        if (principal.kind === 'role') continue;
        found.set(principalName(principal), await whoMayWrite(inspector, repository, principal));
      }
      return found;
    },
    async gates(repository, set, policy) {
      const inspector = open();
      const app = await inspector.app();
      if (app.kind !== 'known') return [];
      const branch = await readBranch({ inspector }, app, repository, policy.target);
      const policies = known({ set: { ...set, targets: [policy] }, pinProblems: [], goals: [] });
      const mirror = unknown('It was not looked at.');
      return checkBranch(app, { repository, mirror, principals: [], branch, policies });
    },
  };
}

async function whoMayWrite(
  inspector: Inspector,
  repository: Repository,
  principal: Exclude<Principal, { kind: 'role' }>,
): Promise<Reading<readonly string[]>> {
  const access = await inspector.access(repository, principal);
  if (!access.ok) return access;
  const writes = isAtLeast(access.value.role, 'write');
  if (principal.kind === 'user') return known(writes ? [principal.login] : []);
  if (!access.value.exists) return known([]);
  const members = await inspector.members(repository, principal);
  if (!members.ok || writes) return members;
  const may: string[] = [];
  for (const login of members.value.slice(0, MOST_LOOKED_UP)) {
    const own = await inspector.access(repository, { kind: 'user', login });
    if (own.ok && isAtLeast(own.value.role, 'write')) may.push(login);
  }
  return known(may);
}
