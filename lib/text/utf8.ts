/** Files that people wrote. A file in another encoding would be misread. */

/** A decoder writes this where it could not read a character. A file that holds it has lost that character. */
const LOST = '\ufffd';

export type Decoded = { ok: true; text: string } | { ok: false; line: number; column: number; problem: string };

/** Decodes strictly, but accepts a byte order mark in front. Lines and columns count from 1. */
export function decodeUtf8(bytes: Uint8Array): Decoded {
  if (isUtf16(bytes)) {
    return { ok: false, line: 1, column: 1, problem: 'the file is UTF-16; expected UTF-8: save it again as UTF-8' };
  }
  try {
    return withoutLost(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return notUtf8(bytes);
  }
}

/** Checks text that was decoded already, or unescaped, for lost characters. */
export function withoutLost(text: string): Decoded {
  const at = text.indexOf(LOST);
  if (at < 0) return { ok: true, text };
  const problem = 'U+FFFD replaces a lost character here; expected UTF-8: write the character again';
  return { ok: false, ...placeOf(text.slice(0, at)), problem };
}

/** Recognized by its byte order mark, or by a zero byte, which no text file in UTF-8 has. */
function isUtf16(bytes: Uint8Array): boolean {
  const [first, second] = bytes;
  return (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff) || bytes.includes(0);
}

/** No byte of a longer character is a line feed, so that lines can be read one by one. */
function notUtf8(bytes: Uint8Array): Decoded {
  const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  for (let line = 1, from = 0; from <= bytes.length; line += 1) {
    const feed = bytes.indexOf(0x0a, from);
    const end = feed < 0 ? bytes.length : feed;
    const piece = bytes.subarray(from, end);
    try {
      strict.decode(piece);
    } catch {
      const column = new TextDecoder().decode(piece).indexOf(LOST) + 1;
      return { ok: false, line, column: Math.max(column, 1), problem: NOT_UTF8 };
    }
    from = end + 1;
  }
  return { ok: false, line: 1, column: 1, problem: NOT_UTF8 };
}

const NOT_UTF8 =
  'this is not UTF-8; expected UTF-8: save the file again as UTF-8 (Korean editions of Windows may save it as CP949)';

function placeOf(before: string): { line: number; column: number } {
  const lines = before.split('\n');
  return { line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 };
}
