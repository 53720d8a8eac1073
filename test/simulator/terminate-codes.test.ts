import { afterEach, describe, expect, it } from 'vitest';
import { terminateMessages } from '../../lib/simulator/errors.ts';
import type { Simulator } from '../../lib/simulator/simulator.ts';
import { call, list, returnCode, servers, simulator } from './caller.ts';

let ncp: Simulator;
afterEach(() => ncp.close());

const stopped = { serverInstanceNo: '1001', serverName: 'dev-1', status: 'NSTOP' };
const disk = { blockStorageName: 'data', sizeGb: 100 };

/** What the fleet must hold for a code to be the answer, in both environments unless said otherwise. */
const provoked: [code: string, when: string, server: Record<string, unknown>, only?: 'classic' | 'vpc'][] = [
  ['0', 'it is stopped with nothing attached', {}],
  ['10501', 'additional storage is attached', { blockStorage: [disk] }],
  ['21001', 'it is protected', { isProtectServerTermination: true }],
  ['23006', 'it is being created', { status: 'INIT' }],
  ['23006', 'it is created but not booted', { status: 'CREAT' }],
  ['24073', 'a public IP is associated', { publicIp: '203.0.113.7' }, 'classic'],
  ['0', 'a public IP is associated', { publicIp: '203.0.113.7' }, 'vpc'],
  ['25014', 'its storage is being detached', { blockStorage: [{ ...disk, operation: 'DETAC' }] }],
  ['25015', 'an image is being made of it', { operation: 'COPY' }],
  ['25021', 'its load balancer is being changed', { loadBalancer: 'changing' }],
  ['25021', 'its load balancer is being changed for a while', { loadBalancer: { changingSeconds: 5 } }],
  ['25022', 'it runs', { status: 'RUN' }],
  ['25022', 'it restarts', { status: 'RUN', operation: 'RESTA' }],
  ['25022', 'it failed', { status: 'FSTOP' }],
  ['25022', 'it is terminated already', { operation: 'TERMT' }],
  ['25022', 'it is being set up', { operation: 'SETUP' }, 'classic'],
  ['1100031', 'it is being set up', { operation: 'SETUP' }, 'vpc'],
  ['25023', 'its base storage is in error', { baseBlockStorage: { status: 'NAVAI' } }],
  ['25023', 'its base storage is in operation', { baseBlockStorage: { operation: 'CHNG' } }],
  ['25024', 'an added storage is in error', { blockStorage: [{ ...disk, status: 'DT_FL' }] }],
];

describe('terminateServerInstances', () => {
  for (const environment of ['classic', 'vpc'] as const) {
    for (const [code, when, server, only] of provoked) {
      if (only && only !== environment) continue;
      it(`answers ${code} in ${environment} when ${when}`, async () => {
        ncp = await simulator({ fleet: { environment, servers: [{ ...stopped, ...server }] } });
        const called = await terminate(environment, '1001');
        expect(returnCode(called)).toBe(code);
        expect(called.status).toBe(code === '0' ? 200 : 400);
        const [message = ''] = (terminateMessages[code] ?? '').split('{0}');
        expect(called.text).toContain(JSON.stringify(message).slice(1, -1));
      });
    }

    it(`answers 25016 in ${environment} while an address is disassociated, where addresses block`, async () => {
      const guesses = ['address-blocks=both'];
      ncp = await simulator({ guesses, fleet: { environment, servers: [{ ...stopped, publicIp: '203.0.113.7' }] } });
      ncp.person.disassociatePublicIp(ncp.state().publicIps[0]?.publicIpInstanceNo ?? '');
      expect(returnCode(await terminate(environment, '1001'))).toBe('25016');
      ncp.advance(5);
      expect(returnCode(await terminate(environment, '1001'))).toBe('0');
    });

    it(`answers 10713 in ${environment} to a number nobody has, and to one of the other environment`, async () => {
      const other = environment === 'vpc' ? 'classic' : 'vpc';
      ncp = await simulator({ fleet: { environment: other, servers: [stopped] } });
      expect(returnCode(await terminate(environment, '1001'))).toBe('10713');
      expect(returnCode(await terminate(environment, '4040'))).toBe('10713');
    });

    it(`answers 24120 in ${environment} to what is not digits, 24109 to more digits than a number has`, async () => {
      ncp = await simulator();
      expect(returnCode(await terminate(environment, 'dev-1'))).toBe('24120');
      expect(returnCode(await terminate(environment, '9'.repeat(30)))).toBe('24109');
    });
  }

  it('names the server in 21001 and the address in 24073', async () => {
    const servers2 = [
      { ...stopped, isProtectServerTermination: true },
      { ...stopped, serverInstanceNo: '1002', serverName: 'web', publicIp: '203.0.113.7' },
    ];
    ncp = await simulator({ fleet: { environment: 'classic', servers: servers2 } });
    expect((await terminate('classic', '1001')).json.responseError.returnMessage).toBe(
      'Unable to perform returning process due to set return protection. Server name : dev-1',
    );
    const publicIpInstanceNo = ncp.state().publicIps[0]?.publicIpInstanceNo;
    expect((await terminate('classic', '1002')).json.responseError.returnMessage).toBe(
      `Unable to destroy the server since a public IP is associated with the server. First, please disassociate a public IP from the server. publicIpInstanceNo = ${publicIpInstanceNo}`,
    );
  });

  it('has all eighteen codes of the page, and gives those no world leads to by a fault', async () => {
    expect(Object.keys(terminateMessages)).toHaveLength(18);
    for (const code of Object.keys(terminateMessages)) {
      ncp = await simulator({ fleet: { servers: [stopped] }, faults: `terminateServerInstances:${code}:1` });
      const called = await terminate('vpc', '1001');
      expect([called.status, returnCode(called)]).toEqual([400, code]);
      expect(returnCode(await terminate('vpc', '1001')), 'once only').toBe('0');
      await ncp.close();
    }
  });

  it('refuses a VPC server of another region unless that region is named', async () => {
    ncp = await simulator({ fleet: { region: 'JPN', servers: [stopped] } });
    expect(returnCode(await terminate('vpc', '1001'))).toBe('10713');
    const called = await call(ncp.url, 'terminateServerInstances', { regionCode: 'JPN', ...servers('1001') });
    expect(returnCode(called)).toBe('0');
  });

  it('refuses to stop a VPC server while its storage is in operation with 1101003', async () => {
    ncp = await simulator({
      fleet: { servers: [{ ...stopped, status: 'RUN', blockStorage: [{ ...disk, operation: 'ATTAC' }] }] },
    });
    expect(returnCode(await call(ncp.url, 'stopServerInstances', list('serverInstanceNoList', '1001')))).toBe(
      '1101003',
    );
  });
});

function terminate(environment: 'classic' | 'vpc', no: string) {
  const prefix = environment === 'classic' ? 'server' : 'vserver';
  return call(ncp.url, 'terminateServerInstances', servers(no), { environment: prefix });
}
