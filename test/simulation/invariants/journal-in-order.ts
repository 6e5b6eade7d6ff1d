import { journalOf } from '../journal-branch.ts';
import type { Invariant } from './invariant.ts';

/** The entries of the journal are one chain: numbered without a gap, each bound to the one before it, none twice. */
export const journalInOrder: Invariant = {
  name: 'the journal is in order',
  after(world) {
    const lines = journalOf(world);
    const wrong: string[] = [];
    const ids = new Set<string>();
    let before = '0'.repeat(64);
    for (const [i, { seq, previous, id, hash, kind }] of lines.entries()) {
      if (seq !== i + 1) wrong.push(`entry ${seq} stands where ${i + 1} belongs`);
      if (previous !== before) wrong.push(`entry ${seq} is not bound to the one before it`);
      if (ids.has(id)) wrong.push(`entry ${seq} (${kind}) is there twice`);
      ids.add(id);
      before = hash;
    }
    return wrong.slice(0, 5);
  },
};
