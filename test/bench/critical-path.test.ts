import { describe, expect, it } from 'vitest';
import { type FleetServer, parseFleet } from '../../lib/simulator/fleet.ts';
import { criticalPath, fewestCalls, limitAllows } from '../../scripts/bench/critical-path.ts';

const TIMES = { stopSeconds: 30, terminateSeconds: 20, detachSeconds: 10, disassociateSeconds: 5 };
const VOLUME = { blockStorage: [{}] };
const ADDRESS = { publicIp: '203.0.113.7' };

function servers(...changes: object[]): FleetServer[] {
  const named = changes.map((one, at) => ({
    serverInstanceNo: String(1001 + at),
    serverName: `dev-${at}`,
    ...TIMES,
    ...one,
  }));
  return parseFleet({ servers: named }).servers;
}

function alike(count: number, change: object): FleetServer[] {
  const [one] = servers(change);
  if (one === undefined) throw new Error('no server');
  return Array.from({ length: count }, () => one);
}

describe('the critical path', () => {
  it.each([
    ['a plain server: stop, terminate', {}, 30 + 20 + 3 * 0.1],
    ['a volume: detached and set up before, deleted after', VOLUME, 30 + (10 + 5) + 20 + 3 + 5 * 0.1],
    ['an address: released at once', ADDRESS, 30 + 5 + 20 + 0 + 5 * 0.1],
    ['both: side by side', { ...VOLUME, ...ADDRESS }, 30 + (10 + 5) + 20 + 3 + 5 * 0.1],
    ['both, the address being slower', { ...VOLUME, ...ADDRESS, disassociateSeconds: 40 }, 30 + 40 + 20 + 3 + 5 * 0.1],
  ])('%s', (_what, change, seconds) => {
    expect(criticalPath(servers(change), 0.1)).toBeCloseTo(seconds, 9);
  });

  it('of a fleet is that of its slowest server', () => {
    expect(criticalPath(servers({}, { stopSeconds: 33 }, { terminateSeconds: 21 }), 0.1)).toBeCloseTo(53.3, 9);
  });
});

describe('the fewest calls', () => {
  it('of 200 plain servers: two lists, two calls each to stop and to terminate, two looks', () => {
    expect(fewestCalls(alike(200, {}))).toEqual({ lists: 2, stops: 2, later: 1 + (2 + 1), oneByOne: 0 });
  });

  it('of 200 with both: each address alone, volumes by the hundred', () => {
    const [stopped, takenOff, terminated, freed] = [1, 2 + 200 + 1, 2 + 1, 2 + 200 + 1];
    expect(fewestCalls(alike(200, { ...VOLUME, ...ADDRESS }))).toEqual({
      lists: 2,
      stops: 2,
      later: stopped + takenOff + terminated + freed,
      oneByOne: 400,
    });
  });
});

describe('what the request limit allows', () => {
  const rate = { latencySeconds: 0.1, callsPerSecond: 5 };

  it('is the critical path while there is little to ask for', () => {
    expect(limitAllows(alike(200, {}), rate)).toBe(criticalPath(alike(200, {}), 0.1));
  });

  it('is the time that the calls take once the first server has stopped', () => {
    const many = alike(200, { ...VOLUME, ...ADDRESS });
    expect(limitAllows(many, rate)).toBeCloseTo(0.1 + 30 + 0.1 + fewestCalls(many).later / 5, 9);
  });
});
