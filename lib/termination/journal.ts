import type { Clock } from '../clock.ts';
import { type Event, type EventBody, type Memory, NO_MEMORY, recall, remember } from './events.ts';

/** Collects the events of one pass, and keeps what is known of each target up to date with them. */
export class Journal {
  readonly events: Event[] = [];
  readonly #memories: Map<string, Memory>;
  readonly #clock: Clock;

  constructor(past: readonly Event[], clock: Clock) {
    this.#memories = recall(past);
    this.#clock = clock;
  }

  of(serverInstanceNo: string): Memory {
    return this.#memories.get(serverInstanceNo) ?? NO_MEMORY;
  }

  isOpen(serverInstanceNo: string): boolean {
    return this.of(serverInstanceNo).outcome === undefined;
  }

  add(serverInstanceNo: string, body: EventBody): void {
    const event: Event = { at: new Date(this.#clock.now()).toISOString(), serverInstanceNo, ...body };
    this.events.push(event);
    this.#memories.set(serverInstanceNo, remember(this.of(serverInstanceNo), event));
  }

  now(): number {
    return this.#clock.now();
  }
}
