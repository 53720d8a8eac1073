/** Rows as a table, for the terminal and for docs/bench.md. */

import Table from 'cli-table3';
import { isWithin, TARGETS, type Target } from './bounds.ts';
import type { Row } from './rows.ts';

const HEAD = ['row', 'goal', 'today', 'plain client', 'minimum', 'bound', 'note'] as const;

export function asTable(rows: readonly Row[]): string {
  const table = new Table({ head: [...HEAD], style: { head: [], border: [] }, wordWrap: true, colWidths: WIDTHS });
  for (const row of rows) table.push(cellsOf(row));
  return table.toString();
}

const WIDTHS = [46, 9, 22, 14, 9, 9, 40];

export function asMarkdown(rows: readonly Row[]): string {
  const lines = [HEAD, HEAD.map(() => '---'), ...rows.map(cellsOf)];
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** One sentence for each row beyond its bound. */
export function beyondBounds(rows: readonly Row[]): string[] {
  return rows.flatMap(({ target, what, unit, today }) => {
    const { bound, side }: Target = TARGETS[target];
    if (today === undefined || bound === undefined || isWithin(TARGETS[target], judged(today, unit), bound)) return [];
    return [`${what}: ${written(judged(today, unit), unit)}, and the bound is at ${side} ${written(bound, unit)}`];
  });
}

function cellsOf({ target, what, unit, today, plainClient, minimum, note = '' }: Row): string[] {
  const { side, goal, bound }: Target = TARGETS[target];
  const limit = (value: number | undefined): string =>
    value === undefined ? '' : `${side === 'most' ? '≤' : '≥'} ${written(value, unit)}`;
  const reached =
    goal === undefined || today === undefined ? '' : isWithin(TARGETS[target], judged(today, unit), goal) ? ' ✓' : ' ✗';
  const plain = (value: number | undefined): string => (value === undefined ? '' : written(value, unit));
  return [
    what,
    limit(goal),
    `${todayOf(today, unit)}${reached}`,
    plain(plainClient),
    plain(minimum),
    limit(bound),
    note,
  ];
}

/** Runs may be lost under no seed; other figures are judged by their median. */
function judged({ median, most }: NonNullable<Row['today']>, unit: Row['unit']): number {
  return unit === 'runs' ? most : median;
}

function todayOf(today: Row['today'], unit: Row['unit']): string {
  if (today === undefined) return '';
  const [median, least, most] = [today.median, today.least, today.most].map((value) => written(value, unit));
  return least === most ? `${median}` : `${median} (${least}–${most})`;
}

function written(value: number, unit: Row['unit']): string {
  if (unit === 'share') return `${(value * 100).toFixed(1)} %`;
  if (unit === 'runs') return String(value);
  return value >= 100 ? Math.round(value).toLocaleString('en') : value.toFixed(value < 10 ? 2 : 1);
}
