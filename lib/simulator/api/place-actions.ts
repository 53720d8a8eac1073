import { ActionRefused } from '../errors.ts';
import { defaultRegion, regionByNo, regions, type Zone } from '../regions.ts';
import { touchedReply } from './page.ts';
import type { ReplyFields } from './reply.ts';
import { type Action, vpcRegionCode } from './scope.ts';

export const getRegionList: Action = (call) =>
  touchedReply('regionList', regions, (region) =>
    call.environment === 'classic'
      ? { regionNo: region.regionNo, regionCode: region.classicCode, regionName: region.regionName }
      : { regionCode: region.vpcCode, regionName: region.regionName },
  );

export const getZoneList: Action = (call) => {
  if (call.environment === 'classic') {
    const region = regionByNo(call.parameters.text('regionNo') ?? defaultRegion.regionNo);
    if (!region) throw new ActionRefused('900', 'regionNo');
    return touchedReply('zoneList', region.zones, (zone) => classicZone(zone, region.regionNo));
  }
  const regionCode = vpcRegionCode(call.parameters);
  const zones = regions.find((region) => region.vpcCode === regionCode)?.zones ?? [];
  return touchedReply('zoneList', zones, (zone) => ({
    regionCode,
    zoneCode: zone.zoneCode,
    zoneName: zone.zoneCode,
    zoneDescription: zone.zoneDescription,
  }));
};

function classicZone(zone: Zone, regionNo: string): ReplyFields {
  return {
    zoneNo: zone.zoneNo,
    zoneName: zone.zoneCode,
    zoneCode: zone.zoneCode,
    zoneDescription: zone.zoneDescription,
    regionNo,
  };
}
