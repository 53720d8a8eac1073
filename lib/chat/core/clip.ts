import { oneLine } from '../../termination/one-line.ts';

/**
 * Text of others on one line (see {@link oneLine}) and at most `most` UTF-16 units long, the ellipsis included. Chats
 * count code points or units; units are never fewer. Never half an emoji.
 */
export function clip(text: string, most: number): string {
  const visible = oneLine(text, Infinity).trim();
  if (visible.length <= most) return visible;
  const cut = visible.slice(0, Math.max(0, most - 1));
  const isHalf = /[\ud800-\udbff]$/.test(cut);
  return `${isHalf ? cut.slice(0, -1) : cut}…`;
}

/** Longer names or numbers are cut here. */
export const MOST_NAME = 60;
export const MOST_REASON = 200;

/** `dev-1, dev-2, … (7 more)`. */
export function clipList(names: readonly string[], more: (count: number) => string, most = 10): string {
  const shown = names.slice(0, most).map((name) => clip(name, MOST_NAME));
  const left = names.length - shown.length;
  return left > 0 ? `${shown.join(', ')} ${more(left)}` : shown.join(', ');
}

/** As many of the lines as fit, and in the last one how many do not. */
export function cutLines(lines: readonly string[], fits: (some: readonly string[]) => boolean): readonly string[] {
  if (fits(lines)) return lines;
  for (let shown = lines.length - 1; shown > 0; shown -= 1) {
    const cut = [...lines.slice(0, shown), `… (+${lines.length - shown})`];
    if (fits(cut)) return cut;
  }
  return [`… (+${lines.length})`];
}
