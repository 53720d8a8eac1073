/** Signatures of AKIDEXAMPLE and SECRETEXAMPLE at 1700000000000, computed with NCP's own Python and Go SDKs and with an independent script; all three agree. */
export const KNOWN_ANSWERS = [
  ['GET', '/photos/puppy.jpg?query1=&query2', 'h9sMBwTuM3drr5vXr4bRtPOY13vSxf33KGe6B/SgLkQ='],
  ['POST', '/server/v2/terminateServerInstances', '4TK+f2goejAh89h5pQHWmtkvqfd66CjiyLtucb3tz5A='],
  [
    'POST',
    '/server/v2/terminateServerInstances?responseFormatType=json',
    '0Yp2fHQ58O1Wc7DrGFnSWtCBOMH9jnETG3GZR6f7nKY=',
  ],
  [
    'GET',
    '/server/v2/terminateServerInstances?serverInstanceNoList.1=1088217&responseFormatType=json',
    'nQQknLRN3dCTpIh/qvhCfzkUE54qotYZ566g/V6ysow=',
  ],
  [
    'GET',
    '/vserver/v2/getServerInstanceList?regionCode=KR&serverName=a%20b%2Bc&responseFormatType=json',
    'CAJ9JizwCO/4RumMKHgdXJjwyILEcN2YciaeLzk3CdY=',
  ],
] as const;
