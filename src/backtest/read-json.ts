import { open } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { MetricsError, readAnswer } from '../metrics/prometheus.ts';
import type { Recorder } from './recorded.ts';
import { RecordingError } from './recording-error.ts';

/** JSON is read as a whole: longer recordings come in several files, or as one of the other formats. */
export const LARGEST_JSON = 64 * 1024 * 1024;

/**
 * Reads an answer of Prometheus' HTTP API, as `curl …/api/v1/query_range` saves it. What a query measures has no name of
 * its own, so the series is named by the file; its labels stay. Throws {@link RecordingError}.
 */
export async function readJson(file: string, shown: string, recorder: Recorder): Promise<void> {
  const handle = await open(file);
  try {
    const { size } = await handle.stat();
    if (size > LARGEST_JSON) {
      throw new RecordingError({
        file: shown,
        found: `${size} bytes`,
        expected: `at most ${LARGEST_JSON}`,
        suggestion: 'split the range into several files, in folders of their own, or use CSV',
      });
    }
    const name = basename(file, extname(file));
    for (const { labels, samples } of readAnswer(200, await handle.readFile('utf8'))) {
      const { __name__: _, ...rest } = labels;
      const column = recorder.series(name, rest);
      for (const { at, value } of samples) column(at, value);
    }
  } catch (error) {
    if (!(error instanceof MetricsError)) throw error;
    throw new RecordingError({
      file: shown,
      found: error.message,
      expected: 'an answer of Prometheus to query_range',
    });
  } finally {
    await handle.close();
  }
}
