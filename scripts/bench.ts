/**
 * Measures how many calls and how much time terminations take, compared with a plain client and with the least possible:
 * `npm run bench`. It takes minutes.
 *
 * `--short` takes seconds and fails if a figure is beyond its bound (bench/bounds.ts). `--json` prints the rows as JSON.
 * `--write` writes docs/bench.md and docs/bench.svg. `--seeds N` sets the number of seeds, by default 3. `--client <folder>`
 * keeps the runtime's client for the cold starts there (see cold.ts).
 */

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { TARGETS } from './bench/bounds.ts';
import { asPage, settingNow } from './bench/page.ts';
import { asSvg, lines } from './bench/plot.ts';
import { fullRows, shortRows } from './bench/rows.ts';
import { asTable, beyondBounds } from './bench/table.ts';

const { values } = parseArgs({
  options: {
    short: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    seeds: { type: 'string', default: '3' },
    client: { type: 'string' },
  },
});
if (!/^[1-9]\d?$/.test(values.seeds) || (values.short && values.write)) {
  console.error('--seeds takes a number from 1 to 99, and --write writes what the full form measures.');
  process.exit(2);
}
const seeds = Array.from({ length: Number(values.seeds) }, (_, at) => at + 1);

function printProgress(what: string): void {
  console.error(`${what}: measured`);
}

const rows = values.short
  ? await shortRows()
  : await fullRows(seeds, { clientFolder: values.client, onRow: printProgress });
const setting = settingNow(values.short ? 1 : seeds.length);
console.log(
  values.json
    ? JSON.stringify({ ...setting, rows: rows.map((row) => ({ ...TARGETS[row.target], ...row })) }, null, 2)
    : asTable(rows),
);

if (values.write) {
  const docs = join(import.meta.dirname, '..', 'docs');
  mkdirSync(docs, { recursive: true });
  writeFileSync(join(docs, 'bench.md'), asPage(rows, setting));
  writeFileSync(join(docs, 'bench.svg'), asSvg(await lines(seeds)));
}

const beyond = values.short ? beyondBounds(rows) : [];
for (const sentence of beyond) console.error(sentence);
process.exitCode = beyond.length === 0 ? 0 : 1;
