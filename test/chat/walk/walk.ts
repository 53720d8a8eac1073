/* oxlint-disable unicorn/consistent-function-scoping -- what reads the book stands where the book is */

/** A run from the question to the end, with what people do at one moment of it, and every message as the chats took it. */

import type { KnownBlock } from '@slack/types';
import { onTestFinished } from 'vitest';
import { inZone } from '../../../lib/calendar/shown.ts';
import { chatSettings, openChats } from '../../../lib/chat/chats.ts';
import type { CardAction } from '../../../lib/chat/core/card-button.ts';
import type { Backend } from '../../../lib/chat/core/handling/context.ts';
import { handle } from '../../../lib/chat/core/handling/handle.ts';
import { systemClock } from '../../../lib/clock.ts';
import { type LocalNaverWorks, startNaverWorks } from '../../../lib/dev/naver-works.ts';
import { type LocalSlack, startSlack } from '../../../lib/dev/slack.ts';
import { approvalOf } from '../../../lib/policies/resolve.ts';
import { type Policy, policiesSchema } from '../../../lib/policies/schema.ts';
import { survey } from '../../../lib/termination/planning/survey.ts';
import type { Notifier } from '../../../lib/termination/status/run-view.ts';
import type { Language } from '../../../lib/wording/language.ts';
import { devServer } from '../../termination/harness.ts';
import { carried, REQUEST_ID, type Stage, startStage } from '../../termination/people.ts';
import { virtualClock } from '../../termination/virtual-engine.ts';
import { chatRequest } from '../handling/backend.ts';
import { shown } from '../slack/shown.ts';

const HANA = { id: 'slack:U0HANA', name: 'hana' };
const ASKER = { id: 'slack:U0ASKER', name: 'asker' };
const GUEST = { id: 'slack:U0GUEST', name: 'guest' };
const MINA = 'naver-works:c72af563-0f21-4736-8ca2-dc4f5e9cbe5e';

export const MOMENTS = ['asked about', 'announced', 'in its time of grace', 'ended'] as const;
export type Moment = (typeof MOMENTS)[number];

const policies = policiesSchema.parse({
  version: 1,
  policies: {
    nightly: {
      mode: 'terminate',
      select: { environment: 'vpc', names: ['dev-*'] },
      storage: 'delete',
      approval: { approvers: [HANA.id, MINA], expiresAfter: '12h' },
      grace: { notify: ['1h'], stopFor: '1d' },
      chat: { slack: 'C0OPS', naverWorks: 'room-1' },
      limits: { maxServers: 200, maxPercent: 100 },
    },
  },
});

/** What the person of this action does at that moment; without an action nobody does anything, not even agree. */
export async function walk(action: CardAction | undefined, moment: Moment, language: Language): Promise<string> {
  const stage = await startStage({
    servers: [
      devServer({ blockStorage: [{ blockStorageName: 'data', sizeGb: 10 }] }),
      devServer({ serverInstanceNo: '1002', serverName: 'dev-개발', publicIp: '203.0.113.7' }),
    ],
  });
  const heard = await onlookers(stage, language);
  const policy = policies.policies['nightly'] ?? fail('there is no policy');
  const notifier = heard.notifier(policy);
  const click = (what: CardAction): Promise<void> => heard.click(what, stage, language);
  const isDone = { now: false };
  const act = async (now: Moment): Promise<number | undefined> => {
    if (action === undefined || isDone.now || now !== moment) return undefined;
    isDone.now = true;
    stage.ncp.simulator.advance(60);
    await click(action);
    return 1;
  };
  const { report } = await carried(stage, {
    terms: {
      policy: 'nightly',
      storage: 'delete',
      approval: approvalOf(policy),
      askedBy: ASKER.id,
      requestedBy: `${ASKER.name} (${ASKER.id})`,
      reason: '데모가 끝났습니다',
      notifySeconds: [3_600],
      stopForSeconds: 86_400,
    },
    tools: { notifier },
    sleeping: {
      'approval-1.1': async () => {
        const acted = await act('asked about');
        if (acted !== undefined || action === undefined) return acted;
        stage.ncp.simulator.advance(60);
        await click('approve');
        return 1;
      },
    },
    whileAsleep: ({ name }) =>
      act(
        name.startsWith('sleep-announced')
          ? 'announced'
          : name.startsWith('sleep-wait-')
            ? 'in its time of grace'
            : 'ended',
      ),
  });
  await act('ended');
  heard.say(`the report says: ${report.summary}`);
  return `## ${action ?? 'nobody says anything'}${action === undefined ? '' : `, ${moment}`}\n\n${heard.lines().join('\n')}\n`;
}

interface Onlookers {
  notifier(policy: Policy): Notifier;
  click(action: CardAction, stage: Stage, language: Language): Promise<void>;
  say(line: string): void;
  lines(): string[];
}

/** Both services on this machine, and a record of what they took, with the simulated time. */
async function onlookers(stage: Stage, language: Language): Promise<Onlookers> {
  const [slack, works] = await Promise.all([startSlack(), startNaverWorks()]);
  onTestFinished(() => Promise.all([slack.close(), works.close()]).then(() => undefined));
  const secrets = secretsOf({ slack: slack.secret, works: works.secret, links: { keys: [LINK_KEY] } });
  const env = {
    SLACK_SECRET_ID: 'slack',
    NAVER_WORKS_SECRET_ID: 'works',
    CONFIRM_SECRET_ID: 'links',
    BANAP_PUBLIC_URL: 'https://banap.example.com',
    BANAP_LANGUAGE: language,
    BANAP_SLACK_URL: slack.url,
    BANAP_NAVER_WORKS_URL: works.url,
  };
  const failed = (error: unknown): void => void book.push(`FAILED: ${String(error)}`);
  const chats = openChats(chatSettings(env), {
    secrets,
    clock: systemClock,
    store: stage.desk.store,
    onFailure: failed,
  });
  const book: string[] = [];
  const read = reader(slack, works);
  const say = (line: string): void => void book.push(`${timeOf(stage)} ${line}`);
  return {
    notifier: (policy) => {
      const notifier = chats.notifierFor(policy) ?? fail('there is no notifier');
      const noting = async <T>(act: Promise<T>): Promise<T> => {
        const result = await act;
        for (const line of read()) say(line);
        return result;
      };
      return {
        show: async (card) => {
          const isShown = await noting(notifier.show(card));
          stage.notifier.shown.push(structuredClone(card));
          return isShown;
        },
        notify: (card, notice) => noting(notifier.notify(card, notice)),
      };
    },
    click: async (action, of, spoken) => {
      const person = action === 'approve' || action === 'reject' ? HANA : GUEST;
      const decision = { action, requestId: REQUEST_ID, planHash: of.notifier.shown.at(-1)?.planHash ?? '' };
      const answer = await handle(chatRequest(decision, { person }), backendOf(of, spoken));
      say(`${person.name} clicks ${action}, and is told:\n${indented(answer)}`);
    },
    say,
    lines: () => book,
  };
}

const LINK_KEY = Buffer.alloc(32, 7).toString('base64');

/** What came since it was read last. */
function reader(slack: LocalSlack, works: LocalNaverWorks): () => string[] {
  const seen = new Map<string, number>();
  let told = 0;
  return () => {
    const lines: string[] = [];
    for (const { ts, channel, threadTs, history } of slack.messages) {
      const before = seen.get(ts) ?? 0;
      for (const [index, content] of history.slice(before).entries()) {
        const what = threadTs !== '' ? 'gets a reply' : before + index === 0 ? 'gets a message' : 'is changed to';
        lines.push(`Slack ${channel} ${what}:\n${indented(shown(content.blocks as KnownBlock[]))}`);
      }
      seen.set(ts, history.length);
    }
    // Rooms and people are told at the same time, so either may come first.
    const news = works.messages.slice(told).toSorted((a, b) => a.to.localeCompare(b.to, 'en'));
    for (const { to, text } of news) lines.push(`NAVER WORKS ${to}:\n${indented(text)}`);
    told = works.messages.length;
    return lines;
  };
}

function backendOf({ ncp, desk, woken }: Stage, language: Language): Backend {
  const { store } = desk;
  const clock = virtualClock(ncp.simulator);
  return {
    policies,
    clock,
    language,
    store,
    start: () => Promise.resolve(),
    wake: (wakeId) => Promise.resolve(void woken.push(wakeId)),
    plan: (request) => survey(request, { cloud: ncp.cloud, store, clock }),
  };
}

function secretsOf(of: Record<string, unknown>): Parameters<typeof openChats>[1]['secrets'] {
  const read: Parameters<typeof openChats>[1]['secrets']['read'] = (id, schema) =>
    Promise.resolve(schema.parse(of[id]));
  return { read, readFresh: read };
}

function timeOf({ ncp }: Stage): string {
  return inZone(ncp.simulator.now().getTime(), 'Asia/Seoul');
}

/** Links differ only in the time of their signature, so what follows the path is left out. */
function indented(text: string): string {
  return text
    .trimEnd()
    .replaceAll(/(\/confirm\/)[A-Za-z0-9_.-]+/g, '$1…')
    .split('\n')
    .map((line) => (line === '' ? '' : `    ${line}`))
    .join('\n');
}

function fail(why: string): never {
  throw new Error(why);
}
