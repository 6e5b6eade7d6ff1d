import type { Invariant } from './invariant.ts';

/** What was acknowledged has a recorded outcome, unless the database was lost before. */
export const everyAlertAnswered: Invariant = {
  name: 'every alert is answered',
  after({ record }) {
    return record.alerts
      .filter(({ outcome }) => outcome === 'accepted')
      .flatMap(({ seq, fingerprint, labels, status }) => {
        const answer = record.entries.find(
          (one) =>
            one.seq > seq &&
            one.entry.kind === 'decided' &&
            one.entry.alert.fingerprint === fingerprint,
        );
        if (answer) return [];
        if (record.losses.some((loss) => loss > seq)) return [];
        return [
          `${labels.name} of ${labels.model} (${labels.severity}, ${status}) was never decided`,
        ];
      });
  },
};
