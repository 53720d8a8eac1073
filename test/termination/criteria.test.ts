import { describe, expect, it } from 'vitest';
import { type Criteria, criteriaInWords, isMeant } from '../../lib/termination/decision/criteria.ts';
import type { Server, Tags } from '../../lib/termination/model.ts';
import type { NotMeant } from '../../lib/termination/reasons.ts';
import { worded } from '../wording/worded.ts';
import { server } from './builders.ts';

interface Given {
  select?: Criteria;
  unless?: Criteria[];
  tags?: Tags;
  server?: Partial<Server>;
}

function verdict({ select = {}, unless = [], tags = {}, server: changes = {} }: Given) {
  const one = { server: server(changes), tags, now: 0, timezone: 'Asia/Seoul' };
  const { why, by } = isMeant({ select, unless }, one);
  return { meant: why === undefined, why: why === undefined ? '' : inWords(why), by };
}

/** Behind the colon of the whole sentence. */
function inWords(why: NotMeant): string {
  const { told } = worded({ told: { code: 'not-meant' as const, policy: 'p', isChanged: false, why } });
  return told.replace('policy p does not apply to it: ', '');
}

describe('an exception', () => {
  const unless: Criteria[] = [{ names: ['dev-db-*'] }, { tags: { team: '결제', env: 'prod' } }];

  it('of a list is enough by itself', () => {
    expect(verdict({ unless, server: { serverName: 'dev-db-1' } })).toEqual({
      meant: false,
      why: 'it is exempt (unless names dev-db-*)',
      by: 0,
    });
    expect(verdict({ unless, tags: { team: '결제', env: 'prod' } })).toMatchObject({
      meant: false,
      why: 'it is exempt (unless tag team=결제, tag env=prod)',
      by: 1,
    });
  });

  it('needs all that stands in its entry', () => {
    expect(verdict({ unless, tags: { team: '결제' } })).toMatchObject({ meant: true, by: -1 });
  });

  it('that may apply is named by its entry, but one that surely applies comes first', () => {
    const zone = { zones: ['KR-1'] };
    expect(verdict({ unless: [zone], server: { zoneCode: '' } })).toEqual({
      meant: false,
      why: 'zone unknown, which may exempt it (unless zones KR-1)',
      by: 0,
    });
    expect(verdict({ unless: [zone, { names: ['dev-1'] }], server: { zoneCode: '' } }).by).toBe(1);
  });

  it('counts where its text is only alike, because a person reads it so', () => {
    const tags = { tags: { team: '결제' } };
    for (const given of [
      { unless: [{ names: ['dev-db-*'] }], server: { serverName: 'DEV-DB-1' } },
      { unless: [{ names: ['dev-1'] }], server: { serverName: 'dev-1\u200b' } },
      { unless: [{ names: ['ｄｅｖ-1'] }] },
      { unless: [{ zones: ['kr-1'] }] },
      { unless: [tags], tags: { team: '결제\u200b' } },
      { unless: [tags], tags: { 'Team ': '결제' } },
      { unless: [tags], tags: { team: 'other', TEAM: '결제' } },
      { unless: [{ tags: { team: { in: ['web', 'Pay'] } } }], tags: { team: 'pay' } },
      { unless: [{ tags: { owner: { exists: true } } }], tags: { Owner: 'mina' } },
      { unless: [{ tags: { owner: { exists: false } } }], tags: { Owner: 'mina' } },
    ]) {
      expect({ given, meant: verdict(given).meant }).toEqual({ given, meant: false });
    }
  });

  it('holds of decomposed Hangul as of composed', () => {
    const paying = [{ tags: { 팀: '결제' } }];
    const tags = { ['팀'.normalize('NFD')]: '결제'.normalize('NFD') };
    expect(verdict({ unless: paying, tags }).why).toBe('it is exempt (unless tag 팀=결제)');
  });
});

describe('a selection', () => {
  it('takes nothing that is only alike', () => {
    for (const given of [
      { select: { names: ['dev-*'] }, server: { serverName: 'DEV-1' } },
      { select: { names: ['dev-??'] }, server: { serverName: 'dev-1\u200b' } },
      { select: { tags: { env: 'dev' } }, tags: { env: 'Dev' } },
      { select: { tags: { env: 'dev' } }, tags: { env: 'dev ' } },
      { select: { tags: { env: 'dev' } }, tags: { Env: 'dev' } },
      { select: { tags: { env: 'dev' } }, tags: { env: 'dev', ENV: 'prod' } },
      { select: { tags: { owner: { exists: true } } }, tags: { Owner: 'mina' } },
      { select: { tags: { owner: { exists: false } } }, tags: { Owner: 'mina' } },
      { select: { zones: ['kr-1'] } },
    ]) {
      expect({ given, meant: verdict(given).meant }).toEqual({ given, meant: false });
    }
  });

  it('takes decomposed Hangul for composed', () => {
    const tags = { ['팀'.normalize('NFD')]: '결제'.normalize('NFD') };
    expect(verdict({ select: { tags: { 팀: { in: ['결제', '웹'] } } }, tags }).meant).toBe(true);
  });
});

it('is shown in a few words, however long it is', () => {
  const criteria = {
    names: ['a-*', 'b'],
    tags: { env: { in: ['dev', 'test'] }, owner: { exists: false } },
    olderThan: '7d',
  };
  expect(criteriaInWords(criteria)).toBe('names a-* b, tag env=dev|test, tag owner missing, olderThan 7d');
  expect(criteriaInWords({ names: ['a'.repeat(200)] }).length).toBeLessThan(100);
});
