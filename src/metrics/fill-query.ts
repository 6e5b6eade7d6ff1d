/** What a query may ask about. */
export interface QueryValues {
  readonly model: string;
  readonly version: string;
  readonly environment: string;
  readonly release_commit: string;
}

/**
 * Puts values into a PromQL query, in place of `{model}`, `{version}`, `{environment}` and `{release_commit}`. They are
 * escaped so that they mean the same between double and single quotes and cannot leave them; outside of quotes, or
 * between backticks, whatever had to be escaped makes a query that fails or finds nothing.
 */
export function fillQuery(query: string, values: QueryValues): string {
  // In one pass, so that a value that looks like a placeholder stays what it is.
  return query.replaceAll(/\{(model|version|environment|release_commit)\}/g, (_, name: string) =>
    escapeLabel(values[name as keyof QueryValues]),
  );
}

/** By the code of the character: `\"` is an error between single quotes, and `\'` between double ones. */
function escapeLabel(text: string): string {
  return text.toWellFormed().replaceAll(/[^\w./:@-]/gu, (character) => {
    const code = (character.codePointAt(0) ?? 0).toString(16);
    return `\\U${code.padStart(8, '0')}`;
  });
}
