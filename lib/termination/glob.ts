/**
 * Only * and ? are special. Everything that globs know beyond that lets a slip of the pen select what nobody meant:
 * "!prod-*" would be everything else, and "(a|b)" is the name of a server.
 */
export function matcher(glob: string): (name: string) => boolean {
  const pattern = Array.from(glob, (letter) => SPECIAL[letter] ?? literally(letter)).join('');
  const expression = new RegExp(`^${pattern}$`, 'su');
  return (name) => expression.test(name);
}

const SPECIAL: Readonly<Record<string, string>> = { '*': '.*', '?': '.' };

function literally(letter: string): string {
  return `\\u{${letter.codePointAt(0)?.toString(16) ?? ''}}`;
}
