import { afterEach, describe, expect, it } from 'vitest';
import type { Simulator } from '../../lib/simulator/simulator.ts';
import { call, list, returnCode, servers, simulator } from './caller.ts';

let ncp: Simulator;
afterEach(() => ncp.close());

describe('a server', () => {
  it('stops through RUN+SHTDN to NSTOP+NULL after stopSeconds', async () => {
    await fleetOf({ status: 'RUN', stopSeconds: 30 });
    const reply = await act('stopServerInstances', servers('1001'));
    expect(reply.json.stopServerInstancesResponse.serverInstanceList[0].serverInstanceStatusName).toBe('shutting down');
    expect(states()).toEqual(['RUN+SHTDN shutting down']);
    ncp.advance(29.9);
    expect(states()).toEqual(['RUN+SHTDN shutting down']);
    ncp.advance(0.1);
    expect(states()).toEqual(['NSTOP+NULL stopped']);
  });

  it('is absent terminateSeconds after NSTOP+TERMT, and its base disk with it', async () => {
    await fleetOf({ status: 'NSTOP', terminateSeconds: 20 });
    expect(ncp.state().blockStorages).toHaveLength(1);
    await act('terminateServerInstances', servers('1001'));
    expect(states()).toEqual(['NSTOP+TERMT terminating']);
    ncp.advance(20);
    expect(ncp.state()).toMatchObject({ servers: [], blockStorages: [] });
    const gone = await act('getServerInstanceList', servers('1001'));
    expect(gone.json.getServerInstanceListResponse).toMatchObject({ totalRows: 0, serverInstanceList: [] });
    const detail = await act('getServerInstanceDetail', { serverInstanceNo: '1001' });
    expect(detail.json.getServerInstanceDetailResponse.totalRows).toBe(0);
    expect(returnCode(await act('terminateServerInstances', servers('1001')))).toBe('10713');
  });

  it('starts and reboots, and has a new uptime then', async () => {
    await fleetOf({ status: 'NSTOP', startSeconds: 10, stopSeconds: 5 });
    await act('startServerInstances', servers('1001'));
    expect(states()).toEqual(['NSTOP+START booting']);
    ncp.advance(10);
    expect(ncp.state().servers[0]?.uptime).toBe('2026-03-01T09:00:10+0900');
    await act('rebootServerInstances', servers('1001'));
    expect(states()).toEqual(['RUN+RESTA rebooting']);
    ncp.advance(15);
    expect(states()).toEqual(['RUN+NULL running']);
    expect(ncp.state().servers[0]?.uptime).toBe('2026-03-01T09:00:25+0900');
  });

  it('refuses to stop when stopped or busy, and to start when running, with 25041', async () => {
    await fleetOf({ status: 'RUN' });
    expect(returnCode(await act('startServerInstances', servers('1001')))).toBe('25041');
    await act('stopServerInstances', servers('1001'));
    expect(returnCode(await act('stopServerInstances', servers('1001')))).toBe('25041');
    ncp.advance(30);
    expect(returnCode(await act('stopServerInstances', servers('1001')))).toBe('25041');
  });

  it('leaves every server alone when one of a batch may not be terminated', async () => {
    ncp = await simulator({
      fleet: {
        servers: [
          { serverInstanceNo: '1001', serverName: 'a', status: 'NSTOP' },
          { serverInstanceNo: '1002', serverName: 'b', status: 'RUN' },
        ],
      },
    });
    expect(returnCode(await act('terminateServerInstances', servers('1001', '1002')))).toBe('25022');
    expect(states()).toEqual(['NSTOP+NULL stopped', 'RUN+NULL running']);
  });

  it('comes out of an operation of the fleet after operationSeconds', async () => {
    await fleetOf({ status: 'NSTOP', operation: 'COPY', operationSeconds: 60 });
    expect(states()).toEqual(['NSTOP+COPY copying']);
    ncp.advance(60);
    expect(states()).toEqual(['NSTOP+NULL stopped']);
  });

  it('takes each change at its own instant, however late one looks', async () => {
    await fleetOf({ status: 'RUN', stopSeconds: 30 });
    await act('stopServerInstances', servers('1001'));
    ncp.advance(3600);
    const change = ncp.journal().find((entry) => entry.kind === 'change' && entry.by === 'time');
    expect(change).toMatchObject({ at: '2026-03-01T09:00:30.000+09:00', field: 'status', from: 'RUN', to: 'NSTOP' });
  });
});

describe('a block storage', () => {
  const disk = { blockStorageName: 'data', sizeGb: 100, blockStorageInstanceNo: '42' };

  for (const environment of ['classic', 'vpc'] as const) {
    it(`detaches through ATTAC+DETAC to CREAT+NULL, then its ${environment} server is set up for 5 s`, async () => {
      await fleetOf({ status: 'NSTOP', environment, detachSeconds: 10, blockStorage: [disk] });
      const reply = await act('detachBlockStorageInstances', list('blockStorageInstanceNoList', '42'), environment);
      expect(reply.json.detachBlockStorageInstancesResponse.blockStorageInstanceList[0]).toMatchObject({
        blockStorageInstanceStatusName: 'detaching',
        blockStorageInstanceOperation: {
          code: 'DETAC',
          codeName: environment === 'vpc' ? 'Block Storage DETACH OP' : 'Block Storage RESTART OP',
        },
        blockStorageSize: 107_374_182_400,
      });
      ncp.advance(10);
      expect(added()).toMatchObject({ blockStorageInstanceStatusName: 'detached', serverInstanceNo: '' });
      expect(states()).toEqual(['NSTOP+SETUP setting up']);
      const code = environment === 'vpc' ? '1100031' : '25022';
      expect(returnCode(await act('terminateServerInstances', servers('1001'), environment))).toBe(code);
      ncp.advance(5);
      expect(states()).toEqual(['NSTOP+NULL stopped']);
      expect(returnCode(await act('terminateServerInstances', servers('1001'), environment))).toBe('0');
    });

    it(`cannot be detached from a running ${environment} server: 24002`, async () => {
      await fleetOf({ status: 'RUN', environment, blockStorage: [disk] });
      const reply = await act('detachBlockStorageInstances', list('blockStorageInstanceNoList', '42'), environment);
      expect(returnCode(reply)).toBe('24002');
    });
  }

  it('is detached and then gone when it is deleted while attached', async () => {
    await fleetOf({ status: 'NSTOP', detachSeconds: 10, blockStorage: [disk] });
    await act('deleteBlockStorageInstances', list('blockStorageInstanceNoList', '42'));
    expect(added()).toMatchObject({ blockStorageInstanceStatusName: 'detaching' });
    ncp.advance(10);
    expect(added()).toBeUndefined();
  });

  it('can be attached again', async () => {
    await fleetOf({ status: 'NSTOP' }, { blockStorages: [disk] });
    const reply = await act('attachBlockStorageInstance', { blockStorageInstanceNo: '42', serverInstanceNo: '1001' });
    expect(returnCode(reply)).toBe('0');
    expect(added()).toMatchObject({ blockStorageInstanceStatusName: 'attaching' });
    ncp.advance(10);
    expect(added()).toMatchObject({ blockStorageInstanceStatusName: 'attached', serverInstanceNo: '1001' });
  });

  it('is not deleted while its return protection is on', async () => {
    await fleetOf({ status: 'NSTOP' }, { blockStorages: [{ ...disk, isReturnProtection: true }] });
    expect(returnCode(await act('deleteBlockStorageInstances', list('blockStorageInstanceNoList', '42')))).toBe(
      '21001',
    );
    await act('setBlockStorageReturnProtection', { blockStorageInstanceNo: '42', isReturnProtection: 'false' });
    expect(returnCode(await act('deleteBlockStorageInstances', list('blockStorageInstanceNoList', '42')))).toBe('0');
    ncp.advance(10);
    expect(added()).toBeUndefined();
  });

  it('base disks are never detached', async () => {
    await fleetOf({ status: 'NSTOP' });
    const base = ncp.state().blockStorages[0]?.blockStorageInstanceNo ?? '';
    expect(returnCode(await act('detachBlockStorageInstances', list('blockStorageInstanceNoList', base)))).toBe(
      '24121',
    );
  });
});

describe('a public IP', () => {
  it('is disassociated in Classic through USED+DISUS to CREAT+NULL, and only then deleted', async () => {
    await fleetOf({ status: 'NSTOP', environment: 'classic', publicIp: '203.0.113.7', disassociateSeconds: 5 });
    const number = ncp.state().publicIps[0]?.publicIpInstanceNo ?? '';
    const remove = () => act('deletePublicIpInstances', list('publicIpInstanceNoList', number), 'classic');
    expect((await remove()).json.responseError).toMatchObject({
      returnCode: '24073',
      returnMessage: expect.stringContaining(`publicIpInstanceNo = ${number}`),
    });
    const one = { publicIpInstanceNo: number };
    const reply = await act('disassociatePublicIpFromServerInstance', one, 'classic');
    expect(reply.json.disassociatePublicIpFromServerInstanceResponse.publicIpInstanceList[0]).toMatchObject({
      publicIpInstanceStatusName: 'disusing',
      publicIpInstanceStatus: { code: 'USED', codeName: 'NET USED state' },
      publicIpInstanceOperation: { code: 'DISUS', codeName: 'NET DISUSE OP' },
      serverInstanceAssociatedWithPublicIp: { serverInstanceNo: '1001' },
    });
    ncp.advance(5);
    expect(ncp.state().publicIps[0]).toMatchObject({ serverInstanceNo: '', publicIpInstanceStatusName: 'created' });
    expect(returnCode(await act('disassociatePublicIpFromServerInstance', one, 'classic'))).toBe('28102');
    const deleted = (await remove()).json.deletePublicIpInstancesResponse.publicIpInstanceList[0];
    expect(deleted.publicIpInstanceStatusName).toBe('terminated');
    expect(ncp.state().publicIps).toEqual([]);
  });

  it('survives its VPC server, cannot be deleted while it lives, and can be afterwards', async () => {
    await fleetOf({ status: 'NSTOP', publicIp: '203.0.113.7' });
    const number = ncp.state().publicIps[0]?.publicIpInstanceNo ?? '';
    expect(returnCode(await act('deletePublicIpInstance', { publicIpInstanceNo: number }))).toBe('24073');
    expect(returnCode(await act('terminateServerInstances', servers('1001')))).toBe('0');
    expect(returnCode(await act('deletePublicIpInstance', { publicIpInstanceNo: number }))).toBe('24073');
    ncp.advance(20);
    expect(ncp.state()).toMatchObject({ servers: [], publicIps: [{ publicIp: '203.0.113.7', serverInstanceNo: '' }] });
    const deleted = await act('deletePublicIpInstance', { publicIpInstanceNo: number });
    expect(deleted.json.deletePublicIpInstanceResponse.publicIpInstanceList[0]).toMatchObject({
      publicIpInstanceStatusName: '삭제중',
      publicIpInstanceStatus: { code: 'RUN', codeName: 'run' },
      publicIpInstanceOperation: { code: 'TERMT', codeName: 'TERMINATE OP' },
    });
    expect(returnCode(await act('deletePublicIpInstance', { publicIpInstanceNo: number }))).toBe('25032');
    ncp.advance(5);
    expect(ncp.state().publicIps).toEqual([]);
    expect(returnCode(await act('deletePublicIpInstance', { publicIpInstanceNo: number }))).toBe('10713');
  });

  it('is disassociated in VPC by the number of its server, and associated again', async () => {
    await fleetOf({ status: 'RUN', publicIp: '203.0.113.7' });
    expect(returnCode(await act('disassociatePublicIpFromServerInstance', {}))).toBe('900');
    const off = await act('disassociatePublicIpFromServerInstance', { serverInstanceNo: '1001' });
    expect(off.json.disassociatePublicIpFromServerInstanceResponse.publicIpInstanceList[0]).toMatchObject(setting(''));
    const seen = (await act('getServerInstanceList', {})).json.getServerInstanceListResponse.serverInstanceList[0];
    expect([seen.publicIp, seen.publicIpInstanceNo]).toEqual(['', '']);
    ncp.advance(5);
    expect(ncp.state().publicIps[0]).toMatchObject({ serverInstanceNo: '', publicIpInstanceStatusName: '운영중' });
    const publicIpInstanceNo = ncp.state().publicIps[0]?.publicIpInstanceNo ?? '';
    const on = await act('associatePublicIpWithServerInstance', { publicIpInstanceNo, serverInstanceNo: '1001' });
    expect(on.json.associatePublicIpWithServerInstanceResponse.publicIpInstanceList[0]).toMatchObject(setting('1001'));
    ncp.advance(5);
    expect(ncp.state().publicIps[0]?.publicIpInstanceStatusName).toBe('운영중');
    const detail = await act('getPublicIpInstanceDetail', { publicIpInstanceNo });
    expect(detail.json.getPublicIpInstanceDetailResponse.publicIpInstanceList[0].serverInstanceNo).toBe('1001');
  });
});

/** While VPC sets an address up or takes it off. */
function setting(serverInstanceNo: string) {
  return {
    serverInstanceNo,
    publicIpInstanceStatusName: '설정중',
    publicIpInstanceStatus: { code: 'RUN', codeName: 'run' },
    publicIpInstanceOperation: { code: 'SET', codeName: 'SETTING OP' },
  };
}

async function fleetOf(server: Record<string, unknown>, more: Record<string, unknown> = {}): Promise<void> {
  ncp = await simulator({
    fleet: { servers: [{ serverInstanceNo: '1001', serverName: 'dev-1', ...server }], ...more },
  });
}

function act(action: string, parameters: Record<string, string>, environment: 'classic' | 'vpc' = 'vpc') {
  return call(ncp.url, action, parameters, { environment: environment === 'classic' ? 'server' : 'vserver' });
}

function states(): string[] {
  return ncp
    .state()
    .servers.map(
      (s) => `${s.serverInstanceStatus.code}+${s.serverInstanceOperation.code} ${s.serverInstanceStatusName}`,
    );
}

function added() {
  return ncp.state().blockStorages.find((storage) => storage.blockStorageType.code === 'SVRBS');
}
