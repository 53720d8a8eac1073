import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cardView } from '../../../lib/chat/core/card.ts';
import { cardMessage, textMessage } from '../../../lib/chat/slack/blocks.ts';
import type { Reason } from '../../../lib/termination/reasons.ts';
import type { RunView } from '../../../lib/termination/status/run-view.ts';
import { refusedWith, saying } from '../../wording/worded.ts';
import { brokenLimits, HOSTILE } from './limits.ts';

const text: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...HOSTILE),
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.string({ unit: 'grapheme', maxLength: 300 }),
);

const saidBySomebody: fc.Arbitrary<Reason> = text.map(saying);

const hostileCard: fc.Arbitrary<RunView> = fc.record({
  requestId: fc.constantFrom('chat-1', 'x'.repeat(200)),
  account: text,
  policy: text,
  trigger: text,
  requestedBy: text,
  askedBy: text,
  reason: text,
  state: fc.constantFrom('awaiting-approval', 'announced', 'working', 'ended'),
  status: text,
  failure: text.map(refusedWith),
  refusal: fc.option(saidBySomebody),
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
      createDate: fc.constantFrom('', '2026-01-01T00:00:00+09:00'),
      about: fc.record({
        zoneCode: text,
        size: fc.record({ cpuCount: fc.nat(128), memoryBytes: fc.nat(2 ** 31 - 1), productCode: text }),
        owner: text,
      }),
      statusName: text,
      verdict: fc.constantFrom('terminate', 'wait', 'refuse', 'already-gone', 'terminated', 'failed', 'what'),
      guard: fc.constantFrom('', 'protected'),
      reason: fc.option(saidBySomebody),
      deletes: fc.array(text, { maxLength: 4 }),
      deletesBytes: fc.nat(2 ** 31 - 1),
      releases: fc.array(text, { maxLength: 4 }),
      keeps: fc.array(text, { maxLength: 4 }),
      times: fc.constant({ stop: '', terminate: '', gone: '' }),
    }),
    { size: 'max', maxLength: 200 },
  ),
  attention: fc.array(fc.record({ serverInstanceNo: text, serverName: text, reason: saidBySomebody }), {
    maxLength: 30,
  }),
  signals: fc.array(
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

/** Shrinking a run of this many servers takes minutes: report what was found by then. Too few runs prove nothing. */
const LIMIT = { interruptAfterTimeLimit: 15_000, markInterruptAsFailure: true };

describe('any run', () => {
  it('keeps every limit, and nothing of others is read as formatting, a mention or a link', () => {
    fc.assert(
      fc.property(
        hostileCard,
        fc.constantFrom('en', 'ko'),
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
});

describe('an answer in words', () => {
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
