import { fillQuery } from '../metrics/fill-query.ts';
import { BUCKET } from '../monitors/judge-histograms.ts';
import type { Monitor } from '../monitors/monitor.ts';
import type { Target } from '../target.ts';
import type { NamedRelease } from '../watch/watched.ts';
import { seriesName, type RecordedSeries } from './recorded.ts';
import { columnIn, type Recording } from './recording.ts';
import { RecordingError } from './recording-error.ts';
import { readSeriesName } from './series-name.ts';

/**
 * The recording that a folder is (see `readFolder`). A monitor finds a series by, in this order: the query or name that
 * the policy writes, as it is; a query that is a plain selector, by its labels; the monitor's own name, followed by a
 * dot and the name of the series where it has several. Labels that say whose a series is (`model`, `environment`,
 * `version`, `release_commit`) have to be those of the release.
 */
export function folderRecording(all: readonly RecordedSeries[], folder: string): Recording {
  const byName = Map.groupBy(all, ({ name }) => name);
  return {
    async read({ target, monitor, series, by, span }) {
      const found = find(byName, all, { target, monitor, series, by });
      const histogram = monitor.judge.kind === 'drift' && monitor.judge.histogram;
      const [, second] = found;
      if (second && !histogram) throw several(folder, monitor, series, found);
      return found.map((one) => {
        const name = histogram ? `${BUCKET}${one.labels['le'] ?? ''}` : series;
        return columnIn(name, one, span);
      });
    },
  };
}

interface Wanted {
  readonly target: Target;
  readonly monitor: Monitor;
  readonly series: string;
  readonly by: NamedRelease;
}

/** The names that a recorded series of a monitor may have, for messages. */
export function namesOf({ name, series }: Monitor, one: string): readonly string[] {
  return [...(one === 'value' ? [name] : []), `${name}.${one}`, series[one] ?? one];
}

function find(
  byName: ReadonlyMap<string, readonly RecordedSeries[]>,
  all: readonly RecordedSeries[],
  { target, monitor, series, by }: Wanted,
): readonly RecordedSeries[] {
  const query = monitor.series[series] ?? '';
  const values: Readonly<Record<string, string>> = {
    model: target.model,
    environment: target.environment,
    version: by.version,
    release_commit: by.commit,
  };
  const agrees = ({ labels }: RecordedSeries, wanted: Readonly<Record<string, string>>): boolean =>
    Object.entries(labels).every(
      ([label, value]) => wanted[label] === undefined || wanted[label] === value,
    );
  const literal = all.filter((one) => one.name === query || seriesName(one) === query);
  const own = literal.filter((one) => agrees(one, values));
  if (own.length > 0) return own;
  const filled = fillQuery(query, {
    ...target,
    version: by.version,
    release_commit: by.commit,
  });
  const read = readSeriesName(filled, { blanks: false });
  if (read?.end === filled.length) {
    const selected = (byName.get(read.series.name) ?? []).filter((one) =>
      agrees(one, { ...values, ...read.series.labels }),
    );
    if (selected.length > 0) return selected;
  }
  const names = [`${monitor.name}.${series}`, ...(series === 'value' ? [monitor.name] : [])];
  for (const name of names) {
    const named = (byName.get(name) ?? []).filter((one) => agrees(one, values));
    if (named.length > 0) return named;
  }
  return [];
}

function several(
  folder: string,
  monitor: Monitor,
  series: string,
  found: readonly RecordedSeries[],
): RecordingError {
  const names = found.slice(0, 3).map(seriesName).join(', ');
  return new RecordingError({
    file: folder,
    found: `${found.length} series for ${series} of the monitor ${monitor.name} (${names})`,
    expected: 'one, as the running service has it',
    suggestion: 'leave out the others, or tell releases apart by a label version',
  });
}
