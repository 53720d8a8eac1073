import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeParameters } from '../../lib/ncloud/parameters.ts';

describe('encodeParameters', () => {
  it('counts a list from one', () => {
    expect(encodeParameters({ serverInstanceNoList: ['1088217', '1021003'] })).toBe(
      'serverInstanceNoList.1=1088217&serverInstanceNoList.2=1021003',
    );
  });

  it('leaves out what is undefined and lists that are empty', () => {
    expect(encodeParameters({ a: undefined, b: [], c: '' })).toBe('c=');
  });

  it('keeps the order given', () => {
    expect(encodeParameters({ b: 1, a: 2 })).toBe('b=1&a=2');
  });

  it.each([
    ['a blank', 'a b', 'a%20b'],
    ['a plus', 'a+b', 'a%2Bb'],
    ['Korean', '개발', '%EA%B0%9C%EB%B0%9C'],
    ['what separates parameters', 'a=b&c', 'a%3Db%26c'],
    ['what ends a query', 'a#b?c', 'a%23b%3Fc'],
  ])('percent-encodes %s', (_what, value, encoded) => {
    expect(encodeParameters({ name: value })).toBe(`name=${encoded}`);
  });

  it('writes numbers and booleans as text', () => {
    expect(encodeParameters({ pageNo: 1, isProtectServerTermination: false })).toBe(
      'pageNo=1&isProtectServerTermination=false',
    );
  });

  it('is read back by any server as what was meant', () => {
    const value = fc.string({ unit: 'grapheme' });
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: 'grapheme', minLength: 1 }), value), (parameters) => {
        const read = [...new URLSearchParams(encodeParameters(parameters))];
        expect(read).toEqual(Object.entries(parameters));
      }),
    );
  });
});
