import { listOf } from '../texts/names.ts';
import { ok, problem, type Check } from './check.ts';
import type { Facts } from './facts.ts';

const THE_APP = 'the App';

/** Judges the metric servers, where there are any. */
export function checkMetricServers({ metricServers = [] }: Facts): readonly Check[] {
  const answer = metricServers.filter(({ problem: why }) => why === undefined);
  const names = listOf(answer.map(({ name }) => name));
  const [servers, answers] = answer.length === 1 ? ['server', 'answers'] : ['servers', 'answer'];
  return [
    ...(answer.length > 0
      ? [ok('metric-servers', THE_APP, `The metric ${servers} ${names} ${answers}.`)]
      : []),
    ...metricServers.flatMap(({ name, problem: why }) =>
      why === undefined
        ? []
        : problem(
            'metric-servers',
            THE_APP,
            `The metric server ${name} gives no metrics: ${why}.`,
            'Look at the server, and at what LASTGOOD_METRIC_SERVERS_FILE says of it.',
          ),
    ),
  ];
}
