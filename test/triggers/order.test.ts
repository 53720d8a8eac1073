/* oxlint-disable vitest/no-conditional-expect -- either outcome may be right */

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RequestError } from '../../lib/termination/request.ts';
import { orderFrom } from '../../lib/triggers/order.ts';

const REQUEST = { environment: 'vpc', servers: ['1088217'] };
const ASK = { policy: 'nightly-dev' };
const NO_MORE = { servers: [], mode: undefined, reason: '', requestedBy: '', askedBy: '' };
const AT = '2026-11-23T12:00:00Z';
const ENVELOPE = {
  requestId: 'nightly-dev-20261123T120000Z',
  trigger: 'schedule',
  request: { policy: 'nightly-dev', requestedBy: `schedule nightly-dev of ${AT}` },
};

function problemOf(event: unknown): string {
  try {
    orderFrom(event, 'id');
  } catch (error) {
    if (error instanceof RequestError) return error.message;
    throw error;
  }
  throw new Error('it was taken');
}

describe('the envelope of the start function', () => {
  it('names the run, its trigger and its policy', () => {
    expect(orderFrom(ENVELOPE, 'not this')).toEqual({
      requestId: ENVELOPE.requestId,
      trigger: 'schedule',
      ask: { kind: 'policy', ask: { ...NO_MORE, ...ENVELOPE.request } },
    });
  });

  it.each([
    ['a policy', ASK],
    ['servers', REQUEST],
  ])('says better than the request for %s who asked', (_what, request) => {
    const asked = { ...request, requestedBy: 'slack:U0MINA' };
    const { ask } = orderFrom(
      { ...ENVELOPE, askedBy: 'webhook:ci', requestedBy: 'webhook:ci for x', request: asked },
      'id',
    );
    expect(ask.kind === 'policy' ? ask.ask.askedBy : 'webhook:ci').toBe('webhook:ci');
    expect(ask.kind === 'policy' ? ask.ask.requestedBy : ask.requestedBy).toBe('webhook:ci for x');
  });

  it('leaves it to the request who asked, if it does not say', () => {
    const { ask } = orderFrom({ ...ENVELOPE, request: { ...ASK, requestedBy: 'slack:U0MINA' } }, 'id');
    expect(ask).toMatchObject({ ask: { askedBy: 'slack:U0MINA', requestedBy: 'slack:U0MINA' } });
  });

  it('may hold a raw request, which is left to be checked later', () => {
    const request = { environment: 'VPC', anything: 1 };
    expect(orderFrom({ requestId: 'e-1', trigger: 'event', request }, 'id')).toEqual({
      requestId: 'e-1',
      trigger: 'event',
      ask: { kind: 'request', input: request },
    });
  });

  it.each([
    [{ requestId: undefined }, 'requestId: '],
    [{ requestId: '' }, 'requestId: expected 1 to 200'],
    [{ requestId: 'x'.repeat(201) }, 'requestId: expected 1 to 200'],
    [{ requestId: 'a b' }, 'requestId: expected 1 to 200'],
    [{ requestId: 'a\n' }, 'requestId: expected 1 to 200'],
    [{ requestId: '개' }, 'requestId: expected 1 to 200'],
    [{ trigger: 'cli' }, 'trigger: expected "schedule" or "event"'],
    [{ trigger: undefined }, 'trigger: expected "schedule" or "event"'],
    [{ request: null }, 'request: expected an object'],
    [{ request: [ASK] }, 'request: expected an object'],
    [{ servers: ['1'] }, 'unknown key servers'],
    [{ request: { ...ASK, at: '2026-11-23' } }, 'unknown key at'],
    [{ request: { ...ASK, window: {} } }, 'unknown key window'],
  ])('with %j is refused', (change, words) => {
    expect(problemOf({ ...ENVELOPE, ...change })).toContain(words);
  });

  it.each(['a', 'x'.repeat(200), 'nightly-dev-20261123T120000Z', '6a7e8feb/tags-sweep', 'a_b.c:d'])(
    'may name the run %s',
    (requestId) => {
      expect(orderFrom({ ...ENVELOPE, requestId }, 'id').requestId).toBe(requestId);
    },
  );
});

describe('a policy that is asked for directly', () => {
  it('is taken with the name that the caller gives', () => {
    expect(orderFrom(ASK, 'req-1')).toEqual({
      requestId: 'req-1',
      trigger: 'invocation',
      ask: { kind: 'policy', ask: { ...NO_MORE, policy: 'nightly-dev' } },
    });
  });

  it('may be narrowed, with who and why; a number given twice is one', () => {
    const more = { mode: 'plan', reason: 'tidy', requestedBy: 'kim' };
    expect(orderFrom({ ...ASK, ...more, servers: ['1', '2', '1'] }, 'r').ask).toEqual({
      kind: 'policy',
      ask: { policy: 'nightly-dev', ...more, servers: ['1', '2'], askedBy: '' },
    });
  });

  it.each([
    [{ policy: '' }, 'policy: expected the name of a policy'],
    [{ policy: 5 }, 'policy: expected the name of a policy'],
    [{ policy: null }, 'policy: expected the name of a policy'],
    [{ ...ASK, servers: [] }, 'servers: expected at least one server; leave it out'],
    [{ ...ASK, servers: null }, 'servers: expected array'],
    [{ ...ASK, servers: [1088217] }, 'servers.0: expected string'],
    [{ ...ASK, servers: ['dev-1'] }, 'servers.0: expected a server number'],
    [{ ...ASK, servers: Array(201).fill('1') }, 'servers: expected at most 200'],
    [{ ...ASK, mode: 'Terminate' }, 'mode: expected "plan" or "terminate"'],
    [{ ...ASK, names: ['*'] }, 'unknown key names'],
    [{ ...ASK, limits: { maxServers: 200 } }, 'unknown key limits'],
    [{ ...ASK, overrideProtection: true }, 'unknown key overrideProtection'],
    [{ ...ASK, environment: 'vpc' }, 'unknown key environment'],
    [{ ...ASK, at: AT }, 'unknown key at'],
    [{ ...ASK, requestId: 'mine' }, 'unknown key requestId'],
    [{ ...ASK, trigger: 'cli' }, 'unknown key trigger'],
    [{ ...ASK, askedBy: 'slack:U0MINA' }, 'unknown key askedBy'],
    [{ ...ASK, requestedBy: 'slack: U0HANA' }, 'requestedBy: looks like the id of a person in a chat'],
  ])('is refused when it is unclear or wants more than the policy: %j', (event, words) => {
    expect(problemOf(event)).toContain(words);
  });

  it('is told every problem at once, with one example of what is right', () => {
    const message = problemOf({ policy: 5, servers: ['x'], mode: 'now', names: [] });
    for (const words of ['policy: ', 'servers.0: ', 'mode: ', 'unknown key names']) expect(message).toContain(words);
    expect(message.split('for example {"policy": "nightly-dev"')).toHaveLength(2);
  });
});

describe('a raw request', () => {
  it.each([[REQUEST], [{}], [{ server: ['1'] }]])('is passed on as it is: %j', (event) => {
    expect(orderFrom(event, 'req-1')).toEqual({
      requestId: 'req-1',
      trigger: 'invocation',
      ask: { kind: 'request', input: event },
    });
  });
});

describe('what is not an order', () => {
  it.each([undefined, null, true, 0, 'text', [], [REQUEST]])('is refused: %j', (event) => {
    expect(problemOf(event)).toContain('the event is not an object');
  });

  it('is refused when it is larger than AWS takes', () => {
    expect(problemOf({ ...REQUEST, reason: 'x'.repeat(256 * 1024) })).toContain('larger than 262144 bytes');
    expect(problemOf({ ...REQUEST, reason: '개'.repeat(100 * 1024) })).toContain('larger than 262144 bytes');
  });

  it.each([
    ['an event of the bus', { id: 'e', source: 'banap.dev', 'detail-type': 'Termination Requested', detail: ASK }],
    ["a schedule's tick", { policy: 'nightly-dev', scheduledTime: AT }],
    ["a schedule's input with a request", { schedule: 'nightly', request: REQUEST }],
  ])('is %s, and the sentence says where it belongs', (_name, event) => {
    expect(problemOf(event)).toMatch(
      /'s target is the start function, not this one; expected here for example \{"policy"/,
    );
  });

  it('throws a RequestError with one line and nothing else, whatever JSON it is', () => {
    const word = fc.string({ unit: fc.constantFrom(...Array.from('aé개 "{}\n')), maxLength: 8 });
    const value = fc.jsonValue({ maxDepth: 3 });
    const shaped = fc.record(
      {
        policy: fc.oneof(word, value),
        servers: fc.oneof(fc.array(fc.oneof(word, fc.constant('1'))), value),
        mode: value,
        requestId: fc.oneof(word, value),
        trigger: fc.oneof(fc.constant('event'), value),
        request: value,
        [`unknown\nkey`]: value,
        'detail-type': value,
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.oneof(value, shaped), (event) => {
        try {
          orderFrom(event, 'id');
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
