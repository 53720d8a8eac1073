import { afterEach, describe, expect, it } from 'vitest';
import type { Simulator } from '../../lib/simulator/simulator.ts';
import { call, list, manage, returnCode, servers, simulator } from './caller.ts';

let ncp: Simulator;
afterEach(() => ncp.close());

describe('getServerInstanceList', () => {
  it('pages, with totalRows the number before paging', async () => {
    ncp = await simulator({ fleet: fleetOf(25) });
    const page = await listed({ pageNo: '3', pageSize: '10' });
    expect(page.totalRows).toBe(25);
    expect(page.numbers).toEqual(['21', '22', '23', '24', '25']);
    expect((await listed({ pageNo: '4', pageSize: '10' })).numbers).toEqual([]);
    expect((await listed({ pageNo: '0', pageSize: '2' })).numbers).toEqual(['1', '2']);
  });

  it('refuses pages that are no numbers, and in VPC a page number without a size', async () => {
    ncp = await simulator({ fleet: fleetOf(1) });
    for (const wrong of [{ pageSize: '-1' }, { pageSize: '2x' }, { pageNo: '99999999999' }, { pageNo: '1' }]) {
      expect([wrong, returnCode(await call(ncp.url, 'getServerInstanceList', wrong))]).toEqual([wrong, '900']);
    }
  });

  it('sorts numbers as numbers, either way', async () => {
    ncp = await simulator({ fleet: fleetOf(11) });
    const descending = await listed({ sortedBy: 'serverInstanceNo', sortingOrder: 'DESC' });
    expect(descending.numbers.slice(0, 3)).toEqual(['11', '10', '9']);
  });

  it('lists 5,000 servers whole and by number', async () => {
    ncp = await simulator({ fleet: fleetOf(5000) });
    expect((await listed({})).numbers).toHaveLength(5000);
    const numbers = Array.from({ length: 1000 }, (_, index) => String(index * 5 + 1));
    expect((await listed(servers(...numbers))).numbers).toEqual(numbers);
    expect(returnCode(await call(ncp.url, 'stopServerInstances', servers(...numbers)))).toBe('0');
    ncp.advance(30);
    expect((await listed({ serverInstanceStatusCode: 'NSTOP' })).totalRows).toBe(1000);
  });

  it('filters by status, name and address in VPC', async () => {
    ncp = await simulator();
    expect((await listed({ serverInstanceStatusCode: 'NSTOP' })).numbers).toEqual(['1002', '1006']);
    expect((await listed({ serverName: 'DEV-WEB' })).numbers).toEqual(['1003']);
    expect((await listed({ serverName: '서버' })).numbers).toEqual(['1008']);
    expect((await listed({ ip: '203.0.113.7' })).numbers).toEqual(['1003']);
    expect((await listed({ vpcNo: '1' })).numbers).toEqual([]);
    expect((await listed({ baseBlockStorageDiskDetailTypeCode: 'HDD' })).numbers).toEqual([]);
    expect((await listed(list('hypervisorTypeCodeList', 'XEN', 'KVM'))).totalRows).toBe(29);
  });

  it('filters by search, tags and operation in Classic', async () => {
    ncp = await simulator();
    const search = { searchFilterName: 'servername', searchFilterValue: 'WEB' };
    expect((await listed(search, 'server')).numbers).toEqual(['2003']);
    expect((await listed({ searchFilterName: 'ip', searchFilterValue: '198.51' }, 'server')).numbers).toEqual(['2003']);
    expect((await listed(list('tagKeyList', 'env'), 'server')).numbers).toEqual(['2001', '2002', '2003', '2004']);
    expect((await listed(list('tagValueList', 'prod'), 'server')).numbers).toEqual(['2004']);
    expect((await listed({ serverInstanceStatusCode: 'ING' }, 'server')).numbers).toEqual(['2006']);
  });

  it('sees Classic servers under /server/v2 only, and VPC servers under /vserver/v2 only', async () => {
    ncp = await simulator();
    expect((await listed(servers('1001', '2001'))).numbers).toEqual(['1001']);
    expect((await listed(servers('1001', '2001'), 'server')).numbers).toEqual(['2001']);
  });

  it('covers the default region unless one is named; in Classic a number is found anywhere', async () => {
    ncp = await simulator();
    expect((await listed({}, 'server')).numbers).not.toContain('2008');
    expect((await listed({ regionNo: '8' }, 'server')).numbers).toEqual(['2008']);
    expect((await listed({ zoneNo: '14' }, 'server')).numbers).toEqual(['2008']);
    expect((await listed(servers('2008'), 'server')).numbers).toEqual(['2008']);
    expect((await listed({ regionNo: '1', ...servers('2008') }, 'server')).numbers).toEqual([]);
    expect(returnCode(await call(ncp.url, 'getServerInstanceList', { regionCode: 'XX' }))).toBe('900');
    expect((await listed({ regionCode: 'SGN' })).numbers).toEqual([]);
  });
});

describe('the other lists', () => {
  it('lists regions, KR first, and the zones of one', async () => {
    ncp = await simulator();
    const regions = await call(ncp.url, 'getRegionList');
    expect(regions.json.getRegionListResponse.regionList[0]).toEqual({ regionCode: 'KR', regionName: 'Korea' });
    const classic = await call(ncp.url, 'getRegionList', {}, { environment: 'server' });
    expect(classic.json.getRegionListResponse.regionList[0]).toEqual({
      regionNo: '1',
      regionCode: 'KR',
      regionName: 'Korea',
    });
    const zones = await call(ncp.url, 'getZoneList', { regionNo: '1' }, { environment: 'server' });
    expect(zones.json.getZoneListResponse.zoneList.map((zone: { zoneNo: string }) => zone.zoneNo)).toEqual(['2', '3']);
  });

  it('filters public IPs by association, address and server name', async () => {
    ncp = await simulator();
    const addresses = async (parameters: Record<string, string>, environment: 'server' | 'vserver' = 'vserver') => {
      const called = await call(ncp.url, 'getPublicIpInstanceList', parameters, { environment });
      return called.json.getPublicIpInstanceListResponse.publicIpInstanceList.map(
        (p: { publicIp: string }) => p.publicIp,
      );
    };
    expect((await addresses({})).toSorted()).toEqual(['203.0.113.200', '203.0.113.7']);
    expect(await addresses({ isAssociated: 'True' })).toEqual(['203.0.113.7']);
    expect(await addresses({ isAssociated: 'false' }, 'server')).toEqual(['203.0.113.201']);
    expect(await addresses({ serverName: 'dev-web' })).toEqual(['203.0.113.7']);
    expect(await addresses(list('publicIpList', '198.51.100.7'), 'server')).toEqual(['198.51.100.7']);
    const search = { searchFilterName: 'associatedServerName', searchFilterValue: 'classic-web' };
    expect(await addresses(search, 'server')).toEqual(['198.51.100.7']);
  });

  it('filters block storages by server, type and name', async () => {
    ncp = await simulator();
    const names = async (parameters: Record<string, string>) => {
      const called = await call(ncp.url, 'getBlockStorageInstanceList', parameters);
      const storages = called.json.getBlockStorageInstanceListResponse.blockStorageInstanceList;
      return storages.map((storage: { blockStorageName: string }) => storage.blockStorageName);
    };
    expect(await names({ serverInstanceNo: '1005' })).toEqual(['dev-data', 'data']);
    expect(await names({ serverInstanceNo: '1005', ...list('blockStorageTypeCodeList', 'SVRBS') })).toEqual(['data']);
    expect(await names({ blockStorageInstanceStatusCode: 'CREAT' })).toEqual(['orphan']);
    expect(await names({ blockStorageName: 'orph' })).toEqual(['orphan']);
    expect(await names({ serverInstanceNo: '2005' })).toEqual([]);
  });

  it('keeps Classic tags after the server is gone, until they are deleted', async () => {
    ncp = await simulator();
    const tags = async (action: string, parameters: Record<string, string>) => {
      const called = await call(ncp.url, action, parameters, { environment: 'server' });
      return called.json[`${action}Response`]?.instanceTagList ?? returnCode(called);
    };
    const create = {
      ...list('instanceNoList', '2002'),
      'instanceTagList.1.tagKey': 'ttl',
      'instanceTagList.1.tagValue': '1d',
    };
    expect(await tags('createInstanceTags', create)).toHaveLength(2);
    expect(await tags('createInstanceTags', { ...create, 'instanceNoList.1': '1001' })).toBe('10713');
    await call(ncp.url, 'terminateServerInstances', servers('2002'), { environment: 'server' });
    ncp.advance(20);
    expect(await tags('getInstanceTagList', list('instanceNoList', '2002'))).toMatchObject([
      { instanceNo: '2002', instanceType: { code: 'SVR' }, tagKey: 'env', tagValue: 'dev' },
      { tagKey: 'ttl', tagValue: '1d' },
    ]);
    expect(await tags('deleteInstanceTags', list('instanceNoList', '2002'))).toEqual([]);
    expect(await tags('getInstanceTagList', list('instanceNoList', '2002'))).toEqual([]);
  });
});

describe('Resource Manager', () => {
  it('finds servers of both environments by id and by tag, and pages', async () => {
    ncp = await simulator();
    const byId = await manage(ncp.url, 'POST', '/api/v1/resources', { productName: 'VPCServer', resourceId: '1003' });
    expect(byId.json).toMatchObject({
      page: 0,
      size: 20,
      itemCount: 1,
      hasMore: false,
      items: [
        {
          nrn: 'nrn:PUB:VPCServer:KR:1234:Server/1003',
          resourceName: 'dev-web',
          tag: [{ tagKey: 'env' }, { tagKey: 'role' }],
        },
      ],
    });
    const tagged = { tag: [{ tagKey: 'env', tagValue: 'prod' }], size: 10 };
    const first = await manage(ncp.url, 'POST', '/api/v1/resources', { ...tagged, page: 0 });
    expect([first.json.itemCount, first.json.hasMore]).toEqual([10, true]);
    const second = await manage(ncp.url, 'POST', '/api/v1/resources', { ...tagged, page: 1 });
    expect([second.json.itemCount, second.json.hasMore]).toEqual([8, false]);
  });

  it('attaches, updates and detaches tags, and drops a VPC server that is gone', async () => {
    ncp = await simulator();
    const nrnList = ['nrn:PUB:VPCServer:KR:1234:Server/1002'];
    const attached = await manage(ncp.url, 'POST', '/api/v1/resource-tags', {
      nrnList,
      tagKey: 'env',
      tagValue: 'old',
    });
    expect(attached.json).toEqual({ success: true });
    expect(tagsOf('1002')).toEqual(['env=old']);
    await manage(ncp.url, 'DELETE', '/api/v1/resource-tags', { nrnList, tagKey: 'env', tagValue: 'another' });
    expect(tagsOf('1002')).toEqual(['env=old']);
    await manage(ncp.url, 'DELETE', '/api/v1/resource-tags', { nrnList, tagKey: 'env' });
    expect(tagsOf('1002')).toEqual([]);
    const empty = await manage(ncp.url, 'DELETE', '/api/v1/resource-tags', { nrnList: [], tagKey: 'env' });
    expect([empty.status, empty.json.error.message]).toEqual([400, "'nrnList' cannot be empty."]);
    await call(ncp.url, 'terminateServerInstances', servers('1002'));
    ncp.advance(20);
    expect((await manage(ncp.url, 'POST', '/api/v1/resources', { resourceId: '1002' })).json.items).toEqual([]);
  });
});

function fleetOf(count: number) {
  return {
    servers: Array.from({ length: count }, (_, index) => ({
      serverInstanceNo: String(index + 1),
      serverName: `server-${index + 1}`,
    })),
  };
}

async function listed(parameters: Record<string, string>, environment: 'server' | 'vserver' = 'vserver') {
  const { json } = await call(ncp.url, 'getServerInstanceList', parameters, { environment });
  const response: { totalRows: number; serverInstanceList: { serverInstanceNo: string }[] } =
    json.getServerInstanceListResponse;
  return {
    totalRows: response.totalRows,
    numbers: response.serverInstanceList.map((server) => server.serverInstanceNo),
  };
}

function tagsOf(instanceNo: string): string[] {
  return ncp
    .state()
    .tags.filter((tag) => tag.instanceNo === instanceNo)
    .map((tag) => `${tag.tagKey}=${tag.tagValue}`);
}
