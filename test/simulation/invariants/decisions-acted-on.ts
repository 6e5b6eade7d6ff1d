import { targetKey } from '../../../src/target.ts';
import { rollbacks } from '../steps/step.ts';
import type { Invariant } from './invariant.ts';

/** A decision to act leads to a pull request, whoever died in between, unless it was decided otherwise since. */
export const decisionsActedOn: Invariant = {
  name: 'decisions are acted on',
  after(world) {
    const { record } = world;
    const last = new Map<string, number>();
    for (const [i, { entry }] of record.entries.entries()) {
      if (entry.kind === 'decided') last.set(entry.alert.fingerprint, i);
    }
    return [...last.values()].flatMap((i) => {
      const { entry, seq } = record.entries[i] ?? {};
      if (entry?.kind !== 'decided' || !entry.target || seq === undefined) return [];
      const { act } = entry.decision;
      if (act !== 'merge' && act !== 'review') return [];
      if (record.losses.some((loss) => loss > seq)) return [];
      const prefix = `lastgood/${targetKey(entry.target)}/`;
      if (rollbacks(world).some(({ headRef }) => headRef.startsWith(prefix))) return [];
      return [
        `${act} for ${targetKey(entry.target)} was decided last, and there is no pull request`,
      ];
    });
  },
};
