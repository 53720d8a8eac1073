import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { composed, drawn, likeness, meaning, visible } from '../lib/text/folding.ts';

describe('what a word means', () => {
  it.each([
    [
      'keep',
      [
        'KEEP',
        ' keep ',
        'keep\u200b',
        'ｋｅｅｐ',
        'keep\u00a0',
        '\ufeffkeep',
        'ke\u00adep',
        'k\u2067eep',
        'ke\u0000ep',
      ],
    ],
    ['보존', ['보존'.normalize('NFD'), '보\u200b존', '보존\u3164']],
    ['straße', ['STRASSE', 'Straße', 'strasse']],
    ['é', ['E\u0301', 'e\u200d\u0301']],
  ])('is the same for all spellings of %s', (word, spellings) => {
    for (const one of spellings) expect({ one, meaning: meaning(one) }).toEqual({ one, meaning: meaning(word) });
  });

  it.each([
    ['keep', 'kep'],
    ['terminate-at', 'terminate_at'],
    ['보존', '보관'],
    ['ke ep', 'keep'],
  ])('is not the same for %s and %s', (one, other) => {
    expect(meaning(one)).not.toBe(meaning(other));
  });

  it('does not change when it is taken again, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 20 }), (text) => {
        expect(meaning(meaning(text))).toBe(meaning(text));
        expect(composed(visible(text))).toBe(visible(text));
      }),
      { seed: 20_261_126, numRuns: 2_000 },
    );
  });
});

describe('two texts', () => {
  it.each([
    ['결제', '결제'.normalize('NFD'), 'same'],
    ['dev', 'dev', 'same'],
    ['dev', 'Dev', 'alike'],
    ['dev', 'dev ', 'alike'],
    ['dev', 'ｄｅｖ', 'alike'],
    ['dev', 'de\u200bv', 'alike'],
    ['dev', 'prod', 'other'],
  ])('%j and %j are %s', (one, other, like) => {
    expect(likeness(one, other)).toBe(like);
    expect(likeness(other, one)).toBe(like);
  });
});

describe('what a reader saw', () => {
  it('leaves out what is not shown, and keeps what turns the direction of writing', () => {
    expect(visible('d\u200be\u00adv-\ufe0f1\ufeff')).toBe('dev-1');
    expect(visible('한글'.normalize('NFD'))).toBe('한글');
    expect(visible('dev\u202e-1')).toBe('dev\u202e-1');
    expect(visible('Dev-１')).toBe('Dev-１');
  });
});

describe('what a word looks like', () => {
  it.each([
    ['keep', ['кеер', 'ΚΕΕΡ', 'Kеep', ' ｋｅｅｐ\u200b']],
    ['slack:', ['ѕӏаск：', 'SLACK꞉']],
    ['kép', ['ке\u0301р', 'кép']],
    ['terminate-at', ['terminate_at', 'terminate–at']],
  ])('is %s in letters of other scripts, too', (word, spellings) => {
    for (const one of spellings) expect({ one, drawn: drawn(one) }).toEqual({ one, drawn: word });
  });

  it('is the same for all that mean the same, and does not change when it is taken again', () => {
    const some = fc.constantFrom(...Array.from('аекоρіΚＫ\u0301\u0302\u200b _–：가\u1100\u1161ßς'));
    const text = fc.oneof(fc.string({ unit: some }), fc.string({ unit: 'binary', maxLength: 20 }));
    fc.assert(
      fc.property(text, (one) => {
        expect(drawn(meaning(one))).toBe(drawn(one));
        expect(drawn(drawn(one))).toBe(drawn(one));
      }),
      { seed: 20_261_127, numRuns: 2_000 },
    );
  });
});
