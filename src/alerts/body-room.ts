/** How much of all bodies that are arriving is kept at once, in bytes: two of the largest that GitHub sends, and some. */
export const BODY_ROOM = 64 * 1024 * 1024;

/** The part of one body. */
export interface Seat {
  /** So many more bytes of it have arrived. */
  readonly take: (bytes: number) => void;
  /** It has arrived, or is not waited for any more. */
  readonly leave: () => void;
}

/**
 * The memory for bodies that nobody has vouched for yet. Whoever finds the address can send as many as they like at
 * once; where they do not fit, the largest is given up: what GitHub and its like send is small, and stays.
 */
export class BodyRoom {
  readonly #most: number;
  readonly #seats = new Set<{ size: number; readonly giveUp: () => void }>();
  #total = 0;

  constructor(most: number = BODY_ROOM) {
    this.#most = most;
  }

  /** Seats a body; `giveUp` is called at most once, and has nothing to leave afterwards. */
  enter(giveUp: () => void): Seat {
    const seat = { size: 0, giveUp };
    const leave = (): void => {
      if (this.#seats.delete(seat)) this.#total -= seat.size;
    };
    this.#seats.add(seat);
    return {
      leave,
      take: (bytes) => {
        if (!this.#seats.has(seat)) return;
        seat.size += bytes;
        this.#total += bytes;
        while (this.#total > this.#most) this.#giveUpLargest();
      },
    };
  }

  #giveUpLargest(): void {
    const [first, ...others] = this.#seats;
    if (!first) return;
    const largest = others.reduce((most, one) => (one.size > most.size ? one : most), first);
    this.#seats.delete(largest);
    this.#total -= largest.size;
    largest.giveUp();
  }
}

/** That of the process: its memory is one, whatever it listens to. */
export const PROCESS_ROOM = new BodyRoom();
