/** NCP's page for terminateServerInstances: its reply, word for word. */
export const DOCUMENTED_REPLY = `
<terminateServerInstancesResponse>
   <requestId>1ee84982-5712-44cb-ac99-243e59dc8eb1</requestId>
   <returnCode>0</returnCode>
   <returnMessage>success</returnMessage>
   <totalRows>1</totalRows>
   <serverInstanceList>
      <serverInstance>
         <serverInstanceNo>340843</serverInstanceNo>
         <serverName>svr-9b467c9f6c75360</serverName>
         <serverDescription />
         <cpuCount>2</cpuCount>
         <memorySize>4294967296</memorySize>
         <baseBlockStorageSize>53687091200</baseBlockStorageSize>
         <platformType>
            <code>LNX32</code>
            <codeName>Linux 32 Bit</codeName>
         </platformType>
         <loginKeyName>cloudqa</loginKeyName>
         <isFeeChargingMonitoring>false</isFeeChargingMonitoring>
         <publicIp />
         <privateIp>10.113.178.202</privateIp>
         <serverImageName>centos-6.3-32</serverImageName>
         <serverInstanceStatus>
            <code>NSTOP</code>
            <codeName>Server normal stopped state</codeName>
         </serverInstanceStatus>
         <serverInstanceOperation>
            <code>TERMT</code>
            <codeName>Server TERMINATE OP</codeName>
         </serverInstanceOperation>
         <serverInstanceStatusName>terminating</serverInstanceStatusName>
         <createDate>2017-07-27T04:08:39+0900</createDate>
         <uptime>2017-07-27T04:11:32+0900</uptime>
         <serverImageProductCode>SPSW0LINUX000032</serverImageProductCode>
         <serverProductCode>SPSVRSTAND000004</serverProductCode>
         <isProtectServerTermination>false</isProtectServerTermination>
         <portForwardingPublicIp>192.168.120.111</portForwardingPublicIp>
         <zone>
            <zoneNo>2</zoneNo>
            <zoneName>KR-1</zoneName>
            <zoneDescription>KR-1 zone</zoneDescription>
         </zone>
         <region>
            <regionNo>1</regionNo>
            <regionCode>KR</regionCode>
            <regionName>KOREA</regionName>
         </region>
         <baseBlockStorageDiskType>
            <code>NET</code>
            <codeName>Network Storage</codeName>
         </baseBlockStorageDiskType>
         <baseBlockStroageDiskDetailType>
            <code>HDD</code>
            <codeName>HDD</codeName>
         </baseBlockStroageDiskDetailType>
         <userData />
         <initScriptNo />
         <accessControlGroupList>
            <accessControlGroup>
               <accessControlGroupConfigurationNo>1038</accessControlGroupConfigurationNo>
               <accessControlGroupName>ncloud-default-acg</accessControlGroupName>
               <accessControlGroupDescription>Default AccessControlGroup</accessControlGroupDescription>
               <isDefaultGroup>true</isDefaultGroup>
               <createDate>2013-12-03T10:37:39+0900</createDate>
            </accessControlGroup>
         </accessControlGroupList>
      </serverInstance>
   </serverInstanceList>
</terminateServerInstancesResponse>
`;

/** The same, read by a person: every leaf a string, every list an array. */
export const DOCUMENTED_BODY = {
  requestId: '1ee84982-5712-44cb-ac99-243e59dc8eb1',
  returnCode: '0',
  returnMessage: 'success',
  totalRows: '1',
  serverInstanceList: [
    {
      serverInstanceNo: '340843',
      serverName: 'svr-9b467c9f6c75360',
      serverDescription: '',
      cpuCount: '2',
      memorySize: '4294967296',
      baseBlockStorageSize: '53687091200',
      platformType: { code: 'LNX32', codeName: 'Linux 32 Bit' },
      loginKeyName: 'cloudqa',
      isFeeChargingMonitoring: 'false',
      publicIp: '',
      privateIp: '10.113.178.202',
      serverImageName: 'centos-6.3-32',
      serverInstanceStatus: { code: 'NSTOP', codeName: 'Server normal stopped state' },
      serverInstanceOperation: { code: 'TERMT', codeName: 'Server TERMINATE OP' },
      serverInstanceStatusName: 'terminating',
      createDate: '2017-07-27T04:08:39+0900',
      uptime: '2017-07-27T04:11:32+0900',
      serverImageProductCode: 'SPSW0LINUX000032',
      serverProductCode: 'SPSVRSTAND000004',
      isProtectServerTermination: 'false',
      portForwardingPublicIp: '192.168.120.111',
      zone: { zoneNo: '2', zoneName: 'KR-1', zoneDescription: 'KR-1 zone' },
      region: { regionNo: '1', regionCode: 'KR', regionName: 'KOREA' },
      baseBlockStorageDiskType: { code: 'NET', codeName: 'Network Storage' },
      baseBlockStroageDiskDetailType: { code: 'HDD', codeName: 'HDD' },
      userData: '',
      initScriptNo: '',
      accessControlGroupList: [
        {
          accessControlGroupConfigurationNo: '1038',
          accessControlGroupName: 'ncloud-default-acg',
          accessControlGroupDescription: 'Default AccessControlGroup',
          isDefaultGroup: 'true',
          createDate: '2013-12-03T10:37:39+0900',
        },
      ],
    },
  ],
};
