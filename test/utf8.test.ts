import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeUtf8, withoutLost } from '../lib/text/utf8.ts';

/** 보존 as an editor of a Korean Windows saves it (CP949). */
const CP949 = [0xba, 0xb8, 0xc1, 0xb8];

const bytes = (...parts: (string | number[])[]): Uint8Array =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.from(part))));

const hasMark = (file: Uint8Array): boolean => file[0] === 0xef && file[1] === 0xbb && file[2] === 0xbf;

describe('a file', () => {
  it('in UTF-8 is its text, without the mark that some editors write in front', () => {
    expect(decodeUtf8(bytes('keep: 보존 🙂\n'))).toEqual({ ok: true, text: 'keep: 보존 🙂\n' });
    expect(decodeUtf8(bytes([0xef, 0xbb, 0xbf], '보존'))).toEqual({ ok: true, text: '보존' });
    expect(decodeUtf8(bytes())).toEqual({ ok: true, text: '' });
  });

  it.each<[string, Uint8Array, number, number]>([
    ['CP949', bytes('version: 1\n', 'tags: { keep: ', CP949, ' }\n'), 2, 15],
    ['CP949 behind Hangul', bytes('# 데모\n# 데', CP949), 2, 4],
    ['Latin-1', bytes('a\r\nb: caf', [0xe9]), 2, 7],
    ['a character cut off at the end', bytes('a\nb', [0xec, 0x9d]), 2, 2],
    ['a character in more bytes than it takes', bytes([0xc0, 0xaf]), 1, 1],
    ['half of a pair', bytes('x\n\n', [0xed, 0xa0, 0x80]), 3, 1],
  ])('in %s is refused, with its place', (_what, file, line, column) => {
    expect(decodeUtf8(file)).toMatchObject({
      ok: false,
      line,
      column,
      problem: expect.stringContaining('expected UTF-8'),
    });
  });

  it.each<[string, Uint8Array]>([
    ['little endian', bytes([0xff, 0xfe], Buffer.from('version: 1', 'utf16le').toJSON().data)],
    ['big endian', bytes([0xfe, 0xff, 0x00, 0x61])],
    ['without its mark', bytes(Buffer.from('version: 1', 'utf16le').toJSON().data)],
  ])('in UTF-16, %s, is named as such', (_what, file) => {
    expect(decodeUtf8(file)).toMatchObject({ problem: 'the file is UTF-16; expected UTF-8: save it again as UTF-8' });
  });

  it('that has lost a character is refused, although it is UTF-8', () => {
    expect(decodeUtf8(bytes('a\n보존: \ufffd\n'))).toMatchObject({ ok: false, line: 2, column: 5 });
    expect(withoutLost('\ufffd')).toMatchObject({ ok: false, line: 1, column: 1 });
    expect(withoutLost('보존')).toEqual({ ok: true, text: '보존' });
  });

  it('of any bytes is its text, or refused at a line that it has', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 30 }), (file) => {
        const decoded = decodeUtf8(file);
        const lines = file.filter((byte) => byte === 0x0a).length + 1;
        const isText = decoded.ok && Buffer.from(decoded.text).equals(file.subarray(hasMark(file) ? 3 : 0));
        expect(isText || (!decoded.ok && decoded.line >= 1 && decoded.line <= lines)).toBe(true);
      }),
      { seed: 20_261_126, numRuns: 1_000 },
    );
  });
});
