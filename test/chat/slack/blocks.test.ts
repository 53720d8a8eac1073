import type { Button } from '@slack/types';
import { describe, expect, it } from 'vitest';
import { cardView } from '../../../lib/chat/core/card.ts';
import { cardMessage, textMessage } from '../../../lib/chat/slack/blocks.ts';
import { saying } from '../../wording/worded.ts';
import { card, manyServers, SNAPSHOTS, server } from '../cards.ts';
import { brokenLimits, HOSTILE, texts } from './limits.ts';
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

describe('any run', () => {
  it.each(HOSTILE)('of 200 servers called %j says how many there are', (name) => {
    const servers = manyServers(200).map((one) => ({ ...one, serverName: name, reason: saying(name) }));
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

it('mentions the approvers of Slack, and nobody whose id is invalid', () => {
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
});
