import { suspendApplication } from './argo-application.ts';
import type { OtherAutomation } from './automation.ts';
import { addRule } from './renovate-rule.ts';

/** Files with what sets a target's pins out of force, as far as each can be edited without another byte changing. */
export interface Suspended {
  readonly automations: readonly OtherAutomation[];
  /** New texts by path. */
  readonly texts: ReadonlyMap<string, string>;
}

/**
 * Takes what stands beside the pins out of force. `textOf` answers a file's text as the rollback leaves it; undefined
 * for one that cannot be edited. What cannot be done is told to people, never half done.
 */
export function suspendOthers(
  automations: readonly OtherAutomation[],
  target: string,
  textOf: (path: string) => string | undefined,
): Suspended {
  const texts = new Map<string, string>();
  const now = (path: string): string | undefined => texts.get(path) ?? textOf(path);
  const after = automations.flatMap((automation): OtherAutomation | readonly [] => {
    if (automation.kind === 'renovate') {
      const { file, pinned } = automation;
      const text = now(file);
      const edit =
        text === undefined
          ? ({ ok: false, why: 'the file cannot be read as text' } as const)
          : addRule(text, target, pinned);
      if (!edit.ok) return { ...automation, why: edit.why };
      // A rule that is there already sets nothing.
      if (edit.text === text) return [];
      texts.set(file, edit.text);
      return { ...automation, suspended: true };
    }
    const { annotation, application } = automation;
    const text = annotation && now(annotation.file);
    const suspended = text === undefined ? undefined : suspendApplication(text, application);
    if (!annotation || suspended === undefined) return automation;
    texts.set(annotation.file, suspended);
    return { ...automation, suspended: true };
  });
  return { automations: after, texts };
}
