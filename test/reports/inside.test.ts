import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isInside } from '../../lib/reports/inside.ts';

describe('an address is inside', () => {
  test.each([
    '0.0.0.0',
    '10.255.255.255',
    '100.64.0.1',
    '100.127.255.255',
    '127.0.0.1',
    '127.255.0.1',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '192.0.0.170',
    '198.18.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::ffff:127.0.0.1',
    '::ffff:a00:1',
    '::ffff:169.254.169.254',
    '::127.0.0.1',
    '64:ff9b::7f00:1',
    '64:ff9b::a9fe:a9fe',
    '64:ff9b::10.0.0.1',
    '64:ff9b:1::1',
    '2002:7f00:1::',
    '2001:0:7f00:1::',
    'fc00::1',
    'fd00:ec2::254',
    'fe80::1',
    'febf::1',
    'fec0::1',
    'ff02::1',
    '',
    'localhost',
    '10.0.0',
    '1.2.3.4.5',
  ])('%j', (address) => expect(isInside(address)).toBe(true));

  test.each([
    '1.1.1.1',
    '9.255.255.255',
    '11.0.0.0',
    '100.63.255.255',
    '100.128.0.0',
    '172.15.255.255',
    '172.32.0.0',
    '192.167.255.255',
    '192.169.0.0',
    '169.253.255.255',
    '223.255.255.255',
    '2606:4700::1111',
    '64:ff9b::101:101',
    '::ffff:1.1.1.1',
    '2001:4860:4860::8888',
  ])('but not %s', (address) => expect(isInside(address)).toBe(false));

  test('in IPv6 where it is in IPv4, whichever way it is written', () => {
    fc.assert(
      fc.property(fc.ipV4(), (address) => {
        expect(isInside(`::ffff:${address}`)).toBe(isInside(address));
        expect(isInside(`64:ff9b::${address}`)).toBe(isInside(address));
      }),
    );
  });
});
