import { execFileSync } from 'node:child_process';

/** One commit of `git log -p` on a file, as the log prints it. */
export interface LoggedVersion {
  readonly commit: string;
  /** Where the file stood; the log names the place it was copied or moved from, too. */
  readonly path: string;
  readonly from?: string;
  /** `moved` and `copied` files keep their history with `--follow`. */
  readonly change: 'edited' | 'moved' | 'copied' | 'added' | 'removed';
  /** The lines before and after the commit; the same array when the log shows no change of them. */
  readonly before: readonly string[];
  readonly after: readonly string[];
}

/**
 * Reads `git log -p --first-parent --follow` of a file, newest first, with so much context that every diff shows the
 * whole file. Knows nothing of YAML and shares no code with Lastgood: it is what Lastgood is compared with.
 */
export function readLog(folder: string, file: string, from = 'HEAD'): readonly LoggedVersion[] {
  const args = ['log', from, '--first-parent', '--follow', '-p', '-U1000000', '--no-color'];
  const text = execFileSync('git', [...args, '--format=%x00%H', '--', file], {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 1 << 30,
  });
  return text
    .split('\0')
    .filter((part) => part !== '')
    .map(readVersion);
}

/**
 * The same without the histories of other files. `--follow` goes on into the file that this one began as a copy of,
 * which went on by itself, with releases of its own; what stood at this path before is then left out. Here it is
 * the other way round.
 */
export function readOwnLog(folder: string, file: string, from = 'HEAD'): readonly LoggedVersion[] {
  const log = readLog(folder, file, from);
  const at = log.findIndex(({ change }) => change === 'copied');
  const copied = log[at];
  if (!copied) return log;
  return [...log.slice(0, at + 1), ...readOwnLog(folder, copied.path, `${copied.commit}^`)];
}

function readVersion(part: string): LoggedVersion {
  const [commit = '', ...lines] = part.split('\n');
  const start = lines.findIndex((line) => line.startsWith('@@ '));
  const head = start < 0 ? lines : lines.slice(0, start);
  const body = start < 0 ? [] : lines.slice(start + 1).filter((line) => !line.startsWith('\\'));
  const said = (label: string) => head.find((line) => line.startsWith(label))?.slice(label.length);
  const from = said('rename from ') ?? said('copy from ');
  const path =
    said('rename to ') ?? said('copy to ') ?? said('diff --git a/')?.split(' b/')[1] ?? '';
  return {
    commit,
    path,
    ...(from !== undefined && { from }),
    change: changeOf(head),
    before: body.filter((line) => /^[ -]/.test(line)).map((line) => line.slice(1)),
    after: body.filter((line) => /^[ +]/.test(line)).map((line) => line.slice(1)),
  };
}

function changeOf(head: readonly string[]): LoggedVersion['change'] {
  const says = (label: string) => head.some((line) => line.startsWith(label));
  if (says('rename from ')) return 'moved';
  if (says('copy from ')) return 'copied';
  if (says('new file mode ')) return 'added';
  return says('deleted file mode ') ? 'removed' : 'edited';
}
