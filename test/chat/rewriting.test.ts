/** Whatever a keyboard, a clipboard or Slack's composer makes of a command, it takes no server that it did not name. */

import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseCommand } from '../../lib/chat/core/commands.ts';
import { matcher } from '../../lib/termination/decision/glob.ts';
import { inTurn, normalForm, type Rewrite, rewriting } from '../termination/rewriting.ts';

const CONTEXT = { now: Date.parse('2026-11-24T03:00:00Z'), timezone: 'Asia/Seoul' };
const SEED = 20_261_126;

const FLEET = ['review-1', 'review-10', 'review-11', 'dev-1', 'dev-2', 'keep-1', 'plan', '개발-1', 'café-1'];

interface Told {
  /** Words in front of the names; empty: none, as after a slash command. */
  verb: string;
  names: string[];
  /** Words behind them. */
  rest: string[];
}

const name = fc.constantFrom(...FLEET, 'review-*', 'dev-?', '*-1', '"plan"', '`dev-1`');
const told: fc.Arbitrary<Told> = fc.record({
  verb: fc.constantFrom('', '', 'terminate', '반납', 'plan', '계획', 'keep', 'status', '유지'),
  names: fc.array(name, { minLength: 1, maxLength: 3 }),
  rest: fc.constantFrom<string[][]>(
    [],
    ['because', 'it', 'is', 'over'],
    ['이유:', '데모', '종료'],
    ['with', 'nightly-dev'],
    ['for', '3d', 'because', 'of', 'dev-2'],
    ['until', '2026-12-31'],
    ['반납해', '주세요'],
  ),
});

const plain = told.filter(({ names }) => !names.some((one) => /[*?"`]/.test(one)));

const formatted: fc.Arbitrary<Rewrite> = fc
  .constantFrom('*', '**', '_', '~', '*_')
  .map((mark) => (text) => `${mark}${text}${Array.from(mark).toReversed().join('')}`);

const mark = fc.oneof(
  { weight: 9, arbitrary: fc.constant<Rewrite>((text) => text) },
  { weight: 1, arbitrary: formatted },
);
const rewritten: fc.Arbitrary<Rewrite[]> = fc
  .tuple(rewriting, fc.array(mark, { minLength: 40, maxLength: 40 }))
  .map(([all, marks]) => all.map((one, index) => (text) => marks[index]?.(one(text)) ?? ''));

/** As a chat carries it out: every name must match a server, or nothing is done at all. */
function taken(text: string): string[] {
  const command = parseCommand(text, CONTEXT);
  if (command.kind !== 'terminate') return [];
  const found = command.names.map((glob) => FLEET.filter(matcher(glob)));
  return found.some((some) => some.length === 0) ? [] : [...new Set(found.flat())];
}

function written({ verb, names, rest }: Told, re: Rewrite): string {
  return [...(verb === '' ? [] : [verb]), ...names, ...rest].map(re).join(' ');
}

it('a command takes no server that it would not have taken, however its words come', () => {
  const seen = { before: 0, after: 0, fewer: 0 };
  fc.assert(
    fc.property(told, rewritten, (given, rewrites) => {
      const before = taken(written(given, (text) => text));
      const text = written(given, inTurn(rewrites));
      const after = taken(text);
      expect({ text, before }).toEqual({ text, before: expect.arrayContaining(after) });
      seen.before += before.length > 0 ? 1 : 0;
      seen.after += after.length > 0 ? 1 : 0;
      seen.fewer += after.length < before.length ? 1 : 0;
    }),
    { seed: SEED, numRuns: 4_000 },
  );
  expect(Math.min(seen.before, seen.after, seen.fewer)).toBeGreaterThan(100);
});

it('a command in bold from its first word to its last takes nothing', () => {
  fc.assert(
    fc.property(plain, (given) => {
      expect(taken(`*${written(given, (text) => text)}*`)).toEqual([]);
    }),
    { seed: SEED, numRuns: 500 },
  );
});

it('a command means the same composed and decomposed', () => {
  fc.assert(
    fc.property(told, fc.array(normalForm, { minLength: 20, maxLength: 20 }), (given, forms) => {
      const text = written(given, (one) => one);
      expect(parseCommand(written(given, inTurn(forms)), CONTEXT)).toEqual(parseCommand(text, CONTEXT));
    }),
    { seed: SEED, numRuns: 500 },
  );
});
