/* oxlint-disable unicorn/consistent-function-scoping -- helpers stand beside their tests */

import { describe, expect, it } from 'vitest';
import { NcloudCloud } from '../../lib/ncloud/cloud.ts';
import { UNTAGGED, type Untagged } from '../../lib/ncloud/guesses.ts';
import { type Environment, type Tags, UnknownTags, type WhyUnknownTags } from '../../lib/termination/model.ts';
import { CloudError } from '../../lib/termination/ports/cloud.ts';
import { type Answering, clientOf, type Endpoint, endpoint, gatewayError, ncp, says, success } from './endpoint.ts';

const ENVIRONMENTS = ['vpc', 'classic'] as const;
const ACTIONS = { vpc: 'GetResourceList', classic: 'getInstanceTagList' } as const;
const REGIONS = '<regionList><region><regionNo>1</regionNo><regionCode>KR</regionCode></region></regionList>';

function cloudOf(url: string, environment: Environment = 'vpc', format: 'xml' | 'json' = 'xml'): NcloudCloud {
  return new NcloudCloud(clientOf(url, { format }), { environment, region: 'KR' });
}

function servers(count: number, tags: (n: number) => Record<string, string>): Record<string, unknown>[] {
  return Array.from({ length: count }, (_, n) => ({
    serverInstanceNo: String(1001 + n),
    serverName: `dev-${n}`,
    tags: tags(n),
  }));
}

function told(tagsOf: ReadonlyMap<string, Tags | UnknownTags>): Record<string, Tags | WhyUnknownTags> {
  return Object.fromEntries([...tagsOf].map(([no, tags]) => [no, tags instanceof UnknownTags ? tags.why : tags]));
}

async function lookFailure(work: Promise<unknown>): Promise<CloudError> {
  const outcome: unknown = await work.then(
    () => new Error('it succeeded'),
    (error: unknown) => error,
  );
  if (outcome instanceof CloudError) return outcome;
  throw outcome;
}

/** A region list, and for everything else these answers in turn; the last one from then on. */
function tagging(...answers: Answering[]): Promise<Endpoint> {
  let asked = 0;
  return endpoint((response, request) => {
    if (request.target.includes('getRegionList')) {
      says(200, success('getRegionList', REGIONS))(response, request);
      return;
    }
    asked += 1;
    answers[Math.min(asked, answers.length) - 1]?.(response, request);
  });
}

describe.each(ENVIRONMENTS)('tags in %s', (environment) => {
  // What only Classic takes as a value.
  const [team, keep] = environment === 'classic' ? ['플랫폼 <&> 🚀', ''] : ['플랫폼_/=+-@.1', 'x'];
  const TAGGED = [
    {
      serverInstanceNo: '1001',
      serverName: 'a',
      tags: { env: 'dev', 팀: team, 'terminate-at': '2026-12-31' },
    },
    { serverInstanceNo: '1002', serverName: 'b' },
    { serverInstanceNo: '1003', serverName: 'c', tags: { keep } },
    { serverInstanceNo: '1004', serverName: 'd', tags: { keep: 'x'.repeat(256) } },
  ];

  it.each(['xml', 'json'] as const)('are those of the servers asked for, whatever they hold (%s)', async (format) => {
    const simulator = await ncp({ fleet: { environment, servers: TAGGED } });
    const tags = await cloudOf(simulator.url, environment, format).tags(['1001', '1002', '1003']);
    expect(Object.fromEntries(tags)).toEqual({
      '1001': { env: 'dev', 팀: team, 'terminate-at': '2026-12-31' },
      '1002': {},
      '1003': { keep },
    });
  });

  it('are read afresh each time: a person may have written one meanwhile', async () => {
    const simulator = await ncp({ fleet: { environment, servers: TAGGED } });
    const cloud = cloudOf(simulator.url, environment);
    expect((await cloud.tags(['1002'])).get('1002')).toEqual({});
    simulator.person.setTag('1002', 'keep', 'mine');
    expect((await cloud.tags(['1002'])).get('1002')).toEqual({ keep: 'mine' });
    simulator.person.setTag('1002', 'keep', undefined);
    expect((await cloud.tags(['1002'])).get('1002')).toEqual({});
  });

  it('of nothing are no call', async () => {
    const simulator = await ncp({ fleet: { environment, servers: TAGGED } });
    expect((await cloudOf(simulator.url, environment).tags([])).size).toBe(0);
    expect(simulator.journal()).toEqual([]);
  });

  it('named like what JavaScript knows are tags as any other', async () => {
    const simulator = await ncp({ fleet: { environment, servers: TAGGED } });
    for (const key of ['constructor', '__proto__', 'toString']) simulator.person.setTag('1002', key, `of-${key}`);
    const tags = (await cloudOf(simulator.url, environment).tags(['1002'])).get('1002') ?? {};
    expect(new Map(Object.entries(tags))).toEqual(
      new Map([
        ['constructor', 'of-constructor'],
        ['__proto__', 'of-__proto__'],
        ['toString', 'of-toString'],
      ]),
    );
  });

  it('are counted by action, retries included', async () => {
    const faults = `${ACTIONS[environment]}:429/410:1`;
    const simulator = await ncp({ fleet: { environment, servers: TAGGED }, faults });
    const cloud = cloudOf(simulator.url, environment);
    expect((await cloud.tags(['1001'])).size).toBe(1);
    expect(cloud.takeCalls()).toMatchObject({ [ACTIONS[environment]]: 2 });
  });

  it.each(['garbage', 'truncate', 'empty', 'html', 'cut-before', 'cut-after', '503/500', '429/410'])(
    'that cannot be read because of %s are an error that may pass',
    async (kind) => {
      const faults = `${ACTIONS[environment]}:${kind}:100%`;
      const simulator = await ncp({ fleet: { environment, servers: TAGGED }, faults });
      const error = await lookFailure(cloudOf(simulator.url, environment).tags(['1001']));
      expect(error.fatal).toBe(false);
      expect(error.message).toContain(ACTIONS[environment]);
    },
  );

  it.each(['403/230', '401/210'])('that these keys may not read (%s) are an error that stays', async (kind) => {
    const faults = `${ACTIONS[environment]}:${kind}:1`;
    const simulator = await ncp({ fleet: { environment, servers: TAGGED }, faults });
    const error = await lookFailure(cloudOf(simulator.url, environment).tags(['1001']));
    expect(error.fatal).toBe(true);
    expect(error.message).toContain(`${ACTIONS[environment]} is not permitted to these keys`);
  });
});

describe('Resource Manager', () => {
  interface Item {
    [field: string]: unknown;
  }

  function item(no: string, but: Item = {}): Item {
    const common = { productName: 'VPCServer', regionCode: 'KR', resourceType: 'Server', resourceId: no };
    return { ...common, tag: [{ tagKey: 'no', tagValue: no }], ...but };
  }

  function page(items: Item[], but: Item = {}): Answering {
    const body = { page: 0, size: 100, itemCount: items.length, hasMore: false, items, ...but };
    return says(200, JSON.stringify(body));
  }

  /** Of 1 and 2; where they are not known, why. */
  async function tagsOf(...answers: Answering[]): Promise<Record<string, Tags | WhyUnknownTags>> {
    const server = await tagging(...answers);
    return told(await cloudOf(server.url).tags(['1', '2']));
  }

  it('is asked for the servers of the region, page after page', async () => {
    const simulator = await ncp({ fleet: { servers: servers(250, (n) => ({ n: String(n) })) } });
    const numbers = ['1001', '1100', '1101', '1250'];
    expect(Object.fromEntries(await cloudOf(simulator.url).tags(numbers))).toEqual({
      '1001': { n: '0' },
      '1100': { n: '99' },
      '1101': { n: '100' },
      '1250': { n: '249' },
    });
    const asked = simulator.journal().flatMap((one) => (one.kind === 'call' ? [one] : []));
    const pages = asked.filter((one) => one.action === 'GetResourceList').map((one) => one.parameters);
    const common = { productName: 'VPCServer', regionCode: 'KR', resourceType: 'Server', size: '100', pageSize: '100' };
    expect(pages).toEqual(['0', '1', '2'].map((number) => ({ ...common, page: number, pageIndex: number })));
  });

  const NOT_LISTED = { kind: 'not-listed' };

  it('shows a server that has no tags, and none that it does not know', async () => {
    expect(await tagsOf(page([item('1', { tag: [] })]))).toEqual({ '1': {}, '2': NOT_LISTED });
  });

  it('may give a tag no value', async () => {
    const tag = [{ tagKey: 'keep' }, { tagKey: 'ttl', tagValue: '7d' }];
    expect(await tagsOf(page([item('1', { tag })]))).toMatchObject({ '1': { keep: '', ttl: '7d' } });
  });

  it.each<[string, Item, WhyUnknownTags]>([
    ['no field of tags', { tag: undefined }, { kind: 'missing' }],
    ['another field of tags', { tag: undefined, tagList: [] }, { kind: 'missing' }],
    ['null', { tag: null }, { kind: 'null' }],
    ['a word', { tag: 'keep' }, { kind: 'unreadable' }],
    ['an object', { tag: { keep: 'yes' } }, { kind: 'unreadable' }],
    ['a tag without a key', { tag: [{ tagValue: 'keep' }] }, { kind: 'unreadable' }],
    ['a tag with an empty key', { tag: [{ tagKey: '' }] }, { kind: 'unreadable' }],
    ['a tag that is a word', { tag: ['keep'] }, { kind: 'unreadable' }],
    ['a tag whose value is a list', { tag: [{ tagKey: 'keep', tagValue: ['a'] }] }, { kind: 'unreadable' }],
    [
      'the same key twice',
      {
        tag: [
          { tagKey: 'ttl', tagValue: '7d' },
          { tagKey: 'ttl', tagValue: '9d' },
        ],
      },
      { kind: 'key-twice' },
    ],
    ['another region', { regionCode: 'JPN' }, { kind: 'other-region', shown: 'JPN' }],
    ['no region', { regionCode: undefined }, { kind: 'other-region', shown: '' }],
    ['another product', { productName: 'Server' }, { kind: 'other-type', shown: 'Server Server' }],
    ['another type', { resourceType: 'BlockStorage' }, { kind: 'other-type', shown: 'VPCServer BlockStorage' }],
    ['a number with letters', { resourceId: '1a' }, { kind: 'not-listed' }],
  ])(
    'that shows %s does not tell the tags of that server, says why, and tells all of the others',
    async (_w, but, why) => {
      expect(await tagsOf(page([item('1', but), item('2')]))).toEqual({ '1': why, '2': { no: '2' } });
    },
  );

  it.each([
    ['lower case', { productName: 'vpcserver', resourceType: 'server' }],
    ['capitals', { productName: 'VPCSERVER', resourceType: 'SERVER' }],
    ['another region in the name of the resource', { nrn: 'nrn:PUB:VPCServer:JPN:1:Server/1' }],
  ])('may write kind and name of a server in %s', async (_what, but) => {
    expect(await tagsOf(page([item('1', but), item('2')]))).toEqual({ '1': { no: '1' }, '2': { no: '2' } });
  });

  it.each(['JPN', 'JP'])('may call the region JPN %s, and no other so', async (regionCode) => {
    const listed = page([item('1', { regionCode }), item('2', { regionCode: 'KR' })]);
    const server = await endpoint((response, request) => {
      if (!request.target.includes('getRegionList')) return listed(response, request);
      const regions = '<regionList><region><regionNo/><regionCode>JPN</regionCode></region></regionList>';
      return says(200, success('getRegionList', regions))(response, request);
    });
    const cloud = new NcloudCloud(clientOf(server.url), { environment: 'vpc', region: 'JPN' });
    expect(told(await cloud.tags(['1', '2']))).toEqual({
      '1': { no: '1' },
      '2': { kind: 'other-region', shown: 'KR' },
    });
  });

  it('that lists a server twice does not tell its tags', async () => {
    const twice = [item('1'), item('1', { regionCode: 'JPN' })];
    expect(await tagsOf(page([...twice, item('2')]))).toEqual({ '1': { kind: 'listed-twice' }, '2': { no: '2' } });
    expect(await tagsOf(page([item('1'), item('1'), item('2')]))).toMatchObject({ '1': { kind: 'listed-twice' } });
    const image = item('1', { resourceType: 'ServerImage', tag: [] });
    expect(await tagsOf(page([image, item('1'), item('2')]))).toEqual({ '1': { no: '1' }, '2': { no: '2' } });
  });

  it.each([
    ['null', null],
    ['missing', undefined],
  ] as const)('that shows %s where there are no tags is understood where somebody has seen that', async (kind, tag) => {
    const server = await tagging(page([item('1', { tag }), item('2', { tag: [] })]));
    const cloud = (untagged: readonly Untagged[]): NcloudCloud =>
      new NcloudCloud(clientOf(server.url, { untagged }), { environment: 'vpc', region: 'KR' });
    expect(told(await cloud(['empty', kind]).tags(['1', '2']))).toEqual({ '1': {}, '2': {} });
    const other = UNTAGGED.filter((one) => one !== kind);
    expect(told(await cloud(other).tags(['1', '2']))).toEqual({ '1': { kind }, '2': {} });
  });

  describe('asked again', () => {
    async function asking(answers: Answering[], numbers = ['1', '2']) {
      const server = await tagging(...answers);
      const tags = told(await cloudOf(server.url).tags(numbers));
      const bodies: Item[] = server.requests.flatMap(({ body }) => (body === '' ? [] : [JSON.parse(body)]));
      return {
        tags,
        bodies: bodies.map(({ page: _p, size: _s, pageIndex: _i, pageSize: _z, ...question }) => question),
      };
    }
    const HERE = { productName: 'VPCServer', resourceType: 'Server', regionCode: 'KR' };

    it('by number and nothing else tells what the list did not', async () => {
      const { tags, bodies } = await asking([page([item('2')]), page([item('1')])]);
      expect(tags).toEqual({ '1': { no: '1' }, '2': { no: '2' } });
      expect(bodies).toEqual([HERE, { resourceId: '1' }]);
    });

    it.each<[string, Answering]>([
      ['refuses', says(400, '{"success":false,"error":{"errorCode":"40000","message":"m"}}')],
      ['shows nothing', page([])],
      ['shows another server', page([item('3')])],
      ['shows more and more', page([item('3')], { hasMore: true })],
      ['cannot be read', page([], { items: 'none' })],
    ])('by number it %s: what the list said counts', async (_what, answer) => {
      const { tags, bodies } = await asking([page([item('1', { tag: null }), item('2')]), answer]);
      expect(bodies).toHaveLength(2);
      expect(tags['2']).toEqual({ no: '2' });
      expect(tags['1']).toEqual({ kind: 'null' });
    });

    it('without a region, and then for everything, where the list of the region is empty', async () => {
      const { tags, bodies } = await asking([page([]), page([]), page([item('1'), item('2')])]);
      expect(tags).toEqual({ '1': { no: '1' }, '2': { no: '2' } });
      const { regionCode: _region, ...kind } = HERE;
      expect(bodies).toEqual([HERE, kind, {}]);
    });

    it('for 25 servers at most', async () => {
      const numbers = Array.from({ length: 60 }, (_, n) => String(n + 1));
      const { tags, bodies } = await asking([page([item('99')]), page([])], numbers);
      expect(bodies).toHaveLength(26);
      expect(Object.values(tags)).toEqual(numbers.map(() => NOT_LISTED));
    });
  });

  it('is not asked about servers that it shows besides', async () => {
    expect(await tagsOf(page([item('1'), item('3')]))).toEqual({ '1': { no: '1' }, '2': NOT_LISTED });
  });

  it.each([
    ['each page', 1],
    ['all pages', 2],
    ['nothing', undefined],
  ])('may count %s', async (_what, itemCount) => {
    const first = page([item('1')], { itemCount, hasMore: true });
    const second = page([item('2')], { itemCount, page: 1 });
    expect(await tagsOf(first, second)).toEqual({ '1': { no: '1' }, '2': { no: '2' } });
  });

  it.each(['page', 'pageIndex'] as const)('that knows only %s is read to the end', async (name) => {
    const server = await tagging((response, { body }) => {
      const asked: Record<string, number> = JSON.parse(body);
      const size = Math.min(20, asked[name === 'page' ? 'size' : 'pageSize'] ?? 20);
      const from = (asked[name] ?? 0) * size;
      const all = Array.from({ length: 45 }, (_, n) => item(String(n + 1)));
      const items = all.slice(from, from + size);
      const answer = { items, [name]: asked[name], itemCount: items.length, hasMore: from + size < all.length };
      says(200, JSON.stringify(answer))(response, { method: '', target: '', headers: {}, body });
    });
    const numbers = Array.from({ length: 45 }, (_, n) => String(n + 1));
    expect([...(await cloudOf(server.url).tags(numbers)).keys()]).toEqual(numbers);
  });

  it('that moves while it is read is read again from the start', async () => {
    const [one, two, three] = [item('1'), item('2'), item('3')];
    const moving = [page([one, two], { hasMore: true }), page([two, three], { page: 1 })];
    const still = [page([one, two], { hasMore: true }), page([three], { page: 1 })];
    expect(await tagsOf(...moving, ...still)).toEqual({ '1': { no: '1' }, '2': { no: '2' } });
  });

  it('may leave out page and count', async () => {
    expect(await tagsOf(says(200, JSON.stringify({ hasMore: false, items: [item('1')] })))).toHaveProperty('1');
  });

  it.each<[string, Answering[], string]>([
    [
      'a server on two pages',
      Array.from({ length: 3 }, () => [page([item('1')], { hasMore: true }), page([item('1')], { page: 1 })]).flat(),
      'GetResourceList changed while it was read',
    ],
    [
      'counts that fit neither a page nor all',
      Array.from({ length: 3 }, () => [
        page([item('1')], { hasMore: true, itemCount: 3 }),
        page([item('2')], { page: 1, itemCount: 3 }),
      ]).flat(),
      'GetResourceList changed while it was read',
    ],
    [
      'another page than asked by its older name',
      [page([item('1')], { pageIndex: 7 })],
      'answered page 7 instead of 0',
    ],
    ['the same page again and again', [page([item('1')], { hasMore: true })], 'answered page 0 instead of 1'],
    ['another page than asked', [page([item('1')], { page: 7 })], 'answered page 7 instead of 0'],
    ['more and nothing', [page([], { hasMore: true })], 'says that there is more and shows nothing'],
    ['more than it counts', [page([item('1'), item('2')], { itemCount: 1 })], 'counts 1 and shows 2'],
    ['no word of more', [page([item('1')], { hasMore: undefined })], 'cannot read: hasMore'],
    ['an odd word of more', [page([item('1')], { hasMore: 'maybe' })], 'cannot read: hasMore'],
    ['no items', [page([], { items: undefined })], 'cannot read: items'],
    ['items that are none', [page([], { items: 'none' })], 'cannot read: items'],
    ['an odd page number', [page([], { page: 'first' })], 'cannot read: page'],
  ])('that shows %s is an error that may pass', async (_what, answers, words) => {
    const error = await lookFailure(tagsOf(...answers));
    expect(error.fatal).toBe(false);
    expect(error.message).toContain(words);
  });

  it('is not believed when a page is missing in the middle', async () => {
    const first = page([item('1')], { hasMore: true });
    const error = await lookFailure(tagsOf(first, says(400, gatewayError('100'))));
    expect(error).toMatchObject({ fatal: false, returnCode: '100' });
  });

  it('has an end', async () => {
    let asked = 0;
    const endless: Answering = (response, request) => {
      asked += 1;
      page([item(String(asked))], { page: asked - 1, hasMore: true })(response, request);
    };
    expect((await lookFailure(tagsOf(endless))).message).toBe('GetResourceList has no end after 1000 pages');
  });

  it('that refuses says so in its own words', async () => {
    const refusal = { success: false, error: { errorCode: '400', message: "'size' is invalid." } };
    const error = await lookFailure(tagsOf(says(400, JSON.stringify(refusal))));
    expect(error).toMatchObject({ fatal: false, returnCode: '400' });
    expect(error.message).toContain("'size' is invalid.");
  });

  it.each<[string, Answering]>([
    ['the gateway', says(403, gatewayError('230'))],
    ['the service', says(403, '{"success":false,"error":{"errorCode":"403","message":"no"}}')],
    ['nobody', says(403, '')],
  ])('closed to the keys by %s names the permission that is missing', async (_who, answer) => {
    const error = await lookFailure(tagsOf(answer));
    expect(error.fatal).toBe(true);
    expect(error.message).toContain(
      "the keys may not read the tags of VPC servers: let the sub account view NCP's Resource Manager (View/getResourceList)",
    );
  });
});

describe('instance tags', () => {
  function row(no: string, key: string, value: string): string {
    return `<instanceTag><instanceNo>${no}</instanceNo><tagKey>${key}</tagKey><tagValue>${value}</tagValue></instanceTag>`;
  }

  function list(rows: string[], totalRows = String(rows.length)): Answering {
    const body = `<totalRows>${totalRows}</totalRows><instanceTagList>${rows.join('')}</instanceTagList>`;
    return says(200, success('getInstanceTagList', body));
  }

  async function tagsOf(...answers: Answering[]): Promise<Record<string, Tags | WhyUnknownTags>> {
    const server = await tagging(...answers);
    return told(await cloudOf(server.url, 'classic').tags(['1', '2']));
  }

  it('are asked for a hundred servers at a time, and for all of them', async () => {
    const fleet = { environment: 'classic', servers: servers(250, (n) => (n % 2 === 0 ? { n: String(n) } : {})) };
    const simulator = await ncp({ fleet });
    const numbers = fleet.servers.map((one) => String(one['serverInstanceNo']));
    const tags = await cloudOf(simulator.url, 'classic').tags(numbers);
    expect([tags.size, tags.get('1001'), tags.get('1002'), tags.get('1249')]).toEqual([
      250,
      { n: '0' },
      {},
      { n: '248' },
    ]);
    const asked = simulator.journal().flatMap((one) => (one.kind === 'call' ? [Object.keys(one.parameters)] : []));
    const counts = asked.map((keys) => keys.filter((key) => key.startsWith('instanceNoList.')).length);
    expect(counts).toEqual([100, 100, 50]);
  });

  it('of more than one page are read to the end', async () => {
    const many = (n: number): Record<string, string> =>
      Object.fromEntries(Array.from({ length: 25 }, (_, at) => [`key-${at}`, `${n}`]));
    const simulator = await ncp({ fleet: { environment: 'classic', servers: servers(100, many) } });
    const numbers = Array.from({ length: 100 }, (_, n) => String(1001 + n));
    const cloud = cloudOf(simulator.url, 'classic');
    const tags = await cloud.tags(numbers);
    expect([...tags.values()].map((one) => Object.keys(one).length)).toEqual(numbers.map(() => 25));
    expect(cloud.takeCalls()).toEqual({ getInstanceTagList: 5 });
  });

  it('are read to the end from a NCP that gives smaller pages than asked', async () => {
    const [first, last] = [list([row('1', 'a', 'x')], '2'), list([row('2', 'b', 'y')], '2')];
    expect(await tagsOf(first, last, first)).toEqual({ '1': { a: 'x' }, '2': { b: 'y' } });
  });

  it.each([
    ['the same key twice', [row('1', 'ttl', '7d'), row('1', 'ttl', '9d')], 'key-twice'],
    ['a tag without a key', [row('1', '', 'keep')], 'unreadable'],
  ])('of a server with %s are not known, and those of the others are', async (_what, rows, kind) => {
    expect(await tagsOf(list([...rows, row('2', 'a', 'x')]))).toEqual({ '1': { kind }, '2': { a: 'x' } });
  });

  it.each<[string, Answering[], string]>([
    ['the same tag twice', [list([row('1', 'a', 'x'), row('1', 'a', 'x')])], 'shows ["1","a","x"] twice'],
    ['one of another server', [list([row('1', 'a', 'x'), row('3', 'a', 'x')])], 'shows 3, which was not asked for'],
    ['more than counted', [list([row('1', 'a', 'x')], '0')], 'counts 0 and shows 1'],
    [
      'fewer than promised',
      Array.from({ length: 3 }, () => [list([row('1', 'a', 'x')], '2'), list([], '2')]).flat(),
      'is incomplete: 1 of 2',
    ],
    ['none where some are promised', [list([], '3')], 'is incomplete: 0 of 3'],
    ['another count on the next page', [list([row('1', 'a', 'x')], '2'), list([row('1', 'b', 'x')], '3')], 'changed'],
    ['a tag on two pages', [list([row('1', 'a', 'x')], '2'), list([row('1', 'a', 'x')], '2')], 'changed while'],
    ['no list', [says(200, success('getInstanceTagList', '<totalRows>0</totalRows>'))], 'holds no list'],
    ['no count', [says(200, success('getInstanceTagList', '<instanceTagList/>'))], 'totalRows'],
    ['a tag of no server', [list([row('', 'a', 'x')])], 'cannot read: instanceNo'],
  ])('with %s are an error that may pass', async (_what, answers, words) => {
    const error = await lookFailure(tagsOf(...answers));
    expect(error.fatal).toBe(false);
    expect(error.message).toContain(words);
  });
});
