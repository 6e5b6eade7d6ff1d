import { z } from 'zod';
import type { BranchRule, ClassicProtection, RulesetFacts, RulesetRule } from '../doctor/facts.ts';
import { known, unknown, type Reading } from '../doctor/reading.ts';
import type { Ask, At } from './inspect-asking.ts';
import type { Octokit } from './octokit.ts';
import { readRule, rulesAnswer } from './rules-schema.ts';

/** One page of rules; nobody has more for one branch. */
const PAGE = 100;

/** The rules in force for a branch, of rulesets on every level. Classic protection is not among them. */
export async function inspectRules(
  ask: Ask,
  octokit: Octokit,
  at: At,
  branch: string,
): Promise<Reading<readonly RulesetRule[]>> {
  const asked = await ask(`read the rules of ${branch}`, async () => {
    const where = { ...at, branch, per_page: PAGE };
    const { data } = await octokit.request(
      'GET /repos/{owner}/{repo}/rules/branches/{branch}',
      where,
    );
    return rulesAnswer
      .parse(data)
      .flatMap((one) => readRule(one).map((rule) => ({ ruleset: one.ruleset_id, rule })));
  });
  if (!asked.ok) return unknown(asked.why);
  return asked.value.length < PAGE
    ? known(asked.value)
    : unknown(`More than ${PAGE} rules are in force, and GitHub lists no more at once.`);
}

const rulesetAnswer = z.object({
  name: z.string(),
  /** Only for those who may change the ruleset. */
  bypass_actors: z
    .array(
      z.object({
        actor_id: z.number().nullish(),
        actor_type: z.string(),
        bypass_mode: z.string().default('always'),
      }),
    )
    .optional(),
  current_user_can_bypass: z.string().optional(),
});

/** A ruleset, of the repository or above it, and whether the App bypasses it (GitHub reality 9). */
export async function inspectRuleset(
  ask: Ask,
  octokit: Octokit,
  at: At,
  id: number,
  app: number,
): Promise<Reading<RulesetFacts>> {
  const asked = await ask(`read the ruleset ${id}`, async () => {
    const where = { ...at, ruleset_id: id, includes_parents: true };
    const { data } = await octokit.request(
      'GET /repos/{owner}/{repo}/rulesets/{ruleset_id}',
      where,
    );
    return rulesetAnswer.parse(data);
  });
  if (!asked.ok) return unknown(asked.why);
  return known({ name: asked.value.name, bypass: bypassOf(asked.value, app) });
}

/** What GitHub says of the caller counts first: the list of actors has teams and roles, which an App is not in. */
function bypassOf(ruleset: z.infer<typeof rulesetAnswer>, app: number): RulesetFacts['bypass'] {
  const actor = ruleset.bypass_actors?.find(
    (one) => one.actor_type === 'Integration' && one.actor_id === app,
  );
  const said = ruleset.current_user_can_bypass ?? actor?.bypass_mode;
  if (said === undefined && ruleset.bypass_actors === undefined) {
    return unknown('GitHub shows the App neither the bypass list nor whether the App is on it.');
  }
  if (said === 'always' || said === 'exempt') return known('always');
  if (said === 'pull_requests_only' || said === 'pull_request') return known('pull-request');
  if (said === undefined || said === 'never') return known('never');
  return unknown(`GitHub calls the App's bypass "${said}", which is not known here.`);
}

const enabled = z.object({ enabled: z.boolean().optional() }).optional();
const checks = z.object({ contexts: z.array(z.string()), strict: z.boolean().optional() });
const apps = z.array(z.object({ slug: z.string().optional() }));

const branchAnswer = z.object({
  protection: z.object({
    enabled: z.boolean(),
    required_status_checks: checks.optional(),
  }),
});

const protectionAnswer = z.object({
  required_status_checks: checks.optional(),
  required_pull_request_reviews: z
    .object({
      required_approving_review_count: z.number().default(0),
      require_code_owner_reviews: z.boolean(),
      bypass_pull_request_allowances: z.object({ apps: apps.optional() }).optional(),
    })
    .optional(),
  restrictions: z.object({ apps }).nullish(),
  required_linear_history: enabled,
  required_signatures: enabled,
  lock_branch: enabled,
});

/**
 * The classic protection of a branch. That it is there, and its checks, is shown to everybody; the rest only to those
 * who may read the administration of the repository, which Lastgood does not ask for.
 */
export async function inspectClassic(
  ask: Ask,
  octokit: Octokit,
  at: At,
  branch: string,
  slug: string,
): Promise<Reading<ClassicProtection>> {
  const where = { ...at, branch };
  const seen = await ask(`read the branch ${branch}`, async () =>
    branchAnswer.parse(
      (await octokit.request('GET /repos/{owner}/{repo}/branches/{branch}', where)).data,
    ),
  );
  if (!seen.ok) return unknown(seen.why);
  const { protection } = seen.value;
  if (!protection.enabled) return known({ kind: 'none' });
  const whole = await ask(`read the protection of ${branch}`, async () => {
    const route = 'GET /repos/{owner}/{repo}/branches/{branch}/protection';
    return protectionAnswer.parse((await octokit.request(route, where)).data);
  });
  if (!whole.ok) {
    return known({
      kind: 'part',
      rules: checkRules(protection.required_status_checks),
      why: whole.why,
    });
  }
  const reviews = whole.value.required_pull_request_reviews;
  const allowed = reviews?.bypass_pull_request_allowances?.apps ?? [];
  return known({
    kind: 'whole',
    rules: classicRules(whole.value),
    reviewsBypassed: allowed.some((one) => one.slug === slug),
  });
}

function classicRules(from: z.infer<typeof protectionAnswer>): readonly BranchRule[] {
  const rules: BranchRule[] = [...checkRules(from.required_status_checks)];
  const reviews = from.required_pull_request_reviews;
  if (reviews) {
    const count = reviews.required_approving_review_count;
    rules.push({ kind: 'reviews', count, codeOwners: reviews.require_code_owner_reviews });
  }
  if (from.restrictions) {
    rules.push({ kind: 'pushers', apps: from.restrictions.apps.flatMap(({ slug }) => slug ?? []) });
  }
  if (from.required_linear_history?.enabled === true) rules.push({ kind: 'linear-history' });
  if (from.required_signatures?.enabled === true) rules.push({ kind: 'signatures' });
  if (from.lock_branch?.enabled === true) rules.push({ kind: 'update' });
  return rules;
}

function checkRules(from: z.infer<typeof checks> | undefined): readonly BranchRule[] {
  if (from === undefined || from.contexts.length === 0) return [];
  return [{ kind: 'checks', contexts: from.contexts, strict: from.strict ?? false }];
}
