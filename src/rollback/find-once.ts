import { findLastGood, type LastGood, type LastGoodQuestion } from '../releases/last-good.ts';
import { targetKey, type TargetKey } from '../target.ts';
import { SECOND } from '../time.ts';
import type { HistorySource } from '../releases/release.ts';

/** What was found of a target, and by which question. */
export interface Found {
  readonly question: LastGoodQuestion;
  readonly lastGood: LastGood;
}

/** An answer holds so long: nothing but the time that a release has run changes it. */
const HOLDS = SECOND;

/**
 * Finds the last good release, and answers the same for the same question a moment later: a storm asks thousands of
 * times about one target, and each answer reads its history.
 */
export async function findOnce(
  manifests: HistorySource,
  known: Map<TargetKey, Found>,
  question: LastGoodQuestion,
): Promise<LastGood> {
  const key = targetKey(question.policy.target);
  const before = known.get(key);
  if (before && isSame(before.question, question)) return before.lastGood;
  const lastGood = await findLastGood(manifests, question);
  // One that was asked a while ago is of no use to anybody.
  for (const [other, found] of known) {
    if (question.now - found.question.now >= HOLDS) known.delete(other);
  }
  known.set(key, { question, lastGood });
  return lastGood;
}

function isSame(before: LastGoodQuestion, question: LastGoodQuestion): boolean {
  const { now, ...rest } = question;
  const { now: then, ...same } = before;
  const keys = new Set([...Object.keys(rest), ...Object.keys(same)]) as Set<keyof typeof rest>;
  return now >= then && now - then < HOLDS && [...keys].every((key) => rest[key] === same[key]);
}
