/** A backend on the real store and the simulator; what it starts and wakes is written down. */

import type { ChatRequest } from '../../../lib/chat/core/chat-request.ts';
import type { Backend } from '../../../lib/chat/core/handling/context.ts';
import { handle } from '../../../lib/chat/core/handling/handle.ts';
import { policiesSchema } from '../../../lib/policies/schema.ts';
import { survey } from '../../../lib/termination/planning/survey.ts';
import type { Desk } from '../../termination/desk.ts';
import { startDesk } from '../../termination/desk.ts';
import { devServer, type Ncp, startNcp } from '../../termination/harness.ts';
import { virtualClock } from '../../termination/virtual-engine.ts';

export const HANA = { id: 'slack:U0HANA', name: 'hana' };
export const MINA = { id: 'slack:U0MINA', name: 'mina' };
/** Asked for the runs, and is an approver. */
export const DURI = { id: 'slack:U0DURI', name: 'duri' };
/** No approver. */
export const GUEST = { id: 'slack:U0GUEST', name: '' };

const approvers = [HANA.id, MINA.id, DURI.id, 'naver-works:4f1c9e02-6d3a-4b7e-9c15-0a8b2d6e7f31'];
const limits = { maxServers: 200, maxPercent: 100 };

export const POLICIES = policiesSchema.parse({
  version: 1,
  policies: {
    'nightly-dev': {
      mode: 'terminate',
      select: { environment: 'vpc', names: ['dev-*'] },
      approval: { approvers, twoAboveServers: 2 },
      chat: { slack: 'C0OPS', naverWorks: 'room-1' },
      limits,
    },
    lab: {
      mode: 'terminate',
      select: { environment: 'vpc', names: ['lab-*', 'dev-lab-*'] },
      chat: { slack: 'C0OPS' },
      limits,
    },
    looks: { select: { environment: 'vpc', names: ['look-*'] }, chat: { slack: 'C0LOOK' } },
    prod: { mode: 'terminate', select: { environment: 'vpc', names: ['prod-*'] }, limits },
  },
});

const FLEET = [
  devServer(),
  devServer({ serverInstanceNo: '1002', status: 'NSTOP' }),
  devServer({ serverInstanceNo: '1003', serverName: 'dev-lab-1' }),
  devServer({ serverInstanceNo: '1004', serverName: 'lab-1' }),
  devServer({ serverInstanceNo: '1005', serverName: 'dev-safe', isProtectServerTermination: true }),
  devServer({ serverInstanceNo: '1006', serverName: 'look-1' }),
  devServer({ serverInstanceNo: '1050', serverName: 'prod-1' }),
];

export interface Counter {
  ncp: Ncp;
  desk: Desk;
  backend: Backend;
  started: { name: string; payload: unknown }[];
  woken: string[];
}

export async function openCounter(servers: Record<string, unknown>[] = FLEET): Promise<Counter> {
  const ncp = await startNcp({ servers });
  const clock = virtualClock(ncp.simulator);
  const desk = await startDesk(clock);
  const { store } = desk;
  const started: Counter['started'] = [];
  const woken: string[] = [];
  const backend: Backend = {
    policies: POLICIES,
    clock,
    language: 'en',
    store,
    start: (run) => Promise.resolve(void started.push(run)),
    wake: (wakeId) => Promise.resolve(void woken.push(wakeId)),
    plan: (request) => survey(request, { cloud: ncp.cloud, store, clock }),
  };
  return { ncp, desk, backend, started, woken };
}

let requests = 0;

/** Somebody asks: `hana` in Slack's C0OPS, unless said otherwise. */
export function chatRequest(
  content: string | Extract<ChatRequest['content'], { kind: 'click' }>['decision'],
  given: Partial<ChatRequest> = {},
): ChatRequest {
  requests += 1;
  const chat = given.chat ?? 'slack';
  return {
    chat,
    channel: chat === 'slack' ? 'C0OPS' : 'room-1',
    person: HANA,
    deliveryId: `chat-request-${requests}`,
    content: typeof content === 'string' ? { kind: 'text', text: content } : { kind: 'click', decision: content },
    prefix: chat === 'slack' && typeof content === 'string' ? '/terminate ' : '',
    ...given,
  };
}

export function ask(counter: Counter, ...of: Parameters<typeof chatRequest>): Promise<string> {
  return handle(chatRequest(...of), counter.backend);
}

/** What was said, what was answered, and what came of it: readable, and the same every time. */
export async function told(counter: Counter, ...of: Parameters<typeof chatRequest>): Promise<string> {
  const { started, woken, desk } = counter;
  const one = chatRequest(...of);
  const [runs, wakes] = [started.length, woken.length];
  const holds = await desk.store.holds('default');
  const answer = await handle(one, counter.backend);
  const { content } = one;
  const what =
    content.kind === 'text'
      ? `${one.prefix}${content.text}`
      : `[${content.decision.action}] ${content.decision.requestId}`;
  const held = (await desk.store.holds('default')).filter(
    (hold) => !holds.some((before) => JSON.stringify(before) === JSON.stringify(hold)),
  );
  return [
    `${one.person.name || one.person.id} in ${one.channel}: ${what}`,
    ...answer
      .replaceAll(/(slack|naverworks)-[0-9a-f]{16}/g, '$1-ID')
      .split('\n')
      .map((line) => `  ${line}`),
    ...started
      .slice(runs)
      .map(
        ({ payload }) =>
          `  → started ${JSON.stringify(payload).replaceAll(/(slack|naverworks)-[0-9a-f]{16}/g, '$1-ID')}`,
      ),
    ...woken.slice(wakes).map((wakeId) => `  → woke ${wakeId}`),
    ...held.map(
      (hold) =>
        `  → ${hold.kind} on ${hold.serverName} by ${hold.by} until ${hold.until.replace(/\.\d+Z$/, 'Z') || 'released'}: ${hold.reason}`,
    ),
  ].join('\n');
}
