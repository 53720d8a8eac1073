/**
 * `npm start`: the whole job on this machine, without accounts or keys. A simulated NCP, a local Secrets Manager that the
 * AWS SDK talks to, a receiver that verifies the signed reports, and between them the real Lambda handler under the
 * local durable runner, started by what EventBridge Scheduler would send.
 */

import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { runDurably } from '../local/durable-runner.ts';
import { showLambdaLog } from '../local/lambda-log.ts';
import { startReceiver } from '../local/receiver.ts';
import { startSecretsManager } from '../local/secrets-manager.ts';
import { reportSchema } from '../reports/report.ts';
import { outcomesText } from '../reports/text.ts';
import { startSimulator } from '../simulator/simulator.ts';

/** Half a minute of simulated time in every second. */
const SPEED = 30;

/** What two schedules ask for: between them every kind of server, in VPC and in Classic. */
const REQUESTS = [
  {
    environment: 'vpc',
    names: ['dev-*', '개발-*'],
    servers: ['1004', '999999'],
    mode: 'terminate',
    storage: 'delete',
    publicIp: 'release',
    limits: { maxServers: 10, maxPercent: 40 },
    reason: 'nobody works at night',
  },
  {
    environment: 'classic',
    names: ['classic-*'],
    mode: 'terminate',
    limits: { maxServers: 10, maxPercent: 100 },
    reason: 'nobody works at night',
  },
];

const accessKey = `demo-${randomBytes(6).toString('hex')}`;
const secretKey = randomBytes(20).toString('hex');
const secret = `whsec_${randomBytes(32).toString('base64')}`;

const simulator = await startSimulator({ accessKey, secretKey, speed: SPEED });
const receiver = await startReceiver({ secret });
const secretsManager = await startSecretsManager({
  secrets: {
    'banap/demo/ncloud': JSON.stringify({ accessKey, secretKey }),
    'banap/demo/webhook': JSON.stringify({ url: receiver.url, secret }),
  },
});

// What serverless.yml sets in AWS. The handler is loaded afterwards, as Lambda would.
Object.assign(process.env, {
  NCLOUD_API_GW: simulator.url,
  NCLOUD_SECRET_ID: 'banap/demo/ncloud',
  REPORT_WEBHOOK_SECRET_ID: 'banap/demo/webhook',
  NCLOUD_CALLS_PER_SECOND: '50',
  BANAP_POLL_SECONDS: '1',
  BANAP_DELIVERY_RETRY_SECONDS: '1',
  AWS_ENDPOINT_URL_SECRETS_MANAGER: secretsManager.url,
  AWS_REGION: 'ap-northeast-2',
  AWS_ACCESS_KEY_ID: 'local',
  AWS_SECRET_ACCESS_KEY: 'local',
});
const { handler } = await import('../../functions/terminate.ts');

const before = simulator.state().servers.length;
console.log(`simulated NCP with ${before} servers at ${simulator.url}, ${SPEED} times as fast as the real one`);
console.log('two schedules fire; the Lambda handler runs under the local durable runner\n');
receiver.failNext(1, 503); // the first report meets a receiver that is down, and is delivered again

const hide = showLambdaLog((line) => process.stdout.write(`${line}\n`));
const executions = await Promise.all(
  REQUESTS.map((request) =>
    runDurably(handler, {
      schedule: `nightly-${request.environment}`,
      scheduledTime: simulator.now().toISOString(),
      executionId: `demo-${request.environment}`,
      request,
    }),
  ),
);
hide();

for (const { id, verified, body } of receiver.received) {
  const report = reportSchema.parse(body);
  const file = resolve(`banap-report.${report.requestId}.json`);
  writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`);
  console.log(`\n${outcomesText(report, process.stdout.columns ?? 100)}`);
  console.log(`report ${id}, signature ${verified ? 'verified' : 'WRONG'}, written to ${file}`);
}
for (const { status, error } of executions) if (error !== undefined) console.log(`${status}: ${error.message}`);
console.log(`\n${before - simulator.state().servers.length} of ${before} simulated servers are gone.`);

await Promise.all([simulator.close(), receiver.close(), secretsManager.close()]);
const delivered = receiver.received.filter((one) => one.verified).length;
if (delivered !== REQUESTS.length || executions.some((one) => one.status !== 'SUCCEEDED')) process.exitCode = 1;
