/** Lines of text for a terminal of any width: in columns where there is room, one below the other where there is not. */

import stringWidth from 'string-width';
import wrapAnsi from 'wrap-ansi';
import { oneLine } from '../termination/one-line.ts';

/** How text is marked on a terminal that has colors. */
export interface Marks {
  title: (text: string) => string;
  lost: (text: string) => string;
  small: (text: string) => string;
}

const asItIs = (text: string): string => text;
export const NO_MARKS: Marks = { title: asItIs, lost: asItIs, small: asItIs };

/** One thing, its short cells first. */
export interface Row {
  /** Number, name and so on, from the most important to the least; any may be empty. */
  cells: readonly string[];
  /** As long as it needs to be. */
  text: string;
}

const INDENT = '    ';
const GAP = '  ';
/** The longest cell; names of NCP's servers have at most 30 characters. */
const MOST_CELL = 30;
/** Below this a text is no column any more. */
const LEAST_TEXT = 24;

/**
 * `most`: how many columns of the terminal there are. The last cells are left out where they would leave no room for the text; below
 * {@link LEAST_COLUMNS} everything stands one below the other.
 */
export function inRows(rows: readonly Row[], most: number): string[] {
  if (most < LEAST_COLUMNS) return rows.flatMap((row) => stacked(row, most));
  const cells = rows.map((row) => row.cells.map((cell) => fitted(cell, MOST_CELL)));
  const widths = (cells[0] ?? []).map((_, column) => Math.max(...cells.map((row) => stringWidth(row[column] ?? ''))));
  const shown = widths.map((_, column) => column).filter((column) => widths[column] !== 0);
  const taken = (columns: readonly number[]): number =>
    columns.reduce((sum, column) => sum + (widths[column] ?? 0) + GAP.length, INDENT.length);
  const longest = Math.max(0, ...rows.map(({ text }) => stringWidth(text)));
  while (shown.length > FIRST_CELLS && taken(shown) + Math.min(longest, roomFor(shown)) > most) shown.pop();
  const rest = Math.max(LEAST_TEXT, most - taken(shown));
  return rows.flatMap(({ text }, index) => {
    const own = shown.map((column) => padded(cells[index]?.[column] ?? '', widths[column] ?? 0));
    const [first = '', ...more] = wrapped(text, rest);
    const start = `${INDENT}${own.join(GAP)}${GAP}`;
    return [`${start}${first}`.trimEnd(), ...more.map((line) => `${' '.repeat(stringWidth(start))}${line}`)];
  });
}

const LEAST_COLUMNS = 72;
/** Number and name are never left out; state and age only for a text of a few words. */
const FIRST_CELLS = 2;
const roomFor = (shown: readonly number[]): number => (shown.length <= 4 ? LEAST_TEXT : LEAST_TEXT + 12);

function stacked({ cells, text }: Row, most: number): string[] {
  const [no = '', name = '', ...facts] = cells;
  const told = [facts.filter((fact) => fact !== '').join(' · '), text].filter((one) => one !== '');
  return [
    ...wrapped([no, name].filter((one) => one !== '').join(' '), most - 2).map((line) => `  ${line}`),
    ...told.flatMap((one) => wrapped(one, most - 4).map((line) => `${INDENT}${line}`)),
  ];
}

/** Whole words where they fit; a word longer than the line goes on in the next one. */
export function wrapped(text: string, most: number): string[] {
  return wrapAnsi(oneLine(text, 2_000), Math.max(8, most), { hard: true }).split('\n');
}

function padded(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - stringWidth(text)));
}

/** Cut at this width, with an ellipsis. */
function fitted(text: string, width: number): string {
  const line = oneLine(text);
  if (stringWidth(line) <= width) return line;
  let cut = '';
  for (const { segment } of new Intl.Segmenter().segment(line)) {
    if (stringWidth(cut) + stringWidth(segment) > width - 1) break;
    cut += segment;
  }
  return `${cut}…`;
}
