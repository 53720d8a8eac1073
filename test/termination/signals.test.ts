import { describe, expect, it } from 'vitest';
import { readConstraints } from '../../lib/termination/passes/read-constraints.ts';
import type { Cloud } from '../../lib/termination/ports/cloud.ts';
import {
  type Approval,
  inWords,
  isSamePerson,
  judgeSignals,
  mayDecide,
  peopleNeeded,
  type Signal,
} from '../../lib/termination/signals.ts';
import { ASKER, approval, GUEST, HANA, MINA, POLICY_TERMS } from './people.ts';

const PLAN = 'abc123';

function signal(kind: Signal['kind'], by: string, changes: Partial<Signal> = {}): Signal {
  const planHash = kind === 'cancel' ? '' : PLAN;
  return { kind, planHash, by, name: '', at: '2026-03-01T00:00:00.000Z', reason: '', ...changes };
}

const yes = (by: string, planHash = PLAN): Signal => signal('approve', by, { planHash });
const no = (by: string, planHash = PLAN): Signal => signal('reject', by, { planHash });

/** `approved HANA`, `rejected HANA`, `waiting 1`. */
function judged(
  signals: readonly Signal[],
  { needed = 1, requestedBy = ASKER, ...terms }: { needed?: number; requestedBy?: string } & Partial<Approval> = {},
): string {
  const judgement = judgeSignals(approval(terms), { planHash: PLAN, requestedBy, needed }, signals);
  switch (judgement.kind) {
    case 'approved':
      return ['approved', ...judgement.by.map((one) => one.by)].join(' ');
    case 'rejected':
      return `rejected ${judgement.by.by}`;
    case 'waiting':
      return `waiting ${judgement.missing}`;
  }
}

describe('one person who must agree', () => {
  it.each<[string, Signal[], string]>([
    ['nobody says anything', [], 'waiting 1'],
    ['an approver agrees', [yes(HANA)], `approved ${HANA}`],
    ['an approver of another chat agrees', [yes(MINA)], `approved ${MINA}`],
    ['two agree: the first one is named', [yes(MINA), yes(HANA)], `approved ${MINA}`],
    ['somebody else agrees', [yes(GUEST)], 'waiting 1'],
    ['who asked agrees', [yes(ASKER)], 'waiting 1'],
    ['who asked agrees, and then another', [yes(ASKER), yes(HANA)], `approved ${HANA}`],
    ['an approver agrees to another plan', [yes(HANA, 'other')], 'waiting 1'],
    ['an approver agrees to no plan', [yes(HANA, '')], 'waiting 1'],
    ['an approver rejects', [no(HANA)], `rejected ${HANA}`],
    ['who asked rejects', [no(ASKER)], `rejected ${ASKER}`],
    ['somebody else rejects', [no(GUEST)], 'waiting 1'],
    ['an approver rejects another plan', [no(HANA, 'other')], 'waiting 1'],
    ['one agrees and one rejects', [yes(HANA), no(MINA)], `rejected ${MINA}`],
    ['one rejects and one agrees', [no(MINA), yes(HANA)], `rejected ${MINA}`],
    ['one agrees and changes their mind', [yes(HANA), no(HANA)], `rejected ${HANA}`],
    ['one rejects and changes their mind: it stays rejected', [no(HANA), yes(HANA)], `rejected ${HANA}`],
    ['a rejection of another plan does not spoil this one', [no(MINA, 'other'), yes(HANA)], `approved ${HANA}`],
    ['one agrees and a guest rejects', [yes(HANA), no(GUEST)], `approved ${HANA}`],
    ['somebody cancels: that is no rejection and no approval', [signal('cancel', HANA)], 'waiting 1'],
    ['an id that only begins like an approver', [yes(`${HANA}X`), yes('slack:U0HAN')], 'waiting 1'],
    ['an id in other letters', [yes(HANA.toLowerCase())], 'waiting 1'],
    ['the same id in another chat', [yes(HANA.replace('slack:', 'naver-works:'))], 'waiting 1'],
    ['a name instead of an id', [signal('approve', GUEST, { name: HANA })], 'waiting 1'],
  ])('%s', (_what, signals, expected) => {
    expect(judged(signals)).toBe(expected);
  });
});

describe('two people who must agree', () => {
  it.each<[string, Signal[], string]>([
    ['nobody says anything', [], 'waiting 2'],
    ['one agrees', [yes(HANA)], 'waiting 1'],
    ['the same one agrees twice', [yes(HANA), yes(HANA)], 'waiting 1'],
    ['one agrees, and who asked', [yes(HANA), yes(ASKER)], 'waiting 1'],
    ['one agrees, and a guest', [yes(HANA), yes(GUEST)], 'waiting 1'],
    ['one agrees to this plan and one to another', [yes(HANA), yes(MINA, 'other')], 'waiting 1'],
    ['two agree', [yes(HANA), yes(MINA)], `approved ${HANA} ${MINA}`],
    ['two agree and one rejects', [yes(HANA), yes(MINA), no(ASKER)], `rejected ${ASKER}`],
    ['one of the two changes their mind', [yes(HANA), yes(MINA), no(HANA)], `rejected ${HANA}`],
  ])('%s', (_what, signals, expected) => {
    expect(judged(signals, { needed: 2 })).toBe(expected);
  });

  it('may include who asked where the policy says so', () => {
    expect(judged([yes(HANA), yes(ASKER)], { needed: 2, selfApproval: true })).toBe(`approved ${HANA} ${ASKER}`);
  });
});

describe('who asked', () => {
  it('may agree where the policy says so', () => {
    expect(judged([yes(ASKER)], { selfApproval: true })).toBe(`approved ${ASKER}`);
  });

  it('is nobody where a schedule asked, so every approver may agree', () => {
    expect(judged([yes(ASKER)], { requestedBy: '' })).toBe(`approved ${ASKER}`);
  });
});

describe('who has several ids', () => {
  /** Hana's in the other chat. The asker, too, has one there. */
  const HANA_TOO = 'naver-works:hana';
  const ASKER_TOO = 'naver-works:asker';
  const terms = {
    approvers: [HANA, HANA_TOO, MINA, ASKER, ASKER_TOO],
    persons: [
      [HANA, HANA_TOO],
      [ASKER, ASKER_TOO],
    ],
  };

  it.each<[string, Signal[], { needed?: number; requestedBy?: string; selfApproval?: boolean }, string]>([
    ['agrees under either', [yes(HANA_TOO)], {}, `approved ${HANA_TOO}`],
    ['is one of two under both', [yes(HANA), yes(HANA_TOO)], { needed: 2 }, 'waiting 1'],
    ['is named once', [yes(HANA_TOO), yes(HANA), yes(MINA)], { needed: 2 }, `approved ${HANA_TOO} ${MINA}`],
    ['may not agree under the other to what they asked for', [yes(ASKER_TOO)], {}, 'waiting 1'],
    ['whichever of the two asked', [yes(ASKER)], { requestedBy: ASKER_TOO }, 'waiting 1'],
    ['counts once where they may agree', [yes(ASKER), yes(ASKER_TOO)], { needed: 2, selfApproval: true }, 'waiting 1'],
    [
      'counts beside another',
      [yes(ASKER_TOO), yes(HANA)],
      { selfApproval: true, needed: 2 },
      `approved ${ASKER_TOO} ${HANA}`,
    ],
    ['rejects under the other what they agreed to', [yes(HANA), no(HANA_TOO)], {}, `rejected ${HANA_TOO}`],
  ])('%s', (_what, signals, how, expected) => {
    expect(judged(signals, { ...terms, ...how })).toBe(expected);
  });

  it('is the same person under any two of them, and nobody else', () => {
    const same = [HANA, HANA_TOO, MINA, ASKER_TOO, GUEST, ''].map((other) => isSamePerson(terms, HANA_TOO, other));
    expect(same).toEqual([true, true, false, false, false, false]);
    expect(isSamePerson(terms, GUEST, GUEST)).toBe(true);
  });
});

describe('how many people must agree', () => {
  it.each<[string, Parameters<typeof approval>[0] | null, [servers: number, people: number][]]>([
    [
      'no approval',
      null,
      [
        [0, 0],
        [1, 0],
        [200, 0],
      ],
    ],
    [
      'always',
      {},
      [
        [0, 0],
        [1, 1],
        [200, 1],
      ],
    ],
    [
      'above 3',
      { aboveServers: 3 },
      [
        [3, 0],
        [4, 1],
        [200, 1],
      ],
    ],
    [
      'always, two above 10',
      { twoAboveServers: 10 },
      [
        [1, 1],
        [10, 1],
        [11, 2],
      ],
    ],
    [
      'always two',
      { twoAboveServers: 0 },
      [
        [0, 0],
        [1, 2],
      ],
    ],
    [
      'above 3, two above 1',
      { aboveServers: 3, twoAboveServers: 1 },
      [
        [2, 0],
        [3, 0],
        [4, 2],
      ],
    ],
  ])('%s', (_what, given, expected) => {
    const terms = given === null ? null : approval(given);
    expect(expected.map(([servers]) => [servers, peopleNeeded(terms, servers)])).toEqual(expected);
  });
});

describe('an approver', () => {
  it('is who the policy names, letter by letter', () => {
    expect([HANA, MINA, GUEST, ''].map((by) => mayDecide(approval(), by))).toEqual([true, true, false, false]);
  });
});

describe('a word in a sentence', () => {
  it.each<[Partial<Signal>, string]>([
    [{}, `${HANA} rejected it`],
    [{ name: '김하나' }, `김하나 (${HANA}) rejected it`],
    [{ name: '김하나', reason: 'demo' }, `김하나 (${HANA}) rejected it: demo`],
  ])('%j', (changes, expected) => {
    expect(inWords(signal('reject', HANA, changes), 'rejected it')).toBe(expected);
  });
});

const lackingAfter = async (signals: readonly Signal[]): Promise<unknown> => {
  const constraintsOf = await readConstraints([], {
    cloud: {} as Cloud,
    account: 'default',
    policy: POLICY_TERMS.policy,
    requestId: 'chat-1',
    overrideProtection: false,
    approval: approval({ approvers: [HANA] }),
    agreed: { planHash: PLAN, servers: 1, requestedBy: ASKER },
    store: {
      holds: () => Promise.resolve([]),
      pauses: () => Promise.resolve([]),
      signals: () => Promise.resolve([...signals]),
    },
    policyNow: () =>
      Promise.resolve({
        kind: 'published',
        policyTerms: POLICY_TERMS,
        approval: approval({ approvers: [MINA] }),
      }),
  });
  return constraintsOf('1001').lacking;
};

describe('where the policy has other approvers by now', () => {
  it.each<[string, Signal[], unknown]>([
    ['nobody of them has agreed', [yes(HANA)], { agreed: 0, needed: 1 }],
    ['one of them says no', [yes(HANA), no(MINA)], { agreed: 0, needed: 1 }],
    ['one of them agrees', [yes(HANA), yes(MINA)], undefined],
  ])('whether %s counts', async (_what, signals, lacking) => {
    expect(await lackingAfter(signals)).toEqual(lacking);
  });
});
