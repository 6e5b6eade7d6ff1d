import { checkGroup, checkPull } from '../check/check-pull.ts';
import { judgeOpen } from '../check/judge-open.ts';
import { withLogFacts } from '../log-facts.ts';
import { handleSaid } from '../commands/handle-said.ts';
import { handleSlack } from '../commands/handle-slack.ts';
import { lookAtRecovery, readAnswers } from '../recovery/follow-recovery.ts';
import { writeRecovery } from '../recovery/tell-recovery.ts';
import { takeNextRung } from '../recovery/next-rung.ts';
import { advanceDrill } from '../drill/advance-drill.ts';
import { lookAtDrills } from '../drill/look-at-drills.ts';
import { tellCard } from '../notify/tell-card.ts';
import { tellAfterStorm, tellStorm } from '../notify/tell-storm.ts';
import { armTarget } from '../watch/arm-target.ts';
import { notePassed } from '../watch/note-passed.ts';
import { noteWatched } from '../watch/note-watched.ts';
import { targetKey } from '../target.ts';
import { advanceRollback } from './advance-rollback.ts';
import { incidentOf } from './branch.ts';
import { askAfterwards } from './ask-afterwards.ts';
import { askForReviews, labelPull } from './call-people.ts';
import { checkMerged } from './check-merged.ts';
import { tidyUp } from './close-rollback.ts';
import { completeJournal } from './complete-journal.ts';
import type { Due } from './due.ts';
import { flushJournal } from './flush-journal.ts';
import { followPush, followReopening } from './follow-push.ts';
import { insist } from './insist.ts';
import { noteQuarantines } from './note-quarantines.ts';
import { callAboutWait, remind } from './keep-time.ts';
import { linkReport } from './link-report.ts';
import { fetching, reconsiderAlert } from './respond-to-alert.ts';
import { lookAtState } from './after-state.ts';
import { say } from './say.ts';
import { tellOutcome } from './tell-outcome.ts';
import { writeCheck, writeStatus } from './tell-status.ts';
import { bringUpToDate, policyOf } from './up-to-date.ts';
import { pageStorm, watchStorm } from './watch-storm.ts';
import type { Ports, Workspace } from './workspace.ts';

/** Does what is due. What it was about may be over by now: then nothing is done. */
export function doDue(workspace: Workspace, ports: Ports, due: Due): Promise<void> {
  const about = 'branch' in due ? { incident: due.branch } : {};
  return withLogFacts(about, () => doOne(workspace, ports, due));
}

async function doOne(workspace: Workspace, ports: Ports, due: Due): Promise<void> {
  const { attempts } = due;
  switch (due.kind) {
    case 'open':
      // The repository is open: that was it.
      return;
    case 'fetch':
      return insist(workspace, ports, fetching(workspace, attempts), () =>
        bringUpToDate(workspace, ports),
      );
    case 'storm':
      watchStorm(workspace, ports);
      return;
    case 'storm-issue':
      return tellStorm(workspace, ports, attempts);
    case 'storm-turned':
      await pageStorm(workspace, ports);
      if (!watchStorm(workspace, ports)) tellAfterStorm(ports);
      for (const [branch, { merges }] of workspace.open) {
        if (merges === 'while-firing') await advanceRollback(workspace, ports, branch);
      }
      return;
    case 'reconsider': {
      const firing = workspace.evidence.get(due.alert)?.alert.status === 'firing';
      if (!firing && due.telling !== 'always') return;
      await reconsiderAlert(workspace, ports, due.alert, due.telling, attempts);
      return;
    }
    case 'advance':
      return advanceRollback(workspace, ports, due.branch, undefined, attempts);
    case 'time':
      return advanceRollback(workspace, ports, due.branch);
    case 'remind':
      return remind(workspace, ports, due);
    case 'call':
      return callAboutWait(workspace, ports, due);
    case 'review-afterwards':
      return askAfterwards(workspace, ports, due);
    case 'status':
      return writeStatus(workspace, ports, due.branch, undefined, attempts);
    case 'check':
      return writeCheck(workspace, ports, due.branch, attempts);
    case 'outcome':
      return tellOutcome(workspace, ports, due, due.status, attempts);
    case 'pushed':
      return followPush(workspace, ports, due.branch, attempts);
    case 'reopened':
      return followReopening(workspace, ports, due, attempts);
    case 'say':
      return say(workspace, ports, due, attempts);
    case 'state':
      return insist(workspace, ports, { due, what: 'Looking at the state' }, () =>
        lookAtState(workspace, ports),
      );
    case 'said':
      return handleSaid(workspace, ports, due, attempts);
    case 'slack':
      return handleSlack(workspace, ports, due.ask, attempts);
    case 'judge':
      return checkPull(workspace, ports, due.number, attempts);
    case 'judge-again':
      return checkPull(workspace, ports, due.number, attempts, due.kind);
    case 'judge-open':
      return judgeOpen(workspace, ports, due);
    case 'quarantine':
      return insist(workspace, ports, { due, what: 'Writing down what was rolled back from' }, () =>
        noteQuarantines(workspace, ports),
      );
    case 'watch':
      return insist(workspace, ports, { due, what: 'Looking up what is watched' }, () =>
        noteWatched(workspace, ports, due.after),
      );
    case 'arm':
      return insist(workspace, ports, { due, what: `Preparing a rollback of ${due.target}` }, () =>
        armTarget(workspace, ports, due),
      );
    case 'passed':
      return notePassed(workspace, ports, due);
    case 'drills':
      return insist(workspace, ports, { due, what: 'Looking which drills are due' }, () =>
        lookAtDrills(workspace, ports),
      );
    case 'drill':
      return advanceDrill(workspace, ports, due.target, attempts);
    case 'judge-group':
      return checkGroup(workspace, ports, due, attempts);
    case 'tell':
      return tellCard(workspace, ports, due.branch, attempts);
    case 'recovery':
      return lookAtRecovery(workspace, ports, due.branch, { attempts });
    case 'measured':
      return readAnswers(workspace, ports, due.answers);
    case 'next-rung':
      return takeNextRung(workspace, ports, due.branch, attempts);
    case 'recovery-status':
      return writeRecovery(workspace, ports, due.branch, attempts);
    case 'tidy':
      return tidyUp(workspace, ports, due.branch, attempts);
    case 'journal':
      return flushJournal(workspace, ports, attempts);
    case 'journal-gaps':
      return completeJournal(workspace, ports, attempts);
    case 'report':
      return linkReport(workspace, ports, due, attempts);
    case 'repair':
      return repair(workspace, ports, due);
    case 'label':
      return labelPull(workspace, ports, due, due.severity, attempts);
    case 'ask-reviews': {
      const incident = incidentOf(due.branch);
      const policy = incident && policyOf(workspace, incident.target);
      if (policy) await askForReviews(workspace, ports, due, policy, attempts);
    }
  }
}

/** Another try of a repair begins with what GitHub and git say of the merge. */
async function repair(
  workspace: Workspace,
  ports: Ports,
  due: Extract<Due, { kind: 'repair' }>,
): Promise<void> {
  const incident = incidentOf(due.branch);
  if (!incident) return;
  const what = `Bringing ${targetKey(incident.target)} back whole`;
  await insist(workspace, ports, { due, what }, async () => {
    const pull = await ports.forge.pull(workspace.repository, due.number);
    await checkMerged(workspace, ports, pull, due.attempts);
  });
}
