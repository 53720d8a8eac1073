/** Something that will happen at a simulated instant unless it is called off first. */
export interface Appointment {
  dueAt: number;
  order: number;
  cancelled: boolean;
  happen: (at: number) => void;
}

/** A queue of due transitions: a binary heap, so ten thousand servers stopping at once stay cheap. */
export class Agenda {
  readonly #heap: Appointment[] = [];
  #order = 0;

  add(dueAt: number, happen: (at: number) => void): Appointment {
    const appointment = { dueAt, order: this.#order, cancelled: false, happen };
    this.#order += 1;
    this.#heap.push(appointment);
    this.#rise(this.#heap.length - 1);
    return appointment;
  }

  /** Lets everything due by `now` happen, each at its own instant, including what those happenings schedule. */
  settle(now: number): void {
    for (let next = this.#heap[0]; next && next.dueAt <= now; next = this.#heap[0]) {
      this.#removeFirst();
      if (!next.cancelled) next.happen(next.dueAt);
    }
  }

  #removeFirst(): void {
    const last = this.#heap.pop();
    if (last === undefined || this.#heap.length === 0) return;
    this.#heap[0] = last;
    this.#sink(0);
  }

  #rise(start: number): void {
    let index = start;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!this.#swapIfEarlier(index, parent)) return;
      index = parent;
    }
  }

  #sink(start: number): void {
    let index = start;
    for (;;) {
      const left = index * 2 + 1;
      const smaller = this.#isEarlier(left + 1, left) ? left + 1 : left;
      if (!this.#swapIfEarlier(smaller, index)) return;
      index = smaller;
    }
  }

  #swapIfEarlier(below: number, above: number): boolean {
    if (!this.#isEarlier(below, above)) return false;
    const [lower, upper] = [this.#heap[below], this.#heap[above]];
    if (lower && upper) {
      this.#heap[below] = upper;
      this.#heap[above] = lower;
    }
    return true;
  }

  #isEarlier(one: number, other: number): boolean {
    const [a, b] = [this.#heap[one], this.#heap[other]];
    if (!a || !b) return false;
    return a.dueAt < b.dueAt || (a.dueAt === b.dueAt && a.order < b.order);
  }
}
