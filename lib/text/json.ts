/** What a text says as JSON; undefined where it is none. The parser's error would quote it. */
export function jsonFrom(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
