/** Reports on their way: to every recipient, tried again for as long as it may help, each in a step of its own. */

import { messageOf } from '../errors.ts';
import type { Retry } from '../termination/ports/engine.ts';
import type { Tools } from '../termination/ports/tools.ts';
import type { Run } from '../termination/run-record.ts';
import { FORMATS } from './formats/formats.ts';
import type { FormatName } from './formats/names.ts';
import { type Report, waitingReportOf } from './report.ts';
import { DeliveryError, deliverReport } from './webhook.ts';

/** Where reports go. Asked for at the last moment, so that a rotated secret is the one that signs. */
export type Recipient = () => Promise<{
  url: string;
  /** Left out where the format is not signed. */
  secret?: string;
  /** By default the report itself, for programs. */
  format?: FormatName;
  /** Hosts that may be in a private network. */
  allowedHosts?: readonly string[];
}>;

export interface Delivered {
  /** `none`: nobody wants it. `failed`: the outcome stands all the same, and the report must be kept elsewhere. */
  state: 'none' | 'delivered' | 'failed';
  reason: string;
}

/** About an hour in Lambda, where waiting costs nothing. */
export const DELIVERY_RETRY: Retry = { attempts: 8, firstDelaySeconds: 15, maxDelaySeconds: 1_200 };

export async function deliveredToAll(
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

const NOBODY: Delivered = { state: 'none', reason: 'no webhook is configured' };

/** Some minutes: the run waits for it. */
const WAITING_RETRY: Retry = { attempts: 5, firstDelaySeconds: 10, maxDelaySeconds: 60 };

/** A report while there is still time to start, keep or hold a server. Whether it arrived changes nothing for the run. */
export async function tellOfWait(soFar: Run, tools: Tools, recipients: readonly Recipient[]): Promise<void> {
  const report = waitingReportOf(soFar);
  for (const [index, recipient] of recipients.entries()) {
    await delivered(report, `deliver-waiting-${index + 1}`, tools, recipient, WAITING_RETRY);
  }
}

async function delivered(
  report: Report,
  step: string,
  tools: Tools,
  recipient: Recipient,
  retry: Retry,
): Promise<Delivered> {
  try {
    return await tools.engine.step(step, () => deliver(report, tools, recipient), retry);
  } catch (error) {
    return { state: 'failed', reason: messageOf(error) };
  }
}

/** A receiver takes two messages of one id for one. */
function messageIdOf({ requestId, status }: Report): string {
  return status === 'waiting' ? `${requestId}/waiting` : requestId;
}

const DELIVERY_TIMEOUT_MS = 15_000;

async function deliver(report: Report, { clock }: Tools, recipient: Recipient): Promise<Delivered> {
  const { url, secret, format = 'standard', allowedHosts = [] } = await recipient();
  const { body, headers } = FORMATS[format];
  try {
    const { status } = await deliverReport({
      url,
      secret,
      messageId: messageIdOf(report),
      body: body(report),
      headers,
      now: clock.now(),
      timeoutMs: DELIVERY_TIMEOUT_MS,
      allowedHosts,
    });
    return { state: 'delivered', reason: `answered ${status}` };
  } catch (error) {
    if (error instanceof DeliveryError && !error.retryable) return { state: 'failed', reason: error.message };
    throw error;
  }
}
