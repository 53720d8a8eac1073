/** Parses JSON; undefined if the text is not JSON. The parser's error would quote the text. */
export function jsonFrom(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
