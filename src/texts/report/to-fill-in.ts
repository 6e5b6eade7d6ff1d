import type { IncidentStory } from '../../journal/incident-story.ts';
import { inCode } from '../escape.ts';

/** What no entry can tell: questions for people, each with room for its answer. Markdown. */
export function toFillIn({ target }: IncidentStory): string {
  const questions = [
    [
      'Who noticed, and how',
      `What users of ${inCode(target)} saw, how many they were, what it cost.`,
    ],
    ['Root cause', 'Why the bad release behaved so, and why it was released.'],
    ['What went well', 'What shortened the incident.'],
    ['What went badly', 'What lengthened it: signals that came late, people who were not reached.'],
    ['Where we were lucky', 'What would have made it worse.'],
  ];
  return [
    '## For people to fill in',
    ...questions.map(([title, question]) => `### ${title}\n\n_${question}_`),
  ].join('\n\n');
}
