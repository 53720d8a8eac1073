import { XMLParser } from 'fast-xml-parser';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { escapeText } from '../../lib/simulator/api/xml.ts';
import type { Simulator } from '../../lib/simulator/simulator.ts';
import { call, returnCode, send, servers, signed, simulator } from './caller.ts';

const fleet = {
  environment: 'classic',
  servers: [
    { serverInstanceNo: '340843', serverName: 'svr', status: 'NSTOP' },
    { serverInstanceNo: '340844', serverName: '개발 & <서버> "1" \'2\' \u0007', status: 'RUN' },
  ],
};
let ncp: Simulator;
beforeEach(async () => {
  ncp = await simulator({ fleet });
});
afterEach(() => ncp.close());

/** Element names and nesting of the documented reply of terminateServerInstances, in order, and what the Go SDK reads besides. */
const documentedServer = `serverInstanceNo serverName serverDescription cpuCount memorySize baseBlockStorageSize
  platformType(code codeName) loginKeyName isFeeChargingMonitoring publicIp privateIp serverImageName
  serverInstanceStatus(code codeName) serverInstanceOperation(code codeName) serverInstanceStatusName createDate uptime
  serverImageProductCode serverProductCode isProtectServerTermination portForwardingPublicIp
  zone(zoneNo zoneName zoneDescription) region(regionNo regionCode regionName) baseBlockStorageDiskType(code codeName)
  baseBlockStroageDiskDetailType(code codeName) baseBlockStorageDiskDetailType(code codeName) userData initScriptNo
  accessControlGroupList(accessControlGroup(accessControlGroupConfigurationNo accessControlGroupName
  accessControlGroupDescription isDefaultGroup createDate)) instanceTagList`;
const documented = `terminateServerInstancesResponse(requestId returnCode returnMessage totalRows
  serverInstanceList(serverInstance(${documentedServer})))`;

describe('replies', () => {
  it('writes the XML of terminateServerInstances exactly in the structure of the documented reply', async () => {
    const { text, headers } = await classic('terminateServerInstances', servers('340843'), 'xml');
    expect(outline(text)).toBe(documented.replaceAll(/\s+/g, ' ').replaceAll('( ', '('));
    expect(headers.get('content-type')).toMatch(/^application\/xml/);
    expect(text).toContain('<serverInstanceStatusName>terminating</serverInstanceStatusName>');
    expect(text).toContain('<codeName>Server TERMINATE OP</codeName>');
    expect(text).toMatch(/<createDate>2026-01-01T00:00:00\+0900<\/createDate>/);
    expect(text).toContain('<publicIp/>');
  });

  it('says the same in JSON and in XML', async () => {
    const xml = await classic('getServerInstanceList', servers('340843'), 'xml');
    const json = await classic('getServerInstanceList', servers('340843'), 'json');
    const parsed = new XMLParser({ parseTagValue: false }).parse(xml.text).getServerInstanceListResponse;
    const inJson = json.json.getServerInstanceListResponse;
    const asText = JSON.parse(JSON.stringify(inJson), (_key, value) =>
      typeof value === 'number' || typeof value === 'boolean' ? String(value) : value,
    );
    const [server] = asText.serverInstanceList;
    const [group] = server.accessControlGroupList;
    expect(parsed.serverInstanceList.serverInstance).toEqual({
      ...server,
      accessControlGroupList: { accessControlGroup: group },
      instanceTagList: '',
    });
    expect([parsed.totalRows, parsed.returnCode]).toEqual([asText.totalRows, asText.returnCode]);
  });

  it('writes JSON the official SDKs can read: pretty, returnCode a string, totalRows a number, no newline at the end', async () => {
    const { text, json } = await classic('getServerInstanceList', {}, 'json');
    expect(text).toMatch(
      /^\{\n {2}"getServerInstanceListResponse": \{\n {4}"requestId": "[-0-9a-f]{36}",\n {4}"returnCode": "0"/,
    );
    expect(text.endsWith('}')).toBe(true);
    expect(json.getServerInstanceListResponse.totalRows).toBe(2);
    expect(json.getServerInstanceListResponse.serverInstanceList[0].memorySize).toBe(4_294_967_296);
  });

  it('escapes what XML needs escaped, keeps Korean, drops what XML cannot hold', async () => {
    const { text } = await classic('getServerInstanceList', servers('340844'), 'xml');
    expect(text).toContain('<serverName>개발 &amp; &lt;서버&gt; &quot;1&quot; &apos;2&apos; </serverName>');
    const parsed = new XMLParser().parse(text).getServerInstanceListResponse;
    expect(parsed.serverInstanceList.serverInstance.serverName).toContain('개발 & <서버> "1"');
    expect(escapeText('a\u0000b\uD800c\uFFFEd😀')).toBe('abcd😀');
  });

  it('writes an empty list as an empty element', async () => {
    const { text } = await classic('getServerInstanceList', servers('999'), 'xml');
    expect(text).toContain('<serverInstanceList/>');
    expect(text).toContain('<totalRows>0</totalRows>');
  });

  it('answers an action error with HTTP 400 in the format asked for', async () => {
    const xml = await classic('terminateServerInstances', servers('340844'), 'xml');
    expect(xml.status).toBe(400);
    expect(xml.text).toMatch(
      /^<responseError>\s*<returnCode>25022<\/returnCode>\s*<returnMessage>Unable to return the server/,
    );
    const json = await classic('terminateServerInstances', servers('340844'), 'json');
    expect([json.status, json.json.responseError.returnCode]).toEqual([400, '25022']);
  });

  it('answers 404/300 to an unknown path, an unknown action, and an action of the other environment', async () => {
    for (const path of [
      '/',
      '/server/v2/explode',
      '/server/v2/getServerInstanceDetail',
      '/vserver/v2/createInstanceTags',
    ]) {
      const called = await send(ncp.url, path, { headers: signed('GET', path, Date.now()) });
      expect([path, called.status, called.json.error.errorCode]).toEqual([path, 404, '300']);
    }
  });

  it('answers 413/430 to a body over 1 MiB', async () => {
    const called = await call(ncp.url, 'getRegionList', { big: 'x'.repeat(1024 * 1024) });
    expect([called.status, called.json.error.errorCode]).toEqual([413, '430']);
  });

  it('names the field that is missing with code 900', async () => {
    const called = await classic('terminateServerInstances', {}, 'json');
    expect(called.json.responseError).toEqual({
      returnCode: '900',
      returnMessage: 'Required field is not specified. location : serverInstanceNoList.N',
    });
  });

  it('takes GET and POST, merges query and form, and reads booleans in any case', async () => {
    const target = '/server/v2/setProtectServerTermination?serverInstanceNo=340843&responseFormatType=json';
    const called = await send(ncp.url, target, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...signed('POST', target, Date.now()) },
      body: 'isProtectServerTermination=True',
    });
    expect(returnCode(called)).toBe('0');
    expect(ncp.state().servers[0]?.isProtectServerTermination).toBe(true);
    const got = await call(
      ncp.url,
      'setProtectServerTermination',
      { serverInstanceNo: '340843', isProtectServerTermination: 'FALSE' },
      { environment: 'server', method: 'GET' },
    );
    expect(got.json.setProtectServerTerminationResponse.serverInstanceList[0].isProtectServerTermination).toBe(false);
  });

  it('sorts .N numerically, allows gaps, and refuses a value given twice', async () => {
    const gaps = { 'serverInstanceNoList.10': '340844', 'serverInstanceNoList.2': '340843' };
    const called = await classic('getServerInstanceList', gaps, 'json');
    expect(called.json.getServerInstanceListResponse.serverInstanceList.map(no)).toEqual(['340843', '340844']);
    expect(returnCode(await classic('stopServerInstances', servers('340844', '340844'), 'json'))).toBe('900');
  });

  it('ignores a parameter it does not know, and says so in the journal', async () => {
    expect((await classic('getServerInstanceList', { serverNme: 'x' }, 'json')).status).toBe(200);
    expect(ncp.journal()[0]).toMatchObject({
      kind: 'call',
      environment: 'classic',
      status: 200,
      ignored: ['serverNme'],
    });
  });
});

function classic(action: string, parameters: Record<string, string>, format: 'json' | 'xml') {
  return call(ncp.url, action, parameters, { environment: 'server', format });
}

function no(server: { serverInstanceNo: string }): string {
  return server.serverInstanceNo;
}

/** `a(b c(d))`: the names and nesting of an XML document, in order. */
function outline(xml: string): string {
  const nodes = new XMLParser({ preserveOrder: true }).parse(xml);
  const names = (siblings: Record<string, unknown>[]): string =>
    siblings
      .flatMap((node) => Object.entries(node))
      .filter(([name]) => name !== '#text')
      .map(([name, children]) => {
        const inner = Array.isArray(children) ? names(children) : '';
        return inner ? `${name}(${inner})` : name;
      })
      .join(' ');
  return names(nodes);
}
