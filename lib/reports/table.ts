import Table from 'cli-table3';
import stringWidth from 'string-width';
import { oneLine } from '../termination/one-line.ts';

const ROOM_FOR_A_TABLE = 76;

/** Rows need no lines between them: a long table fits twice as much. */
const NO_LINES = { mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '' };

/** A table where there is room for one, else a list. The first two cells name a server, the last one may be long. */
export function table(head: string[], cells: string[][], columns: number): string {
  const rows = cells.map((row) => row.map((cell) => oneLine(cell)));
  if (columns < ROOM_FOR_A_TABLE) {
    return rows.map(([no = '', name = '', ...rest]) => `${no} ${name}\n  ${rest.join(': ')}`).join('\n');
  }
  const widths = head.map((title, column) => {
    const longest = Math.max(title.length, ...rows.map((row) => stringWidth(row[column] ?? '')));
    return Math.min(longest, 30) + 2;
  });
  const taken = widths.slice(0, -1).reduce((sum, one) => sum + one + 1, 2);
  widths[widths.length - 1] = Math.max(20, Math.min(columns - taken - 1, 100));
  const drawn = new Table({
    head,
    colWidths: widths,
    wordWrap: true,
    // A word longer than its column, as the id of a run, goes on in the next line.
    wrapOnWordBoundary: cellsFit(rows, widths),
    style: { head: [], border: [] },
    chars: NO_LINES,
  });
  drawn.push(...rows);
  return drawn.toString();
}

function cellsFit(rows: readonly string[][], widths: readonly number[]): boolean {
  return rows.every((row) =>
    row.every((cell, column) => cell.split(/\s/).every((word) => stringWidth(word) <= (widths[column] ?? 0) - 2)),
  );
}
