import { readdir, stat } from 'node:fs/promises';
import { extname, join, relative } from 'node:path';
import { targetKey, type Target } from '../target.ts';
import { readCsv } from './read-csv.ts';
import { readJson } from './read-json.ts';
import { readOpenMetrics } from './read-openmetrics.ts';
import { createRecorder, type RecordedSeries, type Recorder } from './recorded.ts';
import { RecordingError } from './recording-error.ts';

type Read = (file: string, shown: string, recorder: Recorder) => Promise<void>;

const READERS: Readonly<Record<string, Read>> = {
  '.csv': readCsv,
  '.json': readJson,
  '.om': readOpenMetrics,
  '.prom': readOpenMetrics,
  '.txt': readOpenMetrics,
};
const ENDINGS = Object.keys(READERS).join(', ');

/**
 * Reads what a folder has recorded of a target: every file below `environment/model/` in it or, where there is no such
 * folder, the files of the folder itself. They are read one after another and as streams; other endings are passed over.
 * Throws {@link RecordingError}.
 */
export async function readFolder(
  folder: string,
  target: Target,
): Promise<readonly RecordedSeries[]> {
  const own = join(folder, targetKey(target));
  const hasOwn = await isFolder(own);
  // What lies deeper in the folder is of other targets.
  const files = await filesIn(hasOwn ? own : folder, hasOwn);
  const recorder = createRecorder();
  for (const file of files) {
    const shown = relative(folder, file);
    try {
      await READERS[extname(file)]?.(file, shown, recorder);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw new RecordingError({
        file: shown,
        found: error.message,
        expected: 'a recording of one target that fits in memory',
        suggestion: 'record a shorter time or larger steps',
      });
    }
  }
  if (files.length === 0) {
    throw new RecordingError({ file: folder, expected: `files of metrics that end in ${ENDINGS}` });
  }
  return recorder.finish();
}

/** In one order on every machine. */
async function filesIn(folder: string, recursive: boolean): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive, withFileTypes: true }).catch(() => {
    throw new RecordingError({ file: folder, expected: 'a folder that exists and can be read' });
  });
  return entries
    .filter((entry) => entry.isFile() && extname(entry.name) in READERS)
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted();
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    return false;
  }
}
