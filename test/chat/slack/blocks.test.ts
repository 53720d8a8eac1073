import type { Button, KnownBlock } from '@slack/types';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cardView } from '../../../lib/chat/card.ts';
import { cardMessage, SLACK_LIMITS, textMessage } from '../../../lib/chat/slack/blocks.ts';
import type { RunCard } from '../../../lib/termination/run-card.ts';
import { card, manyServers, SNAPSHOTS, server } from '../cards.ts';
import { shown } from './shown.ts';

const LANGUAGES = ['en', 'ko'] as const;

describe.each(LANGUAGES)('the message in %s', (language) => {
  it.each(Object.entries(SNAPSHOTS))('of a run: %s', async (name, given) => {
    const view = cardView(given, language, { link: 'https://banap.example/runs/chat-7f3a?a=1&b=2' });
    const { text, blocks } = cardMessage(view);
    await expect(`${text}\n\n${shown(blocks)}`).toMatchFileSnapshot(`./snapshots/${name}.${language}.txt`);
    expect(brokenLimits(blocks)).toEqual([]);
  });
});

/** Every limit of Slack's that these blocks break, and every text in which something of others would be read. */
function brokenLimits(blocks: readonly KnownBlock[]): string[] {
  const problems: string[] = [];
  const atMost = (what: string, length: number, most: number): void => {
    if (length > most || length < 1) problems.push(`${what}: ${length}, at most ${most}`);
  };
  atMost('blocks', blocks.length, SLACK_LIMITS.blocks);
  atMost('json', JSON.stringify(blocks).length, SLACK_LIMITS.json);
  for (const block of blocks) {
    if (block.type === 'header') atMost('header', block.text.text.length, SLACK_LIMITS.header);
    if (block.type === 'section') {
      atMost('section', block.text?.text.length ?? 0, SLACK_LIMITS.sectionText);
      if (block.text?.type !== 'plain_text') problems.push('a section that is not plain');
    }
    if (block.type === 'context') atMost('context', block.elements.length, 10);
    if (block.type === 'actions') {
      atMost('actions', block.elements.length, SLACK_LIMITS.actionsElements);
      const buttons = block.elements as Button[];
      if (new Set(buttons.map((one) => one.action_id)).size !== buttons.length) problems.push('an action_id twice');
      for (const { text, value = '', action_id = '', confirm } of buttons) {
        atMost('button', text.text.length, SLACK_LIMITS.buttonText);
        atMost('value', value.length, SLACK_LIMITS.buttonValue);
        atMost('action_id', action_id.length, SLACK_LIMITS.actionId);
        if (confirm === undefined) continue;
        atMost('confirm title', confirm.title?.text.length ?? 0, SLACK_LIMITS.confirmTitle);
        atMost('confirm text', confirm.text.text.length, SLACK_LIMITS.confirmText);
        atMost('confirm yes', confirm.confirm?.text.length ?? 0, SLACK_LIMITS.confirmButton);
        atMost('confirm no', confirm.deny?.text.length ?? 0, SLACK_LIMITS.confirmButton);
      }
    }
  }
  for (const { type, text } of texts(blocks)) {
    if (!text.isWellFormed()) problems.push(`half a character: ${text}`);
    if (/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u.test(text.replaceAll('\n', ''))) problems.push(`a control: ${text}`);
    const isOurs = /^(<@[UW][A-Z0-9]+>( <@[UW][A-Z0-9]+>)*|<https?:[^<>|]+\|[^<>|&*_~`]+>)$/.test(text);
    if (type === 'mrkdwn' && !isOurs) problems.push(`mrkdwn: ${text}`);
    if (type === 'plain_text' && /[<>]|&(?!(amp|lt|gt);)/.test(text)) problems.push(`not escaped: ${text}`);
  }
  return problems;
}

/** Every text object, wherever it stands. */
function texts(within: unknown): { type: string; text: string }[] {
  if (typeof within !== 'object' || within === null) return [];
  const below = Object.values(within).flatMap((one: unknown) => texts(one));
  const { type, text } = within as { type?: unknown; text?: unknown };
  return typeof type === 'string' && typeof text === 'string' ? [{ type, text }, ...below] : below;
}

const HOSTILE = [
  '<!channel>',
  '<!here> @channel @here @everyone',
  '<@U012ABC>',
  '<http://evil.example|dev-1>',
  'http://evil.example/?a=1&b=2',
  '*bold* _italic_ ~gone~ `code` ```pre```',
  '> quote',
  ':fire::skull:',
  '&lt;!channel&gt;',
  '\u202egnp.exe',
  'a\nb\r\nc\u2028d',
  '개발 서버 🧑‍🚀👩‍👩‍👧',
  '😀'.repeat(128),
  '<'.repeat(256),
  '&'.repeat(256),
  'x'.repeat(256),
  '\ud800',
  '\u0000\u001b[31m',
  '"}],"type":"header"',
  ' ',
  '',
];

const text: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...HOSTILE),
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.string({ unit: 'grapheme', maxLength: 300 }),
);

const hostileCard: fc.Arbitrary<RunCard> = fc.record({
  requestId: fc.constantFrom('chat-1', 'x'.repeat(200)),
  account: text,
  policy: text,
  trigger: text,
  requestedBy: text,
  askedBy: text,
  reason: text,
  state: fc.constantFrom('awaiting-approval', 'announced', 'working', 'ended'),
  status: text,
  summary: text,
  planHash: fc.constantFrom('', '0123456789abcdef'),
  createdAt: fc.constant('2026-11-24T03:00:00.000Z'),
  updatedAt: fc.constant('2026-11-24T03:00:00.000Z'),
  approvalUntil: fc.constantFrom('', '2026-11-24T03:00:00.000Z'),
  actsAt: fc.constantFrom('', '2026-11-24T03:00:00.000Z'),
  missingApprovals: fc.nat(3),
  barred: fc.constant([]),
  approvers: fc.array(
    fc.oneof(
      text.map((one) => `slack:${one}`),
      fc.constant('slack:U012ABCDEF'),
    ),
    { maxLength: 40 },
  ),
  servers: fc.array(
    fc.record({
      serverInstanceNo: text,
      serverName: text,
      statusName: text,
      verdict: fc.constantFrom('terminate', 'wait', 'refuse', 'already-gone', 'terminated', 'failed', 'what'),
      guard: fc.constantFrom('', 'protected'),
      reason: text,
      deletes: fc.array(text, { maxLength: 4 }),
      releases: fc.array(text, { maxLength: 4 }),
      keeps: fc.array(text, { maxLength: 4 }),
    }),
    { size: 'max', maxLength: 200 },
  ),
  attention: fc.array(fc.record({ serverInstanceNo: text, serverName: text, reason: text }), { maxLength: 30 }),
  words: fc.array(
    fc.record({
      kind: fc.constantFrom('approve', 'reject', 'cancel'),
      planHash: text,
      by: text,
      name: text,
      at: fc.constantFrom('', '2026-11-24T03:00:00.000Z'),
      reason: text,
    }),
    { maxLength: 30 },
  ),
});

/** A run of so many servers is shrunk for minutes: what was found until then is told. Too few runs are no proof. */
const LIMIT = { interruptAfterTimeLimit: 15_000, markInterruptAsFailure: true };

describe('any run', () => {
  it('keeps every limit, and nothing of others is read as formatting, a mention or a link', () => {
    fc.assert(
      fc.property(
        hostileCard,
        fc.constantFrom(...LANGUAGES),
        fc.constantFrom(
          '',
          'https://banap.example/<x|y>?a&b',
          'javascript:1',
          `https://banap.example/${'x'.repeat(3000)}`,
        ),
        (given, language, link) => {
          const message = cardMessage(cardView(given, language, { link }));
          expect(brokenLimits(message.blocks)).toEqual([]);
          expect(message.text.length).toBeLessThan(4_000);
          expect(message.text).not.toMatch(/[<>]|[@#*_~`](?!\u200b)/);
        },
      ),
      { numRuns: 150, ...LIMIT },
    );
  });

  it.each(HOSTILE)('of 200 servers called %j says how many there are', (name) => {
    const servers = manyServers(200).map((one) => ({ ...one, serverName: name, reason: name }));
    const { blocks } = cardMessage(cardView(card({ servers }), 'en'));
    expect(brokenLimits(blocks)).toEqual([]);
    const lines = shown(blocks).split('\n');
    const listed = lines.filter((line) => line.startsWith('• ')).length;
    const rest = Number(/… and (\d+) servers? more/.exec(shown(blocks))?.[1] ?? 0);
    expect(listed + rest).toBe(200);
    expect(listed).toBeGreaterThan(15);
  });
});

it('lists every server where there is room for all of them, and offers no link then', () => {
  const view = cardView(card({ servers: manyServers(100) }), 'en', { link: 'https://banap.example/' });
  expect(shown(cardMessage(view).blocks)).toContain('dev-batch-worker-100 ');
  expect(shown(cardMessage(view).blocks)).not.toContain('banap.example');
});

it('shows the servers that it would take before those that it leaves alone', () => {
  const refused = manyServers(150).map((one) => ({ ...one, verdict: 'refuse', guard: 'kept' }));
  const view = cardView(card({ servers: [...refused, server({ serverName: 'the-one' })] }), 'en');
  expect(shown(cardMessage(view).blocks)).toContain('• the-one ');
});

it('mentions the approvers of Slack, and nobody whose id is none', () => {
  const approvers = ['slack:U012ABC', 'slack:<!channel>', 'slack:u012abc', 'naver-works:U012ABC', 'slack:W0123456'];
  const found = texts(cardMessage(cardView(card({ approvers }), 'en')).blocks).filter(({ type }) => type === 'mrkdwn');
  expect(found.map((one) => one.text)).toEqual(['<@U012ABC> <@W0123456>']);
  const working = cardView(card({ approvers, state: 'working' }), 'en');
  expect(texts(cardMessage(working).blocks).filter(({ type }) => type === 'mrkdwn')).toEqual([]);
});

it('asks once more before an approval, and before nothing else', () => {
  const { blocks } = cardMessage(cardView(card(), 'en'));
  const actions = blocks.find((block) => block.type === 'actions');
  const asking = ((actions?.elements ?? []) as Button[]).filter((one) => one.confirm !== undefined);
  expect(asking.map((one) => one.action_id)).toEqual(['banap.approve']);
});

describe('an answer in words', () => {
  it('keeps its lines, plain and escaped', () => {
    const { blocks, text: fallback } = textMessage('one <!channel>\ntwo *bold* & three');
    expect(blocks).toEqual([
      {
        type: 'section',
        text: { type: 'plain_text', text: 'one &lt;!channel&gt;\ntwo *bold* &amp; three', emoji: false },
      },
    ]);
    expect(fallback).toBe('one &lt;!channel&gt; two *\u200bbold*\u200b &amp; three');
  });

  it('keeps the limits, however long it is', () => {
    fc.assert(
      fc.property(fc.array(text, { maxLength: 60 }), (lines) => {
        const { blocks } = textMessage(lines.join('\n'));
        expect(brokenLimits(blocks).filter((one) => !one.startsWith('blocks: 0'))).toEqual([]);
      }),
      LIMIT,
    );
  });
});
