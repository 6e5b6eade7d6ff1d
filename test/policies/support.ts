import type { Model, Stories } from '../stories/support.ts';

/** Puts files on the default branch, or on another one; null removes. Answers what Lastgood told since. */
export function commitFiles(
  stories: Stories,
  files: Readonly<Record<string, string | Buffer | null>>,
  branch?: string,
): Promise<string[]> {
  return stories.after(() =>
    stories.repository.commit({
      by: 'bob',
      message: 'Change policies',
      files,
      ...(branch !== undefined && { branch }),
    }),
  );
}

/** A model's policy file as it stands, changed. */
export async function editedPolicy(
  stories: Stories,
  model: Model,
  edit: (text: string) => string,
): Promise<Readonly<Record<string, string>>> {
  const before = (await stories.repository.read(model.policyFile)) ?? '';
  const after = edit(before);
  if (after === before) throw new Error(`The edit changed nothing of ${model.policyFile}.`);
  return { [model.policyFile]: after };
}
