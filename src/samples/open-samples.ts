import type { Directory } from '../inbox/handle-turn.ts';
import type { Arrivals } from '../inbox/arrivals.ts';
import type { Lastgood } from '../lastgood.ts';
import type { WatchBook } from '../watch/watch-book.ts';
import { NotServing } from '../web/not-stored.ts';
import type { Route } from '../web/routes.ts';
import {
  createSamplesReceiver,
  SAMPLES_PATH,
  type SamplesReceiverOptions,
} from './http-receiver.ts';
import { createKnownSeries } from './known-series.ts';
import type { PushedSeries } from './pushed.ts';

export interface OpenSamplesParts extends Omit<SamplesReceiverOptions, 'known' | 'accept'> {
  readonly book: Pick<WatchBook, 'targets'>;
  readonly lastgood: Pick<Lastgood, 'idOf'>;
  readonly directory: Pick<Directory, 'complete'>;
  readonly arrivals: Pick<Arrivals, 'sampled'>;
  /** Throws {@link NotServing} while it is not known which repositories there are. */
  readonly insistOnKnowing: () => void;
}

/** The way in for pushed samples, wired. */
export function openSamples(parts: OpenSamplesParts): Route {
  const { book, lastgood, directory, arrivals, insistOnKnowing, ...rest } = parts;
  const seriesOf = createKnownSeries(book, rest.clock);
  const take = createSamplesReceiver({
    ...rest,
    async known(name) {
      insistOnKnowing();
      const id = lastgood.idOf(name);
      if (id !== undefined) return seriesOf(id);
      // It may be one of those that GitHub did not list.
      if (!directory.complete()) throw new NotServing();
      return undefined;
    },
    async accept(taken) {
      const byId = new Map<number, readonly PushedSeries[]>();
      for (const [name, all] of taken) {
        const id = lastgood.idOf(name);
        // It went while its series were looked up.
        if (id === undefined) throw new NotServing();
        byId.set(id, [...(byId.get(id) ?? []), ...all]);
      }
      await arrivals.sampled(byId);
    },
  });
  return { paths: [SAMPLES_PATH], take };
}
