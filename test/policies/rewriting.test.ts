/**
 * Whatever a keyboard, an editor or a clipboard makes of a text of the policy or of a tag: a plan never takes a server that
 * it would not have taken.
 */

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkPolicies } from '../../lib/policies/check.ts';
import { requestFor } from '../../lib/policies/resolve.ts';
import type { Server, Tags } from '../../lib/termination/model.ts';
import { makePlan, willAct } from '../../lib/termination/planning/plan.ts';
import { select } from '../../lib/termination/planning/select.ts';
import { FREE, server } from '../termination/builders.ts';
import { inTurn, normalForm, type Rewrite, rewriting } from '../termination/rewriting.ts';

const NOW = Date.parse('2026-03-02T00:00:00Z');
const SEED = 20_261_126;
const as: Rewrite = (text) => text;

type ToldTags = Record<string, string>;
interface ToldCriteria {
  names?: string[];
  tags?: Record<string, string | { in: string[] } | { exists: boolean }>;
  zones?: string[];
}

interface World {
  servers: { name: string; tags: ToldTags }[];
  keep: string;
  select: ToldCriteria;
  unless: ToldCriteria[];
  byTags: boolean;
  /** Names that somebody asks for; empty: all that the policy means. */
  asked: string[];
}

const NAMES = ['dev-1', 'dev-2', 'dev-db-1', '개발-1', 'café-1', 'prod-1'];
const value = fc.constantFrom('dev', 'prod', '결제', 'café');
const tagKey = fc.constantFrom('env', '팀');

const sometimes = (key: string, ...values: string[]): fc.Arbitrary<ToldTags> =>
  fc.oneof(
    { weight: 3, arbitrary: fc.constant<ToldTags>({}) },
    { weight: 1, arbitrary: fc.constantFrom(...values).map((one) => ({ [key]: one })) },
  );

const tags: fc.Arbitrary<ToldTags> = fc
  .tuple(
    fc.record({ env: value, 팀: value }, { requiredKeys: [] }),
    sometimes('keep', 'demo', '2026-01-31', '2026-12-31_데모', 'until 2026-02-01', ''),
    sometimes('보존', '데모', '2026-02-01', '2026-12-31'),
    fc.record({ ttl: fc.constantFrom('1h', 'P1M', 'PT36H', '900d') }, { requiredKeys: [] }),
    sometimes('terminate-at', '2026-01-02', '2099-12-31', '20260102T090000Z', '2026-03-02_10-00'),
  )
  .map((all) => Object.assign({}, ...all));

const criterion = fc.oneof(
  value,
  fc.uniqueArray(value, { minLength: 1, maxLength: 2 }).map((some) => ({ in: some })),
  fc.boolean().map((exists) => ({ exists })),
);

const names = fc.uniqueArray(fc.constantFrom(...NAMES, 'dev-*', 'dev-?', '*-1', '개발-?'), {
  minLength: 1,
  maxLength: 3,
});
const criteria: fc.Arbitrary<ToldCriteria> = fc.oneof(
  fc.record({ names }),
  fc.record({ names, tags: fc.dictionary(tagKey, criterion, { minKeys: 1 }) }),
  fc.record({ tags: fc.dictionary(tagKey, criterion, { minKeys: 1, maxKeys: 1 }) }),
);

/** KR-1 is where all of them are. */
const inZone: fc.Arbitrary<ToldCriteria> = fc.constant({ zones: ['KR-1'] });
const excepting = fc.oneof({ weight: 9, arbitrary: criteria }, { weight: 1, arbitrary: inZone });

const world: fc.Arbitrary<World> = fc.record({
  servers: fc
    .tuple(...NAMES.map((name) => fc.record({ name: fc.constant(name), tags })))
    .map((all) => all.map(({ name, tags: own }) => ({ name, tags: own }))),
  keep: fc.constantFrom('keep', '보존'),
  select: criteria,
  unless: fc.array(excepting, { maxLength: 2 }),
  byTags: fc.boolean(),
  asked: fc.oneof(fc.constant<string[]>([]), names),
});

/** The bytes of the file. YAML takes JSON as it is. */
function fileOf({ keep, select: wanted, unless, byTags }: World, re: Rewrite): string {
  const policy = {
    mode: 'terminate',
    select: { environment: 'vpc', ...rewritten(wanted, re) },
    ...(unless.length === 0 ? {} : { unless: unless.map((one) => rewritten(one, re)) }),
    expiry: byTags ? 'tags' : 'none',
    limits: { maxServers: 100, maxPercent: 100 },
  };
  return JSON.stringify({ version: 1, tags: { keep: re(keep) }, policies: { p: policy } });
}

function rewritten({ names: given, tags: own, zones }: ToldCriteria, re: Rewrite): ToldCriteria {
  const each = Object.entries(own ?? {}).map(([key, one]) => [
    re(key),
    typeof one === 'string' ? re(one) : 'in' in one ? { in: one.in.map(re) } : one,
  ]);
  return {
    ...(given === undefined ? {} : { names: given.map(re) }),
    ...(own === undefined ? {} : { tags: Object.fromEntries(each) }),
    ...(zones === undefined ? {} : { zones: zones.map(re) }),
  };
}

function fleetOf({ servers }: World, re: Rewrite): { all: Server[]; tagsOf: Map<string, Tags> } {
  const told = servers.map(({ name, tags: own }, index) => {
    const no = String(1001 + index);
    const entries = Object.entries(own).map(([key, one]) => [re(key), re(one)]);
    return { one: server({ serverInstanceNo: no, serverName: re(name) }), own: Object.fromEntries(entries) };
  });
  return { all: told.map(({ one }) => one), tagsOf: new Map(told.map(({ one, own }) => [one.serverInstanceNo, own])) };
}

/** The servers that a plan would touch. A file that is refused plans nothing. */
function taken(given: World, re: Rewrite, encoded = (file: string): Uint8Array => Buffer.from(file)): string[] {
  const { policies } = checkPolicies(encoded(fileOf(given, re)), { now: NOW });
  if (policies === undefined) return [];
  const ask = { policy: 'p', servers: [], names: given.asked.map(re), mode: undefined, reason: '', requestedBy: '' };
  const request = requestFor({ requestId: 'r', trigger: 'cli', ask: { kind: 'policy', ask } }, policies);
  const { all, tagsOf } = fleetOf(given, re);
  const plan = makePlan(
    { ...request, mode: 'terminate' },
    {
      at: new Date(NOW).toISOString(),
      all,
      selection: select(request, { all, tagsOf, now: NOW }),
      elsewhere: { found: [], unread: [], closed: [] },
      known: new Set<string>(),
      constraintsOf: (no) => ({ ...FREE, tags: tagsOf.get(no) ?? {} }),
      today: [],
      holds: all.length,
    },
  );
  return plan.items.filter(willAct).map((item) => item.target.serverInstanceNo);
}

/** How many worlds took something before and after, so that the property is about something. */
const seen = { before: 0, after: 0, fewer: 0 };

describe('a plan', () => {
  it('takes no server that it would not have taken, however its texts come', () => {
    fc.assert(
      fc.property(world, rewriting, (given, rewrites) => {
        const before = taken(given, as);
        const after = taken(given, inTurn(rewrites));
        expect(before).toEqual(expect.arrayContaining(after));
        seen.before += before.length > 0 ? 1 : 0;
        seen.after += after.length > 0 ? 1 : 0;
        seen.fewer += after.length < before.length ? 1 : 0;
      }),
      { seed: SEED, numRuns: 500 },
    );
    expect(Math.min(seen.before, seen.after, seen.fewer)).toBeGreaterThan(50);
  });

  it('takes the same servers where texts come decomposed or composed', () => {
    fc.assert(
      fc.property(world, fc.array(normalForm, { minLength: 30, maxLength: 30 }), (given, forms) => {
        expect(taken(given, inTurn(forms))).toEqual(taken(given, as));
      }),
      { seed: SEED, numRuns: 150 },
    );
  });

  it('takes nothing by a file in another encoding', () => {
    const encodings: ((file: string) => Uint8Array)[] = [
      (file) => Buffer.from(`\ufeff${file}`, 'utf16le'),
      (file) => Buffer.from(file, 'utf16le'),
      (file) => inCp949(file),
      (file) => Buffer.from(Buffer.from(inCp949(file)).toString('utf8')),
    ];
    fc.assert(
      fc.property(world, fc.constantFrom(...encodings), (given, encoded) => {
        const isAscii = /^[\0-\x7f]*$/.test(fileOf(given, as));
        const after = taken(given, as, encoded);
        // Text without Korean is the same in CP949.
        expect(isAscii ? taken(given, as) : []).toEqual(expect.arrayContaining(after));
      }),
      { seed: SEED, numRuns: 300 },
    );
  });
});

const CP949: Readonly<Record<string, number[]>> = {
  개: [0xb0, 0xb3],
  발: [0xb9, 0xdf],
  결: [0xb0, 0xe1],
  제: [0xc1, 0xa6],
  팀: [0xc6, 0xc0],
  보: [0xba, 0xb8],
  존: [0xc1, 0xb8],
  é: [0xa8, 0xae],
};

function inCp949(text: string): Uint8Array {
  return Buffer.from(Array.from(text).flatMap((letter) => CP949[letter] ?? [...Buffer.from(letter)]));
}
