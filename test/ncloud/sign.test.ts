import { describe, expect, it } from 'vitest';
import { signature, signedHeaders } from '../../lib/ncloud/sign.ts';
import { KNOWN_ANSWERS } from './known-signatures.ts';

const keys = { accessKey: 'AKIDEXAMPLE', secretKey: 'SECRETEXAMPLE' };

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
