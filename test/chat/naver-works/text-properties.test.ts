import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { cardView } from '../../../lib/chat/core/card.ts';
import { cardText, MOST_MESSAGE } from '../../../lib/chat/naver-works/text.ts';
import { refusedWith, saying } from '../../wording/worded.ts';
import { APPROVED, card, manyServers } from '../cards.ts';

const CONFIRM = 'https://banap.example/confirm/token';

it('holds 2,000 characters, whatever others wrote, with the link whole', () => {
  const long = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.constant('개발 😀'.repeat(60)),
    fc.constant('a\nb'),
  );
  fc.assert(
    fc.property(long, fc.nat(200), fc.nat(20), (text, servers, others) => {
      const given = card({
        reason: text,
        failure: refusedWith(text),
        refusal: saying(text),
        approvers: Array.from({ length: others }, () => text),
        servers: manyServers(servers).map((one) => ({ ...one, serverName: text, reason: saying(text) })),
        attention: Array.from({ length: others }, () => ({
          serverInstanceNo: '1',
          serverName: text,
          reason: saying(text),
        })),
        signals: Array.from({ length: others }, () => ({ ...APPROVED, reason: text })),
      });
      const message = cardText(cardView(given, 'ko', { link: 'https://banap.example/' }), {
        confirmLink: `${CONFIRM}/${'x'.repeat(300)}`,
      });
      expect(message.length).toBeLessThanOrEqual(MOST_MESSAGE);
      expect(message).toContain('x'.repeat(300));
      expect(message.isWellFormed()).toBe(true);
    }),
  );
});
