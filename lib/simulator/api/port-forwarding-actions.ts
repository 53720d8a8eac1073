import { defaultRegion, zoneByCode } from '../regions.ts';
import { classicServer, PORT_FORWARDING_PUBLIC_IP } from './classic-shapes.ts';
import { touchedReply } from './page.ts';
import { type Action, classicRegion, classicZoneCode } from './scope.ts';

/** Classic only. Without a zone those of the first zone of the region (NCP's page). */
export const getPortForwardingRuleList: Action = (call) => {
  const region = classicRegion(call) ?? defaultRegion(call.world.site, 'classic');
  const zoneCode = classicZoneCode(call) ?? region.zones[0]?.zoneCode;
  const rules = [...call.world.servers.values()].flatMap((server) => {
    const { environment, portForwarding: rule } = server;
    return rule && environment === 'classic' && server.zoneCode === zoneCode ? [{ server, rule }] : [];
  });
  const zone = zoneByCode(zoneCode ?? '');
  return touchedReply('portForwardingRuleList', rules, ({ server, rule }) => ({
    portForwardingConfigurationNo: '31260',
    portForwardingPublicIp: PORT_FORWARDING_PUBLIC_IP,
    zone: {
      zoneNo: zone?.zoneNo ?? '',
      zoneName: zone?.zoneCode ?? '',
      zoneCode: zone?.zoneCode ?? '',
      zoneDescription: zone?.zoneDescription ?? '',
      regionNo: region.regionNo ?? '',
    },
    portForwardingExternalPort: rule.externalPort,
    portForwardingInternalPort: rule.internalPort,
    serverInstance: classicServer(call.world, server),
  }));
};
