/** A request from beginning to end: run it, report it, deliver the report. The same for every trigger. */

import { brokenReportOf, errorReportOf, type Report, reportOf } from './reports/report.ts';
import { DeliveryError, deliverReport } from './reports/webhook.ts';
import type { Retry } from './termination/engine.ts';
import type { TerminationRequest } from './termination/request.ts';
import { BrokenRun, run, type Tools } from './termination/run.ts';

/** Where reports go. Asked for at the last moment, so that a rotated secret is the one that signs. */
export type Recipient = () => Promise<{ url: string; secret: string }>;

interface Delivered {
  /** `none`: nobody wants it. `failed`: the outcome stands all the same, and the report must be kept elsewhere. */
  state: 'none' | 'delivered' | 'failed';
  reason: string;
}

export interface CarriedOut {
  report: Report;
  delivery: Delivered;
}

/** About an hour in Lambda, where waiting costs nothing. */
const DELIVERY_RETRY: Retry = { attempts: 8, firstDelaySeconds: 15, maxDelaySeconds: 1_200 };
const DELIVERY_TIMEOUT_MS = 15_000;

export async function carryOut(
  request: TerminationRequest,
  tools: Tools,
  recipient: Recipient | undefined,
  retry: Retry = DELIVERY_RETRY,
): Promise<CarriedOut> {
  const report = await reported(request, tools);
  const delivery = recipient === undefined ? NOBODY : await delivered(report, tools, recipient, retry);
  return { report, delivery };
}

const NOBODY: Delivered = { state: 'none', reason: 'no webhook is configured' };

async function reported(request: TerminationRequest, tools: Tools): Promise<Report> {
  try {
    return reportOf(await run(request, tools));
  } catch (error) {
    if (error instanceof BrokenRun) return brokenReportOf(error.run, messageOf(error.cause));
    // In a step, so that a replay tells the same time and the same words.
    return tools.engine.step('report-error', () =>
      Promise.resolve(errorReportOf(request, messageOf(error), new Date(tools.clock.now()).toISOString())),
    );
  }
}

async function delivered(report: Report, tools: Tools, recipient: Recipient, retry: Retry): Promise<Delivered> {
  const body = JSON.stringify(report);
  try {
    return await tools.engine.step('deliver', () => deliver(body, report.requestId, tools, recipient), retry);
  } catch (error) {
    return { state: 'failed', reason: messageOf(error) };
  }
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

/** A durable step's error is wrapped; what happened is in its cause. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.name === 'StepError' && error.cause instanceof Error ? error.cause.message : error.message;
}
