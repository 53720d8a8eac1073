/** Every role may do what its function does to the table, and nothing to other items: both taken from the store's own calls. */

import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { systemClock } from '../../lib/clock.ts';
import { type LocalDynamoDb, startDynamoDb } from '../../lib/dev/dynamodb.ts';
import { dynamoStore } from '../../lib/store/named-store.ts';
import { Talk } from '../../lib/store/signals.ts';
import { TableStore } from '../../lib/store/store.ts';
import { card } from '../chat/cards.ts';
import { type Packaged, packagedProject } from './packaged.ts';
import { policyOf } from './statements.ts';

const TABLE = 'banap-keys';
const AT = '2026-11-23T12:00:00Z';
const RUN = 'webhook-ci-2f0d5c3b9a7e41d68c0b1f42';
const HOLD = {
  serverInstanceNo: '1',
  serverName: 'a',
  kind: 'keep',
  by: 'slack:U1',
  reason: '',
  at: AT,
  until: '',
} as const;
const SIGNAL = { kind: 'cancel', planHash: '', by: 'slack:U1', name: '', at: AT, reason: '' } as const;
const RECORD = {
  at: AT,
  account: 'default',
  requestId: RUN,
  sequence: 1,
  policy: '',
  trigger: 'event',
  requestedBy: '',
  serverInstanceNo: '1',
  serverName: 'a',
  what: 'stop',
  guard: '',
  reason: null,
};
const SENT = { about: RUN, what: 'slack:C01#notice 1' };
const MINE = { account: 'default', requestId: RUN, owner: 'me', claimedUntil: Date.parse('2099-01-01T00:00:00Z') };

/** Every call of the store, by name. */
const USES: Record<string, (store: TableStore) => Promise<unknown>> = {
  publish: (store) => store.publish({}, 1),
  policyNow: (store) => store.policyNow('p'),
  holds: (store) => store.holds('default'),
  hold: (store) => store.hold('default', HOLD),
  'hold in the name of a run': (store) => store.hold('default', { ...HOLD, by: 'banap run r' }),
  letGo: (store) => store.letGo('default', { ...HOLD, by: 'banap run r' }),
  countedToday: (store) => store.countedToday('default'),
  admit: (store) => store.admit({ ...MINE, servers: ['1'], refusal: () => null }),
  renew: (store) => store.renew({ ...MINE, claimedUntil: MINE.claimedUntil + 1 }),
  close: (store) => store.close('default', RUN, 'me'),
  isNews: (store) => store.isNews('default', { subject: 's', content: 'x', requestId: RUN }),
  record: (store) => store.record([RECORD]),
  putView: (store) => store.putView(card({ requestId: RUN })),
  view: (store) => store.view(RUN),
  views: (store) => store.views('default', { limit: 5 }),
  say: (store) => store.say(RUN, SIGNAL),
  signals: (store) => store.signals(RUN),
  putWake: (store) => store.putWake(RUN, 'w'),
  wakeIdOf: (store) => store.wakeIdOf(RUN),
  seen: (store) => store.seen({ channel: 'webhook:ci', id: 'm', content: 'x', ttlSeconds: 9 }),
  ownerOf: (store) => store.ownerOf(RUN),
  rememberOwner: (store) => store.rememberOwner(RUN, 'me'),
  originOf: (store) => store.originOf(RUN),
  rememberOrigin: (store) => store.rememberOrigin(RUN, 'webhook:ci'),
  messageOf: (store) => store.messageOf(RUN, 'slack:C01'),
  rememberMessage: (store) => store.rememberMessage(RUN, 'slack:C01', 'm'),
  wasSent: (store) => store.wasSent(SENT),
  rememberSent: (store) => store.rememberSent(SENT),
  pauses: (store) => store.pauses('default', 'p'),
  allPauses: (store) => store.allPauses(),
  known: (store) => store.known('default', ['1']),
  release: (store) => store.release('default', '1', 'me'),
  pause: (store) => store.pause({ account: '', policy: 'p', by: 'me', reason: '', at: AT, until: '' }),
  resume: (store) => store.resume({ account: '', policy: 'p' }, 'me'),
  'letGo of a person': (store) => store.letGo('default', HOLD),
};
const TALK = ['view', 'say', 'signals', 'putWake', 'wakeIdOf', 'messageOf', 'rememberMessage'];
/** Under the key of a run. */
const OF_RUN = [...TALK, 'ownerOf', 'rememberOwner', 'originOf', 'rememberOrigin'];

/** By role, the calls that its function makes; it must not be able to make the others. */
const CALLS: Record<string, string[]> = {
  TerminateRole: [
    'policyNow',
    'holds',
    'hold in the name of a run',
    'letGo',
    'pauses',
    'allPauses',
    'known',
    'countedToday',
    'admit',
    'renew',
    'close',
    'isNews',
    'record',
    'putView',
    ...OF_RUN,
    'wasSent',
    'rememberSent',
    'views',
  ],
  StartRole: ['publish'],
  WebhookRole: [...OF_RUN, 'publish', 'seen'],
  ChatRole: [
    ...OF_RUN,
    'wasSent',
    'rememberSent',
    'known',
    'publish',
    'holds',
    'pauses',
    'allPauses',
    'hold',
    // AWS cannot tell whose hold it is; the function ends only a person's own.
    'release',
    'letGo of a person',
    'pause',
    'resume',
    'record',
    'countedToday',
    'views',
  ],
  SlackRole: [],
  NaverWorksRole: [],
};

interface Touch {
  action: string;
  pks: string[];
}

let packaged: Packaged;
let database: LocalDynamoDb;
let client: DynamoDBClient;
const touches = new Map<string, Touch[]>();

beforeAll(async () => {
  packaged = packagedProject();
  database = await startDynamoDb();
  await database.createTable(TABLE);
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  client = new DynamoDBClient({ endpoint: database.url, region: 'ap-northeast-2', credentials });
  let heard: Touch[] = [];
  client.middlewareStack.add(
    (next, context) => (args) => {
      const action = `dynamodb:${String(context['commandName']).replace('Command', '')}`;
      const pks = [...JSON.stringify(args.input).matchAll(/"(?:pk|:pk)":\{"S":"([^"]*)"\}/g)].map(([, pk = '']) => pk);
      heard.push({ action, pks });
      return next(args);
    },
    { step: 'build' },
  );
  const store = dynamoStore({ table: TABLE, clock: systemClock, client });
  for (const [name, use] of Object.entries(USES)) {
    heard = [];
    await use(store);
    touches.set(name, heard);
  }
}, 60_000);
afterAll(async () => {
  packaged?.remove();
  client?.destroy();
  await database?.close();
});

const conditionSchema = z.object({
  'ForAllValues:StringLike': z.object({ 'dynamodb:LeadingKeys': z.array(z.string()).min(1) }),
});

/** As IAM judges it: some statement has the action, and each key matches one of its patterns. */
function mayTouch(role: string, { action, pks }: Touch): boolean {
  const own = policyOf(packaged, role).filter(({ Action }) => Action.includes(action));
  return own.some(({ Condition }) => {
    const patterns = conditionSchema.parse(Condition)['ForAllValues:StringLike']['dynamodb:LeadingKeys'];
    return pks.length > 0 && pks.every((pk) => patterns.some((pattern) => likeness(pattern).test(pk)));
  });
}

function likeness(pattern: string): RegExp {
  return new RegExp(`^${pattern.replaceAll(/[^\w*]/g, '\\$&').replaceAll('*', '.*')}$`);
}

describe.each(Object.entries(CALLS))('%s', (role, calls) => {
  test('may make every call that its function makes', () => {
    const refused = calls.flatMap((name) => (touches.get(name) ?? []).filter((one) => !mayTouch(role, one)));
    expect(refused).toEqual([]);
  });

  test('may not make the others', () => {
    const others = [...touches].filter(([name]) => !calls.includes(name));
    const made = others.filter(([, heard]) => heard.every((one) => mayTouch(role, one))).map(([name]) => name);
    expect(made).toEqual([]);
  });

  test('reaches the table with a condition on the key only', () => {
    const onTable = policyOf(packaged, role).filter(({ Action }) => Action.some((one) => one.startsWith('dynamodb:')));
    for (const { Condition } of onTable) expect(conditionSchema.safeParse(Condition).success).toBe(true);
    expect(onTable.length > 0).toBe(calls.length > 0);
  });
});

/** Only the command line does these, with its own credentials. */
const ELSEWHERE = ['audit', 'disconnect'];

test('every call of the store is known here', () => {
  const kept = [TableStore, Talk].flatMap(({ prototype }) => Object.getOwnPropertyNames(prototype));
  const methods = kept.filter((name) => name !== 'constructor');
  const used = new Set(Object.keys(USES).map((name) => name.split(' ')[0] ?? ''));
  expect(used).toEqual(new Set(methods.filter((name) => !ELSEWHERE.includes(name))));
});
