import { closeGaps } from './close-gaps.ts';
import { connectGitHub } from './connect-github.ts';
import { followRepositories } from './follow-repositories.ts';
import { createDirectory } from './inbox/directory.ts';
import { laneOf, repositoryOf } from './inbox/lane.ts';
import { openInbox, openStore } from './inbox/open-inbox.ts';
import { readKept } from './kept-state.ts';
import { createLastgood, type Lastgood } from './lastgood.ts';
import { openMetricServers } from './metrics/metric-servers.ts';
import { readShippedPresets } from './policy/presets.ts';
import { createCalls } from './notify/calls.ts';
import { openSlack } from './notify/slack/open-slack.ts';
import { manifestsOpener } from './open-manifests.ts';
import { createOperation } from './operation.ts';
import { createMeasuring } from './recovery/measuring.ts';
import { fullName } from './rollback/workspace.ts';
import type { Repository } from './rollback/forge.ts';
import type { SweepReport } from './rollback/sweep-repository.ts';
import type { Limits, ServeParts } from './serve-parts.ts';
import { PauseLane } from './store/settlement.ts';
import type { Store } from './store/store.ts';
import { explainStart } from './start-error.ts';
import { stopServing } from './stop-serving.ts';
import { SECOND } from './time.ts';
import { createTimers } from './timers.ts';
import { openWatch } from './watch/open-watch.ts';
import { repositoryWatchedIn } from './watch/watched.ts';
import { createWatchBook } from './watch/watch-book.ts';
import { openWaysIn } from './ways-in.ts';
import { HTTP_LIMITS, openHttpServer } from './web/http-server.ts';
import type { Condition } from './web/health.ts';
import { routeRequests } from './web/routes.ts';

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
  const operation = createOperation({ settings, clock, log });
  const journal = operation.counted(parts.journal);
  const github = await connectGitHub({
    settings,
    log,
    clock,
    called: operation.githubCalled,
    wait: parts.wait,
    spacing: parts.spacing,
    fetch: parts.fetch,
  });

  // Whoever owns the time owns the store's as well.
  const storeClock = parts.timers && clock;
  const place = { clock: storeClock, open: parts.openDatabase, random: parts.random };
  const store = operation.watch(await openStore(settings, place));
  const reports = new Map<number, SweepReport>();
  const slack = openSlack({
    setup: settings.slack,
    store,
    issues: github.issues,
    accountOf: github.accountOf,
    noticed: operation.noticed,
  });
  const metrics = parts.metrics ?? openMetricServers(settings.metricServers);
  const measuring = createMeasuring({
    metrics,
    answered: (repository, answers) => inbox.arrivals.measured(repository, answers),
    failed: (error) => log.error({ err: error }, 'metrics not asked'),
  });
  const watchBook = createWatchBook(store);
  const lastgood = createLastgood({
    notices: slack.notices,
    ...github,
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
    openManifests: manifestsOpener({
      settings,
      forge: github.forge,
      watch: operation.mirrors,
      log,
      current: (id) => repositories.get(id),
      open: parts.openMirror,
    }),
  });
  const repositories = followRepositories({
    list: (notListed) => github.repositories(notListed),
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
    const id = repositoryOf(lane) ?? repositoryWatchedIn(lane);
    const repository = id === undefined ? undefined : repositories.get(id);
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
  const toOpen = async (repository: Repository): Promise<void> => {
    try {
      await inbox.arrivals.open(repository.id);
    } catch (error) {
      log.error({ err: error, repository: fullName(repository) }, 'repository not opened');
    }
    begin();
  };
  /** What waits is handed over once it is known which repositories there are: before, all would be unknown. */
  const begin = (): void => {
    if (repositories.known()) inbox.start();
  };

  let stopping = false;
  const condition = (): Condition => {
    if (stopping) return 'stopping';
    return repositories.known() ? 'serving' : 'starting';
  };
  const routes = openWaysIn({
    settings,
    clock,
    log,
    store,
    arrivals: inbox.arrivals,
    directory,
    lastgood,
    watchBook,
    slack,
    operation,
    bodyTimeout: limits.body,
    condition,
    known: () => repositories.known(),
  });
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
          app: github.app,
          timing: github.timing,
          log,
          swept: operation.swept,
          ...(parts.schedule && { schedule: parts.schedule }),
        });

  const stop = (): Promise<void> => {
    stopping = true;
    return stopServing({
      server,
      gaps,
      measuring,
      repositories,
      inbox,
      lastgood,
      timers,
      log,
      grace: limits.grace,
      drain: parts.drain,
    });
  };
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => (closing ??= stop());

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
