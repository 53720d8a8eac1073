import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Policies, policiesSchema } from '../../lib/policies/schema.ts';
import { RequestError } from '../../lib/termination/request.ts';
import { orderFrom } from '../../lib/triggers/order.ts';
import { ordersFrom } from '../../lib/triggers/start.ts';

const POLICIES = policiesOf({
  'nightly-dev': { select: { environment: 'vpc', names: ['dev-*'] }, schedule: 'cron(0 21 ? * MON-FRI *)' },
  sweep: { select: { environment: 'vpc', names: ['*-tmp'] }, expiry: 'tags' },
  'sweep-lab': { select: { account: 'lab', environment: 'vpc', names: ['*-tmp'] }, expiry: 'tags' },
  'sweep-classic': { select: { environment: 'classic', names: ['*-tmp'] }, expiry: 'tags' },
  'sweep-us': { select: { environment: 'vpc', region: 'US', names: ['*-tmp'] }, expiry: 'tags' },
  'sweep-too': { select: { environment: 'vpc', zones: ['KR-2'] }, expiry: 'tags' },
});
const REQUEST = { environment: 'vpc', servers: ['1088217'] };
const TICK = { policy: 'nightly-dev', scheduledTime: '2026-11-23T12:00:00Z' };
/** A rule's event in the form that EventBridge documents. */
const BUS_EVENT = {
  version: '0',
  id: '6a7e8feb-b491-4cf7-a9f1-bf3703467718',
  'detail-type': 'Termination Requested',
  source: 'banap.dev',
  account: '111122223333',
  time: '2026-03-01T18:43:48Z',
  region: 'ap-northeast-2',
  resources: [],
  detail: REQUEST as object,
};
const TAGS = {
  ...BUS_EVENT,
  'detail-type': 'Tags Changed',
  detail: { environment: 'vpc', serverInstanceNo: '1088217' },
};

function policiesOf(policies: object): Policies {
  const accounts = { default: { secret: 'banap/dev/ncloud' }, lab: { secret: 'banap/lab/ncloud' } };
  return policiesSchema.parse({ version: 1, accounts, requests: { default: {} }, policies });
}

function nameOfTick(name: string, second: number): string {
  const policies = policiesOf({ [name]: { select: { environment: 'vpc', names: ['a-*'] } } });
  const tick = { policy: name, scheduledTime: new Date(second * 1000).toISOString() };
  return ordersFrom(tick, policies)[0]?.executionName ?? '';
}

function problemOf(event: unknown): string {
  try {
    ordersFrom(event, POLICIES);
  } catch (error) {
    if (error instanceof RequestError) return error.message;
    throw error;
  }
  throw new Error('it was taken');
}

describe("a schedule's tick", () => {
  it('starts one execution that is named after policy and time', () => {
    expect(ordersFrom({ ...TICK, schedule: 'arn:aws:scheduler:x:1:schedule/default/nightly' }, POLICIES)).toEqual([
      {
        executionName: 'nightly-dev-20261123T120000Z',
        payload: {
          requestId: 'nightly-dev-20261123T120000Z',
          trigger: 'schedule',
          request: {
            policy: 'nightly-dev',
            requestedBy: 'schedule nightly-dev of 2026-11-23T12:00:00Z',
          },
        },
      },
    ]);
  });

  it.each([
    '2026-11-23T12:00:00.000Z',
    '2026-11-23T21:00:00+09:00',
    '2026-11-23T12:00:00.999Z',
    '2026-11-23T12:00:00+00:00',
  ])('has the same name and payload when its time is written as %s', (scheduledTime) => {
    expect(ordersFrom({ ...TICK, scheduledTime }, POLICIES)).toEqual(ordersFrom(TICK, POLICIES));
  });

  it.each([
    '',
    '2026-11-23',
    '2026-11-23T12:00:00',
    '2026-02-29T12:00:00Z',
    '2026-11-23T24:00:00Z',
    '9999-12-31T23:59:59-01:00',
    'tomorrow',
    '<aws.scheduler.scheduled-time>',
    1_795_000_000,
    null,
    undefined,
  ])('with the time %j is refused', (scheduledTime) => {
    expect(problemOf({ ...TICK, schedule: 'x', scheduledTime })).toMatch(/^scheduledTime: .*for example/);
  });

  it('of 29 February is taken in a leap year', () => {
    expect(ordersFrom({ ...TICK, scheduledTime: '2028-02-29T00:00:00+09:00' }, POLICIES)[0]?.executionName).toBe(
      'nightly-dev-20280228T150000Z',
    );
  });

  it.each(['nightly', 'constructor', '__proto__', 'Nightly-Dev'])(
    'of %s, which is no policy, is refused with those that are',
    (policy) => {
      expect(problemOf({ ...TICK, policy })).toContain(
        `there is no policy "${policy}"; known: nightly-dev, sweep, sweep-lab, sweep-classic, sweep-us, sweep-too`,
      );
    },
  );

  it.each([
    [{ servers: ['1'] }, 'unknown key servers'],
    [{ mode: 'terminate' }, 'unknown key mode'],
    [{ request: REQUEST }, 'unknown key request'],
    [{ policy: undefined }, 'policy: expected the name of a policy'],
  ])('with %j is refused', (more, words) => {
    expect(problemOf({ ...TICK, ...more })).toContain(words);
  });
});

describe('a request for a termination', () => {
  it('starts one execution that is known by the id of its event', () => {
    expect(ordersFrom(BUS_EVENT, POLICIES)).toEqual([
      {
        executionName: `event-${BUS_EVENT.id}`,
        payload: {
          requestId: BUS_EVENT.id,
          trigger: 'event',
          askedBy: '',
          requestedBy: 'AWS account 111122223333',
          request: REQUEST,
        },
      },
    ]);
  });

  it('may ask for a policy', () => {
    const detail = { policy: 'nightly-dev', servers: ['1'], mode: 'plan', reason: 'why', requestedBy: 'who' };
    expect(ordersFrom({ ...BUS_EVENT, detail }, POLICIES)[0]?.payload.request).toEqual(detail);
  });

  it.each([
    ['a policy', { policy: 'nightly-dev' }],
    ['servers', REQUEST],
  ])(
    'for %s is asked for by the AWS account that EventBridge names, on behalf of whom the event names',
    (_what, ask) => {
      const asked = (requestedBy: string): object | undefined =>
        ordersFrom({ ...BUS_EVENT, detail: { ...ask, requestedBy } }, POLICIES)[0]?.payload;
      expect(asked('joon')).toMatchObject({ askedBy: '', requestedBy: 'AWS account 111122223333 for joon' });
      expect(asked('slack:U0HANA')).toMatchObject({
        askedBy: 'slack:U0HANA',
        requestedBy: 'AWS account 111122223333 for slack:U0HANA',
      });
    },
  );

  it.each([
    { trigger: 'schedule', requestId: 'nightly-1', request: { policy: 'nightly-dev' } },
    { ...REQUEST, trigger: 'cli' },
    { ...REQUEST, requestId: 'nightly-1' },
    { ...REQUEST, policyVersion: '1' },
    { policy: 'nightly-dev', askedBy: 'slack:U0MINA' },
    { policy: 'nightly-dev', account: 'lab' },
  ])('cannot say for itself where it comes from: %j', (detail) => {
    expect(problemOf({ ...BUS_EVENT, detail })).toContain('unknown key');
  });

  it('may hold keys that AWS adds', () => {
    expect(ordersFrom({ ...BUS_EVENT, 'replay-name': 'again' }, POLICIES)).toHaveLength(1);
  });

  it.each([
    [{ policy: 'nightly' }, 'there is no policy "nightly"; known: nightly-dev'],
    [{ policy: 'nightly-dev', servers: [] }, 'servers: expected at least one server'],
    [{ policy: 'nightly-dev', names: ['*'] }, 'unknown key names'],
    [{ policy: 'nightly-dev', at: '2026-11-23T12:00:00Z' }, 'unknown key at'],
    [{ ...REQUEST, serverz: [] }, 'unknown key serverz'],
    [{ environment: 'vpc' }, 'expected at least one server'],
    [{ ...REQUEST, servers: [1] }, 'servers.0'],
    [{ policy: 'nightly-dev', requestedBy: 'Slack:U0HANA' }, 'requestedBy: looks like the id of a person in a chat'],
    [{ ...REQUEST, requestedBy: 'slack:u0hana' }, 'requestedBy: looks like the id of a person in a chat'],
    [{ ...REQUEST, account: 'lab' }, 'requests without a policy are not allowed in account lab'],
    [{ ...REQUEST, storage: 'delete' }, 'storage: delete is above the ceiling'],
    [{}, 'environment'],
    ['text', 'detail: expected an object'],
    [null, 'detail: expected an object'],
    [[REQUEST], 'detail: expected an object'],
  ])('whose detail is %j is refused', (detail, words) => {
    expect(problemOf({ ...BUS_EVENT, detail })).toContain(words);
  });
});

describe('a change of tags', () => {
  it('starts one execution for each policy that goes by tags where the server is, for that server alone', () => {
    const orders = ordersFrom(TAGS, POLICIES);
    expect(orders.map(({ payload }) => payload)).toEqual(
      ['sweep', 'sweep-too'].map((policy) => ({
        requestId: `${TAGS.id}/${policy}`,
        trigger: 'event',
        request: { policy, servers: ['1088217'], requestedBy: `change of tags, event ${TAGS.id}` },
      })),
    );
    expect(orders.map(({ executionName }) => executionName)).toEqual([
      `event-${TAGS.id}-sweep`,
      `event-${TAGS.id}-sweep-too`,
    ]);
  });

  it.each([
    [{ account: 'lab' }, ['sweep-lab']],
    [{ environment: 'classic' }, ['sweep-classic']],
    [{ region: 'US' }, ['sweep-us']],
    [{ account: 'other' }, []],
    [{ region: 'JP' }, []],
    [{ account: 'lab', environment: 'classic' }, []],
  ])('with %j concerns %j', (more, concerned) => {
    const orders = ordersFrom({ ...TAGS, detail: { ...TAGS.detail, ...more } }, POLICIES);
    expect(orders.map(({ payload }) => Reflect.get(payload.request, 'policy'))).toEqual(concerned);
  });

  it('without a region is in the first one of its account', () => {
    const policies = policiesSchema.parse({
      version: 1,
      accounts: { default: { secret: 'a', site: 'fin' } },
      policies: { sweep: { expiry: 'tags', select: { environment: 'vpc', region: 'FKR' } } },
    });
    expect(ordersFrom(TAGS, policies)).toHaveLength(1);
    expect(ordersFrom({ ...TAGS, detail: { ...TAGS.detail, region: 'KR' } }, policies)).toEqual([]);
  });

  it.each([
    [{ serverInstanceNo: '' }, 'serverInstanceNo: expected a server number'],
    [{ serverInstanceNo: 1088217 }, 'serverInstanceNo: expected string'],
    [{ serverInstanceNo: undefined }, 'serverInstanceNo: '],
    [{ environment: 'VPC' }, 'environment: expected "classic" or "vpc"'],
    [{ account: '' }, 'account: expected the name of an account'],
    [{ region: 'kr' }, 'region: expected a region code'],
    [{ tags: {} }, 'unknown key tags'],
    [{ policy: 'sweep' }, 'unknown key policy'],
  ])('with %j is refused', (more, words) => {
    expect(problemOf({ ...TAGS, detail: { ...TAGS.detail, ...more } })).toContain(words);
  });
});

describe('an event of the bus', () => {
  it.each(['id', 'source', 'detail-type', 'detail'] as const)('without %s is refused', (key) => {
    const { [key]: _without, ...rest } = BUS_EVENT;
    expect(problemOf(rest)).not.toBe('');
  });

  it.each([
    [{ id: '' }, "id: expected the event's id"],
    [{ id: 'a_b' }, "id: expected the event's id"],
    [{ account: 'default' }, 'account: expected the AWS account, 12 digits'],
    [{ account: undefined }, 'account: '],
    [{ id: 'x'.repeat(101) }, "id: expected the event's id"],
    [{ source: 'com.example.chat' }, 'source: expected banap and the stage'],
    [{ 'detail-type': 'Tags changed' }, 'detail-type: expected "Termination Requested" or "Tags Changed"'],
  ])('with %j is refused', (more, words) => {
    expect(problemOf({ ...BUS_EVENT, ...more })).toContain(words);
  });

  it('of a rule that fires on a schedule says nothing and is refused', () => {
    const event = { ...BUS_EVENT, 'detail-type': 'Scheduled Event', source: 'aws.events', detail: {} };
    expect(problemOf(event)).toContain('a schedule without input says nothing');
  });
});

describe('what is neither', () => {
  it.each([undefined, null, true, 0, 'text', [], [TICK]])('is refused: %j', (event) => {
    expect(problemOf(event)).toContain('the event is not an object');
  });

  it.each([[REQUEST], [{ policy: 'nightly-dev' }], [{}]])(
    'is refused, and the sentence says where it belongs: %j',
    (event) => {
      expect(problemOf(event)).toContain('a request goes to the terminate function');
    },
  );

  it('is refused when it is larger than AWS takes', () => {
    expect(problemOf({ ...BUS_EVENT, detail: { ...REQUEST, reason: 'x'.repeat(256 * 1024) } })).toContain(
      'larger than',
    );
  });
});

describe('names of executions', () => {
  const ALLOWED = /^[a-zA-Z0-9-_]{1,64}$/;
  const policy = fc
    .stringMatching(/^[a-z][a-z0-9]{0,5}(-[a-z0-9]{1,4}){0,5}$/)
    .map((name) => name.slice(0, 31).replace(/-$/, ''));
  const seconds = fc.integer({ min: 0, max: 253_402_300_799 });

  it('are those that AWS allows, and different for another policy or time', () => {
    fc.assert(
      fc.property(policy, policy, seconds, seconds, (one, other, second, later) => {
        const name = nameOfTick(one, second);
        expect(name).toMatch(ALLOWED);
        expect(nameOfTick(one, second)).toBe(name);
        expect(nameOfTick(other, later) === name).toBe(one === other && second === later);
      }),
    );
  });

  it('are cut where they are too long, and still different', () => {
    const long = 'a-name-of-as-many-letters-as-go';
    const policies = policiesOf(
      Object.fromEntries(
        [long, `${long.slice(0, -1)}x`, 'b'].map((name) => [
          name,
          { select: { environment: 'vpc', names: ['a-*'] }, expiry: 'tags' },
        ]),
      ),
    );
    const names = ordersFrom(TAGS, policies).map(({ executionName }) => executionName);
    expect(names.map((name) => name.length)).toEqual([64, 64, `event-${TAGS.id}-b`.length]);
    expect(new Set(names).size).toBe(3);
    for (const name of names) expect(name).toMatch(ALLOWED);
    expect(ordersFrom(TAGS, policies).map(({ executionName }) => executionName)).toEqual(names);
  });

  it('and all that is started is what the durable function reads', () => {
    for (const event of [TICK, BUS_EVENT, { ...BUS_EVENT, detail: { policy: 'sweep' } }, TAGS]) {
      for (const { payload } of ordersFrom(event, POLICIES)) {
        const { requestId, trigger, ask } = orderFrom(JSON.parse(JSON.stringify(payload)), 'not this');
        expect({ requestId, trigger }).toEqual({ requestId: payload.requestId, trigger: payload.trigger });
        expect(ask.kind).toBe('policy' in payload.request ? 'policy' : 'request');
      }
    }
  });
});
