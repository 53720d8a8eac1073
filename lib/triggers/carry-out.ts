/** A request from beginning to end: run it, report it, write it down, deliver the report. The same for every trigger. */

import { codeOf, messageOf, thrownBy } from '../errors.ts';
import { DELIVERY_RETRY, type Delivered, deliveredToAll, type Recipient, tellOfWait } from '../reports/deliver.ts';
import { attentionOf, brokenReportOf, errorReportOf, type Report, reportOf } from '../reports/report.ts';
import { signalsNow } from '../termination/consent/read-signals.ts';
import type { Failure } from '../termination/failure.ts';
import { willAct } from '../termination/planning/plan.ts';
import type { Attention } from '../termination/planning/select.ts';
import { CloudError } from '../termination/ports/cloud.ts';
import type { Retry } from '../termination/ports/engine.ts';
import { type AuditLog, type RunStore, type Stored, StoreError } from '../termination/ports/store.ts';
import { type Tools } from '../termination/ports/tools.ts';
import type { TerminationRequest } from '../termination/request.ts';
import { BrokenRun, run } from '../termination/run.ts';
import { type Run } from '../termination/run-record.ts';
import { auditOfError, auditOfEvents, auditOfPlan } from '../termination/status/audit.ts';
import { newsOf } from '../termination/status/news.ts';
import { publishRun, publishView } from '../termination/status/publish.ts';
import { viewWithoutPlan } from '../termination/status/view-of-run.ts';

export interface CarriedOut {
  report: Report;
  /** `failed` when one of several recipients did not take it. */
  delivery: Delivered;
  /** Why the audit was not written, or empty. */
  unwritten: string;
}

/** With `recipients` empty no report is sent. */
export async function carryOut(
  request: TerminationRequest,
  tools: Tools,
  recipients: readonly Recipient[],
  retry: Retry = DELIVERY_RETRY,
): Promise<CarriedOut> {
  const onLongWait = (soFar: Run): Promise<void> => tellOfWait(soFar, tools, recipients);
  const ending = await reported(request, { ...tools, onLongWait });
  const unwritten = await writtenDown(request, ending, tools);
  const published = await tools.engine.step('tell', () =>
    ending.ended === undefined ? publishFailure(request, ending, tools) : publishEnding(ending.ended, ending, tools),
  );
  const attention = attentionOf(published.attention, request.timezone);
  const report = { ...ending.report, attention, signals: published.signals };
  const isQuiet = published.nothingNew && report.status !== 'error';
  const delivery = isQuiet ? QUIET : await deliveredToAll(report, tools, recipients, retry);
  return { report, delivery, unwritten };
}

type Published = Pick<Report, 'signals'> & { attention: Attention[]; nothingNew: boolean };

/** The last signal to those who watch the run, and what of it is worth a report. */
async function publishEnding(ended: Run, { report, failure }: Reported, tools: Tools): Promise<Published> {
  // Some of it may have come too late.
  const signals = await signalsNow(ended, tools);
  // Another execution carries this request out, and shows it.
  const isDuplicate = ended.history.events.some(
    (event) => event.kind === 'outcome' && event.outcome.result === 'refused' && event.outcome.guard === 'duplicate',
  );
  if (!isDuplicate) {
    await publishRun(
      { ...ended, signals },
      { state: 'ended', status: report.status, failure },
      await onlookersOf(ended.request, digestOf(ended), tools),
    );
  }
  return { ...(await newsOf(ended, tools)), signals };
}

async function publishFailure(
  request: TerminationRequest,
  { report, failure }: Reported,
  tools: Tools,
): Promise<Published> {
  const { status, endedAt: at, signals } = report;
  // What another execution of this request shows is not said to have ended.
  if (!(await isAnothers(request, tools))) {
    await publishView(
      viewWithoutPlan(request, { status, failure, at }),
      await onlookersOf(request, JSON.stringify(failure?.kind ?? ''), tools),
    );
  }
  return { attention: [], signals, nothingNew: false };
}

async function isAnothers(
  { requestId, mode }: TerminationRequest,
  { store, owner = '' }: Stored<Pick<RunStore, 'ownerOf'>> & Pick<Tools, 'owner'>,
): Promise<boolean> {
  if (mode === 'plan' || store === undefined) return false;
  try {
    return ((await store.ownerOf(requestId)) ?? owner) !== owner;
  } catch (error) {
    if (error instanceof StoreError) return true;
    throw error;
  }
}

/**
 * A look that a schedule or an event made shows itself in the chats, once for each day and whenever what it would do has changed.
 * Who asks for a look gets it as an answer, and the command line shows it at once.
 */
async function onlookersOf(
  { mode, trigger, account, policy, requestId }: TerminationRequest,
  digest: string,
  tools: Tools,
): Promise<Tools> {
  if (mode === 'terminate') return tools;
  const { store, notifier, clock } = tools;
  const isToldOf = digest !== '' && (trigger === 'schedule' || trigger === 'event');
  if (isToldOf && notifier !== undefined && store !== undefined) {
    const day = new Date(clock.now()).toISOString().slice(0, 10);
    const news = { subject: `${policy}/look`, content: `${day} ${digest}`, requestId };
    // Twice is better than never.
    const isNews = await store.isNews(account, news).catch((error: unknown) => {
      if (error instanceof StoreError) return true;
      throw error;
    });
    if (isNews) return tools;
  }
  return { ...tools, notifier: undefined, store: trigger === 'cli' ? undefined : store };
}

/** What a look has to say: nothing where nothing would go and nothing is unclear. */
function digestOf({ plan }: Run): string {
  const meant = plan.items.filter(willAct).map(({ target }) => target.serverInstanceNo);
  return meant.length + plan.attention.length === 0 ? '' : plan.hash;
}

const QUIET: Delivered = { state: 'none', reason: 'nothing was done and there is nothing new to tell' };

async function reported(request: TerminationRequest, tools: Tools): Promise<Reported> {
  try {
    const ended = await run(request, tools);
    return { ended, report: reportOf(ended), failure: null };
  } catch (error) {
    if (error instanceof BrokenRun) {
      const failure = failureOf(error.cause);
      return { ended: error.run, report: brokenReportOf(error.run, failure), failure };
    }
    // In a step, so that a replay tells the same time and the same signals.
    const told = await tools.engine.step('report-error', () => {
      const failure = failureOf(error);
      const report = errorReportOf(request, failure, new Date(tools.clock.now()).toISOString());
      return Promise.resolve({ report, failure });
    });
    return { ended: undefined, ...told };
  }
}

function failureOf(error: unknown): Failure {
  const thrown = thrownBy(error);
  if (isFailed(thrown)) return thrown.failure;
  return { kind: 'unexpected', of: '', code: codeOf(thrown), message: messageOf(error) };
}

/** Of NCP or the store. What a durable step threw has lost its class. */
function isFailed(thrown: unknown): thrown is CloudError | StoreError {
  const names = [CloudError.name, StoreError.name];
  return thrown instanceof Error && names.includes(thrown.name) && 'failure' in thrown;
}

/** About a minute: the report waits for it. */
const AUDIT_RETRY: Retry = { attempts: 6, firstDelaySeconds: 2, maxDelaySeconds: 20 };

interface Reported {
  /** Undefined: it failed before it had a plan. */
  ended: Run | undefined;
  report: Report;
  /** What made it fail as a whole. */
  failure: Failure | null;
}

/** The audit of what happened; then others may have the servers. */
async function writtenDown(request: TerminationRequest, reporting: Reported, tools: Tools): Promise<string> {
  const { store, engine, owner = '' } = tools;
  if (store === undefined) return '';
  try {
    return await engine.step('audit', () => writeDown(request, reporting, store, owner), AUDIT_RETRY);
  } catch (error) {
    return messageOf(error);
  }
}

/** Returns why it could not be written; throws where another try may help. */
async function writeDown(
  request: TerminationRequest,
  { ended, report, failure }: Reported,
  store: Pick<AuditLog & RunStore, 'record' | 'close'>,
  owner: string,
): Promise<string> {
  const { account, requestId, mode } = request;
  try {
    if (ended === undefined) {
      if (failure !== null) await store.record(auditOfError(request, report.endedAt, failure));
      return '';
    }
    // The plan was written before the first act; where nothing came to acts, it is written here.
    // Others may have the servers, whatever becomes of the audit.
    if (mode === 'terminate') await store.close(account, requestId, owner);
    await store.record([...auditOfPlan(ended), ...auditOfEvents(ended, ended.history.events)]);
    return '';
  } catch (error) {
    if (error instanceof StoreError && !error.passing) return error.message;
    throw error;
  }
}
