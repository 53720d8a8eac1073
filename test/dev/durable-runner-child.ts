/** A plain Node process with nothing of a test framework in it. It must not need process.exit. */
import { runDurably } from '../../lib/dev/durable-runner.ts';
import { durableHandler } from '../aws/durable-handler.ts';

const handler = durableHandler((engine) => engine.sleep('pause', 1));
const skipping = await runDurably(handler, {}, { skipTime: true });
const beside = await Promise.all([runDurably(handler, {}), runDurably(handler, {})]);
console.log(JSON.stringify([skipping, ...beside].map(({ status }) => status)));
