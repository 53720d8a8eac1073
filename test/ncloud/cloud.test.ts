/* oxlint-disable unicorn/consistent-function-scoping -- helpers stand beside their tests; either outcome may be right */

import { describe, expect, it } from 'vitest';
import { NcloudCloud } from '../../lib/ncloud/cloud.ts';
import { DIALECTS } from '../../lib/ncloud/dialects.ts';
import type { Simulator } from '../../lib/simulator/simulator.ts';
import type { Action, ActionName } from '../../lib/termination/actions.ts';
import type { Environment } from '../../lib/termination/model.ts';
import { CloudError } from '../../lib/termination/ports/cloud.ts';
import {
  type Answering,
  clientOf,
  type Endpoint,
  endpoint,
  gatewayError,
  ncp,
  responseError,
  says,
  success,
} from './endpoint.ts';

const ENVIRONMENTS = ['vpc', 'classic'] as const;

function cloudOf(
  url: string,
  environment: Environment = 'vpc',
  format: 'xml' | 'json' = 'xml',
  region = 'KR',
): NcloudCloud {
  return new NcloudCloud(clientOf(url, { format }), { environment, region });
}

function servers(count: number, from = 1001): { serverInstanceNo: string; serverName: string }[] {
  return Array.from({ length: count }, (_, n) => ({ serverInstanceNo: String(from + n), serverName: `dev-${n}` }));
}

async function lookFailure(work: Promise<unknown>): Promise<CloudError> {
  const outcome: unknown = await work.then(
    () => new Error('it succeeded'),
    (error: unknown) => error,
  );
  if (outcome instanceof CloudError) return outcome;
  throw outcome;
}

function callsOf(simulator: Simulator, action: string): Record<string, string>[] {
  return simulator.journal().flatMap((one) => (one.kind === 'call' && one.action === action ? [one.parameters] : []));
}

/** One NCP server as XML; `but` replaces fields. */
function serverXml(no: string, but: Record<string, string> = {}): string {
  const fields: Record<string, string> = {
    serverInstanceNo: no,
    serverName: `dev-${no}`,
    createDate: '2026-01-01T00:00:00+0900',
    uptime: '2026-01-01T00:01:00+0900',
    serverInstanceStatus: '<code>RUN</code>',
    serverInstanceOperation: '<code>NULL</code>',
    serverInstanceStatusName: 'running',
    isProtectServerTermination: 'false',
    publicIp: '',
    ...but,
  };
  const body = Object.entries(fields).map(([name, value]) => `<${name}>${value}</${name}>`);
  return `<serverInstance>${body.join('')}</serverInstance>`;
}

const REGIONS = '<regionList><region><regionNo>1</regionNo><regionCode>KR</regionCode></region></regionList>';

/** An NCP that answers what is given for each action, and empty lists otherwise. */
function said(replies: Record<string, Answering>): Promise<Endpoint> {
  const lists: Record<string, string> = {
    getServerInstanceList: 'serverInstanceList',
    getBlockStorageInstanceList: 'blockStorageInstanceList',
    getPublicIpInstanceList: 'publicIpInstanceList',
  };
  return endpoint((response, request) => {
    const [action = ''] = request.target.split('?')[0]?.split('/').slice(3) ?? [];
    const empty = action === 'getRegionList' ? REGIONS : `<totalRows>0</totalRows><${lists[action] ?? 'noList'}/>`;
    (replies[action] ?? says(200, success(action, empty)))(response, request);
  });
}

function list(action: string, name: string, items: string[], totalRows = String(items.length)): Answering {
  return says(200, success(action, `<totalRows>${totalRows}</totalRows><${name}>${items.join('')}</${name}>`));
}

const listed = (items: string[], totalRows?: string): Answering =>
  list('getServerInstanceList', 'serverInstanceList', items, totalRows);

describe.each(ENVIRONMENTS)('in %s', (environment) => {
  it('both formats show the same servers with what is attached to them', async () => {
    const simulator = await ncp();
    const inXml = await cloudOf(simulator.url, environment, 'xml').allServers();
    const inJson = await cloudOf(simulator.url, environment, 'json').allServers();
    expect(inXml.length).toBeGreaterThan(1);
    expect(inJson).toEqual(inXml);
  });

  it('a server says where it is', async () => {
    const place = environment === 'vpc' ? { zone: 'KR-2', vpcNo: '5002' } : { zone: 'KR-2' };
    const simulator = await ncp({ fleet: { environment, servers: servers(1).map((one) => ({ ...one, ...place })) } });
    expect(await cloudOf(simulator.url, environment).allServers()).toMatchObject([
      { zoneCode: 'KR-2', vpcNo: environment === 'vpc' ? '5002' : '' },
    ]);
  });

  it('all servers are read, page after page', async () => {
    const simulator = await ncp({ fleet: { environment, servers: servers(550) } });
    const cloud = cloudOf(simulator.url, environment);
    expect(new Set((await cloud.allServers()).map((one) => one.serverInstanceNo)).size).toBe(550);
    expect(callsOf(simulator, 'getServerInstanceList').map((one) => one['pageNo'])).toEqual(
      environment === 'vpc' ? ['1', '2', '1'] : ['1', '2', '3', '1', '2'],
    );
  });

  it.each([1, 2])('%i whole pages of servers exactly end too', async (pages) => {
    const count = pages * DIALECTS[environment].pageSize;
    const simulator = await ncp({ fleet: { environment, servers: servers(count) } });
    expect(await cloudOf(simulator.url, environment).allServers()).toHaveLength(count);
  });

  it('an empty region holds no servers', async () => {
    const simulator = await ncp({ fleet: { environment, servers: [] } });
    expect(await cloudOf(simulator.url, environment).allServers()).toEqual([]);
  });

  it('numbers are asked for a hundred at a time, and only those are shown', async () => {
    const simulator = await ncp({ fleet: { environment, servers: servers(250) } });
    const numbers = servers(230).map((one) => one.serverInstanceNo);
    expect((await cloudOf(simulator.url, environment).servers([...numbers, '99'])).servers).toHaveLength(230);
    const asked = callsOf(simulator, 'getServerInstanceList').filter((one) => one['pageNo'] === '1');
    expect(
      asked.map((one) => Object.keys(one).filter((key) => key.startsWith('serverInstanceNoList.')).length),
    ).toEqual([100, 100, 31]);
  });

  it('a look at some servers tells who holds every volume and address of the region', async () => {
    const data = (no: string) => ({ blockStorageInstanceNo: no, blockStorageName: `data-${no}`, sizeGb: 10 });
    const fleet = {
      environment,
      servers: [
        { serverInstanceNo: '1001', serverName: 'a', blockStorage: [data('501')] },
        { serverInstanceNo: '1002', serverName: 'b', blockStorage: [data('502')], publicIp: '203.0.113.7' },
      ],
      blockStorages: [data('503')],
      publicIps: [{ publicIp: '203.0.113.8' }],
    };
    const simulator = await ncp({ fleet });
    const { servers: shown, holders } = await cloudOf(simulator.url, environment).servers(['1001']);
    const addressNo = (publicIp: string): string =>
      simulator.state().publicIps.find((one) => one.publicIp === publicIp)?.publicIpInstanceNo ?? '';
    expect(shown.map((one) => one.serverInstanceNo)).toEqual(['1001']);
    expect(Object.fromEntries(holders ?? [])).toEqual({
      501: '1001',
      502: '1002',
      503: '',
      [addressNo('203.0.113.7')]: '1002',
      [addressNo('203.0.113.8')]: '',
    });
  });

  describe('few servers of a large region', () => {
    const data = (no: string) => ({ blockStorageInstanceNo: no, blockStorageName: `data-${no}`, sizeGb: 10 });
    const fleet = {
      environment,
      servers: [
        {
          serverInstanceNo: '1001',
          serverName: 'a',
          blockStorage: [data('501'), data('502')],
          publicIp: '203.0.113.7',
          tags: { env: 'dev' },
        },
        {
          serverInstanceNo: '1002',
          serverName: 'b',
          blockStorage: [data('503')],
          publicIp: '203.0.113.8',
          tags: { env: 'prod' },
        },
        { serverInstanceNo: '1003', serverName: 'c' },
      ],
      blockStorages: [data('504')],
    };
    const pinned = ['501', '503', '504'].map((no) => ({ resource: 'blockStorage' as const, no }));

    it('are shown as a look at all of it shows them', async () => {
      const simulator = await ncp({ fleet });
      const cloud = cloudOf(simulator.url, environment);
      const address = simulator.state().publicIps.find((one) => one.publicIp === '203.0.113.7');
      const all = [...pinned, { resource: 'publicIp' as const, no: address?.publicIpInstanceNo ?? '' }];
      const whole = await cloud.servers(['1001']);
      const before = callsOf(simulator, 'getBlockStorageInstanceList').length;
      const few = await cloud.servers(['1001'], { regionHolds: 10_000, pinned: all });
      expect(few.servers).toEqual(whole.servers);
      const holders = few.holders ?? new Map<string, string>();
      expect(all.map(({ no }) => holders.get(no))).toEqual(['1001', '1002', '', '1001']);
      const asked = callsOf(simulator, 'getBlockStorageInstanceList').slice(before);
      expect(asked.map((one) => one['serverInstanceNo'] ?? one['blockStorageInstanceNoList.1'])).toEqual([
        '1001',
        '501',
      ]);
    });

    it('show an address that nobody pinned', async () => {
      const simulator = await ncp({ fleet });
      const few = await cloudOf(simulator.url, environment).servers(['1001'], { regionHolds: 10_000, pinned });
      expect(few.servers[0]?.attachments.map(({ name }) => name)).toContain('203.0.113.7');
    });

    it('have the tags that a look at all of it shows', async () => {
      const simulator = await ncp({ fleet });
      const cloud = cloudOf(simulator.url, environment);
      const few = await cloud.tags(['1001', '1003'], { regionHolds: 10_000 });
      expect(few).toEqual(await cloud.tags(['1001', '1003']));
      expect(few.get('1001')).toEqual({ env: 'dev' });
    });
  });

  it('no numbers are no call: an empty list would be everything', async () => {
    const simulator = await ncp({ fleet: { environment, servers: servers(3) } });
    const cloud = cloudOf(simulator.url, environment);
    expect((await cloud.servers([])).servers).toEqual([]);
    expect(await cloud.attachments('blockStorage', [])).toEqual([]);
    expect(await cloud.attachments('publicIp', [])).toEqual([]);
    expect(Object.keys(cloud.takeCalls())).toEqual(['getRegionList']);
  });

  it('additional storage counts and the disk that a server boots from does not', async () => {
    const fleet = {
      environment,
      servers: [
        { serverInstanceNo: '1001', serverName: 'a', blockStorage: [{ blockStorageName: 'data', sizeGb: 10 }] },
        { serverInstanceNo: '1002', serverName: 'b', publicIp: '203.0.113.7' },
      ],
    };
    const simulator = await ncp({ fleet });
    const [a, b] = await cloudOf(simulator.url, environment)
      .allServers()
      .then((all) => all.toSorted(byNo));
    const data = { resource: 'blockStorage', name: 'data', sizeBytes: 10 * 1024 ** 3 };
    expect(a).toMatchObject({ attachments: [data] });
    expect(b).toMatchObject({
      attachments: [{ resource: 'publicIp', name: '203.0.113.7', serverInstanceNo: '1002' }],
    });
  });

  it('every action is taken in both formats, and does the same', async () => {
    const fleet = {
      environment,
      servers: [
        {
          serverInstanceNo: '1001',
          serverName: 'a',
          publicIp: '203.0.113.7',
          isProtectServerTermination: true,
          blockStorage: [{ blockStorageName: 'data' }],
        },
      ],
    };
    const told = [];
    for (const format of ['xml', 'json'] as const) {
      const simulator = await ncp({ fleet });
      const cloud = cloudOf(simulator.url, environment, format);
      const [server] = await cloud.allServers();
      const [disk = '', ip = ''] = (server?.attachments ?? []).map(({ no }) => no);
      const order: [ActionName, string[]][] = [
        ['stop', []],
        ['disassociate', [ip]],
        ['detach', [disk]],
        ['liftProtection', []],
        ['restoreProtection', []],
        ['liftProtection', []],
        ['terminate', []],
        ['releasePublicIp', [ip]],
        ['deleteStorage', [disk]],
      ];
      const answers = [];
      for (const [name, on] of order) {
        answers.push(
          ...(await cloud.act(name, [{ name, serverInstanceNo: '1001', on }])).map((one) => [name, one.kind]),
        );
        simulator.advance(300);
      }
      expect(answers).toEqual(order.map(([name]) => [name, 'accepted']));
      expect(await cloud.allServers()).toEqual([]);
      expect(await cloud.attachments('publicIp', [ip])).toEqual([]);
      expect(await cloud.attachments('blockStorage', [disk])).toEqual([]);
      expect(simulator.journal().filter((one) => one.kind === 'call' && one.ignored?.length)).toEqual([]);
      told.push(cloud.takeCalls());
    }
    expect(told[0]).toEqual(told[1]);
  });
});

function byNo(a: { serverInstanceNo: string }, b: { serverInstanceNo: string }): number {
  return Number(a.serverInstanceNo) - Number(b.serverInstanceNo);
}

describe('a list that is incomplete is an error', () => {
  it.each([
    ['fewer than promised', listed([serverXml('1')], '2'), 'getServerInstanceList changed while it was read'],
    ['none where some are promised', listed([], '3'), 'is incomplete: 0 of 3'],
    ['more than promised', listed([serverXml('1'), serverXml('2')], '1'), 'counts 1 and shows 2'],
    ['a count below none', listed([], '-1'), 'totalRows'],
    ['a count that is no whole number', listed([], '1.5'), 'totalRows'],
    ['two rows that contradict', listed([serverXml('1'), serverXml('1', { serverName: 'prod' })]), 'shows 1 twice'],
    ['the same row twice', listed([serverXml('1'), serverXml('1')]), 'shows 1 twice'],
    ['no word of how many', says(200, success('getServerInstanceList', '<serverInstanceList/>')), 'totalRows'],
    ['an odd word of how many', listed([], 'many'), 'totalRows'],
    ['no list', says(200, success('getServerInstanceList', '<totalRows>0</totalRows>')), 'holds no list'],
    ['a server without a number', listed([serverXml('')]), 'cannot read: serverInstanceNo'],
    ['a server with an odd number', listed([serverXml('1a')]), 'cannot read: serverInstanceNo'],
  ])('%s', async (_what, answer, words) => {
    const server = await said({ getServerInstanceList: answer });
    const error = await lookFailure(cloudOf(server.url).allServers());
    expect(error.message).toContain(words);
    expect(error.fatal).toBe(false);
  });

  const PAGE_SIZE = DIALECTS.vpc.pageSize;

  /** A region whose servers `after` takes or adds once its first page was read; `reads` counts that page. */
  async function movingRegion(count: number, after: (numbers: number[], reads: number) => number[]) {
    let numbers = Array.from({ length: count }, (_, n) => n + 1);
    const seen = { reads: 0 };
    const server = await said({
      getServerInstanceList: (response, request) => {
        const pageNo = Number(new URL(request.target, 'http://ncp').searchParams.get('pageNo'));
        const page = numbers.slice((pageNo - 1) * PAGE_SIZE, pageNo * PAGE_SIZE).map((no) => serverXml(String(no)));
        listed(page, String(numbers.length))(response, request);
        if (pageNo !== 1) return;
        seen.reads += 1;
        numbers = after(numbers, seen.reads);
      },
    });
    return { cloud: cloudOf(server.url), seen };
  }

  // The first page is read once more at the end; only that notices a change that left the total as it was.
  it.each<[string, (numbers: number[]) => number[], number]>([
    ['goes from a page that was read', (numbers) => numbers.slice(1), 3],
    ['comes', (numbers) => [...numbers, 1_000], 3],
    ['comes to a page that was read', (numbers) => [0, ...numbers], 3],
    ['goes while another one comes', (numbers) => [...numbers.slice(1), 1_000], 4],
  ])('a server that %s meanwhile is no reason to fail: the list is read again', async (_what, change, reads) => {
    const { cloud, seen } = await movingRegion(550, (numbers, read) => (read === 1 ? change(numbers) : numbers));
    const found = (await cloud.allServers()).map((one) => Number(one.serverInstanceNo));
    expect(found.toSorted((a, b) => a - b)).toEqual(
      change(Array.from({ length: 550 }, (_, n) => n + 1)).toSorted((a, b) => a - b),
    );
    expect(seen.reads).toBe(reads);
  });

  it('a list that moves whenever it is read is given up after three times', async () => {
    const { cloud, seen } = await movingRegion(550, (numbers) => numbers.slice(1));
    const error = await lookFailure(cloud.allServers());
    expect(error).toMatchObject({ message: 'getServerInstanceList changed while it was read', fatal: false });
    expect(seen.reads).toBe(3);
  });

  it.each([
    ['where two lists have it, is on two servers', '2', /volume 9 is on two servers, 1 and 2/],
    ['of another server, which was not asked for, is no list', '', /shows 9, which is not on 1/],
  ])('a volume %s', async (_what, elsewhere, words) => {
    const volume = (server: string): string =>
      `<blockStorageInstance><blockStorageInstanceNo>9</blockStorageInstanceNo><serverInstanceNo>${server}</serverInstanceNo></blockStorageInstance>`;
    const server = await said({
      getServerInstanceList: listed([serverXml('1')]),
      getBlockStorageInstanceList: (response, request) => {
        const isByServer = request.target.includes('serverInstanceNo=1');
        const on = isByServer && elsewhere !== '' ? '1' : '2';
        list('getBlockStorageInstanceList', 'blockStorageInstanceList', [volume(on)])(response, request);
      },
    });
    const pinned = [{ resource: 'blockStorage' as const, no: '9' }];
    const look = cloudOf(server.url).servers(['1'], { regionHolds: 10_000, pinned });
    expect(await lookFailure(look)).toMatchObject({ message: expect.stringMatching(words), fatal: false });
  });

  it('a page that comes again and again ends', async () => {
    const page = Array.from({ length: PAGE_SIZE }, (_, n) => serverXml(String(n + 1)));
    const server = await said({ getServerInstanceList: listed(page, '800') });
    expect((await lookFailure(cloudOf(server.url).allServers())).message).toContain('changed while it was read');
    expect(server.requests.filter(({ target }) => target.includes('getServerInstanceList'))).toHaveLength(6);
  });

  it('pages that hold more than they count together are no list', async () => {
    const server = await said({
      getServerInstanceList: (response, request) => {
        const pageNo = Number(new URL(request.target, 'http://ncp').searchParams.get('pageNo'));
        const two = [2 * pageNo - 1, 2 * pageNo].map((no) => serverXml(String(no)));
        listed(pageNo > 2 ? [] : two, '3')(response, request);
      },
    });
    const error = await lookFailure(cloudOf(server.url).allServers());
    expect(error.message).toBe('getServerInstanceList changed while it was read');
  });

  it('a list in smaller pages than asked for is read to the end', async () => {
    const numbers = Array.from({ length: 7 }, (_, n) => serverXml(String(n + 1)));
    const server = await said({
      getServerInstanceList: (response, request) => {
        const pageNo = Number(new URL(request.target, 'http://ncp').searchParams.get('pageNo'));
        listed(numbers.slice((pageNo - 1) * 3, pageNo * 3), '7')(response, request);
      },
    });
    expect(await cloudOf(server.url).allServers()).toHaveLength(7);
  });

  it('a region that is there twice', async () => {
    const twice = REGIONS.replace(
      '</regionList>',
      '<region><regionNo>2</regionNo><regionCode>KR</regionCode></region></regionList>',
    );
    const server = await said({ getRegionList: says(200, success('getRegionList', twice)) });
    expect((await lookFailure(cloudOf(server.url).allServers())).message).toBe('getRegionList shows KR twice');
  });

  it('attachments that cannot be read hide no risk, because the whole look fails', async () => {
    for (const action of ['getBlockStorageInstanceList', 'getPublicIpInstanceList']) {
      const server = await said({
        getServerInstanceList: listed([serverXml('1')]),
        [action]: says(400, responseError('24109')),
      });
      expect((await lookFailure(cloudOf(server.url).allServers())).message).toContain(action);
    }
  });
});

describe('one unusual object', () => {
  it.each([
    ['without a status', { serverInstanceStatus: '' }],
    ['without an operation', { serverInstanceOperation: '' }],
    ['with a date without offset', { createDate: '2026-01-01T00:00:00' }],
    ['without a word on protection', { isProtectServerTermination: '' }],
    ['without a name', { serverName: '' }],
  ])('%s hides no other server and is in a state that nobody acts on', async (_what, but) => {
    const server = await said({ getServerInstanceList: listed([serverXml('1', but), serverXml('2')]) });
    const [odd, other] = await cloudOf(server.url).allServers();
    expect(odd).toMatchObject({ serverInstanceNo: '1', status: 'UNREADABLE' });
    expect(other).toMatchObject({ serverInstanceNo: '2', status: 'RUN' });
  });

  it('an address that only the server knows is shown, in a state that nobody acts on', async () => {
    const server = await said({ getServerInstanceList: listed([serverXml('1', { publicIp: '203.0.113.9' })]) });
    expect((await cloudOf(server.url).allServers())[0]?.attachments).toEqual([
      {
        resource: 'publicIp',
        no: '',
        name: '203.0.113.9',
        createDate: '',
        sizeBytes: 0,
        isReturnProtection: false,
        status: 'UNREADABLE',
        operation: 'UNREADABLE',
        serverInstanceNo: '1',
      },
    ]);
  });

  it('a volume without a type counts as additional', async () => {
    const disk =
      '<blockStorageInstance><blockStorageInstanceNo>9</blockStorageInstanceNo><serverInstanceNo>1</serverInstanceNo></blockStorageInstance>';
    const server = await said({
      getServerInstanceList: listed([serverXml('1')]),
      getBlockStorageInstanceList: list('getBlockStorageInstanceList', 'blockStorageInstanceList', [disk]),
    });
    expect((await cloudOf(server.url).allServers())[0]?.attachments).toMatchObject([
      { resource: 'blockStorage', no: '9', status: 'UNREADABLE', isReturnProtection: true },
    ]);
  });

  it('an address of two servers is in a state that nobody acts on', async () => {
    const fields = { publicIpInstanceNo: '7', publicIp: '203.0.113.9', serverInstanceNo: '1' };
    const rest =
      '<publicIpInstanceStatus><code>USED</code></publicIpInstanceStatus><publicIpInstanceOperation><code>NULL</code></publicIpInstanceOperation>';
    const at = (no: string): string =>
      `<serverInstanceAssociatedWithPublicIp><serverInstanceNo>${no}</serverInstanceNo></serverInstanceAssociatedWithPublicIp>`;
    const row = (no: string): string =>
      `<publicIpInstance>${Object.entries(fields)
        .map(([name, value]) => `<${name}>${value}</${name}>`)
        .join('')}${rest}${at(no)}</publicIpInstance>`;
    for (const [other, operation] of [
      ['1', 'NULL'],
      ['2', 'UNREADABLE'],
    ] as const) {
      const server = await said({
        getPublicIpInstanceList: list('getPublicIpInstanceList', 'publicIpInstanceList', [row(other)]),
      });
      expect(await cloudOf(server.url, 'classic').attachments('publicIp', ['7'])).toMatchObject([
        { no: '7', operation },
      ]);
    }
  });
});

describe('a row with a number that was not asked for is an error', () => {
  const disk = '<blockStorageInstance><blockStorageInstanceNo>9</blockStorageInstanceNo></blockStorageInstance>';
  const address = '<publicIpInstance><publicIpInstanceNo>9</publicIpInstanceNo></publicIpInstance>';

  it.each([
    ['servers', 'getServerInstanceList', 'serverInstanceList', serverXml('9')],
    ['blockStorage', 'getBlockStorageInstanceList', 'blockStorageInstanceList', disk],
    ['publicIp', 'getPublicIpInstanceList', 'publicIpInstanceList', address],
  ] as const)('in %s', async (look, action, name, row) => {
    const server = await said({ [action]: list(action, name, [row]) });
    const cloud = cloudOf(server.url);
    const error = await lookFailure(look === 'servers' ? cloud.servers(['8']) : cloud.attachments(look, ['8']));
    expect(error).toMatchObject({ message: `${action} shows 9, which was not asked for`, fatal: false });
  });

  it('in other regions, which were then not looked at', async () => {
    const server = await said({ getServerInstanceList: listed([serverXml('9')]) });
    expect((await cloudOf(server.url, 'vpc', 'xml', 'JPN').elsewhere(['8'])).unread).toHaveLength(2);
  });
});

describe('a region', () => {
  it('that is not known is answered with those that are', async () => {
    const simulator = await ncp();
    const error = await lookFailure(cloudOf(simulator.url, 'vpc', 'xml', 'XX').allServers());
    expect(error).toMatchObject({ fatal: true });
    expect(error.message).toBe('NCP has no vpc region XX; it has KR, SGN, JPN');
  });

  it('is asked for once', async () => {
    const simulator = await ncp();
    const cloud = cloudOf(simulator.url);
    await cloud.allServers();
    await cloud.servers(['1001']);
    expect(cloud.takeCalls()).toMatchObject({ getRegionList: 1 });
  });
});

describe('elsewhere', () => {
  const fleet = {
    servers: [
      { serverInstanceNo: '1001', serverName: 'here' },
      { serverInstanceNo: '1002', serverName: 'japan', region: 'JPN' },
      { serverInstanceNo: '1003', serverName: 'old', environment: 'classic' },
    ],
  };

  it('finds a number in another region and in the other environment, and not here', async () => {
    const simulator = await ncp({ fleet });
    expect(await cloudOf(simulator.url).elsewhere(['1001', '1002', '1003', '9'])).toEqual({
      found: [
        { serverInstanceNo: '1002', serverName: 'japan', scope: { environment: 'vpc', region: 'JPN' } },
        { serverInstanceNo: '1003', serverName: 'old', scope: { environment: 'classic', region: 'KR' } },
      ],
      unread: [],
      closed: [],
    });
  });

  it('never asks a platform that the account does not have', async () => {
    const simulator = await ncp({ fleet });
    const cloud = new NcloudCloud(clientOf(simulator.url), { environment: 'vpc', region: 'KR' }, ['vpc']);
    expect((await cloud.elsewhere(['1002', '1003'])).found).toMatchObject([{ serverInstanceNo: '1002' }]);
    expect(await cloud.countElsewhere()).toBe(1);
    const called = simulator.journal().flatMap((one) => (one.kind === 'call' ? [one.environment] : []));
    expect(new Set(called)).toEqual(new Set(['vpc']));
  });

  it.each([
    ['what it could not look at just now', says(400, gatewayError('100')), 'unread', 'unusable'],
    ['what these keys may not see at all', says(403, gatewayError('230')), 'closed', 'not-permitted'],
  ] as const)('says %s', async (_title, answer, where, kind) => {
    const server = await said({ getRegionList: answer });
    const seen = await cloudOf(server.url).elsewhere(['1']);
    expect(seen).toMatchObject({
      found: [],
      unread: [],
      closed: [],
      [where]: ['vpc', 'classic'].map((environment) => ({ environment, failure: { kind, of: 'getRegionList' } })),
    });
  });
});

describe('countElsewhere', () => {
  const fleet = {
    servers: [
      ...servers(3),
      ...servers(4, 2001).map((one) => ({ ...one, region: 'JPN' })),
      ...servers(5, 3001).map((one) => ({ ...one, environment: 'classic' })),
      ...servers(6, 4001).map((one) => ({ ...one, environment: 'classic', region: 'USW' })),
    ],
  };

  it.each([
    ['vpc', 'KR', 4 + 5 + 6],
    ['vpc', 'JPN', 3 + 5 + 6],
    ['vpc', 'SGN', 3 + 4 + 5 + 6],
    ['classic', 'KR', 3 + 4 + 6],
    ['classic', 'USW', 3 + 4 + 5],
  ] as const)('of %s %s counts every other region of both environments', async (environment, region, count) => {
    const simulator = await ncp({ fleet });
    expect(await cloudOf(simulator.url, environment, 'xml', region).countElsewhere()).toBe(count);
    // One call a region, however many servers it holds.
    const sizes = callsOf(simulator, 'getServerInstanceList').map((one) => one['pageSize']);
    expect(sizes).toEqual(Array.from({ length: 9 }, () => '1'));
  });

  it.each([
    // Both environments and all regions are asked at once, so the fault meets any of them; most regions are empty.
    ['a region', 'getServerInstanceList:400/100:1', [4 + 5, 4 + 6, 5 + 6, 4 + 5 + 6]],
    ['an environment', 'getRegionList:403/230:1', [4, 5 + 6]],
    ['every region', 'getServerInstanceList:403/230:100%', [0]],
    ['every environment', 'getRegionList:503/500:100%', [0]],
    ['a list that ends early', 'getServerInstanceList:garbage:100%', [0]],
  ])('does not count %s that cannot be read', async (_what, faults, counts) => {
    const simulator = await ncp({ fleet, faults });
    expect(counts).toContain(await cloudOf(simulator.url).countElsewhere());
  });

  it('does not count a region that does not say how many there are', async () => {
    const server = await said({ getServerInstanceList: says(200, success('getServerInstanceList')) });
    expect(await cloudOf(server.url, 'vpc', 'xml', 'JPN').countElsewhere()).toBe(0);
  });
});

describe('act', () => {
  const stop = (no: string): Action => ({ name: 'stop', serverInstanceNo: no, on: [] });

  it('asks for at most a hundred servers in one call', async () => {
    const simulator = await ncp({ fleet: { servers: servers(130) } });
    const actions = servers(130).map((one) => stop(one.serverInstanceNo));
    const answers = await cloudOf(simulator.url).act('stop', actions);
    expect(answers.map((one) => [one.kind, one.actions.length])).toEqual([
      ['accepted', 100],
      ['accepted', 30],
    ]);
    expect(callsOf(simulator, 'stopServerInstances')).toHaveLength(2);
  });

  it('lifts protection with one call for each server', async () => {
    const fleet = { servers: servers(2).map((one) => ({ ...one, isProtectServerTermination: true })) };
    const simulator = await ncp({ fleet });
    const actions = servers(2).map((one) => ({ ...stop(one.serverInstanceNo), name: 'liftProtection' as const }));
    expect((await cloudOf(simulator.url).act('liftProtection', actions)).map((one) => one.kind)).toEqual([
      'accepted',
      'accepted',
    ]);
    expect(callsOf(simulator, 'setProtectServerTermination')).toMatchObject([
      { serverInstanceNo: '1001', isProtectServerTermination: 'false' },
      { serverInstanceNo: '1002', isProtectServerTermination: 'false' },
    ]);
  });

  it.each([
    ['25015', { kind: 'rejected', remedy: 'wait', returnCode: '25015' }],
    ['21001', { kind: 'rejected', remedy: 'protected', returnCode: '21001' }],
    ['10713', { kind: 'rejected', remedy: 'gone', returnCode: '10713' }],
    ['28102', { kind: 'accepted' }],
    ['99999', { kind: 'rejected', remedy: 'fail', returnCode: '99999' }],
    ['1000', { kind: 'unknown' }],
  ])('answers what %s means', async (code, expected) => {
    const server = await said({ stopServerInstances: says(400, responseError(code)) });
    expect(await cloudOf(server.url).act('stop', [stop('1')])).toMatchObject([expected]);
  });

  it.each([
    ['cut-after', 'unknown'],
    ['cut-before', 'unknown'],
    ['503/500', 'unknown'],
    ['garbage', 'unknown'],
  ])('never throws and says that it does not know after %s', async (fault, kind) => {
    const simulator = await ncp({ fleet: { servers: servers(1) }, faults: `stopServerInstances:${fault}:1` });
    expect(await cloudOf(simulator.url).act('stop', [stop('1001')])).toMatchObject([{ kind }]);
    expect(callsOf(simulator, 'stopServerInstances')).toHaveLength(1);
  });

  it('says of wrong keys that every further call would fail', async () => {
    const simulator = await ncp({ fleet: { servers: servers(1) } });
    const cloud = cloudOf(simulator.url);
    await cloud.allServers();
    simulator.setFaults('stopServerInstances:401/200:1');
    expect(await cloud.act('stop', [stop('1001')])).toMatchObject([{ kind: 'rejected', remedy: 'fatal' }]);
  });

  it('takes a call without an answer for one that was called off', async () => {
    const simulator = await ncp({ fleet: { servers: servers(130) } });
    const actions = servers(130).map((one) => stop(one.serverInstanceNo));
    let asked = 0;
    const answers = await cloudOf(simulator.url).act('stop', actions, () => (asked += 1) === 1);
    expect(answers.map((one) => [one.kind, one.actions.length])).toEqual([['accepted', 100]]);
    expect(callsOf(simulator, 'stopServerInstances')).toHaveLength(1);
  });

  it.each(['429/410:1', '429/400:1'])('sends nothing again, and nothing more, after %s', async (fault) => {
    const simulator = await ncp({ fleet: { servers: servers(130) }, faults: `stopServerInstances:${fault}` });
    const actions = servers(130).map((one) => stop(one.serverInstanceNo));
    const answers = await cloudOf(simulator.url).act('stop', actions);
    expect(answers).toMatchObject([{ kind: 'rejected', remedy: 'later' }]);
    expect(callsOf(simulator, 'stopServerInstances')).toHaveLength(1);
  });

  it('does not know what became of a call that its signal ended, and sends no more', async () => {
    const ending = new AbortController();
    const server = await said({ setProtectServerTermination: () => ending.abort() });
    const actions = ['1', '2'].map((no): Action => ({ ...stop(no), name: 'liftProtection' }));
    const answers = await cloudOf(server.url).act('liftProtection', actions, () => true, ending.signal);
    expect(answers).toMatchObject([{ kind: 'unknown', actions: [{ serverInstanceNo: '1' }] }]);
    expect(answers).toHaveLength(1);
  });

  it('tells what was taken of one action apart from what was not', async () => {
    let calls = 0;
    const server = await said({
      disassociatePublicIpFromServerInstance: (response, request) => {
        calls += 1;
        const action = 'disassociatePublicIpFromServerInstance';
        (calls === 1 ? says(200, success(action)) : says(400, responseError('25032')))(response, request);
      },
    });
    const name = 'disassociate' as const;
    const answers = await cloudOf(server.url).act(name, [{ name, serverInstanceNo: '1', on: ['7', '8', '9'] }]);
    expect(answers).toMatchObject([
      { kind: 'accepted', actions: [{ on: ['7'] }] },
      { kind: 'rejected', returnCode: '25032', actions: [{ on: ['8'] }] },
    ]);
    expect(calls).toBe(2);
  });

  it.each(ENVIRONMENTS)(
    'takes off an address that has moved to another server only where NCP cannot tell, in %s',
    async (environment) => {
      const fleet = {
        environment,
        servers: [
          { serverInstanceNo: '1001', serverName: 'a', publicIp: '203.0.113.7' },
          { serverInstanceNo: '1002', serverName: 'b' },
        ],
      };
      const simulator = await ncp({ fleet });
      const cloud = cloudOf(simulator.url, environment);
      const [ip] = (await cloud.servers(['1001'])).servers[0]?.attachments ?? [];
      const on = [ip?.no ?? ''];
      const name = 'disassociate' as const;
      await cloud.act(name, [{ name, serverInstanceNo: '1001', on }]);
      simulator.advance(60);
      simulator.person.associatePublicIp('1002', '203.0.113.7');
      simulator.advance(60);
      const answers = await cloud.act(name, [{ name, serverInstanceNo: '1001', on }]);
      // Classic's call names the address alone: there only the look just before keeps it safe.
      expect(answers.map((one) => one.kind)).toEqual([environment === 'vpc' ? 'rejected' : 'accepted']);
      const named = callsOf(simulator, 'disassociatePublicIpFromServerInstance').map((one) => one['serverInstanceNo']);
      expect(named).toEqual(environment === 'vpc' ? ['1001', '1001'] : [undefined, undefined]);
    },
  );

  it('that has nothing to do asks nothing', async () => {
    const simulator = await ncp();
    expect(await cloudOf(simulator.url).act('stop', [])).toEqual([]);
    expect(simulator.journal()).toEqual([]);
  });
});
