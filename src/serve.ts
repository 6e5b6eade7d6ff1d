import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { Probot } from 'probot';
import { ALERT_PATHS, createAlertReceiver } from './alerts/http-receiver.ts';
import { connectEvents } from './app.ts';
import { closeWithin } from './close-within.ts';
import { closeGaps } from './close-gaps.ts';
import { followRepositories } from './follow-repositories.ts';
import { createGate } from './gate.ts';
import { openMirror, type Mirror, type MirrorOptions } from './git/open-mirror.ts';
import { createConversation } from './github/create-conversation.ts';
import { createAccounts } from './github/create-accounts.ts';
import { createChecks } from './github/create-checks.ts';
import { createIssues } from './github/create-issues.ts';
import { createPullFiles } from './github/create-pull-files.ts';
import { createForge } from './github/create-forge.ts';
import { gitUrlOf } from './github/git-url.ts';
import type { GitHubCall } from './github/observe-calls.ts';
import { createProbotOptions, type Spacing } from './github/octokit-options.ts';
import { createSelf } from './github/read-self.ts';
import { createInspector } from './github/inspect.ts';
import { createOwnBranch } from './github/create-own-branch.ts';
import { listRepositories } from './github/repositories.ts';
import { createExaminer } from './doctor/examiner.ts';
import { readAppManifest } from './doctor/read-app-manifest.ts';
import type { Journal } from './journal/entry.ts';
import { createDirectory } from './inbox/directory.ts';
import { laneOf, repositoryOf } from './inbox/lane.ts';
import { openInbox, openStore } from './inbox/open-inbox.ts';
import { readKept } from './kept-state.ts';
import { createLastgood, type Lastgood } from './lastgood.ts';
import { withLogFacts } from './log-facts.ts';
import { openMetricServers, type MetricServers } from './metrics/metric-servers.ts';
import { readShippedPresets } from './policy/presets.ts';
import { createCalls } from './notify/calls.ts';
import { openSlack } from './notify/slack/open-slack.ts';
import { createOperation } from './operation.ts';
import { createMeasuring } from './recovery/measuring.ts';
import type { Manifests } from './rollback/workspace.ts';
import { fullName } from './rollback/workspace.ts';
import type { Repository } from './rollback/forge.ts';
import { openSamples } from './samples/open-samples.ts';
import { STATE_BRANCH } from './state/view.ts';
import type { SweepReport } from './rollback/sweep-repository.ts';
import type { Settings } from './settings.ts';
import { PauseLane } from './store/settlement.ts';
import type { Store } from './store/store.ts';
import { explainStart } from './start-error.ts';
import type { Database } from './store/database.ts';
import type { Schedule } from './sweep.ts';
import { SECOND, type Clock, type Milliseconds } from './time.ts';
import { createTimers, type Timers } from './timers.ts';
import { openWatch } from './watch/open-watch.ts';
import { createWatchBook } from './watch/watch-book.ts';
import { adminRoutes } from './web/admin-routes.ts';
import { HTTP_LIMITS, openHttpServer, type HttpLimits } from './web/http-server.ts';
import { logAlerts, logSamples, logWebhooks } from './web/log-requests.ts';
import type { Condition } from './web/health.ts';
import { NotServing } from './web/not-stored.ts';
import { createReceiving } from './web/receive-webhooks.ts';
import { slackRoutes } from './web/slack-routes.ts';
import { routeRequests, type Route } from './web/routes.ts';
import { createWebhookReceiver } from './web/webhooks.ts';

/** A running Lastgood. */
export interface Serving {
  readonly url: string;
  /** Every path that something answers at; one that ends with `/` stands for everything below it. */
  readonly paths: readonly string[];
  readonly lastgood: Lastgood;
  readonly store: Store;
  /** Sweeps every repository now. Answers the reports by repository; one that could not be swept is missing, and told. */
  sweep(): Promise<ReadonlyMap<number, SweepReport>>;
  /** Resolves when nothing is left to do. */
  idle(): Promise<void>;
  /** Stops taking requests, answers and finishes what was taken, and closes everything. May be asked twice. */
  close(): Promise<void>;
}

/** How long a request may take, part by part. */
export interface Limits extends HttpLimits {
  readonly body: Milliseconds;
}

export interface ServeParts {
  readonly settings: Settings;
  readonly journal: Journal;
  readonly log: Logger;
  readonly clock: Clock;
  readonly limits?: Partial<Limits>;
  /** When everything is compared with what should be, as a cron expression in UTC. Absent: never. */
  readonly sweepEvery?: string;
  /** How the time of a sweep is waited for. Default: node-cron. */
  readonly schedule?: Schedule;
  /** Opens the database. Default: the one that the settings name. */
  readonly openDatabase?: () => Promise<Database>;
  /** How long a process that was asked to stop goes on with what it took. Default: 10 s. */
  readonly drain?: Milliseconds;
  /** Time and pace, for stories that own them. Default: those of this process and its database, and what GitHub asks. */
  readonly timers?: Timers;
  readonly wait?: (length: Milliseconds) => Promise<void>;
  readonly spacing?: Spacing;
  /** How GitHub's API is reached, for a simulation without a network. Default: Node's own fetch. */
  readonly fetch?: typeof fetch;
  /** Opens the local copy of a repository. Default: a mirror on the disk, fetched by git. */
  readonly openMirror?: (options: MirrorOptions) => Promise<Mirror>;
  /** Answers for the metric servers that policies name. Default: those of the settings. */
  readonly metrics?: MetricServers;
  /** Spreads out retries; from 0 to 1, without 1. */
  readonly random?: () => number;
}

/** Where GitHub sends its webhooks. */
export const WEBHOOK_PATH = '/api/github/webhooks';

/** How long a process that was asked to stop goes on with what it took, unless told otherwise. */
const DRAIN = 10 * SECOND;

/** What closing everything else may take: the sweep, the database, the mirrors. */
const REST = 6 * SECOND;

/** So many repositories are cloned or fetched at a time: at the start there may be hundreds. */
const MOST_TRANSFERS = 16;

/**
 * Wires everything together and serves: GitHub's webhooks and the ways in for alerts. Resolves once it is known which
 * repositories there are; they are read after that, side by side, and an alert waits for its own only. While GitHub is
 * down it resolves all the same and answers 503 until GitHub is back.
 *
 * @throws what stands in the way for good: a port in use, an App that GitHub does not know.
 */
export async function serve(parts: ServeParts): Promise<Serving> {
  const { settings, log, clock } = parts;
  const limits: Limits = { ...HTTP_LIMITS, body: 10 * SECOND, ...parts.limits };
  const timers = parts.timers ?? createTimers(clock);
  const timing = { clock, wait: parts.wait ?? ((length: Milliseconds) => sleep(length)) };
  const operation = createOperation({ settings, clock, log });
  const journal = operation.counted(parts.journal);
  const probot = createApp(parts, operation.githubCalled);
  const app = await probot.auth();
  const octokitFor = ({ installation }: Repository) => probot.auth(installation);
  const forge = createForge(octokitFor, app, timing);
  const transfer = createGate(MOST_TRANSFERS);

  // Whoever owns the time owns the store's as well.
  const storeClock = parts.timers && clock;
  const place = { clock: storeClock, open: parts.openDatabase, random: parts.random };
  const store = operation.watch(await openStore(settings, place));
  const reports = new Map<number, SweepReport>();
  const slack = openSlack({
    setup: settings.slack,
    store,
    issues: createIssues(octokitFor, timing),
    accountOf: createAccounts(octokitFor, timing),
    noticed: operation.noticed,
  });
  const metrics = parts.metrics ?? openMetricServers(settings.metricServers);
  const measuring = createMeasuring({
    metrics,
    answered: (repository, answers) => inbox.arrivals.measured(repository, answers),
    failed: (error, repository) => log.error({ err: error, repository }, 'metrics not asked'),
  });
  const watchBook = createWatchBook(store);
  const lastgood = createLastgood({
    notices: slack.notices,
    forge,
    conversation: createConversation(octokitFor, timing),
    self: createSelf(octokitFor, app, timing),
    checks: {
      runs: createChecks(octokitFor, timing),
      files: createPullFiles(octokitFor, timing),
      app: settings.appId,
    },
    ownBranch: createOwnBranch(octokitFor, timing),
    examine: createExaminer({
      inspector: () => createInspector(app, (id) => probot.auth(id), timing),
      manifest: readAppManifest,
    }),
    metrics,
    watchBook,
    measure: (repository, questions) => measuring.ask(repository, questions),
    recall: (repository) => readKept(store.documents, laneOf(repository)),
    page: (page) => calls.pager.page(page),
    resolvePages: (over) => calls.pager.resolve(over),
    swept: (repository, report) => void reports.set(repository, report),
    journal,
    clock,
    presets: await readShippedPresets(),
    openManifests: async (opened): Promise<Manifests> => {
      const remote = async () => {
        // The name may have changed since the mirror was opened.
        const repository: Repository = repositories.get(opened.id) ?? opened;
        const url = `${gitUrlOf(settings.apiUrl)}/${fullName(repository)}.git`;
        return { url, token: await forge.gitToken(repository) };
      };
      const folder = join(settings.dataFolder, 'mirrors', `${opened.id}.git`);
      const notice = (sentence: string) =>
        log.warn({ repository: fullName(opened), sentence }, 'mirror');
      const { defaultBranch: branch } = opened;
      const { mirrors } = operation;
      const open = parts.openMirror ?? openMirror;
      const mirror = await mirrors.fetching(opened.id, () =>
        transfer(() => open({ folder, branch, remote, notice, own: STATE_BRANCH })),
      );
      return {
        ...mirror,
        fetch: () => mirrors.fetching(opened.id, () => transfer(() => mirror.fetch())),
        async close() {
          await mirror.close();
          mirrors.closed(opened.id);
        },
      };
    },
  });
  const repositories = followRepositories({
    list: (notListed) => listRepositories(app, (id) => probot.auth(id), timing, notListed),
    welcome: async (repository) => {
      if (lastgood.welcome(repository)) await toOpen(repository);
    },
    dismiss: (id) => lastgood.dismiss(id),
    failed: (error, installation) =>
      log.error({ err: error, installation }, 'repositories not listed'),
    timers,
    clock,
  });
  const nameOf = (lane: string): string | undefined => {
    const repository = repositories.get(repositoryOf(lane) ?? Number.NaN);
    return repository && fullName(repository);
  };
  const directory = await createDirectory(store.documents, repositories);
  const { paged, pagePosted: posted } = operation;
  const calls = createCalls({ store, journal, clock, log, settings, paged, posted, nameOf });
  const watchFor = openWatch({
    store,
    metrics,
    clock,
    log,
    servers: operation.servers,
    looked: operation.looked,
    nameOf: async (id) => {
      await directory.refresh();
      const name = nameOf(laneOf(id));
      if (name === undefined && !directory.complete()) {
        throw new PauseLane(
          'GitHub did not list every repository, and this is not among those it did.',
        );
      }
      return name;
    },
    arrivals: () => inbox.arrivals,
    pager: () => calls.pager,
  });
  const inbox = openInbox(store, lastgood, directory, {
    died: calls.died,
    postFor: calls.postFor,
    watchFor,
    post: slack.post,
    report: (error, lane) => log.error({ err: error, lane }, 'inbox'),
    nameOf,
  });
  /** What cannot be stored now is found by the next sweep. */
  const toOpen = async ({ id }: Repository): Promise<void> => {
    try {
      await inbox.arrivals.open(id);
    } catch (error) {
      log.error({ err: error, repository: id }, 'repository not opened');
    }
    begin();
  };
  /** What waits is handed over once it is known which repositories there are: before, all would be unknown. */
  const begin = (): void => {
    if (repositories.known()) inbox.start();
  };
  const receiving = createReceiving(log);
  connectEvents(receiving, inbox.arrivals, clock, (delivery) => directory.changed(delivery));

  let stopping = false;
  const condition = (): Condition => {
    if (stopping) return 'stopping';
    return repositories.known() ? 'serving' : 'starting';
  };
  /** Before it is known which repositories there are, everything would be about an unknown one. */
  const insistOnKnowing = (): void => {
    if (!repositories.known()) throw new NotServing();
  };
  const takeAlerts = createAlertReceiver({
    sources: settings.sources,
    accept: async (alerts) => {
      insistOnKnowing();
      await inbox.arrivals.alerted(alerts);
    },
    clock,
    bodyTimeout: limits.body,
    report: logAlerts(log),
  });
  const takeWebhook = createWebhookReceiver({
    path: WEBHOOK_PATH,
    secret: settings.webhookSecret,
    receive: (webhook) => {
      insistOnKnowing();
      return withLogFacts({ delivery: webhook.id }, () => receiving.receive(webhook));
    },
    bodyTimeout: limits.body,
    report: logWebhooks(log),
  });
  const routes: readonly Route[] = [
    { paths: ALERT_PATHS, take: takeAlerts },
    openSamples({
      sources: settings.sources,
      book: watchBook,
      lastgood,
      directory,
      arrivals: inbox.arrivals,
      insistOnKnowing,
      clock,
      bodyTimeout: limits.body,
      report: logSamples(log),
      counted: operation.sampled,
    }),
    { paths: [WEBHOOK_PATH], take: takeWebhook },
    ...operation.routes(condition),
    ...adminRoutes(settings.adminToken, store, log),
    ...slackRoutes(settings.slack, {
      clock,
      log,
      bodyTimeout: limits.body,
      remember: (id, at) => slack.remember(id, at),
      accept: async (repository, ask) => {
        insistOnKnowing();
        await inbox.arrivals.asked(repository, ask);
      },
      repositories: () => lastgood.repositories(),
      idOf: (name) => lastgood.idOf(name),
      counted: operation.slackAsked,
    }),
  ];
  const failed = (error: unknown) => log.error({ err: error }, 'request failed');
  const server = await openHttpServer(settings, limits, routeRequests(routes, failed));

  const { sweepEvery: every } = parts;
  const gaps =
    every === undefined
      ? undefined
      : closeGaps({
          every,
          inbox,
          repositories: () => lastgood.repositories(),
          app,
          timing,
          log,
          swept: operation.swept,
          ...(parts.schedule && { schedule: parts.schedule }),
        });

  const closeAll = async (): Promise<void> => {
    stopping = true;
    const drain = parts.drain ?? DRAIN;
    await closeWithin(
      limits.grace + drain + REST,
      [
        ['requests', () => server.close()],
        ['sweep', () => gaps?.stop()],
        ['metrics', () => measuring.close()],
        ['list of repositories', () => repositories.close()],
        // What was taken is finished now where that is soon; the rest is on the disk, and is handled after the next start.
        ['drain', () => Promise.race([inbox.idle(), sleep(drain, undefined, { ref: false })])],
        ['inbox', (left) => inbox.close(Math.min(DRAIN, left / 2))],
        ['repositories', () => lastgood.close()],
      ],
      (part, error) => log.warn({ part, err: error }, 'not closed in time'),
    );
    // What was finished last may have set something for later.
    timers.close();
  };
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => (closing ??= closeAll());

  try {
    await repositories.look();
  } catch (error) {
    const forGood = explainStart(error);
    if (forGood) {
      await close();
      throw forGood;
    }
  }
  begin();
  return {
    url: `http://${settings.host.includes(':') ? `[${settings.host}]` : settings.host}:${server.port}`,
    paths: routes.flatMap(({ paths }) => paths),
    lastgood,
    store,
    async sweep() {
      reports.clear();
      await Promise.all(
        lastgood
          .repositories()
          .map((repository) => inbox.arrivals.due({ kind: 'sweep', repository })),
      );
      await inbox.idle();
      return new Map(reports);
    },
    async idle() {
      await repositories.idle();
      do {
        await measuring.idle();
        await inbox.idle();
      } while (measuring.busy());
    },
    close,
  };
}

function createApp(
  { settings, log, clock, spacing, fetch }: ServeParts,
  called: (call: GitHubCall) => void,
): Probot {
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
