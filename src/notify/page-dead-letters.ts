import type { DeadLetter } from '../store/dead-letters.ts';
import { SEVERITIES, type Severity } from '../policy/policy.ts';
import { deadLetterSentence } from '../texts/inbox.ts';
import { incidentIn } from '../inbox/incident-in.ts';
import { withLogFacts } from '../log-facts.ts';
import type { Pager } from './pager.ts';
import { wayOf } from './ways.ts';

export interface DeadLetterParts {
  readonly pager: Pager;
  /** The repository of a lane, as it is called now. */
  readonly nameOf: (lane: string) => string | undefined;
  /** A call that could not be posted is told, and calls nobody: that would go on for ever. */
  readonly lost: (letter: DeadLetter, sentence: string) => void;
}

/** Calls a person for each item that was given up. Throws when it could not; to be asked again then. */
export function pageDeadLetters(parts: DeadLetterParts): (letter: DeadLetter) => Promise<void> {
  const { pager, nameOf, lost } = parts;
  const call = async (letter: DeadLetter): Promise<void> => {
    const sentence = deadLetterSentence(letter);
    if (wayOf(letter.lane) !== undefined) return lost(letter, sentence);
    const repository = nameOf(letter.lane);
    await pager.page({
      // One that is replayed and given up again is another call.
      key: `dead-letter ${letter.id} ${letter.diedAt}`,
      ...(repository !== undefined && { repository }),
      severity: severityOf(letter),
      sentence,
    });
  };
  // Said in the log only: the end of an incident takes back the calls about it, and this one not.
  return (letter) => {
    const incident = incidentIn(letter.payload);
    return withLogFacts(incident === undefined ? {} : { incident }, () => call(letter));
  };
}

/** An alert's own; anything else that is lost may leave a rollback where it is. */
function severityOf({ kind, payload }: DeadLetter): Severity {
  if (kind !== 'alert' || typeof payload !== 'object' || payload === null) return 'high';
  const alert: unknown = 'alert' in payload ? payload['alert'] : undefined;
  const said = typeof alert === 'object' && alert && 'severity' in alert ? alert.severity : '';
  return SEVERITIES.find((one) => one === said) ?? 'high';
}
