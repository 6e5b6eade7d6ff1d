import type { IncidentStory } from '../../journal/incident-story.ts';
import { formatDuration, formatInstant } from '../../time.ts';
import { inCode, inProse } from '../escape.ts';
import { count } from '../names.ts';
import { plainly } from '../notify.ts';

/** Who let it happen, and what people asked for meanwhile. Markdown. */
export function approvalsSection({ record, merge, asked, calls }: IncidentStory): string {
  const approvers = record?.approvedBy ?? [];
  const lines = [
    ...approvers.map(({ login, id }) => `- Approved by ${inCode(login)} (account ${id}).`),
    ...(merge?.by === 'policy'
      ? ['- Nobody had to approve it: the policy lets it merge by itself.']
      : []),
    ...(record?.unansweredFor === undefined
      ? []
      : [
          `- Nobody decided for ${formatDuration(record.unansweredFor)}, and the policy merges then.`,
        ]),
    ...asked.map(
      ({ at, by, sentence }) =>
        `- ${formatInstant(at)}, ${inCode(by)}: ${inProse(plainly(sentence), 300)}`,
    ),
    ...(calls > 0 ? [`- People were called ${count(calls, 'time')}.`] : []),
  ];
  return lines.join('\n');
}
