import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { Probot } from 'probot';
import { createExaminer } from './doctor/examiner.ts';
import { readAppManifest } from './doctor/read-app-manifest.ts';
import { createAccounts } from './github/create-accounts.ts';
import { createChecks } from './github/create-checks.ts';
import { createConversation } from './github/create-conversation.ts';
import { createForge } from './github/create-forge.ts';
import { createIssues } from './github/create-issues.ts';
import { createOwnBranch } from './github/create-own-branch.ts';
import { createPullFiles } from './github/create-pull-files.ts';
import { createInspector } from './github/inspect.ts';
import type { GitHubCall } from './github/observe-calls.ts';
import { createProbotOptions, type Spacing } from './github/octokit-options.ts';
import type { Octokit, Timing } from './github/octokit.ts';
import { createSelf } from './github/read-self.ts';
import { listRepositories, type NotListed } from './github/repositories.ts';
import type { LastgoodParts } from './lastgood-parts.ts';
import type { SlackParts } from './notify/slack/open-slack.ts';
import type { Repository } from './rollback/forge.ts';
import type { Settings } from './settings.ts';
import type { Clock, Milliseconds } from './time.ts';

/** GitHub, as the rooms need it. */
export interface GitHub
  extends
    Pick<LastgoodParts, 'forge' | 'conversation' | 'self' | 'checks' | 'ownBranch' | 'examine'>,
    Pick<SlackParts, 'issues' | 'accountOf'> {
  /** Authenticated as the App. */
  readonly app: Octokit;
  readonly timing: Timing;
  /** The repositories that the App is installed on; `notListed` hears of an installation that does not say. */
  repositories(notListed: (one: NotListed) => void): Promise<readonly Repository[]>;
}

export interface GitHubParts {
  readonly settings: Pick<Settings, 'appId' | 'privateKey' | 'webhookSecret' | 'apiUrl'>;
  readonly log: Logger;
  readonly clock: Clock;
  /** Told of every call. */
  readonly called: (call: GitHubCall) => void;
  readonly wait?: ((length: Milliseconds) => Promise<void>) | undefined;
  readonly spacing?: Spacing | undefined;
  readonly fetch?: typeof fetch | undefined;
}

/** Makes the adapters for everything that is asked of GitHub. Asks nothing itself. */
export async function connectGitHub(parts: GitHubParts): Promise<GitHub> {
  const { clock, settings, wait = (length: Milliseconds) => sleep(length) } = parts;
  const timing = { clock, wait };
  const probot = createProbot(parts);
  const app = await probot.auth();
  const octokitOf = (installation: number): Promise<Octokit> => probot.auth(installation);
  const octokitFor = ({ installation }: Repository) => octokitOf(installation);
  return {
    app,
    timing,
    forge: createForge(octokitFor, app, timing),
    conversation: createConversation(octokitFor, timing),
    self: createSelf(octokitFor, app, timing),
    checks: {
      runs: createChecks(octokitFor, timing),
      files: createPullFiles(octokitFor, timing),
      app: settings.appId,
    },
    ownBranch: createOwnBranch(octokitFor, timing),
    examine: createExaminer({
      inspector: () => createInspector(app, octokitOf, timing),
      manifest: readAppManifest,
    }),
    issues: createIssues(octokitFor, timing),
    accountOf: createAccounts(octokitFor, timing),
    repositories: (notListed) => listRepositories(app, octokitOf, timing, notListed),
  };
}

function createProbot({ settings, log, clock, called, spacing, fetch }: GitHubParts): Probot {
  return new Probot(
    createProbotOptions({
      appId: settings.appId,
      privateKey: settings.privateKey,
      secret: settings.webhookSecret,
      baseUrl: settings.apiUrl,
      log,
      clock,
      called,
      ...(spacing && { spacing }),
      ...(fetch && { fetch }),
    }),
  );
}
