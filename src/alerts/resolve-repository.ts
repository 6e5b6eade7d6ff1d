import { cleanText } from './clean-text.ts';
import { repositoryAmbiguous, repositoryNotAllowed } from '../texts/alerts.ts';
import type { AlertSource } from './alert.ts';

export type ResolvedRepository =
  | { readonly ok: true; readonly repository: string }
  | {
      readonly ok: false;
      readonly why: 'repository-not-allowed' | 'repository-ambiguous';
      readonly message: string;
    };

/**
 * Which repository an alert speaks to: the one it names if its source may speak for that, else the source's only one.
 * Compared without case, as GitHub does; answered as the configuration spells it.
 */
export function resolveRepository(
  named: string | undefined,
  source: Pick<AlertSource, 'repositories'>,
): ResolvedRepository {
  const { repositories } = source;
  if (named === undefined) {
    const [only, ...others] = repositories;
    if (only !== undefined && others.length === 0) return { ok: true, repository: only };
    return { ok: false, why: 'repository-ambiguous', message: repositoryAmbiguous(repositories) };
  }
  const wanted = named.toLowerCase();
  const repository = repositories.find((candidate) => candidate.toLowerCase() === wanted);
  if (repository !== undefined) return { ok: true, repository };
  const message = repositoryNotAllowed(cleanText(named, 100));
  return { ok: false, why: 'repository-not-allowed', message };
}
