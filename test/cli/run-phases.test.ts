import { describe, expect, it } from 'vitest';
import { countsOf, hasEnded, type Progressing, phaseAfter } from '../../lib/cli/run-phases.ts';
import type { Event, EventBody } from '../../lib/termination/events.ts';
import { saying } from '../wording/worded.ts';

const AT = Date.parse('2026-11-23T03:00:00Z');

function after(bodies: readonly EventBody[]): Progressing {
  const events = bodies.map(
    (body, index): Event => ({ at: new Date(AT + index * 1_000).toISOString(), serverInstanceNo: '1001', ...body }),
  );
  const first: Progressing = { phase: 'not begun', since: AT, beganAt: undefined, trouble: undefined };
  return events.reduce(phaseAfter, first);
}

const requested = (action: 'stop' | 'terminate' | 'deleteStorage'): EventBody => ({
  kind: 'requested',
  action,
  on: [],
});
const REFUSED: EventBody = {
  kind: 'rejected',
  action: 'terminate',
  remedy: 'look',
  returnCode: '25041',
  returnMessage: 'busy',
  together: 1,
};

describe('a server of a run', () => {
  it.each([
    [[], 'not begun'],
    [[{ kind: 'waiting', reason: saying('the window is closed') }], 'waiting'],
    [[requested('stop')], 'stopping'],
    [[requested('stop'), { kind: 'waiting', reason: saying('it stops') }], 'stopping'],
    [[requested('stop'), requested('terminate'), { kind: 'missing' }], 'terminating'],
    [[requested('terminate'), { kind: 'gone' }, requested('deleteStorage')], 'freeing'],
    [[{ kind: 'outcome', outcome: { result: 'terminated', reason: { code: 'gone' } } }], 'gone'],
    [[{ kind: 'outcome', outcome: { result: 'refused', guard: 'held', reason: saying('why') } }], 'kept'],
    [[{ kind: 'outcome', outcome: { result: 'unfinished', reason: saying('why') } }], 'failed'],
  ] satisfies [EventBody[], string][])('is, after %j, %s', (events, phase) => {
    expect(after(events).phase).toBe(phase);
  });

  it('is since when its phase began, and remembers its first act', () => {
    const one = after([requested('stop'), { kind: 'waiting', reason: saying('it stops') }, requested('terminate')]);
    expect(one).toMatchObject({ since: AT + 2_000, beganAt: AT });
  });

  it('is in trouble until it goes on', () => {
    expect(after([requested('stop'), REFUSED]).trouble).toMatchObject({ kind: 'rejected' });
    expect(after([requested('stop'), REFUSED, requested('terminate')]).trouble).toBeUndefined();
    const failed = after([
      { kind: 'outcome', outcome: { result: 'failed', reason: saying('why'), returnCode: '', returnMessage: '' } },
    ]);
    expect([failed.trouble?.kind, hasEnded(failed)]).toEqual(['outcome', true]);
  });

  it('is counted with the others of its phase, in the order of phases', () => {
    const all = [after([]), after([requested('terminate')]), after([requested('stop')]), after([requested('stop')])];
    expect(countsOf(all)).toEqual([
      ['not begun', 1],
      ['stopping', 2],
      ['terminating', 1],
    ]);
  });
});
