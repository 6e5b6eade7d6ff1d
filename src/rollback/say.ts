import { insist } from './insist.ts';
import type { Ports, Workspace } from './workspace.ts';

/** Writes a comment under a pull request; `what` begins a sentence about that. */
export async function say(
  workspace: Workspace,
  ports: Ports,
  comment: { readonly number: number; readonly body: string; readonly what: string },
  attempts = 1,
): Promise<void> {
  const { number, body, what } = comment;
  const due = { kind: 'say', number, body, what, attempts } as const;
  await insist(workspace, ports, { due, what }, () =>
    ports.forge.comment(workspace.repository, number, body),
  );
}
