import { afterEach, describe, expect, it } from 'vitest';
import { SimulatorInputError } from '../../lib/simulator/errors.ts';
import { parseFleet } from '../../lib/simulator/fleet.ts';
import { GUESS_NAMES, GUESSES, guessesInWords, parseGuesses } from '../../lib/simulator/guesses.ts';
import type { Simulator } from '../../lib/simulator/simulator.ts';
import { type CallOptions, call, list, manage, returnCode, servers, simulator, simulatorWithin } from './caller.ts';

let ncp: Simulator | undefined;
afterEach(() => ncp?.close());

const one = { serverInstanceNo: '1001', serverName: 'dev-1' };
const CLASSIC = { environment: 'server' } as const;

async function started(options: Parameters<typeof simulator>[0] = {}): Promise<string> {
  ncp = await simulator({ fleet: { servers: [one] }, ...options });
  return ncp.url;
}

async function rows(action: string, given: Record<string, string> = {}, options: CallOptions = {}) {
  const called = await call(ncp?.url ?? '', action, given, options);
  const reply: Record<string, unknown> = called.json?.[`${action}Response`] ?? {};
  const found = Object.entries(reply).find(([name]) => name.endsWith('List'))?.[1];
  // oxlint-disable-next-line typescript/no-explicit-any -- replies are looked into freely in tests
  return { code: returnCode(called), rows: (found ?? []) as any[] };
}

describe('the value of a VPC tag', () => {
  const right = ['20260115T090000+0900', 'a', 'A_b.c/d=e+f-g@h1', '팀플랫폼', 'x'.repeat(256)];
  const wrong = ['', '2026-01-15T09:00', 'until demo', 'a,b', 'a~b', '"', '😀', 'x'.repeat(257), 'a\nb'];

  it.each(right)('may be %s', async (value) => {
    const url = await started({ fleet: { servers: [{ ...one, tags: { keep: value } }] } });
    ncp?.person.setTag('1001', 'ttl', value);
    const nrnList = ['nrn:PUB:VPCServer:KR:1234:Server/1001'];
    const body = { nrnList, tagKey: 'env', tagValue: value };
    expect((await manage(url, 'POST', '/api/v1/resource-tags', body)).json).toEqual({ success: true });
    expect(ncp?.state().tags.map((tag) => tag.tagValue)).toEqual([value, value, value]);
  });

  it.each(wrong)('may not be %j: no way sets it', async (value) => {
    const sentence = /cannot be the value of a VPC tag; write 1 to 256 letters.*such as "20260115T090000\+0900"/;
    expect(() => parseFleet({ servers: [{ ...one, tags: { keep: value } }] })).toThrow(sentence);
    const url = await started();
    expect(() => ncp?.person.setTag('1001', 'ttl', value)).toThrow(sentence);
    const nrnList = ['nrn:PUB:VPCServer:KR:1234:Server/1001'];
    const told = await manage(url, 'POST', '/api/v1/resource-tags', { nrnList, tagKey: 'env', tagValue: value });
    const message = value === '' ? "'tagValue' cannot be empty." : "'tagValue' is invalid.";
    expect([told.status, told.json.error.message]).toEqual([400, message]);
    expect(ncp?.state().tags).toEqual([]);
  });

  it('is free in Classic, and all that are wrong in a fleet are said at once', () => {
    const tags = { a: 'b c', d: '', e: '09:00' };
    expect(parseFleet({ environment: 'classic', servers: [{ ...one, tags }] }).servers[0]?.tags).toEqual(tags);
    const problems = (): unknown => parseFleet({ servers: [{ ...one, tags }] });
    expect(problems).toThrow(/servers\[0\]\.tags\.a: "b c".*\n.*tags\.d: "" .*\n.*tags\.e: "09:00"/);
  });
});

describe('regions', () => {
  it.each([
    ['public', 'vserver', ['KR', 'SGN', 'JPN']],
    ['public', 'server', ['1 KR', '2 USW', '6 DE', '7 SGN', '8 JPN', '9 USWN', '10 DEN']],
    ['gov', 'vserver', ['KR', 'KRS']],
    ['gov', 'server', ['1 KR', '3 HK']],
    ['fin', 'vserver', ['FKR']],
  ] as const)('of the %s cloud under /%s', async (site, environment, expected) => {
    await started({ site });
    const { rows: found } = await rows('getRegionList', {}, { environment });
    expect(found.map(({ regionNo, regionCode }) => [regionNo, regionCode].filter(Boolean).join(' '))).toEqual(expected);
  });

  it('of the financial cloud take no KR, and its servers stand in FKR', async () => {
    await started({ site: 'fin' });
    expect((await rows('getServerInstanceList', { regionCode: 'KR' })).code).toBe('900');
    expect((await rows('getServerInstanceList')).rows).toMatchObject([{ regionCode: 'FKR', zoneCode: 'FKR-1' }]);
  });

  it.each([
    [
      { servers: [{ ...one, region: 'USWN' }] },
      {},
      'servers[0] stands in USWN, where the public cloud has no VPC; it has KR, SGN, JPN.',
    ],
    [{ region: 'KRS', servers: [one] }, {}, 'servers[0] stands in KRS, where the public cloud has no VPC'],
    [{ servers: [{ ...one, environment: 'classic', vpcNo: '1' }] }, {}, 'servers[0].vpcNo is not for a Classic server'],
    [{ servers: [{ ...one, portForwarding: { externalPort: 1, internalPort: 22 } }] }, {}, 'not for a VPC server'],
    [{ servers: [one] }, { site: 'moon' }, 'The site must be one of public, gov, fin, not "moon".'],
  ])('that are not there are refused: %j', (fleet, options, sentence) => {
    expect(() => simulatorWithin({ fleet, ...options })).toThrow(SimulatorInputError);
    expect(() => simulatorWithin({ fleet, ...options })).toThrow(sentence);
  });

  it.each(['public', 'gov', 'fin'])('have the sample fleet in the %s cloud', (site) => {
    expect(simulatorWithin({ site }).state().servers.length).toBeGreaterThan(30);
  });
});

it.each(['0', '1001', '2147483647'])('takes no pageSize %s in VPC', async (pageSize) => {
  await started();
  for (const action of ['getServerInstanceList', 'getPublicIpInstanceList', 'getBlockStorageInstanceList']) {
    expect([action, (await rows(action, { pageSize })).code]).toEqual([action, '900']);
    expect([action, (await rows(action, { pageSize }, CLASSIC)).code]).toEqual([action, '0']);
  }
  expect((await rows('getServerInstanceList', { pageSize: '1000' })).rows).toHaveLength(1);
});

it('words what users saw in VPC as NCP does, and names each call for its support', async () => {
  const url = await started({ fleet: { servers: [{ ...one, status: 'NSTOP', operation: 'SETUP' }] } });
  const called = await call(url, 'terminateServerInstances', servers('1001'));
  expect(called.json.responseError).toEqual({
    returnCode: '1100031',
    returnMessage: 'The server cannot be controlled by the NCLOD API.',
  });
  const id = called.headers.get('x-ncp-apigw-request-id');
  expect(id).toMatch(/^[-0-9a-f]{36}$/);
  expect(called.headers.get('x-ncp-trace-id')).toBe(id?.replaceAll('-', ''));
});

describe('what a server is made of', () => {
  const nic = {
    'networkInterfaceList.1.networkInterfaceOrder': '0',
    'networkInterfaceList.1.accessControlGroupNoList.1': '45001',
  };
  const wanted = { vpcNo: '5001', subnetNo: '65001', serverImageNo: '23214590', serverSpecCode: 'c2-g3', ...nic };

  it('is created in VPC from image, spec and subnet, through INIT and CREAT to RUN', async () => {
    await started({ fleet: { servers: [] } });
    expect((await rows('getSubnetDetail', { subnetNo: '65001' }, { environment: 'vpc' })).rows).toMatchObject([
      { vpcNo: '5001', subnetStatus: { code: 'RUN' } },
    ]);
    expect((await rows('getAccessControlGroupList', { vpcNo: '5001' })).rows).toMatchObject([
      { accessControlGroupNo: '45001', isDefault: true },
    ]);
    expect((await rows('getServerImageList', list('hypervisorTypeCodeList', 'KVM'))).rows).toMatchObject([
      { serverImageNo: '23214590', serverImageStatusName: 'created' },
    ]);
    expect((await rows('getServerSpecList', { serverImageNo: '23214590' })).rows).toMatchObject([
      { serverSpecCode: 'c2-g3', cpuCount: 2 },
    ]);
    const made = await rows('createServerInstances', { ...wanted, serverName: 'made-1' });
    const no: string = made.rows[0].serverInstanceNo;
    expect(made.rows[0]).toMatchObject({ serverInstanceStatusName: 'init', vpcNo: '', networkInterfaceNoList: [] });
    ncp?.advance(10);
    expect((await rows('getServerInstanceDetail', { serverInstanceNo: no })).rows[0].serverInstanceStatusName).toBe(
      'booting',
    );
    ncp?.advance(30);
    const [server] = (await rows('getServerInstanceDetail', { serverInstanceNo: no })).rows;
    expect(server).toMatchObject({
      serverInstanceStatusName: 'running',
      hypervisorType: { code: 'KVM' },
      subnetNo: '65001',
    });
    expect(Object.keys(server)).not.toContain('baseBlockStorageDiskDetailType');
    const [networkInterfaceNo] = server.networkInterfaceNoList;
    expect((await rows('getNetworkInterfaceDetail', { networkInterfaceNo })).rows).toMatchObject([
      { instanceNo: no, deviceName: 'eth0', deleteOnTermination: true, networkInterfaceStatus: { code: 'USED' } },
    ]);
    const [base] = (await rows('getBlockStorageInstanceList', { serverInstanceNo: no })).rows;
    expect(base).toMatchObject({ blockStorageType: { code: 'BASIC' }, blockStorageInstanceStatusName: 'attached' });
    expect(Object.keys(base)).not.toContain('blockStorageDiskDetailType');
  });

  it.each([
    ['no subnet', { subnetNo: '' }, '900'],
    ['a subnet of another VPC', { subnetNo: '65002' }, '10713'],
    ['no network interface', { 'networkInterfaceList.1.networkInterfaceOrder': '' }, '900'],
    ['an image that there is not', { serverImageNo: '1' }, '10712'],
    ['a spec of another hypervisor', { serverSpecCode: 'c2-g2-s50' }, '10712'],
    ['neither image nor spec', { serverImageNo: '', serverSpecCode: '' }, '900'],
    ['a short name', { serverName: 'ab' }, '24103'],
    ['a name with capitals', { serverName: 'Made-1' }, '24105'],
    ['21 at once', { serverCreateCount: '21' }, '900'],
  ])('is not created with %s', async (_what, change, code) => {
    await started({ fleet: { servers: [] } });
    expect((await rows('createServerInstances', { ...wanted, ...change })).code).toBe(code);
    expect(ncp?.state()).toMatchObject({ servers: [], blockStorages: [] });
  });

  it('is created in Classic, several at once, with tags', async () => {
    await started({ fleet: { environment: 'classic', servers: [] } });
    const tags = { 'instanceTagList.1.tagKey': 'env', 'instanceTagList.1.tagValue': 'dev' };
    const made = { serverName: 'made', serverCreateCount: '2', isProtectServerTermination: 'true', ...tags };
    const { rows: two } = await rows('createServerInstances', made, CLASSIC);
    expect(two.map(({ serverName }) => serverName)).toEqual(['made-1', 'made-2']);
    expect(two[0].instanceTagList).toMatchObject([{ tagKey: 'env', tagValue: 'dev', instanceType: { code: 'SVR' } }]);
    ncp?.advance(60);
    expect(ncp?.state().servers).toMatchObject([
      { isProtectServerTermination: true },
      { serverInstanceStatusName: 'running' },
    ]);
  });

  it('is given a volume and an address, which take their time', async () => {
    await started();
    const given = { serverInstanceNo: '1001', blockStorageSize: '10', blockStorageName: 'more' };
    const [volume] = (await rows('createBlockStorageInstance', given)).rows;
    expect(volume.blockStorageInstanceStatusName).toBe('creating');
    const [address] = (await rows('createPublicIpInstance', { serverInstanceNo: '1001' })).rows;
    expect(address).toMatchObject({
      serverInstanceNo: '1001',
      publicIpInstanceStatusName: '생성중',
      publicIpInstanceStatus: { code: 'INIT', codeName: 'init' },
      publicIpInstanceOperation: { code: 'CREAT', codeName: 'CREATE OP' },
    });
    const { publicIpInstanceNo } = address;
    expect((await rows('deletePublicIpInstance', { publicIpInstanceNo })).code).toBe('1080101');
    expect((await rows('createPublicIpInstance', { serverInstanceNo: '1001' })).code).toBe('25032');
    expect((await rows('createBlockStorageInstance', { ...given, blockStorageSize: '9' })).code).toBe('900');
    ncp?.advance(10);
    const { blockStorageInstanceNo } = volume;
    expect((await rows('getBlockStorageInstanceDetail', { blockStorageInstanceNo })).rows).toMatchObject([
      { blockStorageInstanceStatusName: 'attached', deviceName: '/dev/xvdb' },
    ]);
    expect((await rows('getServerInstanceList')).rows[0].publicIpInstanceNo).toBe(publicIpInstanceNo);
    expect((await rows('getBlockStorageInstanceDetail', { blockStorageInstanceNo: '1' })).rows).toEqual([]);
  });

  it('shows its rule of port forwarding in Classic', async () => {
    const portForwarding = { externalPort: 9090, internalPort: 22 };
    await started({ fleet: { environment: 'classic', servers: [{ ...one, portForwarding }] } });
    expect((await rows('getPortForwardingRuleList', {}, CLASSIC)).rows).toMatchObject([
      { portForwardingExternalPort: 9090, zone: { zoneCode: 'KR-1' }, serverInstance: { serverInstanceNo: '1001' } },
    ]);
    expect((await rows('getPortForwardingRuleList', { zoneNo: '3' }, CLASSIC)).rows).toEqual([]);
  });
});

/** What Resource Manager says of two servers in Japan, one of them tagged. */
async function resource(...guesses: string[]) {
  const fleet = {
    region: 'JPN',
    servers: [one, { serverInstanceNo: '1002', serverName: 'b', tags: { env: 'dev' } }],
  };
  const url = await started({ fleet, guesses });
  const asked = { productName: 'VPCServer', resourceType: 'Server', size: 1, pageSize: 1 };
  return (await manage(url, 'POST', '/api/v1/resources', asked)).json;
}

describe('guesses', () => {
  it.each([
    [
      'untaged=null',
      'The guess "untaged=null" is not NAME=VALUE of the table that --help shows; did you mean untagged=null?',
    ],
    ['untagged', 'did you mean untagged=null?'],
    ['untagged=no', 'The guess "untagged=no" must have one of empty, null, missing, unlisted.'],
    ['moon=full', `expected one of ${GUESS_NAMES.join(', ')}.`],
  ])('%s is answered with a sentence', (text, sentence) => {
    expect(() => parseGuesses([text])).toThrow(SimulatorInputError);
    expect(() => parseGuesses([text])).toThrow(sentence);
  });

  it('are as usual unless named, and all that are wrong are said at once', () => {
    const usual = Object.fromEntries(GUESS_NAMES.map((name) => [name, GUESSES[name].values[0]]));
    expect(parseGuesses([])).toEqual(usual);
    expect(parseGuesses(['batch=each', 'untagged=null'])).toEqual({ ...usual, batch: 'each', untagged: 'null' });
    expect(() => parseGuesses(['a=b', 'batch=none'])).toThrow(/"a=b".*\n.*"batch=none"/);
    for (const name of GUESS_NAMES) expect(guessesInWords()).toContain(`${name}=${GUESSES[name].values.join('|')}`);
  });

  it.each([
    ['untagged=empty', { items: [{ tag: [] }] }],
    ['untagged=null', { items: [{ tag: null }] }],
    ['untagged=unlisted', { items: [{ resourceId: '1002', tag: [{ tagKey: 'env', tagValue: 'dev' }] }] }],
    ['resource-case=lower', { items: [{ productName: 'vpcserver', resourceType: 'server' }] }],
    ['resource-case=upper', { items: [{ productName: 'VPCSERVER', resourceType: 'SERVER' }] }],
    ['resource-region=in-nrn', { items: [{ nrn: 'nrn:PUB:VPCServer:JP:1234:Server/1001', regionCode: 'JPN' }] }],
    ['resource-region=short', { items: [{ nrn: 'nrn:PUB:VPCServer:JP:1234:Server/1001', regionCode: 'JP' }] }],
    ['resource-paging=page', { page: 0, size: 1, hasMore: true }],
    ['resource-count=page', { itemCount: 1, hasMore: true }],
    ['resource-count=all', { itemCount: 2, hasMore: true }],
  ])('%s shows in Resource Manager', async (guess, expected) => {
    expect(await resource(guess)).toMatchObject(expected);
  });

  it('untagged=missing and resource-paging=index leave fields out', async () => {
    const found = await resource('untagged=missing', 'resource-paging=index');
    expect(Object.keys(found)).toEqual(['itemCount', 'hasMore', 'items']);
    expect(Object.keys(found.items[0])).not.toContain('tag');
  });

  it.each([
    ['act-reply=bare', 'stopServerInstances', { returnCode: '0', returnMessage: 'success' }],
    [
      'code-names=korean',
      'getServerInstanceList',
      { serverInstanceList: [{ serverInstanceStatus: { codeName: '서버 RUN 상태' } }] },
    ],
  ])('%s shows in %s', async (guess, action, expected) => {
    const url = await started({ guesses: [guess] });
    const reply = (await call(url, action, servers('1001'))).json[`${action}Response`];
    expect(reply).toMatchObject(expected);
    expect(Object.keys(reply).includes('serverInstanceList')).toBe(guess !== 'act-reply=bare');
  });

  it('error-keys=responseCode and busy-code=1100031 show in errors, gateway-text=html in those of the gateway', async () => {
    const fleet = { servers: [{ ...one, status: 'NSTOP' }] };
    const guesses = ['error-keys=responseCode', 'busy-code=1100031', 'gateway-text=html'];
    const url = await started({ fleet, guesses, faults: 'getRegionList:429/410:1' });
    expect((await call(url, 'stopServerInstances', servers('1001'))).json.responseError).toEqual({
      responseCode: '1100031',
      responseMessage: 'The server cannot be controlled by the NCLOD API.',
    });
    expect((await call(url, 'getRegionList')).json.error.message).toBe('<strong>Throttle Limited</strong><br>');
  });

  it('batch=each does what it may of a call that it refuses', async () => {
    const fleet = { servers: [one, { serverInstanceNo: '1002', serverName: 'b', status: 'NSTOP' }] };
    await started({ fleet, guesses: ['batch=each'] });
    expect((await rows('stopServerInstances', servers('1001', '1002'))).code).toBe('25041');
    expect(ncp?.state().servers[0]?.serverInstanceOperation.code).toBe('SHTDN');
  });

  it.each([
    ['classic', 'none', '0'],
    ['classic', 'classic', '24073'],
    ['vpc', 'classic', '0'],
    ['vpc', 'both', '24073'],
  ] as const)('in %s, address-blocks=%s answers %s', async (environment, value, code) => {
    const server = { ...one, status: 'NSTOP', publicIp: '203.0.113.7' };
    await started({ fleet: { environment, servers: [server] }, guesses: [`address-blocks=${value}`] });
    const options = environment === 'classic' ? CLASSIC : {};
    expect((await rows('terminateServerInstances', servers('1001'), options)).code).toBe(code);
  });

  it('base-disk=stays and classic-tags=go show once the server is gone', async () => {
    const fleet = { environment: 'classic', servers: [{ ...one, status: 'NSTOP', tags: { env: 'dev' } }] };
    await started({ fleet, guesses: ['base-disk=stays', 'classic-tags=go'] });
    await rows('terminateServerInstances', servers('1001'), CLASSIC);
    ncp?.advance(20);
    expect(ncp?.state()).toMatchObject({
      servers: [],
      tags: [],
      blockStorages: [{ blockStorageType: { code: 'BASIC' } }],
    });
  });

  it('disassociate-by=address heeds no server, protection-code is that of VPC', async () => {
    const servers2 = [
      { ...one, publicIp: '203.0.113.7' },
      { serverInstanceNo: '1002', serverName: 'b', status: 'NSTOP', isProtectServerTermination: true },
    ];
    for (const [value, code] of [
      ['both', '10713'],
      ['address', '0'],
    ] as const) {
      await started({ fleet: { servers: servers2 }, guesses: [`disassociate-by=${value}`, 'protection-code=1100099'] });
      const publicIpInstanceNo = ncp?.state().publicIps[0]?.publicIpInstanceNo ?? '';
      const named = { publicIpInstanceNo, serverInstanceNo: '1002' };
      expect((await rows('disassociatePublicIpFromServerInstance', named)).code).toBe(code);
      expect((await rows('terminateServerInstances', servers('1002'))).code).toBe('1100099');
      await ncp?.close();
    }
  });
});
