/** Calls and time by fleet size, as an SVG for light and dark backgrounds. */

import { CALLS_PER_SECOND } from './account.ts';
import { median } from './figures.ts';
import type { FleetShape } from './fleets.ts';
import type { Seeds } from './rows.ts';
import { banap, floor, plainClient } from './scenarios.ts';

const SIZES = [1, 2, 5, 10, 20, 50, 100, 200] as const;

interface Point {
  size: number;
  calls: number;
  seconds: number;
}

export interface Line {
  who: 'banap' | 'plain client' | 'minimum';
  hasBoth: boolean;
  points: readonly Point[];
}

type Measure = (shape: FleetShape, seed: number) => Promise<Omit<Point, 'size'>>;

const WHO: Record<Line['who'], Measure> = {
  banap: async (shape, seed) => banap(shape, seed),
  'plain client': async (shape, seed) => plainClient(shape, seed),
  minimum: (shape, seed) => {
    const { limitAllows, calls } = floor(shape, seed);
    return Promise.resolve({ calls: calls.lists + calls.stops + calls.later, seconds: limitAllows });
  },
};

export async function lines(seeds: Seeds): Promise<Line[]> {
  const found: Line[] = [];
  for (const hasBoth of [false, true]) {
    for (const who of ['banap', 'plain client', 'minimum'] as const) {
      const points: Point[] = [];
      for (const size of SIZES) points.push(await pointOf(WHO[who], { count: size, hasBoth }, seeds));
      found.push({ who, hasBoth, points });
    }
  }
  return found;
}

async function pointOf(measure: Measure, shape: FleetShape, seeds: Seeds): Promise<Point> {
  const all: Omit<Point, 'size'>[] = [];
  for (const seed of seeds) all.push(await measure(shape, seed));
  return {
    size: shape.count,
    calls: median(all.map(({ calls }) => calls)),
    seconds: median(all.map(({ seconds }) => seconds)),
  };
}

const [WIDTH, HEIGHT] = [430, 300];
const EDGE = { left: 52, right: 14, top: 34, bottom: 40 };

const STYLE = `text{font:12px system-ui,sans-serif;fill:#1f2328}.grid{stroke:#8c959f;stroke-opacity:.35}
path{fill:none;stroke-width:2}circle{stroke:none}.both{stroke-dasharray:6 4}
.banap{stroke:#0969da;fill:#0969da}.plain{stroke:#bc4c00;fill:#bc4c00}.minimum{stroke:#656d76;fill:#656d76}
path.banap,path.plain,path.minimum{fill:none}
@media (prefers-color-scheme:dark){text{fill:#e6edf3}.banap{stroke:#58a6ff;fill:#58a6ff}.plain{stroke:#f0883e;fill:#f0883e}
.minimum{stroke:#9198a1;fill:#9198a1}path.banap,path.plain,path.minimum{fill:none}}`;

export function asSvg(all: readonly Line[]): string {
  const panels = [
    panel(all, 'calls', 'API calls'),
    panel(all, 'seconds', `Seconds, at ${CALLS_PER_SECOND} calls a second`),
  ].map((content, at) => `<g transform="translate(${at * WIDTH} 0)">${content}</g>`);
  const size = { width: WIDTH * panels.length, height: HEIGHT + 30 };
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.width} ${size.height}" role="img">`,
    '<title>API calls and time to terminate a fleet, by its size</title>',
    `<style>${STYLE}</style>`,
    ...panels,
    legend(),
    '</svg>',
    '',
  ].join('\n');
}

/** Both axes are logarithmic. */
function panel(all: readonly Line[], of: 'calls' | 'seconds', title: string): string {
  const values = all.flatMap(({ points }) => points.map((point) => point[of]));
  const [low, high] = [Math.floor(Math.log10(Math.min(...values))), Math.ceil(Math.log10(Math.max(...values)))];
  const x = scale([0, Math.log10(SIZES[SIZES.length - 1] ?? 1)], [EDGE.left, WIDTH - EDGE.right]);
  const y = scale([low, high], [HEIGHT - EDGE.bottom, EDGE.top]);
  const powers = Array.from({ length: high - low + 1 }, (_, at) => low + at);
  const across = powers.map((power) => {
    const at = y(power);
    const label = (10 ** power).toLocaleString('en');
    return `<line class="grid" x1="${EDGE.left}" x2="${WIDTH - EDGE.right}" y1="${at}" y2="${at}"/><text x="${EDGE.left - 6}" y="${at + 4}" text-anchor="end">${label}</text>`;
  });
  const ticks = SIZES.map(
    (size) => `<text x="${x(Math.log10(size))}" y="${HEIGHT - EDGE.bottom + 18}" text-anchor="middle">${size}</text>`,
  );
  return [
    `<text x="${EDGE.left}" y="18">${title}</text>`,
    ...across,
    ...ticks,
    `<text x="${WIDTH - EDGE.right}" y="${HEIGHT - 4}" text-anchor="end">servers</text>`,
    ...all.map((line) => curve(line, (point) => [x(Math.log10(point.size)), y(Math.log10(point[of]))])),
  ].join('\n');
}

function curve({ who, hasBoth, points }: Line, place: (point: Point) => readonly [number, number]): string {
  const places = points.map(place);
  const [name] = who.split(' ');
  const path = places.map(([x, y], at) => `${at === 0 ? 'M' : 'L'}${x} ${y}`).join('');
  const dots = places.map(([x, y]) => `<circle class="${name}" cx="${x}" cy="${y}" r="2.5"/>`).join('');
  return `<path class="${name}${hasBoth ? ' both' : ''}" d="${path}"/>${dots}`;
}

function legend(): string {
  const entries = [
    ['banap', 'banap'],
    ['plain', 'plain client'],
    ['minimum', 'minimum'],
  ].map(([name, label], at) => {
    const x = EDGE.left + at * 130;
    return `<path class="${name}" d="M${x} ${HEIGHT + 14}h26"/><text x="${x + 32}" y="${HEIGHT + 18}">${label}</text>`;
  });
  const x = EDGE.left + 400;
  const dashed = `<path class="minimum both" d="M${x} ${HEIGHT + 14}h26"/><text x="${x + 32}" y="${HEIGHT + 18}">dashed: each with an address and a volume</text>`;
  return [...entries, dashed].join('\n');
}

/** Linear, rounded to tenths of a unit. */
function scale(
  [from, to]: readonly [number, number],
  [low, high]: readonly [number, number],
): (value: number) => number {
  return (value) => Math.round((low + ((value - from) / (to - from)) * (high - low)) * 10) / 10;
}
