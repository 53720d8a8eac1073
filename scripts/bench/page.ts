/** The page that shows the last figures that were written down. */

import { cpus } from 'node:os';
import type { Row } from './rows.ts';
import { asMarkdown } from './table.ts';

/** What a figure was measured on: no name of the machine, and nothing of where it lies. */
export interface Setting {
  date: string;
  cores: number;
  cpu: string;
  node: string;
  seeds: number;
}

export function settingNow(seeds: number): Setting {
  const all = cpus();
  const date = new Date().toISOString().slice(0, 10);
  return { date, cores: all.length, cpu: all[0]?.model.trim() ?? 'unknown', node: process.version, seeds };
}

export function asPage(rows: readonly Row[], { date, cores, cpu, node, seeds }: Setting): string {
  return `# Measured

Written by \`npm run bench -- --write\` on ${date}: ${cores} cores, ${cpu}, Node ${node}.

![API calls and time to terminate a fleet, by its size](bench.svg)

Client and simulator are joined in one process. What goes between them is what would go over a socket; time is virtual, so
calls and seconds are exact and do not depend on the machine. NCP takes ${LIMIT} and each call takes 0.1 s unless the row says
otherwise. Figures are medians of ${seeds} seeds, with the smallest and the largest one: a seed decides by how much each
server's times differ from the simulator's own, up to a tenth. Cold starts, the time of a replay and the decoder are
this machine's, as ratios measured side by side.

${asMarkdown(rows)}

- **Goal**, and whether it is reached. **Bound**: where \`npm run bench -- --short\` fails, which \`.ci/run\` runs. Both stand in
  [bounds.ts](../scripts/bench/bounds.ts).
- **Plain client**: every server by itself, in the order and with the polls with which NCP's Terraform provider destroys a server, its volume
  and its address ([plain-client.ts](../scripts/bench/plain-client.ts)), ten at once, at the same rate.
- **Minimum**: what no client can beat. The critical path is what NCP itself takes and one call each way for each step that
  another one waits for; calls are those that NCP's lists and batches need at least
  ([critical-path.ts](../scripts/bench/critical-path.ts)).
- **Rate used**: while NCP would take the next act for some server of a run ([rate-use.ts](../scripts/bench/rate-use.ts)).
- A run is **lost** if a server of it did not end as terminated, or something of it is left.
`;
}

const LIMIT = 'five calls a second';
