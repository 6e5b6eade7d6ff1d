import { checkApp } from './check-app.ts';
import { checkApprovers } from './check-approvers.ts';
import { checkBranch } from './check-branch.ts';
import { checkInstallations, checkRepositories } from './check-installations.ts';
import { checkEvents, checkPermissions } from './check-permissions.ts';
import { checkMirror, checkPolicies } from './check-policies.ts';
import { checkWebhook } from './check-webhook.ts';
import { checkDatabase } from './check-database.ts';
import { checkMetricServers } from './check-metric-servers.ts';
import type { Check } from './check.ts';
import type { Facts, RepositoryFacts } from './facts.ts';

/** Judges what was read. Pure; the order is that of the checks' ids, repository by repository. */
export function diagnose(facts: Facts): readonly Check[] {
  return [
    ...checkApp(facts),
    ...checkInstallations(facts),
    ...checkPermissions(facts),
    ...checkEvents(facts),
    ...checkWebhook(facts),
    ...checkDatabase(facts),
    ...checkMetricServers(facts),
    ...checkRepositories(facts),
    ...facts.repositories.flatMap((repository) => ofRepository(facts, repository)),
  ];
}

function ofRepository({ app }: Facts, repository: RepositoryFacts): readonly Check[] {
  if (app.kind !== 'known') return [];
  return [
    checkMirror(repository),
    ...checkPolicies(repository),
    ...checkApprovers(repository),
    ...checkBranch(app, repository),
  ];
}
