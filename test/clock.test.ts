import { assert, integer, nat, property } from 'fast-check';
import { expect, it } from 'vitest';
import { within } from '../lib/clock.ts';

const MS = 5_000;
const some = integer({ min: -2 * MS, max: 2 * MS });

it('what was read is fresh only while less than its time has passed on both clocks', () => {
  assert(
    property(nat(), some, nat({ max: 2 * MS }), (began, byDate, monotonic) => {
      let [now, elapsed] = [began, began];
      const clock = { now: () => now, elapsed: () => elapsed, sleep: never, timeout: never };
      const isFresh = within(clock, MS);
      expect(isFresh()).toBe(true);
      now += byDate;
      elapsed += monotonic;
      expect(isFresh()).toBe(byDate < MS && monotonic < MS);
    }),
  );
});

function never(): never {
  throw new Error('nothing is to wait here');
}
