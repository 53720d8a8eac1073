import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { simulateCommand } from '../../lib/simulator/cli.ts';
import type { Simulator } from '../../lib/simulator/simulator.ts';
import { call, returnCode, send, servers, simulator } from './caller.ts';

let ncp: Simulator;
beforeEach(async () => {
  ncp = await simulator();
});
afterEach(() => ncp.close());

describe("a person's acts", () => {
  it('shows the state that state() gives, unsigned', async () => {
    expect((await send(ncp.url, '/_simulator/state', {})).json).toEqual(ncp.state());
    expect(ncp.state().servers[0]).toMatchObject({
      serverInstanceNo: '1001',
      environment: 'vpc',
      serverInstanceStatus: { code: 'RUN', codeName: 'Server RUN State' },
    });
  });

  it('steps the clock, and refuses to step it back', async () => {
    const step = (body: string) => send(ncp.url, '/_simulator/clock', { method: 'POST', body });
    await call(ncp.url, 'stopServerInstances', servers('1001'));
    expect((await step('{"advanceSeconds":30}')).json).toEqual({ now: '2026-03-01T09:00:30.000+09:00' });
    expect(ncp.state().servers[0]?.serverInstanceStatus.code).toBe('NSTOP');
    for (const wrong of ['{"advanceSeconds":-1}', '{"seconds":1}', 'x']) expect((await step(wrong)).status).toBe(400);
    expect((await send(ncp.url, '/_simulator/other', {})).status).toBe(404);
  });

  it('journals calls and the changes they make, in order', async () => {
    await call(ncp.url, 'stopServerInstances', servers('1001'));
    ncp.advance(30);
    const journal = (await send(ncp.url, '/_simulator/journal', {})).json;
    expect(journal).toEqual(ncp.journal());
    expect(journal).toMatchObject([
      { kind: 'call', action: 'stopServerInstances', parameters: servers('1001'), status: 200, returnCode: '0' },
      { kind: 'change', resource: 'server', no: '1001', field: 'operation', from: 'NULL', to: 'SHTDN', by: 'call' },
      { kind: 'change', field: 'status', from: 'RUN', to: 'NSTOP', by: 'time' },
      { kind: 'change', field: 'operation', from: 'SHTDN', to: 'NULL', by: 'time' },
    ]);
  });
});

const ask = (body: unknown) =>
  send(ncp.url, '/_simulator/person', { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body) });

describe('the person who acts in the simulator', () => {
  it('does one thing, and answers the number of what it made', async () => {
    expect(await ask({ rename: ['1001', 'prod-1'] })).toMatchObject({ status: 200, json: { answer: null } });
    const { json } = await ask({ associatePublicIp: ['1001', '203.0.113.60'] });
    expect(ncp.state().servers[0]).toMatchObject({ serverName: 'prod-1', publicIpInstanceNo: json.answer });
    const made = (await ask({ attachStorage: ['1001', 'late', 20] })).json.answer;
    expect((await ask({ moveStorage: [made, '1002'] })).status).toBe(200);
    expect(ncp.state().blockStorages.find((one) => one.blockStorageInstanceNo === made)).toMatchObject({
      serverInstanceNo: '1002',
      blockStorageName: 'late',
    });
    expect((await ask({ setTag: ['1001', 'env', null] })).status).toBe(200);
    expect(ncp.state().tags.some((tag) => tag.instanceNo === '1001')).toBe(false);
  });

  it.each([
    ['{"renam":["1001","prod-1"]}', 'The person cannot "renam"; did you mean "rename"?'],
    ['{"toString":[]}', 'The person cannot "toString"; it can rename, protect, start,'],
    ['{"rename":["1001"]}', 'rename takes ["serverInstanceNo", "serverName"]; 1 given.'],
    ['{"stop":["1001","now"]}', 'stop takes ["serverInstanceNo"]; 2 given.'],
    ['{"rename":[1001,"prod-1"]}', 'argument 1 is 1001: '],
    ['{"setStatus":["1001","BUSY"]}', 'argument 2 is "BUSY": '],
    ['{"associatePublicIp":["1001","here"]}', 'expected an IPv4 address, such as "203.0.113.7".'],
    ['{"rename":["404","prod-1"]}', 'There is no server 404 in the simulator.'],
    ['{"moveStorage":["404","1001"]}', 'There is no block storage 404 in the simulator.'],
    ['{"start":["1001"]}', 'Unable to perform operation command'],
    [
      '{"rename":["1001","a"],"stop":["1001"]}',
      'The person takes one act and its arguments as a list, such as {"rename":',
    ],
    ['{}', 'The person takes one act'],
    ['{"rename":"1001"}', 'The person takes one act'],
    ['x', 'The person takes one act'],
  ])('answers %s with 400 and all that it can do, and changes nothing', async (body, says) => {
    const { status, json } = await ask(body);
    expect(status).toBe(400);
    expect(json.error).toContain(says);
    expect(json.acts).toContain('{"moveStorage":["blockStorageInstanceNo", "serverInstanceNo"]}');
    expect(json.acts).toHaveLength(Object.keys(ncp.person).length);
    expect(ncp.journal()).toEqual([]);
  });
});

describe("a person's hand", () => {
  it('renames, protects, starts and stops, each journaled as by person', async () => {
    ncp.person.rename('1001', '새 이름');
    ncp.person.protect('1001', true);
    ncp.person.stop('1001');
    ncp.advance(30);
    ncp.person.start('1001');
    ncp.advance(30);
    expect(ncp.state().servers[0]).toMatchObject({
      serverName: '새 이름',
      isProtectServerTermination: true,
      uptime: '2026-03-01T09:01:00+0900',
    });
    const byPerson = ncp.journal().filter((entry) => entry.kind === 'change' && entry.by === 'person');
    expect(byPerson).toHaveLength(4);
  });

  it('attaches disks and addresses at once', async () => {
    ncp.person.attachStorage('1002', { blockStorageName: 'late', sizeGb: 20 });
    expect(returnCode(await call(ncp.url, 'terminateServerInstances', servers('1002')))).toBe('10501');
    const free = ncp.person.associatePublicIp('1001', '203.0.113.200');
    expect(ncp.state().publicIps.find((each) => each.publicIpInstanceNo === free)?.serverInstanceNo).toBe('1001');
    ncp.person.associatePublicIp('2001', '203.0.113.99');
    expect(ncp.state().servers.find((server) => server.serverInstanceNo === '2001')?.publicIp).toBe('203.0.113.99');
  });

  it('removes a server at once, and makes another under the same number', async () => {
    ncp.person.remove('1005');
    expect(ncp.state().servers.map((server) => server.serverInstanceNo)).not.toContain('1005');
    const detached = ncp.state().blockStorages.filter((storage) => storage.serverInstanceNo === '');
    expect(detached.map((storage) => storage.blockStorageName).toSorted()).toEqual(['data', 'orphan']);
    ncp.person.recreate('1005', { serverName: 'other', createDate: '2026-02-28T00:00:00+0900' });
    ncp.person.recreate('1004', { serverName: 'also-other', createDate: new Date('2026-02-28T00:00:00Z') });
    const { json } = await call(ncp.url, 'getServerInstanceList', servers('1004', '1005'));
    expect(json.getServerInstanceListResponse.serverInstanceList).toMatchObject([
      { serverName: 'also-other', isProtectServerTermination: false, createDate: '2026-02-28T09:00:00+0900' },
      { serverName: 'other', createDate: '2026-02-28T00:00:00+0900' },
    ]);
  });

  it('sets any state, tags and the load balancer; a transition under way is called off', () => {
    ncp.person.stop('1001');
    ncp.person.setStatus('1001', 'RUN', 'RESTA', 10);
    ncp.person.setTag('1001', 'keep', 'yes');
    ncp.person.setTag('1001', 'env', undefined);
    ncp.advance(60);
    expect(ncp.state().servers[0]).toMatchObject({ serverInstanceStatusName: 'running' });
    expect(ncp.state().tags.filter((tag) => tag.instanceNo === '1001')).toEqual([
      { instanceNo: '1001', tagKey: 'keep', tagValue: 'yes' },
    ]);
  });

  it('restarts, replaces, and moves disks and addresses to other servers, at once', () => {
    const { person } = ncp;
    const disk = ncp.state().blockStorages.find((one) => one.blockStorageName === 'data')?.blockStorageInstanceNo ?? '';
    const address = ncp.state().servers.find((one) => one.serverInstanceNo === '1003')?.publicIpInstanceNo ?? '';
    person.moveStorage(disk, '1003');
    expect(ncp.state().blockStorages.find((one) => one.blockStorageInstanceNo === disk)).toMatchObject({
      serverInstanceNo: '1003',
      deviceName: '/dev/xvdb',
    });
    const no = person.replace('1003');
    const { servers: all, blockStorages, publicIps, tags } = ncp.state();
    expect(all.some((one) => one.serverInstanceNo === '1003')).toBe(false);
    expect(all.find((one) => one.serverInstanceNo === no)).toMatchObject({
      serverName: 'dev-web',
      publicIp: '203.0.113.7',
    });
    expect(blockStorages.find((one) => one.blockStorageInstanceNo === disk)?.serverInstanceNo).toBe(no);
    expect(publicIps.find((one) => one.publicIpInstanceNo === address)?.serverInstanceNo).toBe(no);
    expect(tags.filter((one) => one.instanceNo === no)).toHaveLength(2);
    person.movePublicIp(address, '1001');
    person.detachStorage(disk);
    expect(ncp.state().blockStorages.find((one) => one.blockStorageInstanceNo === disk)?.serverInstanceNo).toBe('');
    expect(ncp.state().servers[0]?.publicIp).toBe('203.0.113.7');
    person.stop('1001');
    ncp.advance(1);
    person.restart('1001');
    ncp.advance(60);
    expect(ncp.state().servers[0]).toMatchObject({
      serverInstanceStatusName: 'running',
      uptime: '2026-03-01T09:00:01+0900',
    });
  });

  it('leaves base disks where they are, and nothing crosses from VPC to Classic', () => {
    const base = ncp.state().blockStorages.find((one) => one.blockStorageType.code === 'BASIC');
    expect(() => ncp.person.moveStorage(base?.blockStorageInstanceNo ?? '', '1002')).toThrow('is a base disk');
    const address = ncp.state().servers.find((one) => one.serverInstanceNo === '1003')?.publicIpInstanceNo ?? '';
    expect(() => ncp.person.movePublicIp(address, '2001')).toThrow('not in one environment and region');
    expect(() => ncp.person.associatePublicIp('1003', '203.0.113.99')).toThrow('has a public IP already');
  });

  it('throws for a server that does not exist', () => {
    expect(() => ncp.person.protect('404', true)).toThrow('There is no server 404');
  });
});

describe('a simulator', () => {
  it('lets time run at its speed', async () => {
    const fast = await simulator({ speed: 1000 });
    await call(fast.url, 'stopServerInstances', servers('1001'));
    await expect.poll(() => fast.state().servers[0]?.serverInstanceStatus.code).toBe('NSTOP');
    await fast.close();
  });

  it('waits latencyMs before every answer', async () => {
    const slow = await simulator({ latencyMs: 100 });
    const startedAt = performance.now();
    await call(slow.url, 'getRegionList');
    expect(performance.now() - startedAt).toBeGreaterThan(95);
    await slow.close();
  });

  it('closes with answers under way, and refuses connections then', async () => {
    const slow = await simulator({ faults: '*:delay=60:1' });
    const answer = call(slow.url, 'getRegionList').catch((error: unknown) => error);
    await expect.poll(() => slow.journal().length).toBe(1);
    await slow.close();
    expect(await answer).toBeInstanceOf(TypeError);
    await expect(call(slow.url, 'getRegionList')).rejects.toThrow('fetch failed');
  });

  it('leaves no open handle behind: the process ends by itself', async () => {
    const script = `import { startSimulator } from './lib/simulator/simulator.ts';
      const ncp = await startSimulator({ accessKey: 'a', secretKey: 'b' });
      await fetch(ncp.url + '/_simulator/state');
      await ncp.close();`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: 'ignore', timeout: 15_000 });
    expect(await once(child, 'exit')).toEqual([0, null]);
  });
});

describe('the simulate command', () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'simulate-'));
  });
  afterEach(() => rm(directory, { recursive: true }));

  it('prints one JSON line with its url, and ends with 0 on SIGTERM', async () => {
    const child = spawn(process.execPath, ['lib/cli/main.ts', 'simulate'], { timeout: 15_000 });
    const [line] = await once(child.stdout, 'data');
    const { url, servers: count } = JSON.parse(String(line));
    expect([(await fetch(`${url}/_simulator/state`)).status, count]).toEqual([200, 37]);
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
  });

  it('says in one sentence what is wrong with file, JSON, fleet, faults or port', async () => {
    const broken = join(directory, 'broken.json');
    await writeFile(broken, '{\n  "servers": [}\n');
    const typo = join(directory, 'typo.json');
    await writeFile(typo, '{"servers":[],"regin":"KR"}');
    const cp949 = join(directory, 'cp949.json');
    await writeFile(cp949, Buffer.from([...Buffer.from('{\n "servers": ["'), 0xba, 0xb8, ...Buffer.from('"]}')]));
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const address = taken.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const cases: [Parameters<typeof simulateCommand>[0], RegExp][] = [
      [{ fleet: join(directory, 'none.json') }, /^Cannot read the fleet file .*none\.json: there is no such file\.\n$/],
      [{ fleet: broken }, /^The fleet file .*broken\.json is not JSON: unexpected \} at line 2, column 15\.\n$/],
      [
        { fleet: cp949 },
        /^The fleet file .*cp949\.json, line 2, column 15: this is not UTF-8; expected UTF-8: .*\.\n$/,
      ],
      [{ fleet: typo }, /^regin is no key of a fleet; did you mean "region"\?\n$/],
      [{ faults: '*:1' }, /^The fault "\*:1" has not the form/],
      [{ port }, new RegExp(`^Port ${port} of 127\\.0\\.0\\.1 is in use; .*\n$`)],
      [{ port: 70_000 }, /^The port must be a whole number from 0 to 65535/],
      [{ speed: -1 }, /^The speed must be 0 or more/],
    ];
    for (const [options, says] of cases) {
      let written = '';
      const io = { stdout: { write: () => true }, stderr: { write: (text: string) => (written += text) } };
      expect(await simulateCommand(options, io)).toBe(1);
      expect(written).toMatch(says);
    }
    taken.close();
  });
});
