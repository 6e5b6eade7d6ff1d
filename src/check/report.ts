import { checkText, findingSentence } from '../texts/check.ts';
import { plainWords } from '../texts/escape.ts';
import type { Oid } from '../releases/release.ts';
import type { Annotation, CheckReport, Conclusion } from './checks.ts';
import { conclude, type Finding } from './finding.ts';

/** The name that branch rules require. */
export const CHECK_NAME = 'lastgood';

const CONCLUSIONS = {
  passed: 'success',
  // GitHub lets a neutral check pass, and shows it apart from a plain success.
  warned: 'neutral',
  failed: 'failure',
} as const satisfies Record<ReturnType<typeof conclude>, Conclusion>;

const LEVELS = { fail: 'failure', warn: 'warning', tell: 'notice' } as const;

/** What GitHub shows of the findings about a head. `key` names what they rest on: the same one, the same report. */
export function reportOf(head: Oid, key: string, findings: readonly Finding[]): CheckReport {
  const { title, summary } = checkText(findings);
  return {
    name: CHECK_NAME,
    head,
    externalId: key,
    conclusion: CONCLUSIONS[conclude(findings)],
    title,
    summary,
    annotations: findings.flatMap(annotate),
  };
}

function annotate(finding: Finding): Annotation[] {
  const { where, weight } = finding;
  if (!where) return [];
  return [
    {
      path: where.file,
      startLine: where.line,
      endLine: where.line,
      level: LEVELS[weight],
      title: checkText([{ ...finding, weight: 'fail' }]).title,
      // GitHub shows annotations as plain text.
      message: plainWords(findingSentence(finding), 1_000),
    },
  ];
}
