import type { Logger } from 'pino';
import type { Entry, Journal } from './entry.ts';

/** Writes entries to the log: one static message a kind, the sentence and the facts beside it. */
export function createLogJournal(log: Logger): Journal {
  return {
    write(entry) {
      const { kind, sentence, repository, incident } = entry;
      // Left out where there is none, so that it does not hide what is known of the line otherwise.
      const about = incident === undefined ? {} : { incident };
      const facts = { repository, ...about, sentence, ...factsOf(entry) };
      if (kind === 'failed') log.error({ ...facts, err: entry.error }, kind);
      else if (kind === 'paged') log.error(facts, kind);
      else if (kind === 'policy-problem' || kind === 'tampered' || asksForPeople(entry))
        log.warn(facts, kind);
      else log.info(facts, kind);
    },
  };
}

function factsOf(entry: Entry): Record<string, unknown> {
  switch (entry.kind) {
    case 'decided':
      return { act: entry.decision.act, reason: entry.decision.reason, alert: entry.alert.name };
    case 'proposed':
    case 'adopted':
    case 'renewed':
    case 'waiting':
    case 'closed':
      return { pull: entry.number };
    case 'commanded':
      return { number: entry.number, by: entry.by.login, outcome: entry.outcome };
    case 'followed':
      return { pull: entry.number, happened: entry.happened };
    case 'merged':
      return { pull: entry.number, commit: entry.commit };
    case 'storm':
      return { models: entry.storm.models.length, since: entry.storm.since };
    case 'paged':
      return { page: entry.key, severity: entry.severity };
    case 'drilled':
      return { target: entry.drill.target, outcome: entry.drill.outcome };
    case 'tampered':
      return { commit: entry.commit, login: entry.login };
    case 'passed':
      return { monitor: entry.monitor, why: entry.why };
    case 'state':
    case 'storm-over':
    case 'armed':
    case 'planned':
    case 'policy-problem':
    case 'failed':
      return {};
  }
}

function asksForPeople(entry: Entry): boolean {
  if (entry.kind === 'storm') return true;
  return entry.kind === 'decided' && entry.decision.act === 'notify';
}
