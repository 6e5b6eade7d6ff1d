import type { Logger } from 'pino';
import type { Arrivals } from '../inbox/arrivals.ts';
import type { Pager } from '../notify/pager.ts';
import type { Settlement, Turn } from '../store/settlement.ts';
import { targetKey } from '../target.ts';
import { judgementSentence } from '../texts/judgement.ts';
import { monitorProblem, serverBackSentence, serverGoneSentence } from '../texts/monitors.ts';
import { createWatch } from './watch.ts';
import type { WatchParts } from './watch-parts.ts';
import { repositoryWatchedIn } from './watched.ts';

export interface OpenWatchParts extends Pick<
  WatchParts,
  'store' | 'metrics' | 'servers' | 'clock' | 'nameOf' | 'looked'
> {
  readonly log: Logger;
  /** The inbox is opened after this, as it hands over the turns. */
  readonly arrivals: () => Pick<Arrivals, 'alerted' | 'arm' | 'passed'>;
  readonly pager: () => Pick<Pager, 'page'>;
}

/** Everything that watches monitors, wired. Answers who works a lane; undefined for a lane of anything else. */
export function openWatch(
  parts: OpenWatchParts,
): (lane: string) => ((turn: Turn) => Promise<Settlement>) | undefined {
  const { log, arrivals, pager, ...rest } = parts;
  const { clock, nameOf } = parts;
  const watch = createWatch({
    ...rest,
    alerted: (alerts, key) => arrivals().alerted(alerts, key),
    armed: (repository, arming) => arrivals().arm(repository, arming),
    passed: (repository, passing) => arrivals().passed(repository, passing),
    sentenceOf: ({ name }, { last }) => (last ? judgementSentence(last, name) : ''),
    async serverGone(repository, server, since, why, monitors) {
      const name = await nameOf(repository);
      const sentence = serverGoneSentence(server, clock() - since, why, monitors);
      log.error({ server, since, sentence }, 'metric server gone');
      await pager().page({
        key: `metric-server ${server} ${since}`,
        ...(name !== undefined && { repository: name }),
        repositoryId: repository,
        severity: 'high',
        sentence,
      });
    },
    serverBack(server, length) {
      log.info({ server, sentence: serverBackSentence(server, length) }, 'metric server back');
    },
    problem(target, monitor, why) {
      const facts = { target: targetKey(target), monitor };
      if (why === undefined) log.info(facts, 'monitor can be asked for again');
      else log.warn({ ...facts, sentence: monitorProblem(facts.target, monitor, why) }, 'monitor');
    },
  });
  return (lane) => {
    const repository = repositoryWatchedIn(lane);
    return repository === undefined ? undefined : (turn) => watch.turn(repository, turn);
  };
}
