/**
 * When a call to NCP may be sent: one limiter for all calls of an account in a process. Calls that end something go before
 * calls that look. What was waited for here may be too old by then, so a caller asks again once it is its turn.
 */

import type { Chance } from '../chance.ts';
import type { Clock } from '../clock.ts';
import { type Moment, type Rate, type Slot, Slots } from './slots.ts';
import { CONNECTIONS } from './transport-limits.ts';

/** Calls a second. NCP publishes no figure; five is a guess that has kept others out of trouble. */
const DEFAULT_RATE: Rate = { first: 5, most: 50 };

/** Calls of one look and the first act after it. */
const CALLS_OF_A_LOOK = 5;
/** A look that can be sent within this time has to save no slots for it. */
const SOON_MS = 2_000;
/** However long NCP asks to be left alone, the queue moves on after this, so that callers hear why they wait. */
const LONGEST_HOLD_MS = 30_000;

/** After a refusal bursts are slower by this, and with each call that NCP takes they are faster by so many calls a second. */
const BURST_PART = 0.7;
const BURST_STEP = 0.02;
/** Slower ones would not let a look and its act follow each other within the time that a look allows. */
const BURST_LEAST = 1.5;

/** A second, and what calls may be late by. */
const QUIET_MS = 1_100;
const MOST_IN_A_SECOND = 100;

export interface LimiterOptions {
  clock: Clock;
  chance: Chance;
  /** Calls a second, to begin with and at most; absent: five, and as many as NCP takes. */
  callsPerSecond?: number | undefined;
}

/** What a call is for: `write` ends or changes something. */
export type Purpose = 'read' | 'write';

/** A turn to send one call. It has to be ended, whatever came of the call. */
export interface Turn {
  /** NCP answered, and not because of too many calls. */
  taken(): void;
  /** NCP refused the call because of too many. `retryAfterMs`: for how long it asked to be left alone. */
  refused(retryAfterMs: number | undefined): void;
  end(): void;
}

interface Waiter {
  purpose: Purpose;
  begin: (turn: Turn) => void;
}

export class Limiter {
  readonly #clock: Clock;
  readonly #slots: Slots;
  /** Calls a second while slots that went by unused are used up. NCP refuses them where it grants less in any one second. */
  #burst: number;
  readonly #mostBurst: number;
  #waiting: Waiter[] = [];
  #inFlight = 0;
  /** Slots up to here were used or have gone by. Milliseconds since the epoch, as all that follow. */
  #passedAt: number;
  #lastAt = Number.NEGATIVE_INFINITY;
  /** When the last calls were sent. */
  #sentAt: number[] = [];
  #heldUntil = Number.NEGATIVE_INFINITY;
  /** Slots that went by unused, and may be used later. */
  #saved: Slot[] = [];
  /** Set while the queue is being served; aborted when nobody waits any more. */
  #serving: AbortController | undefined;

  constructor({ clock, chance, callsPerSecond }: LimiterOptions) {
    this.#clock = clock;
    const rate = callsPerSecond === undefined ? DEFAULT_RATE : { first: callsPerSecond, most: callsPerSecond };
    this.#slots = new Slots(rate, chance);
    this.#burst = rate.first;
    this.#mostBurst = rate.first;
    this.#passedAt = clock.now();
    // Nobody waits for the first call.
    this.#saved = [this.#slots.next(this.#passedAt).slot];
  }

  /** Calls a second that are sent at most, as far as is known by now. */
  get rate(): number {
    return this.#slots.rate;
  }

  /** Resolves when a call may be sent, or with undefined when the signal ended the wait. */
  turn(purpose: Purpose, signal?: AbortSignal): Promise<Turn | undefined> {
    return new Promise((resolve) => {
      if (signal?.aborted === true) return resolve(undefined);
      const leave = (): void => {
        this.#waiting = this.#waiting.filter((one) => one !== waiter);
        if (this.#waiting.length === 0) this.#serving?.abort();
        resolve(undefined);
      };
      const begin = (turn: Turn): void => {
        signal?.removeEventListener('abort', leave);
        resolve(turn);
      };
      const waiter = { purpose, begin };
      signal?.addEventListener('abort', leave, { once: true });
      this.#waiting.push(waiter);
      void this.#serve();
    });
  }

  /**
   * Resolves when the calls of one look and an act can follow each other closely. At a low rate that takes saving:
   * sent one by one, the first would be too old by the time of the last.
   */
  async ready(signal?: AbortSignal): Promise<void> {
    const now = this.#clock.now();
    this.#pass(now);
    let at = now;
    for (let count = this.#saved.length, after = this.#passedAt; count < CALLS_OF_A_LOOK; ) {
      const moment = this.#slots.next(after);
      after = moment.at;
      // A trial that goes by is not saved.
      if (moment.slot.isTrial) continue;
      at = moment.at;
      count += 1;
    }
    if (at - now > SOON_MS) await this.#clock.sleep(at - now, signal).catch(() => {});
  }

  async #serve(): Promise<void> {
    if (this.#serving !== undefined) return;
    this.#serving = new AbortController();
    const { signal } = this.#serving;
    while (this.#mayBegin()) {
      const { slot, at: slotAt } = this.#due();
      const at = this.#isWriteNext(slot) ? Math.max(slotAt, this.#quietAt()) : slotAt;
      const now = this.#clock.now();
      if (at > now) {
        await this.#clock.sleep(at - now, signal).catch(() => {});
        if (signal.aborted) break;
        // NCP may have refused a call meanwhile, and somebody may have left.
        if (!this.#slots.holds(slot) || at < this.#heldUntil) continue;
      }
      this.#give(slot, at);
    }
    this.#serving = undefined;
    if (this.#mayBegin()) void this.#serve();
  }

  #isWriteNext({ isTrial }: Slot): boolean {
    return !isTrial && this.#waiting.some(({ purpose }) => purpose === 'write');
  }

  /**
   * When NCP will hardly refuse a call, because there were fewer in the second before than it takes. A read that is refused is sent
   * again; a write is decided anew, which costs a look.
   */
  #quietAt(): number {
    const most = Math.max(1, Math.floor(this.#slots.rate));
    const earlier = this.#sentAt.at(-most);
    return earlier === undefined ? Number.NEGATIVE_INFINITY : earlier + QUIET_MS;
  }

  /** What is read may wait for connections, what is written must not: the last connection is for writes. */
  #mayBegin(): boolean {
    return this.#waiting.some(({ purpose }) => this.#inFlight < (purpose === 'write' ? CONNECTIONS : CONNECTIONS - 1));
  }

  /** The first in line: of those that write, else of those that read. */
  #give(slot: Slot, at: number): void {
    const saved = this.#saved.indexOf(slot);
    if (saved === -1) this.#passedAt = Math.max(this.#passedAt, at);
    else this.#saved.splice(saved, 1);
    const isForReads = this.#inFlight < CONNECTIONS - 1;
    const writer = this.#waiting.find(({ purpose }) => purpose === 'write');
    // A trial may be refused, and then whatever a write was decided from has to be read again.
    const reader = isForReads ? this.#waiting.find(({ purpose }) => purpose === 'read') : undefined;
    const next = slot.isTrial ? reader : (writer ?? reader);
    if (next === undefined) return;
    this.#waiting = this.#waiting.filter((one) => one !== next);
    this.#lastAt = at;
    this.#sentAt = [...this.#sentAt, at].slice(-MOST_IN_A_SECOND);
    this.#inFlight += 1;
    next.begin(this.#turnIn(slot));
  }

  #turnIn(slot: Slot): Turn {
    let isOver = false;
    return {
      taken: () => {
        this.#slots.taken(slot);
        this.#burst = Math.min(this.#mostBurst, this.#burst + BURST_STEP);
      },
      refused: (retryAfterMs = 0) => {
        this.#slots.refused(slot);
        this.#burst = Math.max(BURST_LEAST, this.#burst * BURST_PART);
        this.#saved = [];
        this.#heldUntil = this.#clock.now() + Math.min(retryAfterMs, LONGEST_HOLD_MS);
      },
      end: () => {
        if (isOver) return;
        isOver = true;
        this.#inFlight -= 1;
        void this.#serve();
      },
    };
  }

  /** The next moment at which a call may be sent: at once in a slot that went by unused, if there is one. */
  #due(): Moment {
    const now = this.#clock.now();
    this.#pass(now);
    const next = this.#slots.next(Math.max(this.#passedAt, this.#heldUntil));
    const [slot] = this.#saved;
    if (slot === undefined) return next;
    const spacingMs = 1000 / Math.max(this.#burst, this.#slots.rate);
    const at = Math.max(now, this.#lastAt + spacingMs, this.#heldUntil);
    return at < next.at ? { slot, at } : next;
  }

  /** Keep slots that have gone by, as many as a look needs. */
  #pass(now: number): void {
    this.#slots.recover(now);
    // The clock may have been set back, and nobody waits for it to come there again.
    this.#passedAt = Math.min(this.#passedAt, now + this.#slots.frameMs);
    this.#lastAt = Math.min(this.#lastAt, now);
    this.#heldUntil = Math.min(this.#heldUntil, now + LONGEST_HOLD_MS);
    // Older ones could not be saved anyway.
    const saving = (2 * CALLS_OF_A_LOOK * 1000) / this.#slots.rate;
    this.#passedAt = Math.max(this.#passedAt, this.#heldUntil, now - saving);
    this.#saved = this.#saved.filter((slot) => this.#slots.holds(slot));
    for (let moment = this.#slots.next(this.#passedAt); moment.at < now; ) {
      this.#passedAt = moment.at;
      if (!moment.slot.isTrial) this.#saved = [...this.#saved, moment.slot].slice(-CALLS_OF_A_LOOK);
      moment = this.#slots.next(moment.at);
    }
  }
}
