/** How fast a page of servers is decoded, checks included, compared with the bare parser. */

import { XMLParser } from 'fast-xml-parser';
import { request } from 'undici';
import { replyIn } from '../../lib/ncloud/decode.ts';
import { readServer } from '../../lib/ncloud/shapes.ts';
import { signedHeaders } from '../../lib/ncloud/sign.ts';
import { inProcess } from '../../test/simulator/in-process.ts';
import { Account, keys } from './account.ts';
import { fleetOf } from './fleets.ts';

export type Format = 'xml' | 'json';

export interface Decoded {
  bytes: number;
  /** Bytes per second of this machine. */
  speed: number;
  /** The decoder's time ÷ the parser's. */
  ratio: number;
}

const ROWS = 1_000;
const ACTION = 'getServerInstanceList';
const ROUNDS = 7;

const parser = new XMLParser();
const PARSE: Record<Format, (text: string) => unknown> = {
  xml: (text) => parser.parse(text),
  json: (text) => JSON.parse(text),
};

export async function decode(format: Format): Promise<Decoded> {
  const text = await pageIn(format);
  const answer = { status: 200, text, retryAfterMs: undefined, serverTime: undefined };
  const ways = {
    whole: () => {
      const rows = replyIn({ action: ACTION, answer, sentAt: 0 })['serverInstanceList'];
      if (!Array.isArray(rows) || rows.map(readServer).length !== ROWS) throw new Error('rows are missing');
    },
    bare: () => void PARSE[format](text),
  };
  const times: Record<keyof typeof ways, number[]> = { whole: [], bare: [] };
  // In turn, so that other load slows both.
  for (let round = -2; round < ROUNDS; round += 1) {
    for (const way of ['whole', 'bare'] as const) {
      const startedAt = performance.now();
      ways[way]();
      if (round >= 0) times[way].push(performance.now() - startedAt);
    }
  }
  const [whole, bare] = [Math.min(...times.whole), Math.min(...times.bare)];
  const bytes = Buffer.byteLength(text);
  return { bytes, speed: (bytes / whole) * 1_000, ratio: whole / bare };
}

async function pageIn(format: Format): Promise<string> {
  const fleet = fleetOf({ count: ROWS, hasBoth: true }, 1);
  const { simulator, time } = new Account({ fleet, seed: 1, latencySeconds: 0 });
  const query = `regionCode=KR&pageNo=1&pageSize=${ROWS}${format === 'json' ? '&responseFormatType=json' : ''}`;
  const target = `/vserver/v2/${ACTION}?${query}`;
  const headers = signedHeaders('GET', target, time.clock.now(), keys);
  const answer = await request(`http://ncp.invalid${target}`, { dispatcher: inProcess(simulator), headers });
  return answer.body.text();
}
