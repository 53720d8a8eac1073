import type { FleetInput } from './fleet.ts';
import type { Site } from './regions.ts';

type ServerInput = Record<string, unknown>;

/** What a simulator holds when no fleet file is given: every case once, and 29 VPC servers in a region for share limits. */
export function sampleFleet(site: Site = 'public'): FleetInput & { servers: ServerInput[] } {
  return {
    environment: 'vpc',
    servers: [...vpcCases(), ...vpcPlain(), ...vpcReviews(), ...classicCases(site)],
    publicIps: [{ publicIp: '203.0.113.200' }, { publicIp: '203.0.113.201', environment: 'classic' }],
    blockStorages: [{ blockStorageName: 'orphan', sizeGb: 50 }],
  };
}

function vpcCases(): ServerInput[] {
  return [
    { serverInstanceNo: '1001', serverName: 'dev-1', tags: { env: 'dev' } },
    { serverInstanceNo: '1002', serverName: 'dev-2', status: 'NSTOP', tags: { env: 'dev' } },
    { serverInstanceNo: '1003', serverName: 'dev-web', publicIp: '203.0.113.7', tags: { env: 'dev', role: 'web' } },
    { serverInstanceNo: '1004', serverName: 'prod-db', isProtectServerTermination: true, tags: { env: 'prod' } },
    {
      serverInstanceNo: '1005',
      serverName: 'dev-data',
      blockStorage: [{ blockStorageName: 'data', sizeGb: 100 }],
      tags: { env: 'dev' },
    },
    {
      serverInstanceNo: '1006',
      serverName: 'dev-imaging',
      status: 'NSTOP',
      operation: 'COPY',
      operationSeconds: 120,
      tags: { env: 'dev' },
    },
    { serverInstanceNo: '1007', serverName: 'dev-broken', status: 'FSTOP', tags: { env: 'dev' } },
    { serverInstanceNo: '1008', serverName: '개발-서버 & <테스트>', tags: { env: 'dev', 팀: '플랫폼' } },
  ];
}

function vpcPlain(): ServerInput[] {
  return Array.from({ length: 16 }, (_, index) => ({
    serverInstanceNo: String(1009 + index),
    serverName: `prod-app-${index + 1}`,
    tags: { env: 'prod' },
  }));
}

/** What people write in tags about the end of a server: past, from its creation on, kept, not understood, far away. */
function vpcReviews(): ServerInput[] {
  const past = '20260115T090000+0900';
  return [
    { serverInstanceNo: '1101', serverName: 'review-1', tags: { 'terminate-at': past } },
    {
      serverInstanceNo: '1102',
      serverName: 'review-2',
      createDate: '2026-01-01T00:00:00+0900',
      tags: { ttl: '7d' },
    },
    { serverInstanceNo: '1103', serverName: 'review-3', tags: { 'terminate-at': past, keep: 'until-demo-day' } },
    { serverInstanceNo: '1104', serverName: 'review-4', tags: { 'terminate-at': '다음주' } },
    { serverInstanceNo: '1105', serverName: 'review-5', tags: { 'terminate-at': '2099-12-31' } },
  ];
}

function classicCases(site: Site): ServerInput[] {
  const servers: ServerInput[] = [
    { serverInstanceNo: '2001', serverName: 'classic-1', tags: { env: 'dev' } },
    { serverInstanceNo: '2002', serverName: 'classic-2', status: 'NSTOP', tags: { env: 'dev' } },
    { serverInstanceNo: '2003', serverName: 'classic-web', publicIp: '198.51.100.7', tags: { env: 'dev' } },
    { serverInstanceNo: '2004', serverName: 'classic-db', isProtectServerTermination: true, tags: { env: 'prod' } },
    { serverInstanceNo: '2005', serverName: 'classic-data', blockStorage: [{ blockStorageName: 'data', sizeGb: 100 }] },
    { serverInstanceNo: '2006', serverName: 'classic-busy', operation: 'RESTA', operationSeconds: 60 },
    { serverInstanceNo: '2007', serverName: 'classic-broken', status: 'SD_FL' },
    ...(site === 'public'
      ? [{ serverInstanceNo: '2008', serverName: 'classic-jp', region: 'JPN', tags: { env: 'dev' } }]
      : []),
  ];
  return servers.map((server) => ({ ...server, environment: 'classic' }));
}
