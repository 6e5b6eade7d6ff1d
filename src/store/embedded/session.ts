import { parse, protocol, type PGlite } from '@electric-sql/pglite';
import type { Parameter, Queries } from '../database.ts';

const { serialize } = protocol;

/** What the program asks is always the same; anything beyond so many different statements is not kept prepared. */
const MOST_PREPARED = 100;

/** Only these can be prepared. */
const PREPARABLE = /^\s*(?:select|insert|update|delete|with)\b/i;

/**
 * Asks PGlite in one message a statement, prepared once: PGlite's own `query` sends six, and has the statement parsed
 * anew each time, which costs more than a small INSERT. Not to be asked twice at a time.
 */
export function createSession(pglite: PGlite): Queries['query'] {
  const prepared = new Map<string, string>();

  const send = (...messages: readonly Uint8Array[]) =>
    pglite.execProtocolStream(Buffer.concat(messages), { syncToFs: false });

  /** Answers the name of the statement; the empty one is parsed with each message. */
  const prepare = async (sql: string): Promise<string> => {
    const known = prepared.get(sql);
    if (known !== undefined) return known;
    if (prepared.size >= MOST_PREPARED || !PREPARABLE.test(sql)) return '';
    const name = `s${prepared.size}`;
    await send(serialize.parse({ name, text: sql }), serialize.sync());
    prepared.set(sql, name);
    return name;
  };

  return async <Row>(sql: string, parameters: readonly Parameter[] = []): Promise<Row[]> => {
    const statement = await prepare(sql);
    const messages = await send(
      ...(statement === '' ? [serialize.parse({ text: sql })] : []),
      serialize.bind({ statement, values: parameters.map(toText) }),
      serialize.describe({ type: 'P' }),
      serialize.execute({}),
      serialize.sync(),
    );
    const [result] = parse.parseResults(messages, pglite.parsers);
    return (result?.rows ?? []) as Row[];
  };
}

/** A parameter in PostgreSQL's text form, which its type in the statement gives a meaning. */
function toText(value: Parameter): string | null {
  if (value === null) return null;
  return typeof value === 'object' ? `{${value.map(toElement).join(',')}}` : String(value);
}

function toElement(value: string | number | boolean | null): string {
  return typeof value === 'string' ? `"${value.replace(/["\\]/g, '\\$&')}"` : String(value);
}
