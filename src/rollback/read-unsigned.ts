import type { Repository } from './forge.ts';
import type { OpenRollback, Ports } from './workspace.ts';

/**
 * What the rules of the default branch make of a commit whose signature GitHub does not vouch for (GitHub reality 22).
 * Asks nothing about one that is signed, as they are. When the rules cannot be read, they may ask for signatures.
 */
export async function readUnsigned(
  { forge }: Pick<Ports, 'forge'>,
  repository: Repository,
  verified: boolean,
): Promise<Pick<OpenRollback, 'unsigned'>> {
  if (verified) return {};
  const rule = await forge.signatureRule(repository).catch(() => 'perhaps' as const);
  return rule === 'no' ? {} : { unsigned: rule };
}
