import { createHmac } from 'node:crypto';
import {
  createSimulator,
  type ListeningOptions,
  type SimulatedNcp,
  type Simulator,
  type SimulatorOptions,
  startSimulator,
} from '../../lib/simulator/simulator.ts';

export const accessKey = 'AKIDEXAMPLE';
const secretKey = 'SECRETEXAMPLE';

/** Stands still until advance(), so that every wait in a test is exact. */
const still = { accessKey, secretKey, speed: 0, startAt: new Date('2026-03-01T00:00:00Z') };

export function simulator(options: Partial<ListeningOptions> = {}): Promise<Simulator> {
  return startSimulator({ ...still, ...options });
}

/** As {@link simulator}, without a socket. */
export function simulatorWithin(options: Partial<SimulatorOptions> = {}): SimulatedNcp {
  return createSimulator({ ...still, ...options });
}

export interface Called {
  status: number;
  headers: Headers;
  text: string;
  // oxlint-disable-next-line typescript/no-explicit-any -- tests read replies freely
  json: any;
}

export interface CallOptions {
  environment?: 'server' | 'vserver' | 'vpc';
  method?: 'GET' | 'POST';
  format?: 'json' | 'xml';
  timestamp?: number;
}

/** A signed call as NCP's documentation describes it, written independently of the simulator's own check. */
export async function call(
  url: string,
  action: string,
  parameters: Record<string, string> = {},
  options: CallOptions = {},
): Promise<Called> {
  const { environment = 'vserver', method = 'POST', format = 'json' } = options;
  const text = new URLSearchParams({ ...parameters, responseFormatType: format }).toString();
  const target = `/${environment}/v2/${action}${method === 'GET' ? `?${text}` : ''}`;
  return send(url, target, {
    method,
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      ...signed(method, target, options.timestamp ?? Date.now()),
    },
    ...(method === 'POST' ? { body: text } : {}),
  });
}

/** A signed Resource Manager call. */
export function manage(url: string, method: 'POST' | 'DELETE', path: string, body: unknown): Promise<Called> {
  return send(url, path, {
    method,
    headers: { 'content-type': 'application/json', ...signed(method, path, Date.now()) },
    body: JSON.stringify(body),
  });
}

export async function send(url: string, target: string, init: RequestInit): Promise<Called> {
  const response = await fetch(`${url}${target}`, init);
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, json: tryJson(text) };
}

export function signed(method: string, target: string, timestamp: number): Record<string, string> {
  const signature = createHmac('sha256', secretKey).update(`${method} ${target}\n${timestamp}\n${accessKey}`);
  return {
    'x-ncp-apigw-timestamp': String(timestamp),
    'x-ncp-iam-access-key': accessKey,
    'x-ncp-apigw-signature-v2': signature.digest('base64'),
  };
}

/** `serverInstanceNoList.1=..&serverInstanceNoList.2=..` */
export function list(name: string, ...values: string[]): Record<string, string> {
  return Object.fromEntries(values.map((value, index) => [`${name}.${index + 1}`, value]));
}

export function servers(...values: string[]): Record<string, string> {
  return list('serverInstanceNoList', ...values);
}

/** The return code of an action: `0`, or that of the responseError. */
export function returnCode(called: Called): string {
  return (
    called.json?.responseError?.returnCode ?? Object.values<{ returnCode: string }>(called.json)[0]?.returnCode ?? ''
  );
}

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
