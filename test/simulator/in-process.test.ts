import { Agent, type Dispatcher, errors, request } from 'undici';
import { describe, expect, it, onTestFinished } from 'vitest';
import { NcloudError } from '../../lib/ncloud/errors.ts';
import { Transport } from '../../lib/ncloud/transport.ts';
import { DEFAULT_LIMITS } from '../../lib/ncloud/transport-limits.ts';
import type { SimulatedNcp, SimulatorOptions } from '../../lib/simulator/simulator.ts';
import { signed, simulator, simulatorWithin } from './caller.ts';
import { inProcess, type WireOptions } from './in-process.ts';

interface Way {
  origin: string;
  dispatcher: Dispatcher;
  ncp: SimulatedNcp;
}

async function overASocket(options: Partial<SimulatorOptions>): Promise<Way> {
  const ncp = await simulator({ gatewayNow, ...options });
  const dispatcher = new Agent();
  onTestFinished(async () => {
    await dispatcher.destroy();
    await ncp.close();
  });
  return { origin: ncp.url, dispatcher, ncp };
}

function within(options: Partial<SimulatorOptions>, wire: WireOptions = {}): Way {
  const ncp = simulatorWithin({ gatewayNow, ...options });
  return { origin: 'http://ncp.invalid', dispatcher: inProcess(ncp, wire), ncp };
}

const NOW = Date.parse('2026-03-01T00:00:00Z');
const gatewayNow = (): number => NOW;

interface Sent {
  method?: 'GET' | 'POST';
  target: string;
  headers?: Record<string, string>;
  body?: string;
}

/** The whole answer as text, without what is random in it. */
async function told({ origin, dispatcher, ncp }: Way, sent: Sent): Promise<unknown> {
  const { method = 'GET', target, headers = signed(method, target, NOW), body } = sent;
  const options = { method, headers, dispatcher, ...(body === undefined ? {} : { body }) };
  const answer = await request(origin + target, options).then(
    async (reply) => ({
      status: reply.statusCode,
      headers: Object.entries(reply.headers).filter(([name]) => name !== 'connection' && name !== 'keep-alive'),
      bytes: Buffer.from(await reply.body.arrayBuffer()).toString('latin1'),
    }),
    (error: unknown) =>
      error instanceof errors.UndiciError ? { name: error.name, code: error.code, message: error.message } : error,
  );
  return JSON.parse(blanked({ answer, state: { ...ncp.state(), now: '' }, journal: ncp.journal() }));
}

function blanked(value: unknown): string {
  return JSON.stringify(value).replaceAll(/[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}/g, 'random');
}

const STOP = '/vserver/v2/stopServerInstances?serverInstanceNoList.1=1001';
const LIST = '/vserver/v2/getServerInstanceList?regionCode=KR';

const CALLS: [what: string, sent: Sent, faults?: string][] = [
  ['a list in XML', { target: LIST }],
  ['a list in JSON', { target: `${LIST}&responseFormatType=json` }],
  ['a list of Classic', { target: '/server/v2/getServerInstanceList?regionNo=1' }],
  ['an act', { target: STOP }],
  ['an act that is refused', { target: STOP.replace('stop', 'terminate') }],
  [
    'Resource Manager',
    { method: 'POST', target: '/resource-manager/v1/resources', body: '{"resourceType":"Server","regionCode":"KR"}' },
  ],
  ['an unknown path', { target: '/nothing' }],
  ['no signature', { target: LIST, headers: {} }],
  ['a body that is too large', { method: 'POST', target: LIST, body: 'x'.repeat(1024 * 1024 + 1) }],
  ['the side door', { target: '/_simulator/state', headers: {} }],
  ['a throttled act', { target: STOP }, '*:429/410:1'],
  ['a failure at the gateway', { target: STOP }, '*:503/500:1'],
  ['a cut before the act', { target: STOP }, '*:cut-before:1'],
  ['a cut after the act', { target: STOP }, '*:cut-after:1'],
  ['a delay', { target: STOP }, '*:delay=0.05:1'],
  ['garbage', { target: STOP }, '*:garbage:1'],
  ['half a reply', { target: LIST }, '*:truncate:1'],
  ['an empty reply', { target: STOP }, '*:empty:1'],
  ['a page in HTML', { target: STOP }, '*:html:1'],
];

describe('a client and a simulator in one process', () => {
  it.each(CALLS)('say byte for byte what they say over a socket: %s', async (_what, sent, faults = '') => {
    const [socket, wire] = [await overASocket({ faults }), within({ faults })];
    expect(await told(wire, sent)).toEqual(await told(socket, sent));
  });

  it('cut a connection as a socket does, so that the client takes it for the same', async () => {
    const faults = '*:cut-before:1';
    for (const { origin, dispatcher } of [await overASocket({ faults }), within({ faults })]) {
      const transport = new Transport(DEFAULT_LIMITS, dispatcher);
      const headers = signed('GET', STOP, NOW);
      const error = await transport
        .send({ url: origin + STOP, method: 'GET', headers }, { action: 'stop', now: NOW })
        .catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(NcloudError);
      expect(error).toMatchObject({ kind: 'cut', returnMessage: `${origin} closed the connection` });
    }
  });

  it('let a delay pass in simulated time, and the client give up on one that is too long', async () => {
    const { origin, dispatcher, ncp } = within({ faults: '*:delay=20:1,*:delay=60:1' }, { latencySeconds: 0.4 });
    const headers = signed('GET', STOP, NOW);
    expect((await request(origin + STOP, { dispatcher, headers })).statusCode).toBe(200);
    expect(ncp.now()).toEqual(new Date(NOW + 20_400));
    await expect(request(origin + LIST, { dispatcher, headers: signed('GET', LIST, NOW) })).rejects.toMatchObject({
      code: 'UND_ERR_HEADERS_TIMEOUT',
    });
    expect(ncp.now()).toEqual(new Date(NOW + 20_400 + 30_200));
  });

  it('let somebody act before and after each call', async () => {
    const seen: string[] = [];
    const hooks = {
      beforeCall: (n: number) => seen.push(`before ${n}: ${ncp.journal().length} entries`),
      afterCall: (n: number) => seen.push(`after ${n}: ${ncp.journal().length} entries`),
    };
    const { origin, dispatcher, ncp } = within({}, hooks);
    for (const target of [LIST, LIST]) {
      await (await request(origin + target, { dispatcher, headers: signed('GET', target, NOW) })).body.text();
    }
    expect(seen).toEqual(['before 1: 0 entries', 'after 1: 1 entries', 'before 2: 1 entries', 'after 2: 2 entries']);
  });

  it('stop at an abort signal: before the call nothing arrives, in flight the act is done and its answer lost', async () => {
    for (const [hook, arrived] of [
      ['beforeCall', 0],
      ['afterCall', 1],
    ] as const) {
      const abort = new AbortController();
      const { origin, dispatcher, ncp } = within({}, { [hook]: () => abort.abort() });
      const sent = request(origin + STOP, { dispatcher, headers: signed('GET', STOP, NOW), signal: abort.signal });
      await expect(sent).rejects.toMatchObject({ name: 'AbortError' });
      expect(ncp.journal().filter(({ kind }) => kind === 'call')).toHaveLength(arrived);
    }
  });
});
