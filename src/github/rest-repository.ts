import type { Repository } from '../rollback/forge.ts';

/** What is read of a repository as REST lists it. */
export interface RestRepository {
  readonly id: number | bigint;
  readonly node_id: string;
  readonly name: string;
  readonly owner: { readonly login: string };
  readonly default_branch: string;
  readonly archived: boolean;
  readonly disabled: boolean;
}

export function toRepository(one: RestRepository, installation: number): Repository {
  return {
    id: Number(one.id),
    nodeId: one.node_id,
    owner: one.owner.login,
    name: one.name,
    defaultBranch: one.default_branch,
    installation,
  };
}
