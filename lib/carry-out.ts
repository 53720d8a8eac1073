/** A request from beginning to end: run it, report it, write it down, deliver the report. The same for every trigger. */

import { messageOf } from './error-message.ts';
import { brokenReportOf, errorReportOf, type Report, reportOf, waitingReportOf } from './reports/report.ts';
import { DeliveryError, deliverReport } from './reports/webhook.ts';
import { auditOfError, auditOfEvents, auditOfPlan } from './termination/audit.ts';
import type { Retry } from './termination/engine.ts';
import { type Ledger, LedgerError } from './termination/ledger.ts';
import { newsOf } from './termination/news.ts';
import { showCard, showRun } from './termination/presence.ts';
import type { TerminationRequest } from './termination/request.ts';
import { BrokenRun, run } from './termination/run.ts';
import { cardWithoutPlan } from './termination/run-card.ts';
import { type Run } from './termination/run-record.ts';
import { type Tools } from './termination/tools.ts';
import type { Word } from './termination/words.ts';

/** Where reports go. Asked for at the last moment, so that a rotated secret is the one that signs. */
export type Recipient = () => Promise<{ url: string; secret: string }>;

interface Delivered {
  /** `none`: nobody wants it. `failed`: the outcome stands all the same, and the report must be kept elsewhere. */
  state: 'none' | 'delivered' | 'failed';
  reason: string;
}

export interface CarriedOut {
  report: Report;
  /** `failed` when one of several recipients did not take it. */
  delivery: Delivered;
  /** Why the audit was not written, or empty. */
  unwritten: string;
}

/** About an hour in Lambda, where waiting costs nothing. */
const DELIVERY_RETRY: Retry = { attempts: 8, firstDelaySeconds: 15, maxDelaySeconds: 1_200 };
const DELIVERY_TIMEOUT_MS = 15_000;

/** With `recipients` empty no report is sent. */
export async function carryOut(
  request: TerminationRequest,
  tools: Tools,
  recipients: readonly Recipient[],
  retry: Retry = DELIVERY_RETRY,
): Promise<CarriedOut> {
  const onLongWait = (soFar: Run): Promise<void> => tellOfWait(soFar, tools, recipients);
  const { ended, report: whole } = await reported(request, { ...tools, onLongWait });
  const unwritten = await writtenDown(request, { ended, report: whole }, tools);
  const told = await tools.engine.step('tell', () =>
    ended === undefined ? tellFailure(request, whole, tools) : tell(ended, whole, tools),
  );
  const report = { ...whole, attention: told.attention, words: told.words };
  const isQuiet = told.nothingNew && report.status !== 'error';
  const delivery = isQuiet ? QUIET : await deliveredToAll(report, tools, recipients, retry);
  return { report, delivery, unwritten };
}

type Told = Pick<Report, 'attention' | 'words'> & { nothingNew: boolean };

/** The last word to those who watch the run, and what of it is worth a report. */
async function tell(ended: Run, { status, summary }: Report, tools: Tools): Promise<Told> {
  const words = await lastWords(ended, tools);
  // Another execution carries this request out, and shows it.
  const isDuplicate = ended.events.some(
    (event) => event.kind === 'outcome' && event.outcome.result === 'refused' && event.outcome.guard === 'duplicate',
  );
  if (!isDuplicate) {
    await showRun({ ...ended, words }, { state: 'ended', status, summary }, onlookersOf(ended.request, tools));
  }
  return { ...(await newsOf(ended, tools.ledger)), words };
}

async function tellFailure(request: TerminationRequest, report: Report, tools: Tools): Promise<Told> {
  const { status, error: summary, endedAt: at, attention, words } = report;
  await showCard(cardWithoutPlan(request, { status, summary, at }), onlookersOf(request, tools));
  return { attention, words, nothingNew: false };
}

/** A look is found by whoever asks for it, and makes no message; at the command line it is shown there and then. */
function onlookersOf({ mode, trigger }: TerminationRequest, tools: Tools): Tools {
  if (mode === 'terminate') return tools;
  return { ...tools, board: undefined, ledger: trigger === 'cli' ? undefined : tools.ledger };
}

/** What people said until now; some of it may have come too late. */
async function lastWords(ended: Run, { ledger }: Tools): Promise<Word[]> {
  try {
    return (await ledger?.words(ended.request.requestId)) ?? ended.words;
  } catch (error) {
    if (error instanceof LedgerError) return ended.words;
    throw error;
  }
}

/** Some minutes: the run waits for it. */
const WAITING_RETRY: Retry = { attempts: 5, firstDelaySeconds: 10, maxDelaySeconds: 60 };

/** A report while there is still time to start, keep or hold a server. Whether it arrived changes nothing for the run. */
async function tellOfWait(soFar: Run, tools: Tools, recipients: readonly Recipient[]): Promise<void> {
  const report = waitingReportOf(soFar);
  for (const [index, recipient] of recipients.entries()) {
    await delivered(report, `deliver-waiting-${index + 1}`, tools, recipient, WAITING_RETRY);
  }
}

const NOBODY: Delivered = { state: 'none', reason: 'no webhook is configured' };
const QUIET: Delivered = { state: 'none', reason: 'nothing was done and there is nothing new to tell' };

async function reported(request: TerminationRequest, tools: Tools): Promise<Reported> {
  try {
    const ended = await run(request, tools);
    return { ended, report: reportOf(ended) };
  } catch (error) {
    if (error instanceof BrokenRun) {
      return { ended: error.run, report: brokenReportOf(error.run, messageOf(error.cause)) };
    }
    // In a step, so that a replay tells the same time and the same words.
    const report = await tools.engine.step('report-error', () =>
      Promise.resolve(errorReportOf(request, messageOf(error), new Date(tools.clock.now()).toISOString())),
    );
    return { ended: undefined, report };
  }
}

/** About a minute: the report waits for it. */
const AUDIT_RETRY: Retry = { attempts: 6, firstDelaySeconds: 2, maxDelaySeconds: 20 };

interface Reported {
  /** Undefined: it failed before it had a plan. */
  ended: Run | undefined;
  report: Report;
}

/** The audit of what happened; then others may have the servers. */
async function writtenDown(request: TerminationRequest, reporting: Reported, tools: Tools): Promise<string> {
  const { ledger, engine, owner = '' } = tools;
  if (ledger === undefined) return '';
  try {
    return await engine.step('audit', () => writeDown(request, reporting, ledger, owner), AUDIT_RETRY);
  } catch (error) {
    return messageOf(error);
  }
}

/** Returns why it could not be written; throws where another try may help. */
async function writeDown(
  request: TerminationRequest,
  { ended, report }: Reported,
  ledger: Ledger,
  owner: string,
): Promise<string> {
  const { account, requestId, mode } = request;
  try {
    if (ended === undefined) {
      await ledger.record(auditOfError(request, report.endedAt, report.error));
      return '';
    }
    // The plan was written before the first act; where nothing came to acts, it is written here.
    // Others may have the servers, whatever becomes of the audit.
    if (mode === 'terminate') await ledger.close(account, requestId, owner);
    await ledger.record([...auditOfPlan(ended), ...auditOfEvents(ended)]);
    return '';
  } catch (error) {
    if (error instanceof LedgerError && !error.passing) return error.message;
    throw error;
  }
}

async function deliveredToAll(
  report: Report,
  tools: Tools,
  recipients: readonly Recipient[],
  retry: Retry,
): Promise<Delivered> {
  const results: Delivered[] = [];
  for (const [index, recipient] of recipients.entries()) {
    results.push(await delivered(report, `deliver-${index + 1}`, tools, recipient, retry));
  }
  const [first = NOBODY] = results;
  const failed = results.filter((one) => one.state === 'failed');
  if (failed.length === 0) return first;
  const reasons = failed.map((one) => one.reason).join('; ');
  const reason = results.length === 1 ? reasons : `${failed.length} of ${results.length} recipients: ${reasons}`;
  return { state: 'failed', reason };
}

async function delivered(
  report: Report,
  step: string,
  tools: Tools,
  recipient: Recipient,
  retry: Retry,
): Promise<Delivered> {
  const body = JSON.stringify(report);
  try {
    return await tools.engine.step(step, () => deliver(body, messageIdOf(report), tools, recipient), retry);
  } catch (error) {
    return { state: 'failed', reason: messageOf(error) };
  }
}

/** A receiver takes two messages of one id for one. */
function messageIdOf({ requestId, status }: Report): string {
  return status === 'waiting' ? `${requestId}/waiting` : requestId;
}

async function deliver(body: string, messageId: string, { clock }: Tools, recipient: Recipient): Promise<Delivered> {
  const { url, secret } = await recipient();
  try {
    const { status } = await deliverReport({
      url,
      secret,
      messageId,
      body,
      now: clock.now(),
      timeoutMs: DELIVERY_TIMEOUT_MS,
    });
    return { state: 'delivered', reason: `answered ${status}` };
  } catch (error) {
    if (error instanceof DeliveryError && !error.retryable) return { state: 'failed', reason: error.message };
    throw error;
  }
}
