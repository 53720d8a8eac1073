/**
 * The moments at which a process calls NCP. Nobody says how many calls NCP takes from an account, which other processes
 * share; a 429 is all that is heard. So a process keeps the moments at which NCP took its calls and repeats them every frame, in
 * slots, as stations on a shared line do (reservation ALOHA). Processes whose slots do not collide go on without a 429.
 *
 * The rate is the number of slots. It goes up by single slots (additive increase), each of them a trial, and seldom once NCP
 * has refused one. A refused slot is given up; where most calls are refused, half of all slots go (multiplicative decrease).
 */

import type { Chance } from '../chance.ts';

export interface Slot {
  /** Milliseconds from the start of the frame. */
  readonly place: number;
  /** NCP has not taken a call in it yet. */
  isTrial: boolean;
}

/** A slot in one frame. */
export interface Moment {
  slot: Slot;
  /** Milliseconds since the epoch. */
  at: number;
}

export interface Rate {
  /** Calls a second to begin with. */
  first: number;
  /** Calls a second that are never exceeded. */
  most: number;
}

/** The least rate is one call in this time. Frames are counted from the epoch, so they mean the same in every life of a process. */
const FRAME_MS = 16_000;
/** At rates that are only set where there is nothing to protect, frames are shorter, because slots cost memory. */
const MOST_FIRST_SLOTS = 1_000;
/** Calls a second; what is set above this is as good as no limit, and milliseconds tell no finer moments apart. */
const FASTEST = 10_000;

/** Calls that NCP has to take for each further slot. */
const CALLS_A_SLOT = {
  /** Until NCP has refused one. */
  unlimited: 8,
  /** After the first refusals, while the rate is still being looked for. */
  searching: 2,
  /** After a refusal, by calls a second: many, because a trial may cost a 429, and more for those who have much already. */
  steady: (rate: number) => Math.max(100, 120 * Math.sqrt(rate)),
  /** Each trial that NCP takes halves it, down to this. */
  least: 16,
};

/** After so long without a refusal a rate below the first one grows by this part. */
const QUIET_MS = 8_000;
const RECOVERY = 0.25;

/** So many calls that NCP takes in a row end the search. */
const CALM_CALLS = 8;
/** Of so many calls at most so many may be refused before half of the slots go. */
const RECENT_CALLS = 5;
const MOST_REFUSALS = 2;
/** Of the first rate, so that calls that are a little late do not make one too many of a second. */
const FIRST_PART = 0.95;
/** How much the first slots may be out of step, in parts of their distance. */
const UNEVEN = 0.1;
/** A further slot is tried in this part of the widest gap, around its middle. */
const MIDDLE = 0.3;

export class Slots {
  readonly #chance: Chance;
  readonly #frameMs: number;
  readonly #most: number;
  #slots: Slot[];
  #recent: boolean[] = [];
  #isSearching = true;
  #calm = 0;
  #sinceLast = 0;
  /** Since when NCP has refused nothing; undefined: it has refused the last call. */
  #quietSince: number | undefined;
  readonly #first: number;
  #callsASlot = CALLS_A_SLOT.unlimited;

  constructor(rate: Rate, chance: Chance) {
    const [first, most] = [Math.min(FASTEST, rate.first), Math.min(FASTEST, rate.most)];
    this.#chance = chance;
    this.#frameMs = Math.max(Math.min(FRAME_MS, (MOST_FIRST_SLOTS * 1000) / first), 1000 / first);
    this.#most = Math.max(1, Math.floor((most * this.#frameMs) / 1000));
    const count = Math.max(1, Math.floor((FIRST_PART * first * this.#frameMs) / 1000));
    this.#first = count;
    // Almost evenly, so that no second has more than its share; and not like any other process, of which one would be refused
    // whenever the other one is not.
    const offset = chance();
    this.#slots = Array.from({ length: count }, (_, n) => ({
      place: ((n + ((offset + UNEVEN * chance()) % 1)) * this.#frameMs) / count,
      isTrial: false,
    }));
  }

  /** Calls a second. */
  get rate(): number {
    return (this.#slots.length * 1000) / this.#frameMs;
  }

  get frameMs(): number {
    return this.#frameMs;
  }

  /**
   * Below the first rate, time alone brings it back: a process that calls seldom would otherwise take hours. Milliseconds since
   * the epoch.
   */
  recover(now: number): void {
    this.#quietSince = Math.min(this.#quietSince ?? now, now);
    if (this.#slots.length >= this.#first / 6 || now - this.#quietSince < QUIET_MS) return;
    this.#quietSince = now;
    const more = Math.min(Math.ceil(this.#first / 6) - this.#slots.length, Math.ceil(this.#slots.length * RECOVERY));
    for (let n = 0; n < more; n += 1) this.#try();
  }

  /** The first moment later than that. */
  next(after: number): Moment {
    const start = Math.floor(after / this.#frameMs) * this.#frameMs;
    const slot = this.#slots[this.#indexAfter(after, start)];
    if (slot !== undefined) return { slot, at: start + slot.place };
    const first = this.#at(0);
    return { slot: first, at: start + this.#frameMs + first.place };
  }

  holds(slot: Slot): boolean {
    return this.#slots.includes(slot);
  }

  /** NCP took the call that was sent in it. */
  taken(slot: Slot): void {
    this.#note(true);
    this.#calm += 1;
    if (this.#calm >= CALM_CALLS) this.#isSearching = false;
    if (slot.isTrial && this.#callsASlot > CALLS_A_SLOT.least) {
      this.#callsASlot = Math.max(CALLS_A_SLOT.least, this.#callsASlot / 2);
    }
    slot.isTrial = false;
    this.#sinceLast += 1;
    if (this.#sinceLast < this.#callsASlot) return;
    this.#sinceLast = 0;
    if (this.#slots.length < this.#most) this.#try();
  }

  /** NCP refused the call that was sent in it, because there were too many. */
  refused(slot: Slot): void {
    this.#note(false);
    this.#quietSince = undefined;
    this.#calm = 0;
    this.#sinceLast = 0;
    this.#giveUp(slot);
    this.#callsASlot = this.#isSearching ? CALLS_A_SLOT.searching : CALLS_A_SLOT.steady(this.rate);
    if (this.#recent.filter((isTaken) => !isTaken).length > MOST_REFUSALS) this.#halve();
  }

  #note(isTaken: boolean): void {
    this.#recent = [...this.#recent, isTaken].slice(-RECENT_CALLS);
  }

  #giveUp(slot: Slot): void {
    const index = this.#slots.indexOf(slot);
    if (index === -1) return;
    this.#slots.splice(index, 1);
    // One remains, elsewhere: a process without a slot would never hear that NCP has room again.
    if (this.#slots.length === 0) this.#add({ place: this.#chance() * this.#frameMs, isTrial: false });
    this.#keepOne();
  }

  /** What must not be tried out needs a slot, too. */
  #keepOne(): void {
    if (this.#slots.every(({ isTrial }) => isTrial)) this.#at(0).isTrial = false;
  }

  #halve(): void {
    this.#recent = [];
    this.#slots = this.#slots.filter(({ isTrial }) => !isTrial);
    for (let surplus = Math.floor(this.#slots.length / 2); surplus > 0; surplus -= 1) {
      this.#slots.splice(Math.floor(this.#chance() * this.#slots.length), 1);
    }
  }

  /** In the widest gap: NCP most likely has room where this process asks for little. */
  #try(): void {
    let widest = { from: 0, ms: 0 };
    for (const [index, { place }] of this.#slots.entries()) {
      const isLast = index === this.#slots.length - 1;
      const ms = isLast ? this.#at(0).place + this.#frameMs - place : this.#at(index + 1).place - place;
      if (ms > widest.ms) widest = { from: place, ms };
    }
    const part = (1 - MIDDLE) / 2 + MIDDLE * this.#chance();
    this.#add({ place: (widest.from + widest.ms * part) % this.#frameMs, isTrial: true });
  }

  #add(slot: Slot): void {
    const index = this.#slots.findIndex(({ place }) => place > slot.place);
    this.#slots.splice(index === -1 ? this.#slots.length : index, 0, slot);
  }

  #at(index: number): Slot {
    const slot = this.#slots[index];
    if (slot === undefined) throw new Error(`there is no slot ${index}`);
    return slot;
  }

  /** By halves, because every call asks. */
  #indexAfter(after: number, start: number): number {
    let [low, high] = [0, this.#slots.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (start + this.#at(middle).place > after) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
