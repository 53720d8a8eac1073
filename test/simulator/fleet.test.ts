import { describe, expect, it } from 'vitest';
import { SimulatorInputError } from '../../lib/simulator/errors.ts';
import { parseFleet } from '../../lib/simulator/fleet.ts';
import { sampleFleet } from '../../lib/simulator/sample-fleet.ts';
import { call, simulator } from './caller.ts';

const one = { serverInstanceNo: '1001', serverName: 'dev-1' };

describe('a fleet file', () => {
  it('needs only numbers and names', () => {
    const fleet = parseFleet({ servers: [one] });
    expect(fleet).toMatchObject({ environment: 'vpc' });
    expect(fleet.servers[0]).toMatchObject({ status: 'RUN', operation: 'NULL', stopSeconds: 30, terminateSeconds: 20 });
  });

  it('takes every key of the documented example', async () => {
    const example = `{"environment":"classic","region":"KR","servers":[{"serverInstanceNo":"1001","serverName":"dev-1",
      "status":"RUN","createDate":"2026-01-01T00:00:00+0900","isProtectServerTermination":false,"tags":{"env":"dev"},
      "publicIp":"203.0.113.7","blockStorage":[{"blockStorageName":"data","sizeGb":100}],"stopSeconds":30,
      "terminateSeconds":20}]}`;
    const ncp = await simulator({ fleet: JSON.parse(example) });
    expect(ncp.state()).toMatchObject({
      servers: [
        { environment: 'classic', regionCode: 'KR', publicIp: '203.0.113.7', createDate: '2026-01-01T00:00:00+0900' },
      ],
      blockStorages: [{ blockStorageType: { code: 'BASIC' } }, { blockStorageName: 'data', serverInstanceNo: '1001' }],
      tags: [{ instanceNo: '1001', tagKey: 'env', tagValue: 'dev' }],
    });
    await ncp.close();
  });

  const wrong: [what: string, fleet: unknown, says: string][] = [
    [
      'a misspelt key of a server',
      { servers: [{ ...one, serverNmae: 'x' }] },
      'servers[0].serverNmae is no key of a fleet; did you mean "serverName"?',
    ],
    ['a misspelt key at the top', { server: [], servers: [] }, 'server is no key of a fleet; did you mean "servers"?'],
    [
      'a misspelt key of a disk',
      { servers: [{ ...one, blockStorage: [{ sizeGB: 10 }] }] },
      'servers[0].blockStorage[0].sizeGB is no key of a fleet; did you mean "sizeGb"?',
    ],
    [
      'a key that only an added disk has',
      { servers: [{ ...one, baseBlockStorage: { sizeGb: 10 } }] },
      'servers[0].baseBlockStorage.sizeGb is no key of a fleet; the keys are status, operation, operationSeconds.',
    ],
    [
      'a misspelt key of an address',
      { servers: [], publicIps: [{ publicIp: '203.0.113.7', enviroment: 'vpc' }] },
      'publicIps[0].enviroment is no key of a fleet; did you mean "environment"?',
    ],
    [
      'a misspelt key of a load balancer',
      { servers: [{ ...one, loadBalancer: { changeSeconds: 1 } }] },
      'servers[0].loadBalancer must be "changing" or {"changingSeconds": 30}',
    ],
    [
      'a key nothing is near to',
      { servers: [], zzzzzzzzzz: 1 },
      'zzzzzzzzzz is no key of a fleet; the keys are environment, region',
    ],
    [
      'a missing name',
      { servers: [one, { serverInstanceNo: '1002' }] },
      'servers[1].serverName must be a string, such as "dev-1", and is missing.',
    ],
    [
      'a number without quotes',
      { servers: [{ ...one, serverInstanceNo: 1001 }] },
      'servers[0].serverInstanceNo must be a string, such as "1001", not 1001.',
    ],
    [
      'an unknown status',
      { servers: [{ ...one, status: 'STOPPED' }] },
      'servers[0].status must be one of "INIT", "CREAT", "RUN", "NSTOP", "FSTOP", "SD_FL", "RS_FL", "ST_FL", not "STOPPED".',
    ],
    [
      'a negative time',
      { servers: [{ ...one, stopSeconds: -1 }] },
      'servers[0].stopSeconds must be 0 or more, not -1.',
    ],
    [
      'a date without offset',
      { servers: [{ ...one, createDate: '2026-01-01' }] },
      'servers[0].createDate is wrong: expected a date with its offset, such as "2026-01-01T00:00:00+0900", not "2026-01-01".',
    ],
    ['an unknown region', { region: 'EU', servers: [] }, 'region is wrong: expected one of KR,'],
    [
      'an unknown zone',
      { servers: [{ ...one, zone: 'KR-9' }] },
      'servers[0].zone must be one of KR-1, KR-2, not "KR-9".',
    ],
    [
      'a VPC of a Classic server',
      { environment: 'classic', servers: [{ ...one, vpcNo: '5002' }] },
      'servers[0].vpcNo is not for a Classic server; leave it out.',
    ],
    [
      'a VPC that is no number',
      { servers: [{ ...one, vpcNo: 'vpc-1' }] },
      'servers[0].vpcNo is wrong: expected digits in quotes, such as "1001", not "vpc-1".',
    ],
    [
      'an address that is none',
      { servers: [{ ...one, publicIp: '300.1.1.1' }] },
      'servers[0].publicIp is wrong: expected an IPv4 address',
    ],
    [
      'a number twice',
      { servers: [one, { ...one, serverName: 'b' }] },
      'servers[1].serverInstanceNo is "1001", which servers[0].serverInstanceNo already has',
    ],
    [
      'an address twice',
      { servers: [{ ...one, publicIp: '203.0.113.7' }], publicIps: [{ publicIp: '203.0.113.7' }] },
      'publicIps[0].publicIp is "203.0.113.7", which servers[0].publicIp already has',
    ],
    [
      'no servers',
      {},
      'servers must be an array, such as [{"serverInstanceNo":"1001","serverName":"dev-1"}], and is missing.',
    ],
    ['no object', [], 'The fleet must be an object, such as {"servers":'],
  ];
  for (const [what, fleet, says] of wrong) {
    it(`refuses ${what}, saying where and what was expected`, async () => {
      await expect(started(fleet)).rejects.toSatisfy(
        (error) => error instanceof SimulatorInputError && error.message.includes(says),
      );
    });
  }

  it('suggests every key there is', () => {
    const everything = {
      serverInstanceNo: '1001',
      serverName: 'dev-1',
      environment: 'vpc',
      region: 'KR',
      zone: 'KR-1',
      vpcNo: '5002',
      status: 'RUN',
      operation: 'NULL',
      operationSeconds: 1,
      createDate: '2026-01-01T00:00:00+0900',
      uptime: '2026-01-01T00:00:00Z',
      isProtectServerTermination: true,
      tags: {},
      publicIp: '203.0.113.7',
      privateIp: '10.0.0.1',
      blockStorage: [],
      baseBlockStorage: {},
      loadBalancer: 'changing',
      stopSeconds: 1,
      startSeconds: 1,
      terminateSeconds: 1,
      detachSeconds: 1,
      disassociateSeconds: 1,
    };
    expect(Object.keys(parseFleet({ servers: [everything] }).servers[0] ?? {}).toSorted()).toEqual(
      Object.keys(everything).toSorted(),
    );
    for (const key of Object.keys(everything)) {
      expect(() => parseFleet({ servers: [{ ...one, qqqqqqqqqqqqqqqq: 1 }] })).toThrow(key);
    }
  });

  it('says every problem, a sentence each', () => {
    expect(() => parseFleet({ servers: [{ serverInstanceNo: 'x', serverName: '' }], regoin: 'KR' })).toThrow(
      /servers\[0\]\.serverInstanceNo.*\n.*servers\[0\]\.serverName must not be empty.*\nregoin is no key/,
    );
  });
});

describe('zone and VPC', () => {
  it('of a server are what the fleet says, else the first of the region and the simulated one', async () => {
    const fleet = {
      servers: [
        { ...one, zone: 'KR-2', vpcNo: '5002' },
        { serverInstanceNo: '1002', serverName: 'dev-2' },
        { serverInstanceNo: '1003', serverName: 'dev-3', environment: 'classic', zone: 'KR-2' },
      ],
    };
    const ncp = await simulator({ fleet });
    expect(ncp.state().servers.map(({ zoneCode, vpcNo }) => [zoneCode, vpcNo])).toEqual([
      ['KR-2', '5002'],
      ['KR-1', '5001'],
      ['KR-2', ''],
    ]);
    const listed = await call(ncp.url, 'getServerInstanceList', { vpcNo: '5002' });
    expect(listed.json.getServerInstanceListResponse.serverInstanceList).toMatchObject([
      { serverInstanceNo: '1001', zoneCode: 'KR-2', vpcNo: '5002' },
    ]);
    await ncp.close();
  });
});

describe('the sample fleet', () => {
  it('holds what people write in tags about the end of a server', () => {
    const { servers } = parseFleet(sampleFleet());
    const reviews = servers.filter((server) => server.serverName.startsWith('review-'));
    expect(reviews.map(({ serverInstanceNo, tags }) => [serverInstanceNo, tags])).toEqual([
      ['1101', { 'terminate-at': '20260115T090000+0900' }],
      ['1102', { ttl: '7d' }],
      ['1103', { 'terminate-at': '20260115T090000+0900', keep: 'until-demo-day' }],
      ['1104', { 'terminate-at': '다음주' }],
      ['1105', { 'terminate-at': '2099-12-31' }],
    ]);
  });

  it('holds every case in VPC and in Classic, with 29 VPC servers in KR', () => {
    const { servers } = parseFleet(sampleFleet());
    for (const environment of ['classic', undefined]) {
      const those = servers.filter((server) => server.environment === environment);
      expect(those.some((server) => server.status === 'RUN' && server.operation === 'NULL')).toBe(true);
      expect(those.some((server) => server.status === 'NSTOP')).toBe(true);
      expect(those.some((server) => server.publicIp)).toBe(true);
      expect(those.some((server) => server.isProtectServerTermination)).toBe(true);
      expect(those.some((server) => server.blockStorage.length > 0)).toBe(true);
      expect(those.some((server) => server.operation !== 'NULL')).toBe(true);
      expect(those.some((server) => server.status.endsWith('_FL') || server.status === 'FSTOP')).toBe(true);
    }
    expect(servers.filter((server) => server.environment === undefined)).toHaveLength(29);
  });
});

/** Handed over as it was parsed, as the command does it. */
function started(fleet: unknown) {
  return simulator({ fleet: JSON.parse(JSON.stringify(fleet)) });
}
