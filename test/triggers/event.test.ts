/* oxlint-disable vitest/no-conditional-expect -- helpers stand beside their tests; either outcome may be right */

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RequestError } from '../../lib/termination/request.ts';
import { requestFromEvent } from '../../lib/triggers/event.ts';

const REQUEST = { environment: 'vpc', servers: ['1088217'] };
/** A rule's event in the form that EventBridge documents. */
const BUS_EVENT = {
  version: '0',
  id: '6a7e8feb-b491-4cf7-a9f1-bf3703467718',
  'detail-type': 'Termination Requested',
  source: 'com.example.chat',
  account: '111122223333',
  time: '2026-03-01T18:43:48Z',
  region: 'ap-northeast-2',
  resources: [],
  detail: REQUEST,
};
const SCHEDULE = {
  schedule: 'arn:aws:scheduler:ap-northeast-2:111122223333:schedule/default/nightly',
  scheduledTime: '2026-03-01T13:00:00Z',
  executionId: 'd32c5kddcf5bb8c3',
  request: REQUEST,
};

function problemOf(event: unknown): string {
  try {
    requestFromEvent(event, 'id');
  } catch (error) {
    if (error instanceof RequestError) return error.message;
    throw error;
  }
  throw new Error('it was taken');
}

describe('a request handed over directly', () => {
  it('is taken with its defaults and the name that the caller gives', () => {
    expect(requestFromEvent(REQUEST, 'req-1')).toEqual({
      requestId: 'req-1',
      trigger: 'invocation',
      environment: 'vpc',
      region: 'KR',
      servers: ['1088217'],
      names: [],
      mode: 'plan',
      storage: 'refuse',
      publicIp: 'keep',
      overrideProtection: false,
      limits: { maxServers: 10, maxPercent: 20 },
      deadlineMinutes: 60,
      reason: '',
      requestedBy: '',
      notes: [],
    });
  });

  it('only looks unless acting is asked for', () => {
    expect(requestFromEvent(REQUEST, 'r').mode).toBe('plan');
    expect(requestFromEvent({ ...REQUEST, mode: 'terminate' }, 'r').mode).toBe('terminate');
  });

  it.each([
    [{ ...REQUEST, server: ['1'] }, 'unknown key server'],
    [{ ...REQUEST, dryRun: false }, 'unknown key dryRun'],
    [{ ...REQUEST, limits: { maxServer: 1 } }, 'limits: unknown key maxServer; expected maxServers, maxPercent'],
    [{ ...REQUEST, requestId: 'mine' }, 'unknown key requestId'],
    [{ ...REQUEST, trigger: 'cli' }, 'unknown key trigger'],
    [{ ...REQUEST, notes: [] }, 'unknown key notes'],
  ])('with an unknown key is refused: %j', (event, words) => {
    expect(problemOf(event)).toContain(words);
  });

  it.each([
    [{ environment: 'vpc' }, 'expected at least one server'],
    [{ servers: ['1'] }, 'environment: expected "classic" or "vpc"'],
    [{ environment: 'VPC', servers: ['1'] }, 'environment: expected "classic" or "vpc"'],
    [{ environment: 'vpc', servers: [1088217] }, 'servers.0: expected string, for example {"servers": ["1088217"]}'],
    [{ environment: 'vpc', servers: '1088217' }, 'servers: expected array'],
    [{ environment: 'vpc', servers: ['1088217 '] }, 'servers.0: expected a server number'],
    [{ environment: 'vpc', servers: [''] }, 'servers.0: expected a server number'],
    [{ environment: 'vpc', names: [''] }, 'names.0'],
    [{ ...REQUEST, overrideProtection: 'true' }, 'overrideProtection: expected boolean'],
    [{ ...REQUEST, region: 'kr' }, 'region: expected a region code'],
    [{ ...REQUEST, mode: 'Terminate' }, 'mode: expected "plan" or "terminate"'],
    [{ ...REQUEST, limits: { maxPercent: 101 } }, 'limits.maxPercent'],
    [{ ...REQUEST, limits: { maxServers: 0 } }, 'limits.maxServers'],
    [{ ...REQUEST, deadlineMinutes: 0 }, 'deadlineMinutes'],
  ])('that says nothing clear is refused: %j', (event, words) => {
    expect(problemOf(event)).toContain(words);
  });
});

describe('a schedule', () => {
  it('names itself, its time and its execution', () => {
    expect(requestFromEvent(SCHEDULE, 'req-1')).toMatchObject({
      trigger: 'schedule',
      requestId: 'd32c5kddcf5bb8c3',
      requestedBy: 'schedule nightly of 2026-03-01T13:00:00Z',
      servers: ['1088217'],
    });
  });

  it('may have a plain name, no time and no execution', () => {
    expect(requestFromEvent({ schedule: 'nightly', request: REQUEST }, 'req-1')).toMatchObject({
      requestId: 'req-1',
      requestedBy: 'schedule nightly',
    });
  });

  it('leaves the word of the one who asked', () => {
    const request = { ...REQUEST, requestedBy: 'platform team' };
    expect(requestFromEvent({ ...SCHEDULE, request }, 'r').requestedBy).toBe('platform team');
  });

  it('without a request is refused with an example', () => {
    expect(problemOf({ schedule: 'nightly' })).toContain('"request": {"environment": "vpc"');
    expect(problemOf({ schedule: 'nightly', request: null })).toContain('expected an object');
  });

  it('with an unknown key is refused by its name', () => {
    expect(problemOf({ ...SCHEDULE, servers: ['1'] })).toContain('servers belongs inside "request"');
    expect(problemOf({ ...SCHEDULE, request: { ...REQUEST, names_: [] } })).toContain('unknown key names_');
  });

  it('with an empty name is refused', () => {
    expect(problemOf({ ...SCHEDULE, schedule: '' })).toContain("a schedule's input is");
  });
});

describe('an event of a bus', () => {
  it('is known by its own id', () => {
    expect(requestFromEvent(BUS_EVENT, 'req-1')).toMatchObject({ requestId: BUS_EVENT.id, trigger: 'event' });
  });

  it('may hold keys that AWS adds', () => {
    expect(requestFromEvent({ ...BUS_EVENT, 'replay-name': 'again' }, 'r').servers).toEqual(['1088217']);
  });

  it.each(['id', 'source', 'detail'] as const)('without %s is refused', (key) => {
    const { [key]: _without, ...rest } = BUS_EVENT;
    expect(problemOf(rest)).not.toBe('');
  });

  it('of a rule that fires on a schedule says nothing and is refused', () => {
    const detail = {};
    expect(problemOf({ ...BUS_EVENT, 'detail-type': 'Scheduled Event', source: 'aws.events', detail })).toContain(
      'a schedule without input says nothing',
    );
  });

  it('with an unknown key in its detail is refused', () => {
    expect(problemOf({ ...BUS_EVENT, detail: { ...REQUEST, serverz: [] } })).toContain('unknown key serverz');
  });
});

describe('what is no event', () => {
  it.each([undefined, null, true, 0, 'text', [], [REQUEST]])('is refused: %j', (event) => {
    expect(problemOf(event)).toContain('the event is not an object');
  });

  it('is refused when it is larger than AWS takes', () => {
    expect(problemOf({ ...REQUEST, reason: 'x'.repeat(256 * 1024) })).toContain('larger than 262144 bytes');
    expect(problemOf({ ...REQUEST, reason: '개'.repeat(100 * 1024) })).toContain('larger than 262144 bytes');
  });

  it('throws a RequestError with one line and nothing else, whatever JSON it is', () => {
    const word = fc.string({ unit: fc.constantFrom(...Array.from('aé개 "{}')), maxLength: 8 });
    const value = fc.jsonValue({ maxDepth: 3 });
    const shaped = fc.record(
      {
        environment: fc.oneof(fc.constantFrom('vpc', 'classic'), value),
        servers: fc.oneof(fc.array(fc.oneof(word, fc.constant('1'))), value),
        names: value,
        limits: value,
        region: value,
        schedule: value,
        request: value,
        'detail-type': value,
        id: value,
        detail: value,
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.oneof(value, shaped), (event) => {
        try {
          requestFromEvent(event, 'id');
        } catch (error) {
          expect(error).toBeInstanceOf(RequestError);
          const { message } = error instanceof RequestError ? error : new Error();
          expect(message).not.toBe('');
          expect(message).not.toMatch(/[\n\r]/);
        }
      }),
      { numRuns: 1_000 },
    );
  });
});
