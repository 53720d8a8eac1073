/** NCP's side of a rate limit, in the two ways that gateways know, and processes that share it, all in virtual time. */

import { chance } from '../../lib/chance.ts';
import type { Clock } from '../../lib/clock.ts';
import { Limiter, type LimiterOptions } from '../../lib/ncloud/limiter.ts';

/** Whether NCP takes a call at that time, in milliseconds. */
export type Limit = (now: number) => boolean;

export function fixedWindow(perSecond: number, windowSeconds: number): Limit {
  let [window, calls] = [-1, 0];
  return (now) => {
    const current = Math.floor(now / (windowSeconds * 1000));
    if (current !== window) [window, calls] = [current, 0];
    calls += 1;
    return calls <= perSecond * windowSeconds;
  };
}

export function tokenBucket(perSecond: number, size: number): Limit {
  let [tokens, at] = [size, 0];
  return (now) => {
    tokens = Math.min(size, tokens + ((now - at) * perSecond) / 1000);
    at = now;
    if (tokens < 1) return false;
    tokens -= 1;
    return true;
  };
}

export interface World extends Clock {
  at: (ms: number, event: () => void) => void;
  /** Lets time pass, event after event. */
  run: (untilMs: number) => Promise<void>;
}

/** Time passes from event to event, and sleepers wake in the order of their times. */
export function world(startAt = 0): World {
  let now = startAt;
  let events: { at: number; event: () => void }[] = [];
  const at = (ms: number, event: () => void): void => {
    const later = events.findIndex((one) => one.at > ms);
    events.splice(later === -1 ? events.length : later, 0, { at: ms, event });
  };
  return {
    now: () => now,
    at,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        at(now + ms, resolve);
        signal?.addEventListener('abort', () => reject(new Error('ended')), { once: true });
      }),
    run: async (untilMs) => {
      await settled();
      for (let [next] = events; next !== undefined && next.at <= untilMs; [next] = events) {
        events = events.slice(1);
        now = Math.max(now, next.at);
        next.event();
        await settled();
      }
      now = Math.max(now, untilMs);
    },
  };
}

/** Lets what waited for an event go on before time passes. */
async function settled(): Promise<void> {
  for (let n = 0; n < 20; n += 1) await Promise.resolve();
}

interface Crowd {
  /** How many processes, each with as much to ask as it may. */
  processes: number;
  limit: Limit;
  perSecond: number;
  /** The figures count from here on. */
  warmUpSeconds: number;
  seconds: number;
  seed?: number;
  /** What NCP says with a 429, in milliseconds. */
  retryAfterMs?: number;
  options?: Partial<LimiterOptions>;
}

export interface Figures {
  /** Part of the allowed calls that were taken. */
  use: number;
  /** Part of the calls that were refused. */
  refused: number;
  /** The share of the process that got least, as a fraction of an equal share. */
  least: number;
  /** Refused calls of a process before the figures begin. */
  refusedBefore: number;
}

/** Half of a call's time passes before NCP sees it; it takes from 50 to 150 ms. */
export async function figuresOf(crowd: Crowd): Promise<Figures> {
  const { processes, limit, perSecond, warmUpSeconds, seconds, seed = 1, retryAfterMs, options = {} } = crowd;
  const time = world();
  const dice = chance(seed);
  const taken = Array.from({ length: processes }, () => 0);
  const total = { taken: 0, refused: 0, before: 0 };
  for (let process = 0; process < processes; process += 1) {
    const limiter = new Limiter({ clock: time, chance: chance(seed * 100 + process), ...options });
    const ask = async (): Promise<void> => {
      const turn = await limiter.turn('read');
      const halfMs = 25 + 50 * dice();
      time.at(time.now() + halfMs, () => {
        const isTaken = limit(time.now());
        const isCounted = time.now() > warmUpSeconds * 1000;
        if (!isCounted) total.before += isTaken ? 0 : 1;
        else if (isTaken) total.taken += 1;
        else total.refused += 1;
        if (isCounted && isTaken) taken[process] = (taken[process] ?? 0) + 1;
        time.at(time.now() + halfMs, () => {
          if (isTaken) turn?.taken();
          else turn?.refused(retryAfterMs);
          turn?.end();
          void ask();
        });
      });
    };
    // All begin in the same second, and each has more to ask than it may.
    time.at(1000 * dice(), () => void Promise.all(Array.from({ length: 3 }, ask)));
  }
  await time.run(seconds * 1000);
  return {
    use: total.taken / (perSecond * (seconds - warmUpSeconds)),
    refused: total.refused / (total.taken + total.refused),
    least: Math.min(...taken) / (total.taken / processes),
    refusedBefore: total.before / processes,
  };
}
