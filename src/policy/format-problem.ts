import type { PolicyProblem } from './policy.ts';

/** A problem on one line, as compilers write it: `file:line:column: message; expected …; suggestion`. */
export function formatProblem(problem: PolicyProblem): string {
  const { file, line, column, message, expected, suggestion } = problem;
  const parts = [message, expected === undefined ? undefined : `expected ${expected}`, suggestion];
  const text = parts
    .filter((part) => part !== undefined)
    .map((part) => part.replace(/\.$/, ''))
    .join('; ');
  return `${file}:${line}:${column}: ${text}`;
}
