import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ActionRefused } from '../../lib/simulator/errors.ts';
import type { Target } from '../../lib/termination/model.ts';
import { type Plan, willAct } from '../../lib/termination/planning/plan.ts';
import type { Run } from '../../lib/termination/run-record.ts';
import { devServer, dyingAfterAct } from './harness.ts';
import {
  ASKER,
  approval,
  endings,
  GUEST,
  HANA,
  type Happening,
  hashNow,
  hold,
  lived,
  MINA,
  openStage,
  type Stage,
  say,
} from './people.ts';
import { Crash, type EngineMemory, isCrash } from './virtual-engine.ts';

/** The same seed gives the same stories. */
const SEED = Number(process.env['BANAP_SEED'] ?? 20_260_301);
const RUNS = Number(process.env['BANAP_RUNS'] ?? 40);

const APPROVERS = [HANA, MINA, ASKER];

const ACTS = ['hold', 'hold', 'protect', 'restart', 'attach', 'associate', 'remove', 'appear'] as const;

/** Something said or done at one moment: after a step, or while the run sleeps. */
const happening = fc.record({
  moment: fc.integer({ min: 2, max: 12 }),
  what: fc.oneof(
    { weight: 16, arbitrary: fc.constant('approve' as const) },
    { weight: 3, arbitrary: fc.constant('reject' as const) },
    { weight: 1, arbitrary: fc.constant('cancel' as const) },
    { weight: 8, arbitrary: fc.constantFrom(...ACTS) },
  ),
  who: fc.constantFrom(HANA, MINA, ASKER, GUEST),
  about: fc.constantFrom('now', 'now', 'now', 'now', 'before', 'none', 'other'),
  server: fc.integer({ min: 0, max: 3 }),
  wakes: fc.boolean(),
});

const story = fc.record({
  servers: fc.integer({ min: 1, max: 4 }),
  two: fc.boolean(),
  /** From this moment on two approvers agree to what they see; 0: perhaps nobody does. */
  agreement: fc.constantFrom(0, 3, 4, 5, 6),
  /** One of the two is the asker. */
  withAsker: fc.constantFrom(false, false, true),
  selfApproval: fc.boolean(),
  notice: fc.boolean(),
  happenings: fc.array(happening, { minLength: 1, maxLength: 6 }),
  /** Moments at which the process dies, and for how many seconds it stays down. */
  crashes: fc.array(fc.record({ moment: fc.integer({ min: 1, max: 14 }), down: fc.constantFrom(0, 60, 600) }), {
    maxLength: 2,
  }),
  diesAfterAct: fc.integer({ min: 0, max: 6 }),
});

type Story = typeof story extends fc.Arbitrary<infer T> ? T : never;

/** What was said and done, by the number of entries that NCP's journal had then. */
interface Witness {
  said: { seq: number; kind: string; by: string; planHash: string; at: number }[];
  held: { seq: number; no: string }[];
  attached: { seq: number; no: string; resource: string }[];
  /** When the run last listened for approvals. */
  listenedAt: number;
}

describe('whatever people say, do and hold, and however often the run dies', () => {
  it(`nothing is stopped or terminated outside an approved plan (seed ${SEED}, ${RUNS} stories)`, async () => {
    const counted = new Map<string, number>();
    const count = (what: string): void => void counted.set(what, (counted.get(what) ?? 0) + 1);
    await fc.assert(
      fc.asyncProperty(story, async (told) => {
        const stage = await openStage({ servers: fleetOf(told) });
        try {
          const memory: EngineMemory = new Map();
          const record: Witness = { said: [], held: [], attached: [], listenedAt: 0 };
          const ended = await live(stage, told, memory, record);
          expect(broken(stage, told, plansIn(memory), record)).toEqual([]);
          const results = Object.values(endings(ended));
          for (const result of new Set(results)) count(result);
          if (results.includes('terminated') && told.two) count('terminated with two');
          if (plansIn(memory).length > 1) count('asked again');
        } finally {
          await stage.close();
        }
      }),
      { seed: SEED, numRuns: RUNS },
    );
    console.log([...counted].map(([what, times]) => `${what}: ${times}`).join(', '));
    const expected = [
      'refused unapproved',
      'refused rejected',
      'refused cancelled',
      'refused held',
      'terminated with two',
    ];
    expect(expected.filter((what) => (counted.get(what) ?? 0) < Math.floor(RUNS / 40))).toEqual([]);
    expect(counted.get('terminated') ?? 0).toBeGreaterThanOrEqual(RUNS / 6);
    expect(counted.get('asked again') ?? 0).toBeGreaterThanOrEqual(1);
  }, 60_000);
});

function fleetOf({ servers }: Story): Record<string, unknown>[] {
  const meant = Array.from({ length: servers }, (_, index) => devServer({ serverInstanceNo: String(1001 + index) }));
  return [...meant, devServer({ serverInstanceNo: '1099', serverName: 'prod-1' })];
}

async function live(stage: Stage, told: Story, memory: EngineMemory, record: Witness): Promise<Run> {
  let moment = 0;
  const crashes = [...told.crashes];
  let cloud = told.diesAfterAct === 0 ? stage.ncp.cloud : dyingAfterAct(stage.ncp.cloud, told.diesAfterAct);
  const pass = async (): Promise<boolean> => {
    moment += 1;
    const now = [...told.happenings, ...agreements(told)].filter((one) => one.moment === moment);
    for (const one of now) await act(stage, one, told, record);
    const at = crashes.findIndex((crash) => crash.moment === moment);
    const [crash] = at === -1 ? [] : crashes.splice(at, 1);
    if (crash !== undefined) {
      stage.ncp.simulator.advance(crash.down);
      throw new Crash(`at moment ${moment}`);
    }
    return now.some((one) => one.wakes);
  };
  const life = (): Happening => ({
    memory,
    cloud,
    terms: {
      storage: 'detach',
      notifySeconds: told.notice ? [3_600] : [],
      approval: approval({
        expiresAfterSeconds: 3 * 3_600,
        selfApproval: told.selfApproval,
        twoAboveServers: told.two ? 0 : undefined,
      }),
    },
    afterStep: async (step) => {
      if (step.startsWith('hear-approval')) record.listenedAt = stage.ncp.simulator.journal().length;
      await pass();
    },
    whileAsleep: async () => ((await pass()) ? 1 : undefined),
  });
  for (;;) {
    try {
      return await lived(stage, life());
    } catch (error) {
      if (!isCrash(error)) throw error;
      cloud = stage.ncp.cloud;
    }
  }
}

function agreements({ agreement, withAsker }: Story): Story['happenings'] {
  const one = { what: 'approve', about: 'now', server: 0, wakes: true } as const;
  return agreement === 0
    ? []
    : ([withAsker ? ASKER : HANA, MINA] as const).map((who, after) => ({ ...one, who, moment: agreement + after }));
}

async function act(stage: Stage, one: Story['happenings'][number], told: Story, record: Witness): Promise<void> {
  const { simulator } = stage.ncp;
  const seq = simulator.journal().length;
  const no = String(1001 + (one.server % told.servers));
  const isThere = simulator.state().servers.some((server) => server.serverInstanceNo === no);
  switch (one.what) {
    case 'approve':
    case 'reject':
    case 'cancel': {
      const planHash = one.what === 'cancel' ? '' : hashOf(stage, one.about);
      await say(stage, one.what, one.who, { planHash });
      record.said.push({ seq, kind: one.what, by: one.who, planHash, at: simulator.now().getTime() });
      return;
    }
    case 'hold':
      await hold(stage, no);
      record.held.push({ seq, no });
      return;
    case 'appear':
      return simulator.person.rename('1099', 'dev-99');
    case 'protect':
    case 'restart':
    case 'attach':
    case 'associate':
    case 'remove':
      if (isThere) inConsole(stage, no, one.what, (resource) => record.attached.push({ seq, no, resource }));
  }
}

/** What people do in NCP's console; NCP may refuse them as it may refuse a program. */
function inConsole(
  { ncp: { simulator } }: Stage,
  no: string,
  what: 'protect' | 'restart' | 'attach' | 'associate' | 'remove',
  attached: (resource: string) => void,
): void {
  const { person } = simulator;
  try {
    if (what === 'protect') person.protect(no, true);
    if (what === 'remove') person.remove(no);
    if (what === 'attach') attached(person.attachStorage(no));
    const hasAddress = simulator.state().servers.some((one) => one.serverInstanceNo === no && one.publicIp !== '');
    if (what === 'associate' && !hasAddress) attached(person.associatePublicIp(no, `203.0.113.${Number(no) - 1000}`));
    if (what === 'restart') {
      person.stop(no);
      simulator.advance(120);
      person.start(no);
      simulator.advance(120);
    }
  } catch (error) {
    if (!(error instanceof ActionRefused)) throw error;
  }
}

function hashOf(stage: Stage, about: Story['happenings'][number]['about']): string {
  const shown = [...new Set(stage.notifier.shown.map((view) => view.planHash))];
  switch (about) {
    case 'now':
      return hashNow(stage);
    case 'before':
      return shown.at(-2) ?? 'no plan before';
    case 'none':
      return '';
    case 'other':
      return 'fedcba9876543210';
  }
}

/** Every plan that the run made, as it remembers them. */
function plansIn(memory: EngineMemory): Plan[] {
  return [...memory].flatMap(([step, answer]) => {
    if (step !== 'plan' && !step.startsWith('look-again')) return [];
    const { plan }: { plan: Plan | null } = JSON.parse(answer);
    return plan === null ? [] : [plan];
  });
}

/** Judged by NCP's journal and by what the story itself said and did. */
function broken(stage: Stage, told: Story, plans: readonly Plan[], record: Witness): string[] {
  const problems: string[] = [];
  for (const [seq, entry] of stage.ncp.simulator.journal().entries()) {
    if (entry.kind !== 'call' || entry.returnCode !== '0') continue;
    if (!/^(stop|terminate)ServerInstances$/.test(entry.action)) continue;
    const numbers = Object.entries(entry.parameters).filter(([name]) => name.startsWith('serverInstanceNo'));
    for (const [, no] of numbers) {
      const what = `${entry.action} ${no}`;
      const covering = plans.filter((plan) => covers(plan, no, seq, record));
      if (covering.length === 0) problems.push(`${what}: no plan has it as it is`);
      const reasons = covering.map((plan) => whyNotApproved(stage, plan.hash, seq, told, record));
      if (covering.length > 0 && !reasons.includes('')) problems.push(`${what}: ${reasons.join(', ')}`);
      if (record.said.some((signal) => signal.kind === 'cancel' && signal.seq <= seq))
        problems.push(`${what}: cancelled`);
      if (record.held.some((one) => one.no === no && one.seq <= seq)) problems.push(`${what}: held`);
    }
  }
  return problems;
}

function covers(plan: Plan, no: string, seq: number, { attached }: Witness): boolean {
  const item = plan.items.find((one) => one.target.serverInstanceNo === no);
  if (item === undefined || !willAct(item)) return false;
  const pinned = resourcesOf(item.target);
  return attached.every((one) => one.no !== no || one.seq > seq || pinned.includes(one.resource));
}

function resourcesOf({ attachments }: Target): string[] {
  return attachments.map(({ no }) => no);
}

/** Empty if enough people agreed to this plan in time, and nobody rejected it before the run last listened. */
function whyNotApproved(stage: Stage, hash: string, seq: number, told: Story, record: Witness): string {
  const until = Math.max(
    ...stage.notifier.shown.filter((view) => view.planHash === hash).map((view) => Date.parse(view.approvalUntil) || 0),
  );
  const heard = record.said.filter(
    (signal) => signal.planHash === hash && signal.seq <= seq && APPROVERS.includes(signal.by),
  );
  const agreed = heard.filter(
    (signal) => signal.kind === 'approve' && signal.at <= until && (told.selfApproval || signal.by !== ASKER),
  );
  const people = new Set(agreed.map((signal) => signal.by)).size;
  if (people < (told.two ? 2 : 1)) return `${people} people agreed`;
  const isRejected = heard.some((signal) => signal.kind === 'reject' && signal.seq < record.listenedAt);
  return isRejected ? 'rejected' : '';
}
