import { describe, expect, it } from 'vitest';
import { chance } from '../../lib/chance.ts';
import { Limiter, type Purpose, type Turn } from '../../lib/ncloud/limiter.ts';
import { CONNECTIONS } from '../../lib/ncloud/transport-limits.ts';
import { figuresOf, fixedWindow, type Limit, tokenBucket, type World, world } from './accounts-limit.ts';

const LIMITS: [name: string, limit: (perSecond: number) => Limit][] = [
  ['a fixed window of a second', (perSecond) => fixedWindow(perSecond, 1)],
  ['a token bucket of a second', (perSecond) => tokenBucket(perSecond, perSecond)],
];

describe.each(LIMITS)('against %s', (_name, limitOf) => {
  it.each([
    [1, 5, { use: 0.92, refused: 0.01, least: 1 }],
    [2, 5, { use: 0.9, refused: 0.02, least: 0.2 }],
    [4, 5, { use: 0.9, refused: 0.02, least: 0.2 }],
    [8, 5, { use: 0.9, refused: 0.15, least: 0.09 }],
    // The more there are, the further each has to go below the first rate, and the more often its way back is refused.
    [16, 5, { use: 0.9, refused: 0.2, least: 0.1 }],
    [1, 2, { use: 0.85, refused: 0.01, least: 1 }],
    [4, 2, { use: 0.85, refused: 0.2, least: 0.1 }],
  ])('%i processes find what %i calls a second allow', async (processes, perSecond, wanted) => {
    const limit = limitOf(perSecond);
    const figures = await figuresOf({ processes, limit, perSecond, warmUpSeconds: 300, seconds: 1200 });
    expect(figures.use).toBeGreaterThan(wanted.use);
    expect(figures.refused).toBeLessThan(wanted.refused);
    expect(figures.least).toBeGreaterThanOrEqual(wanted.least);
    expect(figures.refusedBefore).toBeLessThan(40);
  });
});

describe('a limiter', () => {
  it('leaves NCP alone for as long as it asks, at most half a minute', async () => {
    for (const [asked, waited] of [
      [7_000, 7_000],
      [3_600_000, 30_000],
    ] as const) {
      const { time, limiter, granted, ask } = limited();
      void ask('read');
      await time.run(1_000);
      granted[0]?.turn.refused(asked);
      granted[0]?.turn.end();
      void ask('read');
      await time.run(200_000);
      expect(granted[1]?.at).toBeGreaterThan(1_000 + waited);
      expect(granted[1]?.at).toBeLessThan(1_000 + waited + 16_000);
      expect(limiter.rate).toBeLessThan(5);
    }
  });

  it('lets calls that end something go before calls that look', async () => {
    const { time, granted, ask } = limited();
    for (const purpose of ['read', 'read', 'read', 'write', 'write'] as const) {
      void ask(purpose).then((turn) => turn?.end());
    }
    await time.run(10_000);
    // The first is sent at once, before the others are there.
    expect(granted.map(({ purpose }) => purpose)).toEqual(['read', 'write', 'write', 'read', 'read']);
  });

  it('has no more in flight than there are connections, and keeps the last one for what ends something', async () => {
    const { time, granted, ask } = limited();
    for (let n = 0; n < 20; n += 1) void ask('read');
    await time.run(60_000);
    expect(granted).toHaveLength(CONNECTIONS - 1);
    void ask('write');
    void ask('write');
    await time.run(120_000);
    expect(granted.map(({ purpose }) => purpose).filter((purpose) => purpose === 'write')).toHaveLength(1);
    granted[0]?.turn.end();
    granted[0]?.turn.end();
    await time.run(180_000);
    expect(granted).toHaveLength(CONNECTIONS + 1);
  });

  it.each([
    ['write', 4.5, 5.1],
    ['read', 5.5, 10],
  ] as const)('tries out more only with calls that look: %s', async (purpose, least, most) => {
    const { time, limiter, granted, ask } = limited();
    const again = async (): Promise<void> => {
      const turn = await ask(purpose);
      turn?.taken();
      turn?.end();
      if (time.now() < 160_000) void again();
    };
    void again();
    await time.run(160_000);
    expect(limiter.rate).toBeGreaterThan(6);
    expect(granted.length / 160).toBeGreaterThan(least);
    expect(granted.length / 160).toBeLessThan(most);
  });

  it('gives no turn to a call that was called off, and does not wait for it', async () => {
    const { time, granted, ask } = limited();
    const ending = new AbortController();
    const turns = [ask('read'), ask('read', ending.signal), ask('read')];
    ending.abort();
    await time.run(5_000);
    expect(await turns[1]).toBeUndefined();
    expect(granted).toHaveLength(2);
    expect(await limitedTurn(AbortSignal.abort())).toBeUndefined();
  });

  it('does not wait for a clock that was set back to come there again', async () => {
    const time = world(1_000_000_000);
    let offset = 0;
    const clock = {
      now: () => time.now() + offset,
      sleep: (ms: number, signal?: AbortSignal) => time.sleep(ms, signal),
    };
    const limiter = new Limiter({ clock, chance: chance(1) });
    for (let n = 0; n < 5; n += 1) (await granting(time, limiter))?.end();
    offset = -3_600_000;
    const before = time.now();
    (await granting(time, limiter))?.end();
    expect(time.now() - before).toBeLessThan(40_000);
  });

  it('sends no faster than it was told to', async () => {
    const { time, granted, ask } = limited(1);
    await time.run(600_000);
    for (let n = 0; n < 40; n += 1)
      void ask('read').then(
        (turn) => (turn?.taken(), turn?.end()),
        () => {},
      );
    await time.run(620_000);
    // Unused calls are made up for, as many as a look takes.
    expect(granted.length).toBeGreaterThan(18);
    expect(granted.length).toBeLessThan(28);
  });
});

describe('a look at a low rate', () => {
  it.each([0.1, 0.3, 1])('is waited for until its calls can follow each other, at %d calls a second', async (rate) => {
    const { time, limiter, granted, ask } = limited();
    for (let n = 0; limiter.rate > rate && n < 40; n += 1) {
      void ask('read');
      for (let steps = 0; granted.length <= n && steps < 100; steps += 1) await time.run(time.now() + 1_000);
      granted[n]?.turn.refused(undefined);
      granted[n]?.turn.end();
    }
    expect(limiter.rate).toBeLessThanOrEqual(rate);
    granted.length = 0;
    const startedAt = time.now();
    for (let looks = 1; looks <= 3; looks += 1) {
      await ended(limiter.ready(), time);
      for (let call = 1; call <= 4; call += 1) void ask('read').then((turn) => turn?.end());
      // Within the time for which a look allows an act.
      await time.run(time.now() + 4_500);
      expect(granted).toHaveLength(4 * looks);
    }
    // What is saved was not used before, so the rate stays the same.
    expect((time.now() - startedAt) / 1000).toBeGreaterThan((12 - 6) / limiter.rate - 16);
  });
});

interface Granted {
  purpose: Purpose;
  turn: Turn;
  at: number;
}

function limited(callsPerSecond?: number) {
  const time = world(0);
  const limiter = new Limiter({ clock: time, chance: chance(1), callsPerSecond });
  const granted: Granted[] = [];
  const ask = async (purpose: Purpose, signal?: AbortSignal): Promise<Turn | undefined> => {
    const turn = await limiter.turn(purpose, signal);
    if (turn !== undefined) granted.push({ purpose, turn, at: time.now() });
    return turn;
  };
  return { time, limiter, granted, ask };
}

function limitedTurn(signal: AbortSignal): Promise<Turn | undefined> {
  return new Limiter({ clock: world(), chance: chance(1) }).turn('write', signal);
}

function granting(time: World, limiter: Limiter): Promise<Turn | undefined> {
  return ended(limiter.turn('read'), time);
}

/** Lets time pass until it has ended, for two hours at most. */
async function ended<T>(work: Promise<T>, time: World): Promise<T> {
  const state = { isOver: false };
  const noted = work.finally(() => {
    state.isOver = true;
  });
  for (const until = time.now() + 7_200_000; !state.isOver && time.now() < until; ) await time.run(time.now() + 50);
  return noted;
}
