import type { Annotation, CheckReport, CheckRun, Checks, Conclusion } from '../check/checks.ts';
import type { Room } from './ask.ts';
import { read, write } from './ask.ts';
import { entrance, REAL_TIME, type OctokitFor } from './enter.ts';
import type { Timing } from './octokit.ts';
import { URGENT, WRITE } from './octokit.ts';
import { CHECK_TEXT_LIMIT, truncateBody, truncateTitle } from './truncate.ts';

/** Checks over GitHub. Every method throws the errors of `errors.ts` and no others. */
export function createChecks(octokitFor: OctokitFor, timing: Timing = REAL_TIME): Checks {
  const enter = entrance(octokitFor, timing);
  return {
    find: async (repository, which) => findRun(await enter(repository), which),
    publish: async (repository, report, known) => publish(await enter(repository), report, known),
  };
}

interface RestRun {
  readonly id: number | bigint;
  readonly html_url: string | null;
  readonly external_id: string | null;
  readonly status: string;
  readonly conclusion: string | null;
  readonly output: { readonly title: string | null; readonly annotations_count: number };
}

function toRun(from: RestRun): CheckRun {
  const { status } = from;
  return {
    id: Number(from.id),
    url: from.html_url ?? '',
    externalId: from.external_id ?? '',
    status: status === 'completed' ? status : status === 'in_progress' ? 'in-progress' : 'queued',
    ...(from.conclusion !== null && { conclusion: from.conclusion }),
    title: from.output.title ?? '',
    annotations: from.output.annotations_count,
  };
}

async function findRun(
  room: Room,
  { head, name, app }: Parameters<Checks['find']>[1],
): Promise<CheckRun | undefined> {
  return read(room, `read the check of ${head.slice(0, 12)}`, async () => {
    const { data } = await room.octokit.request(
      'GET /repos/{owner}/{repo}/commits/{ref}/check-runs',
      { ...room.at, ref: head, check_name: name, app_id: app, filter: 'latest' },
    );
    // Of several with one time GitHub's own order says nothing; ids only grow.
    return data.check_runs.map((one) => toRun(one)).toSorted((a, b) => b.id - a.id)[0];
  });
}

/** GitHub takes so many annotations a request. */
const ANNOTATIONS_A_REQUEST = 50;

async function publish(room: Room, report: CheckReport, known?: CheckRun): Promise<CheckRun> {
  const batches = split(report.annotations, ANNOTATIONS_A_REQUEST);
  let run = known && known.annotations === 0 ? known : undefined;
  for (const [at, annotations] of batches.entries()) {
    const change = about(report, annotations, at === batches.length - 1);
    run = await send(room, report, change, run);
  }
  // There is one batch at least.
  return run as CheckRun;
}

/** At least one part, which may be empty. */
function split<T>(all: readonly T[], size: number): readonly (readonly T[])[] {
  const parts = [all.slice(0, size)];
  for (let at = size; at < all.length; at += size) parts.push(all.slice(at, at + size));
  return parts;
}

const CONCLUSIONS = {
  success: 'success',
  failure: 'failure',
  neutral: 'neutral',
  cancelled: 'cancelled',
  'action-required': 'action_required',
} as const satisfies Record<Conclusion, string>;

function about(report: CheckReport, annotations: readonly Annotation[], last: boolean) {
  const { conclusion, text, detailsUrl, actions } = report;
  return {
    external_id: report.externalId,
    ...(detailsUrl !== undefined && { details_url: detailsUrl }),
    ...(last && conclusion !== undefined
      ? { status: 'completed' as const, conclusion: CONCLUSIONS[conclusion] }
      : { status: 'in_progress' as const }),
    output: {
      title: truncateTitle(report.title),
      summary: truncateBody(report.summary, CHECK_TEXT_LIMIT),
      ...(text !== undefined && { text: truncateBody(text, CHECK_TEXT_LIMIT) }),
      ...(annotations.length > 0 && { annotations: annotations.map(toRest) }),
    },
    actions: (actions ?? []).map((action) => ({ ...action })),
    request: report.urgent ? URGENT : WRITE,
  };
}

function toRest(from: Annotation) {
  return {
    path: from.path,
    start_line: from.startLine,
    end_line: from.endLine,
    annotation_level: from.level,
    title: truncateTitle(from.title, 255),
    message: truncateBody(from.message, CHECK_TEXT_LIMIT),
  };
}

async function send(
  room: Room,
  { name, head }: CheckReport,
  change: ReturnType<typeof about>,
  run: CheckRun | undefined,
): Promise<CheckRun> {
  return write(room, `report the check of ${head.slice(0, 12)}`, async () => {
    const { data } = run
      ? await room.octokit.request('PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}', {
          ...room.at,
          check_run_id: run.id,
          ...change,
        })
      : await room.octokit.request('POST /repos/{owner}/{repo}/check-runs', {
          ...room.at,
          name,
          head_sha: head,
          ...change,
        });
    return toRun(data);
  });
}
