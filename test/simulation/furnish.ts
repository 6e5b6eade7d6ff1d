import type { HubApp } from '../../fixtures/hub/api/app.ts';
import type { HubRepository } from '../../fixtures/hub/api/repository.ts';
import type { Hub } from '../../fixtures/hub/hub.ts';
import { readAppManifest } from '../../fixtures/hub/sample.ts';
import { WEBHOOK_PATH } from '../../src/web/webhook-path.ts';
import type { Instant } from '../../src/time.ts';
import { PEOPLE, plant, TALKERS, TEAMS, type Beginning } from './model.ts';

export const WEBHOOK_SECRET = 'simulated-secret-of-the-webhook';

/** Puts people, the manifests repository and the App on an empty hub. */
export async function furnish(
  hub: Hub,
  beginning: Beginning,
  now: Instant,
): Promise<{ readonly repository: HubRepository; readonly app: HubApp }> {
  const { talk } = beginning;
  for (const login of talk ? TALKERS : PEOPLE)
    hub.user(login, { name: login, email: `${login}@acme.example` });
  const repository = await hub.repository('acme/manifests', { private: !talk?.public });
  for (const [team, members] of Object.entries(TEAMS)) {
    const [org = '', slug = ''] = team.split('/');
    hub.team(org, slug, members);
    repository.grantTeam(slug, slug === 'sre' ? 'maintain' : 'write');
  }
  repository.grant('mallory', 'write');
  if (talk && !talk.public) repository.grant('carol', 'read');
  repository.settings.deleteBranchOnMerge = beginning.deleteBranchOnMerge;
  await plant(repository, beginning, now);
  if (beginning.protectedBranch) repository.rules({ reviews: { required: 1 } });
  const manifest = await readAppManifest();
  const app = hub.app({
    slug: 'lastgood',
    owner: 'acme',
    permissions: manifest.default_permissions,
    events: manifest.default_events,
  });
  app.install([repository]);
  app.webhook(`http://lastgood.invalid${WEBHOOK_PATH}`, WEBHOOK_SECRET);
  return { repository, app };
}
