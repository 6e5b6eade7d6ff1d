import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HOUR, MINUTE, SECOND } from '../time.ts';
import type { Alert } from './alert.ts';
import { MAX_FIRINGS, RETRANSMISSION_GAP, seeAlert } from './evidence.ts';

const T = Date.parse('2026-11-20T02:00:00Z');

/** A notification of an alert that began at T, received so long after. */
function firing(after: number, said: Partial<Alert> = {}): Alert {
  return {
    source: 'alertmanager',
    format: 'alertmanager',
    fingerprint: '4ce238da0745d046',
    status: 'firing',
    name: 'ModelErrorRateHigh',
    model: 'fraud-scorer',
    severity: 'critical',
    startsAt: T,
    receivedAt: T + after,
    labels: {},
    ...said,
  };
}

function resolved(after: number, said: Partial<Alert> = {}): Alert {
  return firing(after, { status: 'resolved', endsAt: T + after, ...said });
}

function see(...alerts: readonly Alert[]) {
  return alerts.reduce<ReturnType<typeof seeAlert> | undefined>(seeAlert, undefined);
}

function firings(...alerts: readonly Alert[]): readonly number[] {
  return (see(...alerts)?.firings ?? []).map((at) => at - T);
}

describe('seeAlert', () => {
  it('counts firings in a row', () => {
    expect(firings(firing(0), firing(MINUTE), firing(2 * MINUTE))).toEqual([0, MINUTE, 2 * MINUTE]);
  });

  it('does not count a retry that comes within the gap', () => {
    expect(firings(firing(0), firing(500), firing(RETRANSMISSION_GAP - 1))).toEqual([0]);
  });

  it('hears that it became worse within the gap, though that is no second firing', () => {
    const known = see(firing(0, { severity: 'low' }));
    const worse = seeAlert(known, firing(SECOND, { severity: 'critical' }));
    expect(worse.alert).toMatchObject({ severity: 'critical', startsAt: T });
    expect(worse.firings).toEqual(known?.firings);
    // What was received before overtook nothing.
    expect(seeAlert(worse, firing(0, { severity: 'low' }))).toBe(worse);
  });

  it('counts a repeat from the gap on', () => {
    expect(firings(firing(0), firing(RETRANSMISSION_GAP))).toEqual([0, RETRANSMISSION_GAP]);
  });

  it('does not let a stream of retries hide the repeats in it', () => {
    const stream = Array.from({ length: 61 }, (_, second) => firing(second * SECOND));
    expect(firings(...stream)).toHaveLength(13);
  });

  it("goes by the sender's ids where there are any, however close or far apart", () => {
    const one = { delivery: 'a 1' };
    const two = { delivery: 'a 2' };
    const seen = [firing(0, one), firing(SECOND, two), firing(HOUR, one), firing(HOUR, two)];
    expect(firings(...seen)).toEqual([0, SECOND]);
  });

  it('forgets the firings when it is resolved, and keeps that it is', () => {
    const evidence = see(firing(0), firing(MINUTE), resolved(2 * MINUTE));
    expect(evidence).toMatchObject({ firings: [], alert: { status: 'resolved' } });
  });

  it('does not come back by a firing that a resolved one has overtaken', () => {
    const late = firing(3 * MINUTE, { startsAt: T });
    expect(firings(firing(0), resolved(2 * MINUTE), late)).toEqual([]);
    expect(see(resolved(2 * MINUTE), late)?.alert.status).toBe('resolved');
  });

  it('begins anew with what starts at the end of the last time or later', () => {
    const ended = resolved(2 * MINUTE);
    const again = firing(3 * MINUTE, { startsAt: T + 2 * MINUTE });
    expect(firings(firing(0), ended, again)).toEqual([3 * MINUTE]);
    const early = firing(3 * MINUTE, { startsAt: T + 2 * MINUTE - 1 });
    expect(firings(firing(0), ended, early)).toEqual([]);
  });

  it('is not resolved by a resolved one of the time before', () => {
    const anew = firing(10 * MINUTE, { startsAt: T + 9 * MINUTE });
    const late = resolved(11 * MINUTE, { endsAt: T + 9 * MINUTE, startsAt: T });
    expect(firings(firing(0), anew, late)).toEqual([10 * MINUTE]);
  });

  it('is resolved by one of the same start, wherever a clock that was set back puts its end', () => {
    const back = resolved(-SECOND, { startsAt: T });
    expect(see(firing(0), back)).toMatchObject({ firings: [], alert: { status: 'resolved' } });
  });

  it('begins anew with a later start when the resolved one was lost', () => {
    const anew = firing(MINUTE + SECOND, { startsAt: T + MINUTE });
    expect(firings(firing(0), firing(MINUTE), anew)).toEqual([MINUTE + SECOND]);
  });

  it('keeps the first start where the sender gives none', () => {
    const said = (after: number) =>
      firing(after, { startsAt: T + after, startAssumed: true as const });
    const evidence = see(said(0), said(MINUTE), said(2 * MINUTE));
    expect(evidence?.firings).toHaveLength(3);
    expect(evidence?.alert.startsAt).toBe(T);
    expect(evidence?.alert.receivedAt).toBe(T + 2 * MINUTE);
  });

  it('remembers a retransmission across a resolved one', () => {
    const first = firing(0, { delivery: 'a 1', startAssumed: true });
    const again = firing(3 * MINUTE, { ...first, receivedAt: T + 3 * MINUTE });
    expect(firings(first, resolved(MINUTE, { delivery: 'a 2' }), again)).toEqual([]);
  });

  it('takes a resolved one without a firing before it', () => {
    expect(see(resolved(0))).toMatchObject({ firings: [], alert: { status: 'resolved' } });
  });

  it('keeps the newest firings only, and bounds the ids', () => {
    let evidence = see(firing(0, { delivery: '0' }));
    for (let i = 1; i <= MAX_FIRINGS + 5; i++) {
      evidence = seeAlert(evidence, firing(i * MINUTE, { delivery: String(i) }));
    }
    expect(evidence?.firings).toHaveLength(MAX_FIRINGS);
    expect(evidence?.firings.at(-1)).toBe(T + (MAX_FIRINGS + 5) * MINUTE);
    expect(evidence?.deliveries?.length).toBeLessThanOrEqual(100);
  });

  const anyAlert = fc
    .record({
      status: fc.constantFrom('firing' as const, 'firing' as const, 'resolved' as const),
      startsAt: fc.integer({ min: 0, max: 30 }).map((minutes) => T + minutes * MINUTE),
      length: fc.integer({ min: 0, max: 20 }),
      after: fc.integer({ min: 0, max: 60 * 60 }),
      delivery: fc.option(fc.constantFrom('1', '2', '3'), { nil: undefined }),
    })
    .map(({ status, startsAt, length, after, delivery }) =>
      firing(after * SECOND, {
        status,
        startsAt,
        ...(status === 'resolved' && { endsAt: startsAt + length * MINUTE }),
        ...(delivery !== undefined && { delivery }),
      }),
    );

  it('is the same after the same notification twice, and sorted, whatever came before', () => {
    fc.assert(
      fc.property(fc.array(anyAlert, { minLength: 1, maxLength: 20 }), (alerts) => {
        const last = alerts.at(-1);
        const evidence = see(...alerts);
        if (!last || !evidence) return;
        expect(seeAlert(evidence, last)).toBe(evidence);
        expect([...evidence.firings].sort((a, b) => a - b)).toEqual(evidence.firings);
        expect(evidence.firings.length > 0).toBe(evidence.alert.status === 'firing');
      }),
    );
  });
});
