import type { Clock } from '../clock.ts';
import { type Event, type EventBody, type Memory, NO_MEMORY, remember } from './events.ts';

/** What is known of each target, by its number. */
export interface Memories {
  of(serverInstanceNo: string): Memory;
}

/**
 * The events of a run in order, and what they add up to. They are folded as they come in, so that an event costs the same
 * however many there were before it.
 */
export class History implements Memories {
  readonly events: Event[] = [];
  readonly #memories = new Map<string, Memory>();
  readonly #before: Memories | undefined;

  constructor(before?: Memories) {
    this.#before = before;
  }

  of(serverInstanceNo: string): Memory {
    return this.#memories.get(serverInstanceNo) ?? this.#before?.of(serverInstanceNo) ?? NO_MEMORY;
  }

  take(event: Event): void {
    this.events.push(event);
    this.#memories.set(event.serverInstanceNo, remember(this.of(event.serverInstanceNo), event));
  }
}

/** The events of one step, on top of what was known before it. */
export class Journal extends History {
  readonly #clock: Clock;

  constructor(before: Memories, clock: Clock) {
    super(before);
    this.#clock = clock;
  }

  isOpen(serverInstanceNo: string): boolean {
    return this.of(serverInstanceNo).outcome === undefined;
  }

  add(serverInstanceNo: string, body: EventBody): void {
    this.take({ at: new Date(this.#clock.now()).toISOString(), serverInstanceNo, ...body });
  }

  now(): number {
    return this.#clock.now();
  }
}
