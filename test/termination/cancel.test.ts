/** A cancel of a run that needs no approval, and signals that cannot be read: virtual time, simulator, store. */

import { describe, expect, it } from 'vitest';
import { StoreError } from '../../lib/termination/ports/store.ts';
import type { Desk } from './desk.ts';
import { devServers, exists, taken } from './harness.ts';
import {
  approval,
  BEGIN,
  endings,
  firstAt,
  GUEST,
  HANA,
  type Happening,
  HOUR,
  lived,
  NIGHTS,
  POLICY_TERMS,
  say,
  startStage,
} from './people.ts';

const NOBODY_AGREES = { approval: null };

/** The store without the signals. */
function withWords(store: Desk['store'], signals: () => Promise<never> | undefined): Desk['store'] {
  return new Proxy(store, {
    get: (of, name) => {
      const value: unknown = Reflect.get(of, name);
      if (name === 'signals') return (requestId: string) => signals() ?? of.signals(requestId);
      return typeof value === 'function' ? (value.bind(of) as unknown) : value;
    },
  });
}

describe('a cancel where nobody has to agree', () => {
  it('after the plan ends the run before anything is done', async () => {
    const stage = await startStage({ servers: devServers(2) });
    const ended = await lived(stage, {
      terms: NOBODY_AGREES,
      after: { plan: () => say(stage, 'cancel', GUEST, { reason: 'still needed' }) },
    });
    expect(endings(ended)).toEqual({ 1001: 'refused cancelled', 1002: 'refused cancelled' });
    expect(taken(stage.ncp)).toEqual([]);
  });

  it('between stop and termination keeps the server, stopped', async () => {
    const stage = await startStage({ servers: devServers(1) });
    let isSaid = false;
    const ended = await lived(stage, {
      terms: NOBODY_AGREES,
      afterStep: async () => {
        if (isSaid || !taken(stage.ncp).includes('stop 1001')) return;
        isSaid = await say(stage, 'cancel', GUEST);
      },
    });
    expect(isSaid).toBe(true);
    expect(endings(ended)).toEqual({ 1001: 'refused cancelled' });
    expect(taken(stage.ncp)).toEqual(['stop 1001']);
    expect(exists(stage.ncp)).toBe(true);
  });

  it('while the run waits for its window wakes and ends it', async () => {
    const stage = await startStage({ servers: devServers(2) });
    const ended = await lived(stage, {
      terms: { ...NOBODY_AGREES, policyTerms: { ...POLICY_TERMS, window: NIGHTS } },
      sleeping: {
        'before-1': async () => {
          await say(stage, 'cancel', GUEST);
          return 1;
        },
      },
    });
    expect(endings(ended)).toEqual({ 1001: 'refused cancelled', 1002: 'refused cancelled' });
    expect(Date.parse(ended.endedAt) - BEGIN).toBeLessThan(HOUR);
    expect(taken(stage.ncp)).toEqual([]);
    expect(await stage.desk.store.countedToday('default')).toEqual([]);
  });

  it.each(['approve', 'reject'] as const)('is what ends it; an %s, which nobody asked for, is not', async (kind) => {
    const stage = await startStage({ servers: devServers(1) });
    const ended = await lived(stage, {
      terms: NOBODY_AGREES,
      after: { plan: () => say(stage, kind, HANA, { planHash: '0123456789abcdef' }) },
    });
    expect(endings(ended)).toEqual({ 1001: 'terminated' });
  });
});

function never(): Promise<never> {
  return Promise.reject(new StoreError('no permission', { passing: false }));
}

describe('what people said cannot be read, though holds can', () => {
  const terms: [who: string, terms: Happening['terms']][] = [
    ['nobody has to agree', NOBODY_AGREES],
    ['somebody has to for many servers only', { approval: approval({ aboveServers: 10 }) }],
  ];

  it.each(terms)('and never will: nothing is done, where %s', async (_who, of) => {
    const stage = await startStage({ servers: devServers(1) });
    const ended = await lived(stage, { terms: { ...of }, tools: { store: withWords(stage.desk.store, never) } });
    expect(endings(ended)).toEqual({ 1001: expect.stringMatching(/^(refused|failed)/) });
    expect(taken(stage.ncp)).toEqual([]);
  });

  it.each(terms)('for half an hour: nothing is done meanwhile, where %s', async (_who, of) => {
    const stage = await startStage({ servers: devServers(1) });
    const throttled = (): Promise<never> | undefined =>
      stage.ncp.simulator.now().getTime() - BEGIN < HOUR / 2
        ? Promise.reject(new StoreError('throttled', { passing: true }))
        : undefined;
    const ended = await lived(stage, { terms: { ...of }, tools: { store: withWords(stage.desk.store, throttled) } });
    expect(endings(ended)).toEqual({ 1001: 'terminated' });
    expect(firstAt(stage, 'stopServerInstances') - BEGIN).toBeGreaterThanOrEqual(HOUR / 2);
  });
});
