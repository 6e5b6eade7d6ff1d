import type { SignatureRule } from '../rollback/forge.ts';
import type { Room } from './ask.ts';
import { read } from './ask.ts';
import { rulesAnswer } from './rules-schema.ts';

/**
 * Whether the default branch takes signed commits only (GitHub reality 22). Rulesets are shown to everybody; of classic
 * protection the App sees only that it is there.
 */
export async function readSignatureRule(room: Room): Promise<SignatureRule> {
  const where = { ...room.at, branch: room.repository.defaultBranch };
  const rules = await read(room, 'read the rules of the default branch', async () =>
    rulesAnswer.parse(
      (
        await room.octokit.request('GET /repos/{owner}/{repo}/rules/branches/{branch}', {
          ...where,
          per_page: 100,
        })
      ).data,
    ),
  );
  if (rules.some(({ type }) => type === 'required_signatures')) return 'yes';
  const { data } = await read(room, 'read the default branch', () =>
    room.octokit.request('GET /repos/{owner}/{repo}/branches/{branch}', where),
  );
  return data.protection.enabled === true ? 'perhaps' : 'no';
}
