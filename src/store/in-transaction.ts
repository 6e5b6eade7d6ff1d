import type { Queries } from './database.ts';

/**
 * Runs the work between `begin` and `commit`, both through `ask`. A statement that failed spoils a transaction, and
 * its commit would be a rollback without a word: so it fails here even if the work went on.
 */
export async function inTransaction<T>(
  ask: Queries['query'],
  work: (tx: Queries) => Promise<T>,
): Promise<T> {
  await ask('begin');
  let failed: { readonly error: unknown } | undefined;
  const query: Queries['query'] = async (sql, parameters) => {
    try {
      return await ask(sql, parameters);
    } catch (error) {
      failed ??= { error };
      throw error;
    }
  };
  let result: T;
  try {
    result = await work({ query });
    if (failed) throw failed.error;
  } catch (error) {
    // When even this fails, the connection is of no use any more; its owner finds out by itself.
    await ask('rollback').catch(() => undefined);
    throw error;
  }
  await ask('commit');
  return result;
}
