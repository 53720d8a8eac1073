/**
 * The report: everything that is known at the end of a run, for people and programs. Versioned; its JSON Schema is
 * `schemas/report.schema.json`, generated from the definition here. A reader must tolerate new keys within a version.
 */

import * as z from 'zod';
import manifest from '../../package.json' with { type: 'json' };
import { ofResource, RESOURCES } from '../termination/attachments.ts';
import { criteriaInWords } from '../termination/decision/criteria.ts';
import type { Left, Outcome } from '../termination/decision/decision.ts';
import type { Event } from '../termination/events.ts';
import type { Failure } from '../termination/failure.ts';
import type { Memories } from '../termination/journal.ts';
import { percentOf } from '../termination/planning/limits.ts';
import { type Plan, type PlanItem, willAct } from '../termination/planning/plan.ts';
import type { Attention } from '../termination/planning/select.ts';
import type { Reason } from '../termination/reasons.ts';
import type { TerminationRequest } from '../termination/request.ts';
import type { Rules } from '../termination/rules.ts';
import { openTargets, type Run } from '../termination/run-record.ts';
import { signalSchema } from '../termination/signal-schema.ts';
import type { ServerView } from '../termination/status/run-view.ts';
import { plannedServer } from '../termination/status/server-view.ts';
import { serverViewObject } from '../termination/status/view-schema.ts';
import { whyStays } from '../termination/staying.ts';
import { failureData, failureShape, noteData, noteSchema, reasonData, reasonShape } from '../wording/reason-data.ts';
import { inEnglish } from '../wording/say.ts';

const instant = z.string().describe('RFC 3339, UTC');
const left = z.object({
  resource: z.enum(['server', 'publicIp', 'blockStorage']),
  no: z.string(),
  name: z.string(),
  serverInstanceNo: z.string().describe('The server of the plan that it belongs to.'),
  ...reasonShape,
  asked: z.boolean().describe('The request wanted it gone or freed.'),
});

export const reportSchema = z
  .object({
    reportVersion: z.literal(2),
    banapVersion: z.string(),
    requestId: z.string(),
    status: z
      .enum(['planned', 'waiting', 'all-gone', 'some-refused', 'unfinished', 'failed', 'error'])
      .describe(
        'The worst of the outcomes; planned: nothing was to be done; waiting: held back by a window or a time of grace, another report follows; error: the run itself failed.',
      ),
    summary: z.string(),
    startedAt: instant,
    endedAt: instant,
    request: z.record(z.string(), z.unknown()).describe('As it was carried out, with every default filled in.'),
    plan: z
      .object({
        createdAt: instant,
        hash: z.string(),
        regionHolds: z.int(),
        accountHolds: z.int().describe('As far as it was counted; only the region where that was enough.'),
        limits: z
          .object({ today: z.int(), maxServers: z.number(), percent: z.number(), maxPercent: z.number() })
          .describe(
            'Servers of the account in 24 hours with those of this plan, and what share of it that is; the most of each.',
          ),
        refusal: noteSchema.nullable().describe('Why nothing of the plan was done; null where it might be.'),
        notes: z.array(noteSchema),
        spared: z
          .object({
            count: z.int().describe('All of them; listed are at most 100.'),
            servers: z.array(
              z.object({
                serverInstanceNo: z.string(),
                serverName: z.string(),
                by: z.string().describe('The entry of `unless` that spares it.'),
              }),
            ),
          })
          .describe('What the policy selects and its `unless` leaves alone.'),
        servers: z.array(
          z.object({
            serverInstanceNo: z.string(),
            serverName: z.string(),
            createDate: z.string(),
            statusName: z.string(),
            verdict: z.enum(['terminate', 'wait', 'refuse', 'already-gone']),
            guard: z.string(),
            ...reasonShape,
            steps: z.array(z.string()),
            startsAt: z.string().describe('RFC 3339, UTC: nothing is done before. Empty: at once.'),
            left: z.array(left).describe('What of its volumes and addresses is foreseen to stay.'),
            terminatesAt: z.string().describe('RFC 3339, UTC: not terminated before. Empty: as soon as it is stopped.'),
            publicIps: z.array(z.string()),
            blockStorages: z.array(z.string()),
            ...serverViewObject.pick({ about: true, deletes: true, deletesBytes: true, releases: true, keeps: true })
              .shape,
          }),
        ),
      })
      .nullable(),
    attention: z
      .array(z.object({ serverInstanceNo: z.string(), serverName: z.string(), ...reasonShape }))
      .describe('What tags say that cannot be understood; nothing was done about it.'),
    signals: z
      .array(signalSchema)
      .describe('What people said to the run. What came too late changed nothing: compare with the timeline.'),
    outcomes: z.array(
      z.object({
        serverInstanceNo: z.string(),
        serverName: z.string(),
        result: z.enum(['terminated', 'already-gone', 'refused', 'unfinished', 'failed']),
        guard: z.string().optional(),
        ...reasonShape,
        returnCode: z.string().optional().describe("NCP's return code."),
        returnMessage: z.string().optional().describe("NCP's words."),
        ids: z
          .object({ requestId: z.string(), traceId: z.string() })
          .optional()
          .describe("By which NCP's support finds the call that failed; empty where NCP gave none."),
        lastSeen: z.string().describe('State at the last look; empty when it is gone.'),
      }),
    ),
    freed: z.array(left.pick({ resource: true, no: true, name: true, serverInstanceNo: true })),
    left: z.array(left).describe('What is still there and may go on costing money.'),
    timeline: z.array(z.looseObject({ at: instant, serverInstanceNo: z.string(), kind: z.string() })),
    passes: z.int(),
    apiCalls: z.object({ total: z.int(), byAction: z.record(z.string(), z.int()) }),
    ...failureShape,
    resumed: z
      .array(z.looseObject({ requestId: z.string(), status: z.string(), summary: z.string() }))
      .exactOptional()
      .describe('Reports of runs that a process had not ended, and that this command went on with first.'),
  })
  .describe('What banap did, saw and left.');

export type Report = z.output<typeof reportSchema>;

export function reportOf(run: Run): Report {
  const { request, plan, memories, passes, calls, endedAt } = run;
  const { events } = run.history;
  const { timezone } = request;
  const outcomes = request.mode === 'plan' ? [] : plan.items.map((item) => outcomeOf(item, memories, timezone));
  const status = request.mode === 'plan' ? 'planned' : worst(outcomes.map((outcome) => outcome.result));
  return {
    ...head(request),
    status,
    summary: summaryOf(request, plan, outcomes),
    startedAt: plan.createdAt,
    endedAt,
    plan: planOf(plan, request),
    attention: attentionOf(plan.attention, timezone),
    signals: run.signals,
    outcomes,
    freed: events.flatMap((event) => (event.kind === 'freed' ? [freedOf(event)] : [])),
    left: [
      ...leftServers(plan.items, memories, outcomes, events).map((one) => tellLeft(one, timezone)),
      ...events.flatMap((event) => (event.kind === 'left' ? [tellLeft(event, timezone)] : [])),
    ],
    timeline: events.map((event) => tellEvent(event, timezone)),
    passes,
    apiCalls: { total: Object.values(calls).reduce((sum, count) => sum + count, 0), byAction: calls },
    error: '',
    failure: null,
  };
}

/** For a run that is held back for a while: what it has done until now, and when it goes on. */
export function waitingReportOf(run: Run): Report {
  const report = reportOf(run);
  const waiting = openTargets(run);
  const [first] = waiting;
  const waitingFor = first === undefined ? null : run.memories.of(first.serverInstanceNo).waitingFor;
  const reason = inEnglish(waitingFor, run.request.timezone);
  const summary = `${run.request.environment} ${run.request.region}: ${waiting.length} waiting: ${reason}`;
  return { ...report, status: 'waiting', summary };
}

/** For a run that broke off: what it had done and seen, and what broke it. */
export function brokenReportOf(run: Run, failure: Failure): Report {
  const report = reportOf(run);
  const said = failureData(failure, run.request.timezone);
  return { ...report, status: 'error', summary: `${report.summary}; the run broke off: ${said.error}`, ...said };
}

/** For a run that failed before it had a plan: nothing is known of any server. */
export function errorReportOf(request: TerminationRequest, failure: Failure, at: string): Report {
  const said = failureData(failure, request.timezone);
  return {
    ...head(request),
    status: 'error',
    summary: `${request.environment} ${request.region}: ${said.error}`,
    startedAt: at,
    endedAt: at,
    plan: null,
    attention: [],
    signals: [],
    outcomes: [],
    freed: [],
    left: [],
    timeline: [],
    passes: 0,
    apiCalls: { total: 0, byAction: {} },
    ...said,
  };
}

function head(request: TerminationRequest): Pick<Report, 'reportVersion' | 'banapVersion' | 'requestId' | 'request'> {
  return { reportVersion: 2, banapVersion: manifest.version, requestId: request.requestId, request: { ...request } };
}

function planOf(plan: Plan, request: TerminationRequest): NonNullable<Report['plan']> {
  const { policyTerms, timezone } = request;
  const { createdAt, hash, regionHolds, accountHolds, today, refusal, notes, items } = plan;
  const spared = plan.spared.servers.map(({ by, ...server }) => {
    const entry = policyTerms?.unless[by];
    return { ...server, by: entry === undefined ? '' : criteriaInWords(entry) };
  });
  const servers = items.map((item) => ({
    ...withoutTimes(plannedServer(item, request)),
    verdict: item.verdict,
    ...reasonData(item.reason, timezone),
    steps: item.steps,
    startsAt: item.startsAt,
    terminatesAt: item.terminatesAt,
    left: staying(item, request).map((one) => tellLeft(one, timezone)),
    publicIps: ofResource('publicIp', item.target.attachments).map(({ name }) => name),
    blockStorages: ofResource('blockStorage', item.target.attachments).map(({ name }) => name),
  }));
  return {
    createdAt,
    hash,
    regionHolds,
    accountHolds,
    limits: { today, ...request.limits, percent: Math.ceil(percentOf(today, accountHolds) * 10) / 10 },
    refusal: refusal === null ? null : noteData(refusal.reason, timezone),
    notes: notes.map((note) => noteData(note, timezone)),
    spared: { ...plan.spared, servers: spared },
    servers,
  };
}

/** Nothing of a plan has been done yet. */
function withoutTimes({ times: _times, ...server }: ServerView): Omit<ServerView, 'times'> {
  return server;
}

/** What is foreseen to stay of what is on a server. */
function staying({ target, verdict }: PlanItem, rules: Rules): LeftOver[] {
  if (verdict !== 'terminate') return [];
  return target.attachments.flatMap((one) => {
    const reason = whyStays(one, rules);
    const { resource, no, name } = one;
    const asked = RESOURCES[resource].isToBeFreed(rules);
    return reason === undefined
      ? []
      : [{ resource, no, name, serverInstanceNo: target.serverInstanceNo, reason, asked }];
  });
}

/** What tags say that cannot be understood, as the report tells it. */
export function attentionOf(attention: readonly Attention[], timezone: string): Report['attention'] {
  return attention.map(({ reason, ...one }) => ({ ...one, ...reasonData(reason, timezone) }));
}

type LeftOver = Omit<Left, 'resource'> & { resource: Left['resource'] | 'server'; serverInstanceNo: string };

function tellLeft(one: LeftOver, timezone: string): Report['left'][number] {
  const { resource, no, name, serverInstanceNo, asked } = one;
  return { resource, no, name, serverInstanceNo, ...reasonData(one.reason, timezone), asked };
}

function tellEvent(event: Event, timezone: string): Report['timeline'][number] {
  if (event.kind === 'outcome') {
    return { ...event, outcome: { ...event.outcome, ...reasonData(event.outcome.reason, timezone) } };
  }
  return 'reason' in event ? { ...event, ...reasonData(event.reason, timezone) } : event;
}

function outcomeOf({ target }: PlanItem, memories: Memories, timezone: string): Report['outcomes'][number] {
  const { serverInstanceNo, serverName } = target;
  const memory = memories.of(serverInstanceNo);
  const outcome: Outcome = memory.outcome ?? { result: 'unfinished', reason: { code: 'not-reached' } };
  return {
    serverInstanceNo,
    serverName,
    ...outcome,
    ...reasonData(outcome.reason, timezone),
    lastSeen: memory.seen?.statusName ?? '',
  };
}

const BAD_TO_GOOD = ['failed', 'unfinished', 'refused'] as const;
const STATUS = { failed: 'failed', unfinished: 'unfinished', refused: 'some-refused' } as const;

function worst(results: readonly Outcome['result'][]): Report['status'] {
  const found = BAD_TO_GOOD.find((result) => results.includes(result));
  return found === undefined ? 'all-gone' : STATUS[found];
}

function summaryOf(request: TerminationRequest, plan: Plan, outcomes: Report['outcomes']): string {
  const place = `${request.environment} ${request.region}`;
  if (plan.refusal !== null) return `${place}: ${inEnglish(plan.refusal.reason, request.timezone)}`;
  if (request.mode === 'plan') {
    return `${place}: ${plan.items.filter(willAct).length} of ${plan.items.length} servers would be terminated; nothing is done yet`;
  }
  const counts = Object.entries(Object.groupBy(outcomes, (outcome) => outcome.result));
  const said = counts.map(([result, some]) => `${some.length} ${result}`).join(', ');
  return `${place}: ${said === '' ? 'no server matched, nothing was done' : said}`;
}

/** A server that the run did something to and that is still there goes on costing money, for its disks at least. */
function leftServers(
  items: readonly PlanItem[],
  memories: Memories,
  outcomes: Report['outcomes'],
  events: readonly Event[],
): LeftOver[] {
  const doubts = events.filter((event) => event.kind === 'unknown' && event.action === 'restoreProtection');
  const unsure = new Set(doubts.map((event) => event.serverInstanceNo));
  return items.flatMap(({ target }, index) => {
    const { serverInstanceNo, serverName } = target;
    const memory = memories.of(serverInstanceNo);
    const outcome = outcomes[index];
    const touched = Object.keys(memory.sent).length > 0;
    if (outcome === undefined || memory.isGone || (!touched && outcome.result === 'refused')) return [];
    if (outcome.result === 'terminated' || outcome.result === 'already-gone') return [];
    const reason: Reason = {
      code: 'still-there',
      statusName: memory.seen?.statusName ?? '',
      isListed: memory.missingSince === undefined,
      stop: memory.sent.stop === undefined ? 'no' : memory.sawItStop ? 'seen' : 'asked',
      isPerhapsBare: unsure.has(serverInstanceNo),
    };
    return [
      { resource: 'server' as const, no: serverInstanceNo, name: serverName, serverInstanceNo, reason, asked: true },
    ];
  });
}

function freedOf({ resource, no, name, serverInstanceNo }: Extract<Event, { kind: 'freed' }>): Report['freed'][number] {
  return { resource, no, name, serverInstanceNo };
}
