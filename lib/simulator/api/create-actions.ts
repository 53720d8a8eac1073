import { ActionRefused } from '../errors.ts';
import { defaultRegion } from '../regions.ts';
import { createServer, type NewServer } from '../world/create.ts';
import type { Place } from '../world/records.ts';
import { createStorage } from '../world/storages.ts';
import { type Action, type ActionCall, classicRegion, classicZoneCode, namedServer, vpcRegionCode } from './scope.ts';
import { servers } from './server-actions.ts';
import { storages } from './storage-actions.ts';
import { subnetNoOf, vpcs } from './vpc-network.ts';
import { hypervisorOf } from './vpc-products.ts';

/** Its image, size, key and script are not kept; only what a termination meets. */
export const createServerInstances: Action = (call) => {
  const { parameters } = call;
  const count = parameters.number('serverCreateCount') ?? 1;
  // Guess: 900 for a number that NCP's page does not list.
  if (count < 1 || count > 20) throw new ActionRefused('900', 'serverCreateCount');
  for (const name of [
    'serverDescription',
    'loginKeyName',
    'initScriptNo',
    'feeSystemTypeCode',
    'serverCreateStartNo',
  ]) {
    parameters.text(name);
  }
  const base = { serverName: givenName(call), isProtectServerTermination: isProtected(call) };
  const [place, wanted] = call.environment === 'vpc' ? inVpc(call, base) : inClassic(call, base);
  const first = parameters.number('serverCreateStartNo') ?? 1;
  const created = Array.from({ length: count }, (_, at) => {
    const serverName = count > 1 && wanted.serverName ? `${wanted.serverName}-${first + at}` : wanted.serverName;
    return createServer(call.world, place, { ...wanted, serverName }, 'call');
  });
  return servers(call, created);
};

/** With a server it is attached to it, without one it is free (KVM). */
export const createBlockStorageInstance: Action = (call) => {
  const { parameters } = call;
  const sizeGb = parameters.number('blockStorageSize');
  // NCP's page: from 10 GB on.
  if (sizeGb === undefined || sizeGb < 10) throw new ActionRefused('900', 'blockStorageSize');
  for (const name of ['blockStorageDescription', 'blockStorageSnapshotInstanceNo', 'diskDetailTypeCode']) {
    parameters.text(name);
  }
  parameters.text('blockStorageDiskDetailTypeCode');
  const server = parameters.text('serverInstanceNo') === undefined ? undefined : namedServer(call);
  const volumeType = parameters.text('blockStorageVolumeTypeCode') ?? 'SSD';
  const storage = createStorage(
    call.world,
    {
      place: server ?? (call.environment === 'vpc' ? vpcPlace(call) : classicPlace(call)),
      server,
      disk: {
        sizeGb,
        blockStorageName: parameters.text('blockStorageName') ?? 'data',
        isReturnProtection: parameters.boolean('isReturnProtection') ?? false,
        hypervisorType: server?.hypervisorType ?? (['SSD', 'HDD'].includes(volumeType) ? 'XEN' : 'KVM'),
      },
    },
    'call',
  );
  return storages(call, [storage]);
};

type Base = Pick<NewServer, 'serverName' | 'isProtectServerTermination'>;

function inVpc(call: ActionCall, base: Base): [Place, NewServer] {
  const { parameters } = call;
  const vpcNo = parameters.required('vpcNo');
  if (!vpcs(call).includes(vpcNo)) throw new ActionRefused('10713');
  if (parameters.required('subnetNo') !== subnetNoOf(vpcNo)) throw new ActionRefused('10713');
  const interfaces = parameters.records('networkInterfaceList', [
    'networkInterfaceOrder',
    'networkInterfaceNo',
    'subnetNo',
  ]);
  if (interfaces.length === 0) throw new ActionRefused('900', 'networkInterfaceList.N');
  // Each simulated interface belongs to a server already.
  if (interfaces.some((one) => one.networkInterfaceNo !== undefined)) throw new ActionRefused('10713');
  const codes = ['serverImageNo', 'serverImageProductCode', 'serverSpecCode', 'serverProductCode'].flatMap(
    (name) => parameters.text(name) ?? [],
  );
  if (codes.length === 0) throw new ActionRefused('900', 'serverImageNo');
  const hypervisors = new Set(codes.map((code) => hypervisorOf(code)));
  const [hypervisorType] = hypervisors;
  // 10712 for a product that does not exist (terraform-provider-ncloud #335); guess: or does not fit the others.
  if (hypervisors.size !== 1 || hypervisorType === undefined) throw new ActionRefused('10712');
  return [vpcPlace(call), { ...base, vpcNo, hypervisorType, tags: {} }];
}

function inClassic(call: ActionCall, base: Base): [Place, NewServer] {
  const { parameters } = call;
  for (const name of ['serverImageProductCode', 'serverProductCode']) parameters.text(name);
  const tags = parameters.records('instanceTagList', ['tagKey', 'tagValue']);
  if (tags.some(({ tagKey }) => !tagKey)) throw new ActionRefused('900', 'instanceTagList.N.tagKey');
  const entries = tags.map(({ tagKey = '', tagValue = '' }) => [tagKey, tagValue]);
  return [classicPlace(call), { ...base, vpcNo: '', hypervisorType: 'XEN', tags: Object.fromEntries(entries) }];
}

function vpcPlace(call: ActionCall): Place {
  const regionCode = vpcRegionCode(call);
  return { environment: 'vpc', regionCode, zoneCode: call.parameters.text('zoneCode') ?? `${regionCode}-1` };
}

function classicPlace(call: ActionCall): Place {
  const region = classicRegion(call) ?? defaultRegion(call.world.site, 'classic');
  const zoneCode = classicZoneCode(call) ?? region.zones[0]?.zoneCode ?? '';
  return { environment: 'classic', regionCode: region.regionCode, zoneCode };
}

/** NCP's rules for names, with the codes of its terminateServerInstances page. */
function givenName({ parameters }: ActionCall): string | undefined {
  const name = parameters.text('serverName');
  if (name === undefined) return undefined;
  if (name.length < 3 || name.length > 30) throw new ActionRefused('24103');
  if (!/^[a-z][a-z0-9-]*[a-z0-9]$/.test(name)) throw new ActionRefused('24105');
  return name;
}

function isProtected({ parameters }: ActionCall): boolean {
  return parameters.boolean('isProtectServerTermination') ?? false;
}
