import { defaultRegion, regionsOf, type Zone } from '../regions.ts';
import { touchedReply } from './page.ts';
import type { ReplyFields } from './reply.ts';
import { type Action, classicRegion, vpcRegionCode } from './scope.ts';

export const getRegionList: Action = ({ world: { site }, environment }) =>
  touchedReply('regionList', regionsOf(site, environment), ({ regionNo, regionCode, regionName }) => ({
    ...(environment === 'classic' && { regionNo: regionNo ?? '' }),
    regionCode,
    regionName,
  }));

export const getZoneList: Action = (call) => {
  const { site } = call.world;
  if (call.environment === 'classic') {
    const region = classicRegion(call) ?? defaultRegion(site, 'classic');
    return touchedReply('zoneList', region.zones, (zone) => classicZone(zone, region.regionNo ?? ''));
  }
  const regionCode = vpcRegionCode(call);
  const zones = regionsOf(site, 'vpc').find((region) => region.regionCode === regionCode)?.zones ?? [];
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
