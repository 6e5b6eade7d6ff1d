import type { Principal } from '../policy/policy.ts';
import { branchOf } from '../rollback/branch.ts';
import type { Repository } from '../rollback/forge.ts';
import type { Target } from '../target.ts';
import { principalName } from '../texts/names.ts';
import type {
  BranchFacts,
  KnownApp,
  PolicyFacts,
  PrincipalFacts,
  RepositoryFacts,
} from './facts.ts';
import type { DoctorPorts, OpenedManifests } from './ports.ts';
import { readPolicyFacts } from './read-policy-facts.ts';
import { known, orWhy, unknown, type Reading } from './reading.ts';

/** So many people and teams, and so many rulesets, are looked up for one repository. */
const MOST_LOOKED_UP = 20;

/** Stands for the targets where no policy can be read. */
const ANY_TARGET: Target = { environment: 'production', model: 'model' };

/** Reads what there is to judge of one repository. Never throws. */
export async function gatherRepository(
  ports: DoctorPorts,
  app: KnownApp,
  repository: Repository,
): Promise<RepositoryFacts> {
  const { mirror, policies } = await readManifests(ports, repository);
  const facts = policies?.ok === true ? policies.value : undefined;
  const [principals, branch] = await Promise.all([
    readPrincipals(ports, repository, facts),
    readBranch(ports, app, repository, facts?.set.targets[0]?.target ?? ANY_TARGET),
  ]);
  return { repository, mirror, principals, branch, ...(policies && { policies }) };
}

async function readManifests(
  ports: DoctorPorts,
  repository: Repository,
): Promise<Pick<RepositoryFacts, 'mirror' | 'policies'>> {
  const opened = await orWhy(async (): Promise<Reading<OpenedManifests>> =>
    known(await ports.openManifests(repository)),
  );
  if (!opened.ok) return { mirror: opened };
  const { source, mirror } = opened.value;
  try {
    const policies = await orWhy(async () =>
      known(await readPolicyFacts(source, ports.presets, ports.clock())),
    );
    return { mirror: known(mirror), policies };
  } finally {
    await opened.value.close();
  }
}

/** Everybody who is to approve somewhere, each once. Roles need no look-up. */
async function readPrincipals(
  { inspector }: DoctorPorts,
  repository: Repository,
  policies: PolicyFacts | undefined,
): Promise<readonly PrincipalFacts[]> {
  const named = new Map<string, Exclude<Principal, { kind: 'role' }>>();
  for (const principal of policies?.set.targets.flatMap(({ approvals }) => approvals.from) ?? []) {
    if (principal.kind !== 'role') named.set(principalName(principal).toLowerCase(), principal);
  }
  return Promise.all(
    [...named.values()].map(async (principal, index) => ({
      principal,
      access:
        index < MOST_LOOKED_UP
          ? await inspector.access(repository, principal)
          : unknown(`The doctor looks up ${MOST_LOOKED_UP} people and teams of a repository.`),
    })),
  );
}

/** What is in force for the branch that rollbacks of a target go to, and for those they come from. */
export async function readBranch(
  { inspector }: Pick<DoctorPorts, 'inspector'>,
  app: Pick<KnownApp, 'id' | 'slug'>,
  repository: Repository,
  target: Target,
): Promise<BranchFacts> {
  const rollbackBranch = branchOf({ target, badCommit: '0'.repeat(40) });
  const [rules, rollbackRules, classic, methods] = await Promise.all([
    inspector.rules(repository, repository.defaultBranch),
    inspector.rules(repository, rollbackBranch),
    inspector.classicProtection(repository, app.slug),
    inspector.mergeMethods(repository),
  ]);
  const all = [rules, rollbackRules].flatMap((one) => (one.ok ? one.value : []));
  const ids = [...new Set(all.map(({ ruleset }) => ruleset))];
  const rulesets = await Promise.all(
    ids.map(async (id, index) => {
      const tooMany = unknown(`The doctor reads ${MOST_LOOKED_UP} rulesets of a repository.`);
      const found =
        index < MOST_LOOKED_UP ? await inspector.ruleset(repository, id, app.id) : tooMany;
      return [id, found] as const;
    }),
  );
  return { rules, rollbackRules, rulesets: new Map(rulesets), classic, methods };
}
