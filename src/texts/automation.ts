import type { Automation } from '../automation/automation.ts';
import { SUSPENDED_PREFIX } from '../automation/argo-application.ts';
import { inCode, inProse } from './escape.ts';
import { listOf } from './names.ts';

/** How what is out of force comes back into force. */
const BACK = `${inCode('/reland')} has Lastgood propose to put it back.`;

/** What may bring a bad version back by itself, and what to do about it. Markdown. */
export function automationSentence(automation: Automation): string {
  switch (automation.kind) {
    case 'flux': {
      const { policy, pin, file, line, suspended } = automation;
      const where = `${inCode(file, 200)} line ${line}`;
      const what = `the image policy ${inCode(policy, 120)}`;
      if (suspended) {
        return `Flux sets ${inCode(pin)} by ${what}. This takes the comment that says so out of force (${where}). ${BACK}`;
      }
      return `Flux sets ${inCode(pin)} by ${what} (${where}), and may set the bad version again. Suspend it with ${inCode('flux suspend image update NAME')}, or say ${inCode('suspendAutomation: true')} in the policy.`;
    }
    case 'argocd-image-updater': {
      const { file, annotation } = automation;
      const application = `the Application ${inCode(automation.application, 120)}`;
      const where = annotation && ` (${inCode(annotation.file, 200)} line ${annotation.line})`;
      if (automation.suspended) {
        return `Argo CD Image Updater sets the images of ${application}. This takes the annotation that says so out of force${where ?? ''}, for all of its images, by ${inCode(SUSPENDED_PREFIX)} before its name. ${BACK}`;
      }
      const does =
        file === undefined ? `sets the images of ${application}` : `writes ${inCode(file, 200)}`;
      return `Argo CD Image Updater ${does}, and may set the bad version again. Annotate ${application}${where ?? ''} with ${inCode('argocd-image-updater.argoproj.io/ALIAS.ignore-tags')} and the bad version, or take the image out of its ${inCode('image-list')}.`;
    }
    case 'renovate': {
      const files = automation.pinned.slice(0, 3).map((file) => inCode(file, 200));
      if (automation.suspended) {
        return `Renovate (${inCode(automation.file)}) may propose the bad version again. This adds a rule to its ${inCode('packageRules')} that keeps it from proposing anything for ${listOf(files)}. ${BACK}`;
      }
      const why =
        automation.why === undefined
          ? ''
          : ` Lastgood could not add it, because ${inProse(automation.why, 200)}.`;
      return `Renovate (${inCode(automation.file)}) may propose the bad version again; the ${inCode('lastgood')} check fails that pull request. To keep it quiet, add a rule with ${inCode('matchFileNames')} for ${listOf(files)} and ${inCode('"enabled": false')} to its ${inCode('packageRules')}.${why}`;
    }
  }
}

/** Whether a rollback changes anything beside its pins. */
export function otherBytes(automations: readonly Automation[] = []): string {
  return automations.some((one) => one.suspended)
    ? 'What would set them again by itself is out of force. No other byte changes.'
    : 'No other byte changes.';
}
