import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { checkPolicies } from '../../lib/policies/check.ts';
import { policiesSchema } from '../../lib/policies/schema.ts';
import { NOW } from './written.ts';

const OWN = readFileSync('policies.yml', 'utf8');

/** The project's file with pieces taken out, doubled or written over: what slips of the hand make of it. */
const slips = fc
  .array(
    fc.record({
      at: fc.nat(OWN.length),
      length: fc.nat(40),
      instead: fc.oneof(
        fc.constantFrom(
          '',
          '*',
          '&a',
          '<<: *a',
          '\t',
          '\n',
          '{',
          ']',
          ': ',
          '- ',
          '~',
          '!!x',
          '"',
          '__proto__: 1',
          '---\n',
        ),
        fc.string({ unit: 'grapheme', maxLength: 8 }),
      ),
    }),
    { minLength: 1, maxLength: 4 },
  )
  .map((changes) =>
    changes.reduce((text, { at, length, instead }) => text.slice(0, at) + instead + text.slice(at + length), OWN),
  );

it('any text is either accepted as a whole or refused with the place of its problem', () => {
  let taken = 0;
  let refused = 0;
  fc.assert(
    fc.property(slips, (text) => {
      const { policies, problems } = checkPolicies(text, { now: NOW });
      expect(policies === undefined).toBe(problems.length > 0);
      const lines = text.split(/\r\n|\r|\n/).length;
      for (const { line, column, message } of problems) {
        expect(line >= 1 && line <= lines && column >= 1).toBe(true);
        expect(message).not.toMatch(/undefined|\[object|\n/);
      }
      expect(policies === undefined || policiesSchema.safeParse(policies).success).toBe(true);
      taken += policies === undefined ? 0 : 1;
      refused += policies === undefined ? 1 : 0;
    }),
    { numRuns: 300 },
  );
  // Both happen, or this test would prove nothing.
  expect(Math.min(taken, refused)).toBeGreaterThan(0);
});
