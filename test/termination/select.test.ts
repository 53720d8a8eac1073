import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Server } from '../../lib/termination/model.ts';
import { type Tags, UnknownTags } from '../../lib/termination/model.ts';
import { type Selection, select } from '../../lib/termination/planning/select.ts';
import { PERMISSIVE, RULES, server } from './builders.ts';

function region(...names: string[]): Server[] {
  return names.map((serverName, index) => server({ serverInstanceNo: String(1001 + index), serverName }));
}

interface Asked {
  servers?: string[];
  names?: string[];
}

function selected({ servers = [], names = [] }: Asked, all: Server[]): Selection {
  return select({ ...RULES, servers, names }, { all, tagsOf: new Map(), now: 0 });
}

function chosen(glob: string, ...names: string[]): string[] {
  return selected({ names: [glob] }, region(...names)).chosen.map((one) => one.serverName);
}

describe('a selection', () => {
  const all = region('dev-1', 'dev-2', 'prod-1');

  it('takes a server once, however often it is named', () => {
    const { chosen: found } = selected({ servers: ['1001'], names: ['dev-*', '*-1'] }, all);
    expect(found.map((one) => one.serverName)).toEqual(['dev-1', 'dev-2', 'prod-1']);
  });

  it('names the numbers that the region does not hold and the names that match nothing', () => {
    expect(selected({ servers: ['1002', '9999'], names: ['dve-*', 'prod-*'] }, all)).toMatchObject({
      chosen: [{ serverName: 'dev-2' }, { serverName: 'prod-1' }],
      missing: ['9999'],
      unmatched: ['dve-*'],
    });
  });

  it('takes a number for a number and a name for a name', () => {
    const named = region('1002', 'dev-1');
    expect(selected({ servers: ['1002'] }, named).chosen.map((one) => one.serverName)).toEqual(['dev-1']);
    expect(selected({ names: ['1002'] }, named).chosen.map((one) => one.serverName)).toEqual(['1002']);
  });
});

describe('what unless spares', () => {
  const all = region('dev-1', 'dev-db-1', 'dev-2', 'prod-1');
  const unless = [{ names: ['dev-db-*'] }, { tags: { team: 'pay' } }];
  const policyTerms = { ...PERMISSIVE, policy: 'p', select: { names: ['dev-*'] }, unless, window: null };
  const tagsOf = new Map(all.map(({ serverInstanceNo: no }) => [no, no === '1003' ? { team: 'pay' } : {}]));

  it('is listed with the entry that spares it, and not terminated', () => {
    expect(select({ ...RULES, policyTerms, servers: [], names: [] }, { all, tagsOf, now: 0 })).toMatchObject({
      chosen: [{ serverName: 'dev-1' }],
      spared: [
        { serverInstanceNo: '1002', serverName: 'dev-db-1', by: 0 },
        { serverInstanceNo: '1003', serverName: 'dev-2', by: 1 },
      ],
    });
  });

  it('does not repeat servers that somebody named, which the plan lists itself', () => {
    const request = { ...RULES, policyTerms, servers: ['1002'], names: [] };
    expect(select(request, { all, tagsOf, now: 0 })).toMatchObject({
      chosen: [{ serverName: 'dev-db-1' }],
      spared: [],
    });
  });

  it('is nothing where the tags that decide could not be read: then nothing is selected at all, and that is said', () => {
    const request = { ...RULES, policyTerms, servers: [], names: [] };
    const none = new UnknownTags({ kind: 'not-listed' });
    const unread = new Map<string, Tags | UnknownTags>([...tagsOf, ['1001', none], ['1004', none]]);
    const reason = { code: 'tags-unread', why: { kind: 'not-listed' } };
    expect(select(request, { all, tagsOf: unread, now: 0 })).toMatchObject({
      chosen: [],
      attention: [{ serverInstanceNo: '1001', serverName: 'dev-1', reason }],
    });
    expect(select(request, { all, tagsOf: new Map(), now: 0 })).toMatchObject({ chosen: [], spared: [] });
  });
});

describe('a glob', () => {
  const cases: [glob: string, matches: string[], misses: string[]][] = [
    ['dev-*', ['dev-1', 'dev-', 'dev-a-b', 'dev-a/b'], ['dev', 'xdev-1', 'DEV-1']],
    ['*', ['dev', '.hidden', 'a/b', '개발', ''], []],
    ['dev-?', ['dev-1', 'dev-나'], ['dev-', 'dev-10']],
    ['dev-[0-3]', ['dev-[0-3]'], ['dev-0', 'dev-3']],
    ['a.c', ['a.c'], ['abc']],
    ['개발-*', ['개발-서버 & <테스트>', '개발-'], ['운영-서버']],
    ['*-😀', ['dev-😀'], ['dev-😁']],
    ['!dev-*', ['!dev-1'], ['prod-1', 'dev-1']],
    ['!x', ['!x'], ['y', 'x']],
    ['{a,b}', ['{a,b}'], ['a', 'b']],
    ['dev-{1..3}', ['dev-{1..3}'], ['dev-2']],
    ['@(a|b)', ['@(a|b)'], ['a', 'b']],
    ['+(a|b)', ['+(a|b)'], ['a', 'ab']],
    ['!(a)', ['!(a)'], ['b', 'c']],
    ['a|b', ['a|b'], ['a', 'b']],
    ['^a$', ['^a$'], ['a']],
    ['dev-1+', ['dev-1+'], ['dev-11']],
    ['**', ['a', 'a/b'], []],
  ];
  for (const [glob, matches, misses] of cases) {
    it(`${glob} matches ${matches.length === 0 ? 'nothing else' : matches.join(' ')}, not ${misses.join(' ')}`, () => {
      expect(chosen(glob, ...matches, ...misses)).toEqual(matches);
    });
  }

  it('without anything special is that name and no other', () => {
    const name = fc.stringMatching(/^[a-z가-힣0-9 .&<>_-]{1,12}$/);
    fc.assert(
      fc.property(name, name, (glob, other) => {
        expect(chosen(glob, glob)).toEqual([glob]);
        expect(chosen(glob, other)).toEqual(glob === other ? [other] : []);
      }),
      { seed: 20_260_301, numRuns: 300 },
    );
  });

  it('takes parentheses for parentheses', () => {
    expect(chosen('dev-(1|2)', 'dev-1', 'dev-2')).toEqual([]);
    expect(chosen('(?!prod)*', 'dev-1', 'db-1')).toEqual([]);
  });

  it('knows no classes of letters, so that none can be turned round by mistake', () => {
    expect(chosen('[!d]*', 'dev-1', 'prod-1', '[!d]x')).toEqual(['[!d]x']);
  });

  it('takes ? for one character, an emoji included', () => {
    expect(chosen('dev-?', 'dev-😀')).toEqual(['dev-😀']);
  });
});
