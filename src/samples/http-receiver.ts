/**
 * The HTTP side of samples that are pushed: `POST /metrics/samples`, for what no Prometheus sees.
 *
 * Properties: nothing is acknowledged before it is on the disk; what is taken of a delivery is stored as a whole or not
 * at all; a delivery may be sent again, in any order, as often as anybody likes: the same samples are the same samples;
 * a source reaches no series but those that a monitor of a target it speaks for reads.
 *
 * @module
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AlertSource } from '../alerts/alert.ts';
import { answer, answerAndClose, type Answer } from '../alerts/answer.ts';
import { authenticate } from '../alerts/authenticate.ts';
import type { ReceiverEvent } from '../alerts/http-receiver.ts';
import { readJson } from '../alerts/read-json.ts';
import { readMediaType } from '../alerts/read-media-type.ts';
import { answerNotStored, CHALLENGE, plainError, takeDelivery } from '../alerts/take-delivery.ts';
import { targetKey } from '../target.ts';
import { NOT_AUTHORISED } from '../texts/alerts.ts';
import { deliveryRefused, leftOutLines, NO_SAMPLES, samplesTaken } from '../texts/samples.ts';
import type { Clock, Milliseconds } from '../time.ts';
import { explainNotStored } from '../web/not-stored.ts';
import {
  bindSamples,
  repositoriesOf,
  type BoundSamples,
  type KnownSeries,
} from './bind-samples.ts';
import type { PushedSeries } from './pushed.ts';
import { readSamples } from './read-samples.ts';
import type { SampleProblem, SampleProblemKind } from './sample-problem.ts';

/** Where samples are posted. */
export const SAMPLES_PATH = '/metrics/samples';

export interface SamplesReceiverOptions {
  readonly sources: readonly AlertSource[];
  /** The pushed series that a repository's monitors read. Throws what a store throws that is away. */
  readonly known: (repository: string) => Promise<KnownSeries>;
  /** Stores samples by repository, all of them or none. Must not resolve before they are stored. */
  readonly accept: (taken: ReadonlyMap<string, readonly PushedSeries[]>) => Promise<void>;
  readonly clock: Clock;
  readonly bodyTimeout?: Milliseconds;
  readonly report?: (event: ReceiverEvent<'samples'>) => void;
  /** Counts samples by what became of them. */
  readonly counted?: (outcome: 'taken' | SampleProblemKind, count: number) => void;
}

/** Answers whether the request was for it; if not, it has not been touched. Never throws. */
export function createSamplesReceiver(
  options: SamplesReceiverOptions,
): (req: IncomingMessage, res: ServerResponse) => Promise<boolean> {
  const { sources, known, accept, clock, bodyTimeout } = options;
  const { report = () => undefined, counted = () => undefined } = options;
  const rules = {
    sources,
    clock,
    what: 'samples',
    ...(bodyTimeout !== undefined && { bodyTimeout }),
  };
  const told = (answered: Answer, source?: string): Answer => {
    const { status, lines } = answered;
    const common = { kind: 'answered', status, format: 'samples', lines } as const;
    report({ ...common, ...(source !== undefined && { source }) });
    return answered;
  };

  /** What came of a body; throws what a store throws. */
  const receive = async (source: AlertSource, req: IncomingMessage, body: Buffer) => {
    const media = readMediaType(req.headers, ['application/json']);
    if (!media.ok) return plainError(415, media.error);
    const json = readJson(body);
    if (!json.ok) {
      const { path, found, expected } = json.problem;
      const suggestion = 'send the samples as JSON';
      return refused({ why: 'field-invalid', field: path, value: found, expected, suggestion });
    }
    const read = readSamples(json.value);
    if (!read.ok) {
      counted(read.problem.why, 1);
      return refused(read.problem);
    }
    const names = [...repositoriesOf(read.samples, source)];
    const all = await Promise.all(names.map(async (name) => [name, await known(name)] as const));
    const series = new Map(all);
    const bound = bindSamples(read.samples, source, (name) => series.get(name), clock());
    if (bound.count > 0) await accept(bound.taken);
    counted('taken', bound.count);
    for (const { why } of bound.problems) counted(why, 1);
    return answerFor(bound);
  };

  return async (req, res) => {
    if (req.url?.split('?', 1)[0] !== SAMPLES_PATH) return false;
    const delivery = await takeDelivery(req, rules);
    if (delivery.kind === 'refused') {
      answerAndClose(req, res, told(delivery.answer));
      return true;
    }
    if (delivery.kind === 'cut-off') {
      report({ kind: 'cut-off', format: 'samples' });
      return true;
    }
    const { body } = delivery;
    const source = authenticate(sources, req.headers, body, clock());
    if (!source) {
      answer(req, res, told(plainError(401, NOT_AUTHORISED, CHALLENGE)));
      return true;
    }
    const { name } = source;
    try {
      answer(req, res, told(await receive(source, req, body), name));
    } catch (error) {
      const refusal = answerNotStored(explainNotStored(error), 'samples');
      const { status } = refusal;
      report({ kind: 'not-stored', status, format: 'samples', source: name, error });
      answer(req, res, refusal);
    }
    return true;
  };
}

function refused(problem: SampleProblem): Answer {
  return plainError(400, deliveryRefused(problem), undefined, { problems: [problem] });
}

/** What was taken and what was not; 422 when nothing was, as nothing of it will ever be taken as it is. */
function answerFor({ taken, count, problems }: BoundSamples): Answer {
  const lines = [...taken].flatMap(([repository, all]) =>
    all.map(({ target, series, samples }) =>
      samplesTaken(repository, targetKey(target), series, samples.length),
    ),
  );
  const said = [...lines, ...leftOutLines(problems)];
  return {
    status: count === 0 && problems.length > 0 ? 422 : 202,
    lines: said.length > 0 ? said : [NO_SAMPLES],
    json: { taken: count, notTaken: problems.length, problems: problems.slice(0, MOST_PROBLEMS) },
  };
}

/** So many problems go with an answer: one mistake of a sender is in every sample. */
const MOST_PROBLEMS = 100;
