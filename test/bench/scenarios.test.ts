import { describe, expect, it } from 'vitest';
import { Account, CALLS_PER_SECOND, LATENCY_SECONDS } from '../../scripts/bench/account.ts';
import { figure } from '../../scripts/bench/figures.ts';
import { fleetOf } from '../../scripts/bench/fleets.ts';
import { runPlainClient } from '../../scripts/bench/plain-client.ts';
import { rateUse } from '../../scripts/bench/rate-use.ts';
import { growth, type Replayed } from '../../scripts/bench/replay.ts';
import type { Row } from '../../scripts/bench/rows.ts';
import { type RunResults, runAll } from '../../scripts/bench/runs.ts';
import { floor } from '../../scripts/bench/scenarios.ts';
import { beyondBounds } from '../../scripts/bench/table.ts';

function conditions(count: number, seed: number) {
  return { fleet: fleetOf({ count, hasBoth: true }, seed), seed, latencySeconds: LATENCY_SECONDS };
}

const LIMIT = { callsPerSecond: 5 };

function numbersOf({ fleet }: ReturnType<typeof conditions>): string[] {
  return fleet.servers.map((server) => server.serverInstanceNo);
}

/** When, what, and what came of it. */
function callsOf(account: Account): string[] {
  return account
    .journal()
    .flatMap((entry) => (entry.kind === 'call' ? [`${entry.at} ${entry.action} ${entry.returnCode}`] : []));
}

describe('a fleet', () => {
  it('takes other times under another seed, and the same under the same', () => {
    const [one, same, other] = [1, 1, 2].map((seed) => fleetOf({ count: 3, hasBoth: true }, seed));
    expect(same).toEqual(one);
    expect(other).not.toEqual(one);
  });
});

describe('runs in one account', () => {
  it('are the same to the call each time, several at once too', async () => {
    const given = { ...conditions(4, 3), limit: LIMIT };
    const halves = [numbersOf(given).slice(0, 2), numbersOf(given).slice(2)];
    const [first, again] = [await runAll(given, halves), await runAll(given, halves)];
    expect(first.runs.map(({ isLost }) => isLost)).toEqual([false, false]);
    expect(callsOf(first.account).length).toBeGreaterThan(50);
    expect(callsOf(again.account)).toEqual(callsOf(first.account));
    expect(again.seconds).toBe(first.seconds);
  });

  it('are not faster than is possible', async () => {
    const { seconds } = await runAll(conditions(2, 1), [numbersOf(conditions(2, 1))]);
    expect(seconds).toBeGreaterThan(floor({ count: 2, hasBoth: true }, 1).criticalPath);
  });

  it('are lost if something of them is left', async () => {
    const given = conditions(2, 1);
    const [one = ''] = numbersOf(given);
    const held = { ...given, fleet: { ...given.fleet, servers: given.fleet.servers.map(protectedIf(one)) } };
    const { runs } = await runAll(
      held,
      numbersOf(given).map((no) => [no]),
    );
    expect(runs.map(({ isLost }) => isLost)).toEqual([true, false]);
  });
});

describe('what is left', () => {
  it.each([
    ['an address', { blockStorage: [] }, true],
    ['a volume', { publicIp: undefined }, true],
    ['nothing but the base volume, which goes with its server', { blockStorage: [], publicIp: undefined }, false],
  ])('is seen: %s', (_what, change, isLeft) => {
    const given = conditions(2, 1);
    const account = new Account({
      ...given,
      fleet: { ...given.fleet, servers: given.fleet.servers.map((one) => ({ ...one, ...change })) },
    });
    const [no = ''] = numbersOf(given);
    expect(account.hasLeft(new Set([no]))).toBe(true);
    account.simulator.person.remove(no);
    expect(account.hasLeft(new Set([no]))).toBe(isLeft);
  });
});

function protectedIf(no: string) {
  return <Server extends { serverInstanceNo: string }>(
    server: Server,
  ): Server & { isProtectServerTermination: boolean } => ({
    ...server,
    isProtectServerTermination: server.serverInstanceNo === no,
  });
}

describe('the plain client', () => {
  it('takes a server in the provider’s order, each wait a poll of its own', async () => {
    const { account, seconds } = await runPlainClient(conditions(1, 1));
    const calls = callsOf(account).map((call) => call.split(' ')[1]);
    expect(callsOf(account).filter((call) => !call.endsWith(' 0'))).toEqual([]);
    expect(account.hasLeft(new Set(numbersOf(conditions(1, 1))))).toBe(false);
    const acts = calls.filter((action) => action?.startsWith('get') === false);
    // Volume and address are taken side by side.
    expect(acts).toEqual([
      'disassociatePublicIpFromServerInstance',
      'stopServerInstances',
      'deletePublicIpInstance',
      'deleteBlockStorageInstances',
      'terminateServerInstances',
    ]);
    expect(seconds).toBeGreaterThan(floor({ count: 1, hasBoth: true }, 1).criticalPath);
  });

  it('has ten things under way at once, and keeps the rate', async () => {
    const { account } = await runPlainClient(conditions(12, 1));
    const times = account.journal().flatMap((entry) => (entry.kind === 'call' ? [Date.parse(entry.at)] : []));
    // Unused turns may be made up for, at most five.
    const inFive = times.map((at) => times.filter((other) => other >= at && other < at + 5_000).length);
    expect(Math.max(...inFive)).toBeLessThanOrEqual(5 * CALLS_PER_SECOND + 5);
    const stops = callsOf(account).filter((call) => call.includes('stopServerInstances'));
    expect(stops).toHaveLength(12);
    // Five volumes and five addresses take the ten places; the sixth volume follows when one is done.
    const early = stops.filter((call) => Date.parse(call.split(' ')[0] ?? '') < Date.parse('2026-03-01T00:00:09Z'));
    expect(early).toHaveLength(5);
  });
});

/** A run of one plain server that NCP stops in 28 seconds: calls at 0, 1 and 2 s and at 40 and 41 s. */
function results(sleeps: RunResults['runs'][number]['sleeps'], throttled = 0): RunResults {
  const journal = [
    callAt(0),
    callAt(1),
    callAt(2),
    changeAt(2, 'operation', 'SHTDN'),
    changeAt(30, 'status', 'NSTOP'),
    changeAt(30, 'operation', 'NULL'),
    ...Array.from({ length: throttled }, () => callAt(40, 429)),
    callAt(40),
    callAt(41),
    changeAt(41, 'operation', 'TERMT'),
    changeAt(60, 'existence', 'absent'),
  ];
  const account = { attached: new Map(), journal: () => journal } as unknown as Account;
  const result = { servers: ['1001'], startedAt: 0, plannedAt: 0, endedAt: 61_000, isLost: false, failure: '' };
  return { account, seconds: 61, runs: [{ ...result, sleeps }] };
}

function callAt(second: number, status = 200): object {
  return { kind: 'call', at: new Date(second * 1_000).toISOString(), status };
}

function changeAt(second: number, field: string, to: string): object {
  return { kind: 'change', at: new Date(second * 1_000).toISOString(), resource: 'server', no: '1001', field, to };
}

describe('the rate used', () => {
  it('counts the calls of the time in which NCP would take an act', () => {
    // Work from 0 to 2 and from 30 to 41 seconds; calls at 0, 1 and 40.
    expect(rateUse(results([]), 1).used).toBeCloseTo(3 / 13, 9);
  });

  it('does not count a sleep that began with nothing to do, as far as it reaches', () => {
    expect(rateUse(results([{ from: 3_000, to: 40_000 }]), 1).used).toBeCloseTo(3 / 3, 9);
  });

  it('counts a sleep that began with work left', () => {
    expect(rateUse(results([{ from: 31_000, to: 40_000 }]), 1).used).toBeCloseTo(3 / 13, 9);
  });

  it('ends with the run, whatever is left', () => {
    const { account, seconds, runs } = results([]);
    // Work from 0 to 2 and from 30 to 35 seconds; calls at 0 and 1.
    const ended = { account, seconds, runs: runs.map((run) => ({ ...run, endedAt: 35_000 })) };
    expect(rateUse(ended, 1).used).toBeCloseTo(2 / 7, 9);
  });

  it('counts no call that was throttled, and says how many were', () => {
    expect(rateUse(results([], 5), 1)).toEqual({ used: 3 / 13, throttled: 0.5 });
  });
});

function row(value: number): Row {
  return { target: 'short-concurrent-lost', what: 'four runs: runs lost', unit: 'runs', today: figure([value]) };
}

describe('bounds', () => {
  it('hold or are named', () => {
    expect(beyondBounds([row(0)])).toEqual([]);
    expect(beyondBounds([row(1)])).toEqual(['four runs: runs lost: 1, and the bound is at most 0']);
    expect(beyondBounds([{ ...row(1), target: 'concurrent-lost' }])).toEqual([]);
  });

  it('hold for the median of seeds, but no run may be lost under any of them', () => {
    expect(beyondBounds([{ ...row(0), today: figure([0, 0, 2]) }])).toHaveLength(1);
    expect(
      beyondBounds([{ ...row(0), target: 'short-concurrent-429', unit: 'share', today: figure([0, 0, 2]) }]),
    ).toEqual([]);
  });
});

function replays(power: number): Replayed[] {
  return [50, 100, 400].map((looks) => ({ looks, walked: 3 * looks ** power, ms: looks }));
}

describe('growth', () => {
  it('is the power of the length', () => {
    expect(growth(replays(1), 'walked')).toBeCloseTo(1, 9);
    expect(growth(replays(2), 'walked')).toBeCloseTo(2, 9);
    expect(growth(replays(2), 'ms')).toBeCloseTo(1, 9);
  });
});
