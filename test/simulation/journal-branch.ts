import { createHash } from 'node:crypto';
import { textAt } from './read-world.ts';
import type { World } from './world.ts';

/** Where Lastgood keeps its journal, as its documentation says. */
const BRANCH = 'lastgood/journal';
const FOLDER = '.lastgood/journal/';

/** One entry, as far as anything is checked about it. */
export interface Line {
  readonly file: string;
  readonly seq: number;
  readonly previous: string;
  readonly id: string;
  readonly kind: string;
  readonly incident?: string;
  readonly facts: Readonly<Record<string, unknown>>;
  /** Of the line itself. */
  readonly hash: string;
}

/** The entries on the branch of the journal, by their numbers. Reads them without the product's help. */
export function journalOf(world: World): readonly Line[] {
  const head = world.repository.head(BRANCH);
  if (head === undefined) return [];
  const paths = [...world.git.history.filesOf(head).keys()].filter(
    (path) => path.startsWith(FOLDER) && path.endsWith('.jsonl'),
  );
  return paths
    .flatMap((file) =>
      (textAt(world, head, file) ?? '')
        .split('\n')
        .filter((text) => text !== '')
        .map((text) => ({
          ...(JSON.parse(text) as Omit<Line, 'file' | 'hash'>),
          file,
          hash: createHash('sha256').update(text).digest('hex'),
        })),
    )
    .sort((a, b) => a.seq - b.seq);
}
