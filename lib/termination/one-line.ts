/**
 * Text from outside (names, NCP's words, input that is quoted back) as one line that cannot do anything to a terminal or
 * a log, and that reads as what it is: no control characters, no marks that turn the direction of writing or that nobody
 * sees (but those that join an emoji), and at most `most` characters.
 */
export function oneLine(text: string, most = 500): string {
  const visible = text.replaceAll(
    /[\p{Cc}\u00ad\u061c\u180e\u200b\u2028\u2029\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]+/gu,
    ' ',
  );
  return visible.length > most ? `${visible.slice(0, most)}…` : visible;
}
