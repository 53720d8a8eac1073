/** One Lambda environment: a process that serves one invocation, gives its checkpoints to its parent, and may die. */
import { appendFileSync, readFileSync } from 'node:fs';
import {
  type DurableExecutionClient,
  type DurableExecutionInvocationInput,
  DurableExecutionInvocationInputWithClient,
} from '@aws/durable-execution-sdk-js';
import { policiesSchema } from '../../lib/policies/schema.ts';
import { CloudError } from '../../lib/termination/ports/cloud.ts';
import { probe, probeFrom } from '../../lib/triggers/probe.ts';
import { durableHandler } from './durable-handler.ts';

const POLICIES = policiesSchema.parse({
  version: 1,
  policies: { nightly: { mode: 'terminate', select: { environment: 'vpc', names: ['dev-*'] } } },
});

const handler = durableHandler(async (engine, { journal, ...event }) => {
  const work = (name: string): void => appendFileSync(journal, `${name}\n`);
  const order = probeFrom(event);
  if (order !== undefined) {
    const look = (): never => {
      work('look');
      throw new CloudError('nobody is asked here', { fatal: true, returnCode: '' });
    };
    return probe(order, POLICIES, {
      engine,
      now: Date.now,
      life: String(process.pid),
      crash: () => process.exit(1),
      look,
    });
  }
  const first = await engine.step('first', async () => (work('first'), process.pid));
  await engine.sleep('pause', 1);
  const second = await engine.step('second', async () => {
    work('second');
    if (readFileSync(journal, 'utf8').match(/second/g)?.length === 1) process.kill(process.pid, 'SIGKILL');
    return process.pid;
  });
  return { first, second, last: process.pid };
});

type Message = { id: number; answer: never } | { input: DurableExecutionInvocationInput; context: object };

const pending: ((answer: never) => void)[] = [];
const ask = (method: string, params: object): Promise<never> =>
  new Promise((resolve) => {
    process.send?.({ id: pending.push(resolve) - 1, method, params });
  });
const client: DurableExecutionClient = {
  checkpoint: (params) => ask('checkpoint', params),
  getExecutionState: (params) => ask('getExecutionState', params),
};

process.on('message', (message: Message) => {
  if ('id' in message) return pending[message.id]?.(message.answer);
  void serve(message.input, message.context);
});

async function serve(input: DurableExecutionInvocationInput, context: object): Promise<void> {
  const event = new DurableExecutionInvocationInputWithClient(input, client);
  const lambdaContext = { ...context, getRemainingTimeInMillis: () => 900_000 };
  const response: unknown = await Reflect.apply(handler, undefined, [event, lambdaContext]);
  process.send?.({ response }, () => process.disconnect());
}
