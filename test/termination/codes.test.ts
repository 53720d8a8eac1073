import { describe, expect, it } from 'vitest';
import { TERMINATE_CODES } from '../../lib/ncloud/codes.ts';
import { outcomesText } from '../../lib/reports/outcomes-text.ts';
import { reportOf } from '../../lib/reports/report.ts';
import { auditOfEvents } from '../../lib/termination/status/audit.ts';
import { asked, devServer, exists, type Ncp, outcomeOf, runOn, startNcp, taken } from './harness.ts';

const FOR_EVER = 'terminateServerInstances:CODE:9999';
const covered = new Set<string>();

/** Codes that mean "later": the server is terminated once the cause passes, and the deadline names it if it never does. */
const waits: [code: string, passes: (ncp: Ncp) => void, server: Record<string, unknown> | undefined][] = [
  ['23006', () => undefined, undefined],
  ['25014', () => undefined, undefined],
  ['25015', () => undefined, undefined],
  ['25016', () => undefined, undefined],
  ['25021', ({ simulator }) => simulator.person.changeLoadBalancer('1001', false), { loadBalancer: 'changing' }],
  ['25022', () => undefined, undefined],
  ['25023', () => undefined, undefined],
  ['25024', () => undefined, undefined],
  ['25027', () => undefined, undefined],
  ['25050', () => undefined, undefined],
];

describe('a code that says later', () => {
  for (const [code, passes, server] of waits) {
    const fault = server === undefined ? FOR_EVER.replace('CODE', code) : '';

    it(`${code}: terminated once its cause has passed`, async () => {
      covered.add(code);
      const ncp = await startNcp({ servers: [devServer({ status: 'NSTOP', ...server })], faults: fault });
      const ended = await runOn(
        ncp,
        {},
        {
          afterStep: (step) => {
            if (step !== 'pass-12') return;
            ncp.simulator.setFaults('');
            passes(ncp);
          },
        },
      );
      expect(outcomeOf(ended)).toMatchObject({ result: 'terminated' });
      expect(asked(ncp, 'terminate')).toBeGreaterThan(6);
      expect(taken(ncp)).toEqual(['terminate 1001']);
    });

    it(`${code}: unfinished at the deadline, with the code, when it never passes`, async () => {
      const ncp = await startNcp({ servers: [devServer({ status: 'NSTOP', ...server })], faults: fault });
      const ended = await runOn(ncp, { deadlineMinutes: 10 });
      expect(outcomeOf(ended)).toMatchObject({ result: 'unfinished', reason: expect.stringContaining(code) });
      expect(exists(ncp)).toBe(true);
    });
  }
});

it('25023: a failure of the base storage, which no look shows, is named at the deadline', async () => {
  const ncp = await startNcp({ servers: [devServer({ status: 'NSTOP', baseBlockStorage: { status: 'NAVAI' } })] });
  const ended = await runOn(ncp, { deadlineMinutes: 10 });
  expect(outcomeOf(ended)).toMatchObject({ result: 'unfinished', reason: expect.stringContaining('25023') });
  expect(asked(ncp, 'terminate')).toBeGreaterThan(5);
});

it('25022: a server that has failed is refused by its state, without waiting', async () => {
  const ncp = await startNcp({ servers: [devServer({ status: 'FSTOP' })] });
  expect(outcomeOf(await runOn(ncp))).toMatchObject({ result: 'refused', guard: 'failed-state' });
  expect(asked(ncp, 'terminate')).toBe(0);
});

/** Codes that mean that what banap saw is wrong: a few tries, then failed in NCP's words. */
describe('a code that says look again', () => {
  for (const code of ['10501', '24073']) {
    it(`${code}: failed with NCP's words after a bounded number of tries`, async () => {
      covered.add(code);
      const ncp = await startNcp({
        environment: 'classic',
        servers: [devServer({ status: 'NSTOP' })],
        faults: FOR_EVER.replace('CODE', code),
      });
      const outcome = outcomeOf(await runOn(ncp));
      expect(outcome).toMatchObject({
        result: 'failed',
        returnCode: code,
        returnMessage: expect.stringMatching(/.{20}/),
      });
      expect(asked(ncp, 'terminate')).toBe(5);
      expect(exists(ncp)).toBe(true);
    });

    it(`${code}: terminated where the next look finds another picture`, async () => {
      const ncp = await startNcp({
        servers: [devServer({ status: 'NSTOP' })],
        faults: `terminateServerInstances:${code}:2`,
      });
      expect(outcomeOf(await runOn(ncp))).toMatchObject({ result: 'terminated' });
      expect(taken(ncp)).toEqual(['terminate 1001']);
    });
  }
});

describe('a code that says never', () => {
  for (const code of ['24103', '24105', '24109', '24120', '99999']) {
    it(`${code}: failed at once, asked once`, async () => {
      covered.add(code);
      const ncp = await startNcp({
        servers: [devServer({ status: 'NSTOP' })],
        faults: FOR_EVER.replace('CODE', code),
      });
      const outcome = outcomeOf(await runOn(ncp));
      expect(outcome).toMatchObject({ result: 'failed', returnCode: code, returnMessage: expect.stringMatching(/./) });
      expect(asked(ncp, 'terminate')).toBe(1);
      expect(exists(ncp)).toBe(true);
    });
  }
});

describe('what NCP refused', () => {
  const trace = expect.stringMatching(/^[0-9a-f]{32}$/);

  it('is told with the ids under which its support finds the call, in journal, report and audit', async () => {
    const ncp = await startNcp({
      servers: [devServer({ status: 'NSTOP' })],
      faults: FOR_EVER.replace('CODE', '24109'),
    });
    const ended = await runOn(ncp);
    const { ids } = ended.history.events.find((event) => event.kind === 'rejected') ?? {};
    expect(ids).toEqual({ requestId: expect.any(String), traceId: trace });
    const [outcome] = reportOf(ended).outcomes;
    expect(outcome).toMatchObject({ result: 'failed', returnCode: '24109', ids });
    expect(outcomesText(reportOf(ended), 200)).toContain(ids?.traceId);
    const audited = auditOfEvents(ended, ended.history.events).find(({ what }) => what.endsWith('refused by NCP'));
    expect(audited?.reason).toMatchObject({ code: 'ncp-said', returnCode: '24109', ids });
  });

  it('again and again is written down once, whatever its ids', async () => {
    const ncp = await startNcp({ servers: [devServer({})] });
    const afterStep = (step: string): void => {
      if (step === 'pass-1') ncp.simulator.setFaults('getServerInstanceList:503/500:100%');
      if (step === 'pass-5') ncp.simulator.setFaults('');
    };
    const ended = await runOn(ncp, {}, { afterStep });
    expect(outcomeOf(ended)).toMatchObject({ result: 'terminated' });
    const unread = ended.history.events.filter(({ kind }) => kind === 'unread');
    expect(unread).toMatchObject([{ reason: { failure: { ids: { traceId: trace } } } }]);
  });
});

describe('21001', () => {
  it('is refused as protected when protection is turned on just before the act', async () => {
    covered.add('21001');
    const ncp = await startNcp({
      servers: [devServer({ status: 'NSTOP' })],
      faults: 'terminateServerInstances:21001:1',
    });
    const outcome = outcomeOf(await runOn(ncp));
    expect(outcome).toMatchObject({
      result: 'refused',
      guard: 'protected',
      reason: expect.stringMatching(/protection/),
    });
    expect(asked(ncp, 'terminate')).toBe(1);
    expect(exists(ncp)).toBe(true);
  });
});

describe('10713', () => {
  it('is terminated where the server is gone', async () => {
    covered.add('10713');
    const ncp = await startNcp({
      servers: [devServer({ status: 'NSTOP' })],
      faults: 'terminateServerInstances:10713:1',
    });
    const ended = await runOn(
      ncp,
      {},
      {
        afterStep: (step) => {
          if (step === 'pass-1') ncp.simulator.person.remove('1001');
        },
      },
    );
    expect(['terminated', 'already-gone']).toContain(outcomeOf(ended).result);
  });

  it('is failed after a bounded number of tries where the server is still listed', async () => {
    const ncp = await startNcp({
      servers: [devServer({ status: 'NSTOP' })],
      faults: FOR_EVER.replace('CODE', '10713'),
    });
    expect(outcomeOf(await runOn(ncp))).toMatchObject({ result: 'failed', returnCode: '10713' });
    expect(asked(ncp, 'terminate')).toBe(5);
    expect(exists(ncp)).toBe(true);
  });
});

it('leaves out none of the eighteen codes of the page', () => {
  expect(Object.keys(TERMINATE_CODES).filter((code) => !covered.has(code))).toEqual([]);
  expect(Object.keys(TERMINATE_CODES)).toHaveLength(18);
});
