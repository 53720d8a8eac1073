import { describe, expect, it } from 'vitest';
import { signature, signedHeaders } from '../../lib/ncloud/sign.ts';

const keys = { accessKey: 'AKIDEXAMPLE', secretKey: 'SECRETEXAMPLE' };

/** Computed with NCP's own Python and Go SDKs and with an independent script; all three agree. */
const KNOWN_ANSWERS = [
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

describe('signature', () => {
  it.each(KNOWN_ANSWERS)('of %s %s is the known answer', (method, target, expected) => {
    expect(signature(method, target, '1700000000000', keys)).toBe(expected);
  });

  it('changes with every part that is signed', () => {
    const parts = [
      signature('GET', '/a', '1', keys),
      signature('POST', '/a', '1', keys),
      signature('GET', '/a?', '1', keys),
      signature('GET', '/a', '2', keys),
      signature('GET', '/a', '1', { ...keys, accessKey: 'OTHER' }),
      signature('GET', '/a', '1', { ...keys, secretKey: 'OTHER' }),
    ];
    expect(new Set(parts).size).toBe(parts.length);
  });
});

describe('signedHeaders', () => {
  it('are the three that the gateway wants, with the time stamp that was signed', () => {
    const [method, target, expected] = KNOWN_ANSWERS[3];
    expect(signedHeaders(method, target, 1_700_000_000_000, keys)).toEqual({
      'x-ncp-apigw-timestamp': '1700000000000',
      'x-ncp-iam-access-key': 'AKIDEXAMPLE',
      'x-ncp-apigw-signature-v2': expected,
    });
  });

  it('never hold the secret key', () => {
    expect(JSON.stringify(signedHeaders('GET', '/a', 1, keys))).not.toContain(keys.secretKey);
  });
});
