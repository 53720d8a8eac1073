/** When each server was stopped, terminated and gone, as an inline SVG: one bar a server, drawn here, without a script. */

import type { ServerView } from '../termination/status/run-view.ts';
import { escaped } from './confirm-parts.ts';

const ROW = 22;
const NAMES = 130;
const BARS = 250;
/** More would be no overview. */
const MOST_ROWS = 50;

/** Empty before anything was done. `label`: what it shows, for who does not see it. `timeOf`: an instant in words. */
export function timeline(servers: readonly ServerView[], label: string, timeOf: (at: string) => string): string {
  const rows = servers.map(spanOf).filter((row) => row !== undefined);
  if (rows.length === 0) return '';
  const begin = Math.min(...rows.map(({ from }) => from));
  const end = Math.max(...rows.map(({ to }) => to));
  const x = (at: number): number => NAMES + Math.round(((at - begin) / Math.max(1, end - begin)) * BARS);
  const drawn = rows.slice(0, MOST_ROWS).map(({ server, from, turn, to, isOver }, index) => {
    const y = index * ROW;
    const bar = (kind: string, start: number, stop: number): string =>
      `<rect class="${kind}" x="${x(start)}" y="${y + 5}" width="${Math.max(2, x(stop) - x(start))}" height="12" rx="2"/>`;
    const name = escaped(server.serverName || server.serverInstanceNo);
    return [
      `<text x="0" y="${y + 15}">${name.length > 18 ? `${Array.from(name).slice(0, 17).join('')}…` : name}</text>`,
      ...(turn > from ? [bar('stopping', from, turn)] : []),
      ...(to > turn ? [bar(isOver ? 'ending' : 'going', turn, to)] : []),
    ].join('');
  });
  const height = drawn.length * ROW + 18;
  const [left, right] = [begin, end].map((at) => timeOf(new Date(at).toISOString()));
  const axis = `<text class="axis" x="${NAMES}" y="${height - 4}">${escaped(left ?? '')}</text><text class="axis" x="${NAMES + BARS}" y="${height - 4}" text-anchor="end">${escaped(right ?? '')}</text>`;
  return `<svg role="img" aria-label="${escaped(label)}" viewBox="0 0 ${NAMES + BARS} ${height}">${drawn.join('')}${axis}</svg>`;
}

interface Span {
  server: ServerView;
  /** Milliseconds since the epoch: the first act, the terminate, and the end or the last that is known. */
  from: number;
  turn: number;
  to: number;
  isOver: boolean;
}

function spanOf(server: ServerView): Span | undefined {
  const { stop, terminate, gone } = server.times;
  const known = [stop, terminate, gone].filter((at) => at !== '').map((at) => Date.parse(at));
  const [from] = known;
  if (from === undefined || known.some(Number.isNaN)) return undefined;
  const to = Math.max(...known);
  return { server, from, turn: terminate === '' ? to : Date.parse(terminate), to, isOver: gone !== '' };
}
