import type { Monitor } from '../monitors/monitor.ts';
import type { Tell } from './judge-entry.ts';
import type { judges, MonitorEntry } from './schema/monitors.ts';

type JudgeKey = keyof typeof judges;

/** Where a monitor says by itself what it reads, that holds; else what the monitor reads that it names in `reads`. */
export function withWhatItReads(
  entry: MonitorEntry,
  entries: Readonly<Record<string, MonitorEntry>>,
  tell: Tell,
): MonitorEntry | undefined {
  const { reads } = entry;
  if (reads === undefined || entry.query !== undefined || entry.series !== undefined) return entry;
  const other = Object.hasOwn(entries, reads) ? entries[reads] : undefined;
  if (other && other.reads === undefined && !other.canary && !other.composite) {
    const { query, series, server } = other;
    const found = {
      ...(query !== undefined && { query }),
      ...(series !== undefined && { series }),
      ...(server !== undefined && { server }),
    };
    return { ...found, ...entry };
  }
  const why = other ? 'which has no query or series of its own' : 'and there is no such monitor';
  const names = Object.entries(entries).flatMap(([name, { query, series }]) =>
    query === undefined && series === undefined ? [] : [name],
  );
  const expected = names.length > 0 ? `one of ${names.join(', ')}` : 'a monitor with a query';
  return tell(['reads'], `reads what ${JSON.stringify(reads)} reads, ${why}`, expected);
}

/** Whether nobody said yet what a monitor reads. */
export function readsNothing(entry: MonitorEntry, judge: JudgeKey): boolean {
  if (judge === 'composite' || judge === 'canary') return false;
  return entry.query === undefined && entry.series === undefined;
}

export function resolveSource(
  entry: MonitorEntry,
  judge: JudgeKey,
  common: string | undefined,
  tell: Tell,
): Monitor['source'] | undefined {
  if (judge === 'composite') {
    const given = (['query', 'series', 'reads', 'server'] as const).find(
      (key) => entry[key] !== undefined,
    );
    if (given === undefined) return { kind: 'parts' };
    return tell([given], `is composite and has \`${given}\``, 'only its parts');
  }
  if (entry.series !== undefined && entry.query !== undefined) {
    return tell(['series'], 'has a query and a pushed series', '`query` or `series`');
  }
  if (entry.series !== undefined) return { kind: 'pushed' };
  const server = entry.server ?? common;
  return { kind: 'server', ...(server !== undefined && { server }) };
}

export function resolveSeries(
  entry: MonitorEntry,
  judge: JudgeKey,
  tell: Tell,
): Monitor['series'] | undefined {
  if (judge === 'composite') return {};
  if (judge === 'canary') {
    const found = Object.entries(entry.canary?.metrics ?? {}).flatMap(([name, metric]) => {
      const { query, stable } = metric;
      if (query === undefined || stable === undefined) {
        const missing = query === undefined ? 'query' : 'stable';
        tell(['canary', 'metrics', name], `has no \`${missing}\` for ${name}`, 'both');
        return [];
      }
      return [[`canary ${name}`, query] as const, [`stable ${name}`, stable] as const];
    });
    return Object.fromEntries(found);
  }
  const value = entry.query ?? entry.series;
  if (value === undefined) {
    const { reads } = entry;
    if (reads === undefined) return tell([], 'reads nothing', '`query` or `series`');
    return tell(
      [],
      `reads what \`${reads}\` reads, which is nothing yet`,
      `\`query\` in \`${reads}\``,
    );
  }
  const more = {
    total: entry.share?.total ?? entry.burnRate?.total,
    registry: entry.regression?.baseline === 'registry' ? entry.regression.registry : undefined,
    inferences: entry.impact?.inferences,
  };
  const known = Object.entries(more).flatMap(([name, text]) =>
    text === undefined ? [] : [[name, text] as const],
  );
  return { value, ...Object.fromEntries(known) };
}
