/**
 * What a process that died left undone about a pull request. Nobody has to have written down what was to be done:
 * the pull request itself shows what was.
 */
import type { RollbackRecord } from '../journal/trailers.ts';
import { adoptedSentence } from '../texts/plan.ts';
import { pullRequestLabels } from '../texts/pull-request.ts';
import { DAY } from '../time.ts';
import { evidenceOf } from './evidence-of-record.ts';
import type { PullRequest } from './forge.ts';
import { fullName, type Ports, type Workspace } from './workspace.ts';

/**
 * Whether a pull request ended, and nobody has done what comes after that. Its branch is deleted and its labels are
 * put on last; GitHub may delete the branch by itself, too.
 */
export function isUnfinished(
  workspace: Workspace,
  ports: Ports,
  pull: PullRequest,
  record: RollbackRecord | undefined,
): boolean {
  if (workspace.kept.get(pull.branch)?.number === pull.number) return true;
  if (!endedRecently(ports, pull)) return false;
  return pull.traces?.branchStands === true || (record !== undefined && !isLabelled(pull, record));
}

function isLabelled({ traces }: PullRequest, record: RollbackRecord): boolean {
  const there = new Set(traces?.labels);
  return pullRequestLabels(evidenceOf(record).alert).every((label) => there.has(label));
}

/** What ended longer ago is over, whatever is left of it: a branch that may not be deleted, say. */
const RECENTLY = DAY;

export function endedRecently(ports: Ports, { traces }: PullRequest): boolean {
  return traces?.endedByApp === true && ports.clock() - (traces.endedAt ?? 0) < RECENTLY;
}

/** Has labels put on a pull request that lacks them: whoever opened it died before it came to that. */
export function labelLater(ports: Ports, pull: PullRequest, record: RollbackRecord): void {
  if (isLabelled(pull, record)) return;
  const { branch, number } = pull;
  const { severity } = evidenceOf(record).alert;
  ports.later({ kind: 'label', branch, number, severity, attempts: 1 }, ports.clock());
}

/** Takes over a rollback that the store does not know: whoever opened it died, or the database is a new one. */
export function adopt(
  { repository, open }: Workspace,
  ports: Ports,
  pull: PullRequest,
  record: RollbackRecord,
): void {
  const { branch, number, url } = pull;
  const { plan } = open.get(branch) ?? {};
  if (!pull.own || !plan) return;
  ports.journal.write({
    kind: 'adopted',
    at: ports.clock(),
    repository: fullName(repository),
    incident: branch,
    sentence: adoptedSentence(number),
    plan,
    number,
    url,
  });
  labelLater(ports, pull, record);
  if (pull.state === 'open' && pull.traces?.asked !== true) {
    ports.later({ kind: 'ask-reviews', branch, number, attempts: 1 }, ports.clock());
  }
}
