import { composed, type Likeness, meaning } from '../../text/folding.ts';

/**
 * Only * and ? are special. Everything that globs know beyond that lets a slip of the pen select what nobody meant:
 * "!prod-*" would be everything else, and "(a|b)" is the name of a server.
 */
export function matcher(glob: string): (name: string) => boolean {
  const likenessTo = globLikeness(glob);
  return (name) => likenessTo(name) === 'same';
}

/** As {@link likeness}, for a pattern. What matches only because of a mark that nobody sees (`dev-??`) is not the same. */
export function globLikeness(glob: string): (name: string) => Likeness {
  const [written, meant] = [Array.from(composed(glob)), Array.from(meaning(glob))];
  return (name) => {
    const isAlike = globMatches(meant, Array.from(meaning(name)));
    const isWritten = globMatches(written, Array.from(composed(name)));
    if (isAlike && isWritten) return 'same';
    return isAlike || isWritten ? 'alike' : 'other';
  };
}

/**
 * Both as code points. Of several stars only the last one reached ever takes more, so that no pattern needs more steps
 * than the lengths of both multiplied. `isAny`: what `?` stands for.
 */
export function globMatches(
  pattern: readonly string[],
  name: readonly string[],
  isAny: (letter: string) => boolean = () => true,
): boolean {
  let [at, from, star, taken] = [0, 0, -1, 0];
  while (from < name.length) {
    const letter = name[from] ?? '';
    const wanted = pattern[at];
    if (wanted === '*') {
      star = at;
      taken = from;
      at += 1;
    } else if (wanted === '?' ? isAny(letter) : wanted === letter) {
      at += 1;
      from += 1;
    } else if (star < 0) {
      return false;
    } else {
      taken += 1;
      from = taken;
      at = star + 1;
    }
  }
  return pattern.slice(at).every((rest) => rest === '*');
}
