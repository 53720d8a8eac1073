import { clockTime, eventInWords } from '../reports/words.ts';
import type { Event } from '../termination/events.ts';

/**
 * Show what a Lambda function logs as people would read it, until the returned function is called. The function itself
 * does not know: it writes objects to the console, as it does in CloudWatch.
 */
export function showLambdaLog(write: (line: string) => void): () => void {
  const { log } = console;
  console.log = (line: unknown) =>
    write(typeof line === 'object' && line !== null ? inWords({ ...line }) : String(line));
  return () => {
    console.log = log;
  };
}

function inWords(entry: LogEntry): string {
  const { message, requestId } = entry;
  switch (message) {
    case undefined:
      return JSON.stringify(entry);
    case 'started':
      return `${requestId}: execution ${String(entry['executionName'])}`;
    case 'plan':
      return `${requestId}: plan ${String(entry['hash'])} for ${String(entry['servers'])} servers`;
    case 'result':
      return `${requestId}: ${String(entry['summary'])}`;
    case 'report':
      return `${requestId}: the report could not be delivered and is in the log`;
    case 'failed':
      return `failed: ${String(entry['error'])}`;
    case 'accepted':
    case 'cancelling':
      return `${requestId}: ${message} for ${String(entry['caller'])}`;
    case 'decided':
      return `${requestId}: ${String(entry['by'])} said ${String(entry['kind'])}`;
    case 'refused':
      return refusedRequest(entry);
    default:
      return entry['serverInstanceNo'] === undefined ? JSON.stringify(entry) : eventLine(entry);
  }
}

function refusedRequest({ status, detail, error }: LogEntry): string {
  const why = typeof error === 'string' ? ` (${error})` : '';
  return `refused a request with ${String(status)}: ${String(detail)}${why}`;
}

function eventLine(entry: LogEntry): string {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- our own log line, written from an event
  const event = entry as unknown as Event;
  return `${clockTime(event.at)} ${event.serverInstanceNo.padEnd(6)} ${eventInWords(event)}`;
}

type LogEntry = { message?: string; requestId?: string } & Record<string, unknown>;
