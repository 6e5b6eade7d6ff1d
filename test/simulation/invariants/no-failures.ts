import type { Invariant } from './invariant.ts';

/** Nothing is given up, nothing fails in a way that nobody thought of, and GitHub's own descriptions are kept. */
export const noFailures: Invariant = {
  name: 'no failures',
  async after({ database, record, hub }) {
    const dead = await database.database.query<{ kind: string; error: string }>(
      "select kind, error from lastgood.item where state = 'dead'",
    );
    const mistakes = record.entries.flatMap(({ entry }) =>
      entry.kind === 'failed' && isMistake(entry.error) ? [entry.error.stack ?? ''] : [],
    );
    const logged = record.errors
      .filter(({ msg, err }) => msg === 'request failed' || isMistakeType(err?.type))
      .map(({ msg, err }) => `${msg}: ${err?.stack}`);
    return [
      ...dead.map(({ kind, error }) => `a dead letter (${kind}): ${error}`),
      ...[...new Set(mistakes)].map((stack) => `a mistake: ${stack}`),
      ...[...new Set(logged)].map((line) => `logged: ${line}`),
      ...hub.violations.map((violation) => `the hub: ${violation}`),
    ];
  },
};

const MISTAKES = new Set(['TypeError', 'RangeError', 'ReferenceError', 'SyntaxError', 'Error']);

function isMistakeType(type: string | undefined): boolean {
  return type !== undefined && MISTAKES.has(type);
}

/** Failures that are expected have classes of their own. */
function isMistake(error: unknown): error is Error {
  return error instanceof Error && isMistakeType(error.constructor.name);
}
