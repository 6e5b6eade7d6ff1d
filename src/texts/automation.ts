import type { Automation } from '../automation/automation.ts';
import { SUSPENDED } from '../automation/flux-marker.ts';
import { inCode } from './escape.ts';
import { listOf } from './names.ts';

/** What may bring a bad version back by itself, and what to do about it. Markdown. */
export function automationSentence(automation: Automation): string {
  switch (automation.kind) {
    case 'flux': {
      const { policy, pin, file, line, suspended } = automation;
      const where = `${inCode(file, 200)} line ${line}`;
      const what = `the image policy ${inCode(policy, 120)}`;
      if (suspended) {
        return `Flux sets ${inCode(pin)} by ${what}. This takes the comment that says so out of force (${where}). After a reland, take ${inCode(SUSPENDED.trim())} out of it again.`;
      }
      return `Flux sets ${inCode(pin)} by ${what} (${where}), and may set the bad version again. Suspend it with ${inCode('flux suspend image update NAME')}, or say ${inCode('suspendAutomation: true')} in the policy.`;
    }
    case 'argocd-image-updater':
      return `Argo CD Image Updater writes ${inCode(automation.file, 200)}, and may set the bad version again. Annotate the Application ${inCode(automation.application, 120)} with ${inCode('argocd-image-updater.argoproj.io/ALIAS.ignore-tags')} and the bad version, or take the image out of its ${inCode('image-list')}.`;
    case 'renovate': {
      const files = automation.pinned.slice(0, 3).map((file) => inCode(file, 200));
      return `Renovate (${inCode(automation.file)}) may propose the bad version again; the ${inCode('lastgood')} check fails that pull request. To keep it quiet, add a rule with ${inCode('matchFileNames')} for ${listOf(files)} and ${inCode('"enabled": false')} to its ${inCode('packageRules')}.`;
    }
  }
}

/** Whether a rollback changes anything beside its pins. */
export function otherBytes(automations: readonly Automation[] = []): string {
  const suspends = automations.some((one) => one.kind === 'flux' && one.suspended);
  return suspends
    ? 'The comments by which Flux would set them again are out of force. No other byte changes.'
    : 'No other byte changes.';
}
