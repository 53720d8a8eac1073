/** docs/bench.md. */

import { cpus } from 'node:os';
import { CALLS_PER_SECOND, LATENCY_SECONDS } from './account.ts';
import type { Row } from './rows.ts';
import { asMarkdown } from './table.ts';

/** When and on what the figures were measured. Host names and paths stay out. */
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
  return `# Benchmark

Written by \`npm run bench -- --write\` on ${date}: ${cores} cores, ${cpu}, Node ${node}.

![API calls and time to terminate a fleet, by its size](bench.svg)

Client and simulator run in one process and exchange the same bytes as over a socket. Time is virtual, so calls and seconds
do not depend on the machine. Unless a row says otherwise, NCP accepts ${CALLS_PER_SECOND} calls a second and a call takes ${LATENCY_SECONDS} s.
Figures are medians of ${seeds} seeds, with the least and the most in brackets; the seed changes the times of each server by
up to a tenth. Cold starts, the time of replays and the decoder are measured on this machine, as ratios of times taken
in turn.

${asMarkdown(rows)}

- **Goal**: ✓ if it is reached. **Bound**: \`npm run bench -- --short\`, which \`.ci/run\` runs, fails beyond it. Both are in
  [bounds.ts](../scripts/bench/bounds.ts).
- **Plain client**: terminates each server by itself, with the order and the polls of NCP's Terraform provider, ten at once
  and at the same rate ([plain-client.ts](../scripts/bench/plain-client.ts)).
- **Minimum**: what no client can beat. The critical path is the time of NCP's own transitions, and one call each way for
  each of them ([critical-path.ts](../scripts/bench/critical-path.ts)).
- **Rate used**: calls accepted ÷ calls allowed while NCP would accept the next act for some server
  ([rate-use.ts](../scripts/bench/rate-use.ts)).
- A run is **lost** if one of its servers did not end as terminated, or if a server, volume or address is left.
`;
}
