/**
 * `npm start`: the whole job on this machine, without accounts or keys. A simulated NCP and stand-ins for what the
 * functions have around them in AWS (Lambda, Secrets Manager, a receiver that verifies the signed reports); between them the
 * real handlers, called with what EventBridge sends. What they remember is in a SQLite file. Ends with 1 when anything was not as promised.
 */

import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import sliceAnsi from 'slice-ansi';
import stringWidth from 'string-width';
import { endOnSignal } from '../cli/interruption.ts';
import { systemClock } from '../clock.ts';
import { compilePolicies } from '../policies/load.ts';
import { outcomesText } from '../reports/outcomes-text.ts';
import { type Report, reportSchema } from '../reports/report.ts';
import { startSimulator } from '../simulator/simulator.ts';
import { namedStore } from '../store/named-store.ts';
import { demoEvents, GONE, HOLD, POLICIES, UNCLEAR } from './demo.ts';
import { startLambda } from './lambda.ts';
import { showLambdaLog } from './lambda-log.ts';
import { startReceiver } from './receiver.ts';
import { startSecretsManager } from './secrets-manager.ts';

/** Half a minute of simulated time in every second. */
const SPEED = 30;

endOnSignal();

const scheduledTime = new Date(systemClock.now()).toISOString();
const events = demoEvents(scheduledTime);

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
const folder = mkdtempSync(join(tmpdir(), 'banap-demo-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
const policiesFile = join(folder, 'policies.json');
writeFileSync(policiesFile, compilePolicies(POLICIES, scheduledTime));
const table = pathToFileURL(join(folder, 'banap.db')).href;

// What serverless.yml sets in AWS. The handlers are loaded afterwards, as Lambda would.
Object.assign(process.env, {
  NCLOUD_API_GW: simulator.url,
  NCLOUD_RESOURCE_MANAGER_API_GW: simulator.url,
  NCLOUD_SECRET_ID: 'banap/demo/ncloud',
  REPORT_WEBHOOK_SECRET_ID: 'banap/demo/webhook',
  NCLOUD_CALLS_PER_SECOND: '50',
  BANAP_REPORT_ALLOW_HOSTS: '127.0.0.1',
  BANAP_POLL_SECONDS: '1',
  BANAP_DELIVERY_RETRY_SECONDS: '1',
  BANAP_TABLE: table,
  BANAP_POLICIES: policiesFile,
  TERMINATE_FUNCTION: 'terminate',
  AWS_ENDPOINT_URL_SECRETS_MANAGER: secretsManager.url,
  AWS_REGION: 'ap-northeast-2',
  AWS_ACCESS_KEY_ID: 'local',
  AWS_SECRET_ACCESS_KEY: 'local',
});
const { handler: terminate } = await import('../../functions/terminate.ts');
const { handler: start } = await import('../../functions/start.ts');
const lambda = await startLambda({ functions: { terminate } });
process.env['AWS_ENDPOINT_URL_LAMBDA'] = lambda.url;

const columns = process.stdout.columns ?? 100;
const before = numbers();
const store = namedStore({ table, clock: systemClock });
await store.hold('default', { ...HOLD, at: scheduledTime });
console.log(`simulated NCP: ${before.length} servers at ${simulator.url},\n${SPEED} times as fast as the real one`);
console.log(`${HOLD.by} holds ${HOLD.serverName} (${HOLD.serverInstanceNo}): ${HOLD.reason}`);
console.log(`${events.length} events: 3 schedules fire, one of them twice; somebody asks for 2 servers\n`);
receiver.failNext(1, 503); // the first report meets a receiver that is down, and is delivered again

const hide = showLambdaLog((line) => process.stdout.write(`${fitting(line)}\n`));
await Promise.all(events.map((event): Promise<unknown> => Reflect.apply(start, undefined, [event, {}])));
await lambda.settled();
hide();

const reports = receiver.received.map(({ body }) => reportSchema.parse(body));
for (const report of reports) show(report);
const gone = before.filter((no) => !numbers().includes(no));
console.log(`\n${HOLD.serverName} is still held: ${(await store.holds('default')).length} hold in the table`);
console.log(
  `${events.length} events were ${lambda.executions().length} executions, with ${reports.length} signed reports`,
);
console.log(`${gone.length} of ${before.length} simulated servers are gone:\n  ${gone.join(' ')}`);

const broken = brokenPromises();
for (const one of broken) console.error(`not as promised: ${one}`);
await Promise.all([simulator.close(), receiver.close(), secretsManager.close(), lambda.close()]);
if (broken.length > 0) process.exitCode = 1;

function numbers(): string[] {
  return simulator.state().servers.map((server) => server.serverInstanceNo);
}

/** A line of the log that is too long for a terminal is cut: the tables at the end have all of it. */
function fitting(line: string): string {
  return process.stdout.isTTY && stringWidth(line) > columns ? `${sliceAnsi(line, 0, columns - 2)}…` : line;
}

function show(report: Report): void {
  const { policy } = report.request;
  const file = `banap-report.${typeof policy === 'string' && policy !== '' ? policy : report.requestId}.json`;
  writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`);
  console.log(`\n${report.requestId}\n${outcomesText(report, columns)}\nreport: ${file}`);
}

function brokenPromises(): string[] {
  const executions = lambda.executions();
  const held = reports.flatMap(({ outcomes }) => outcomes).filter(({ guard }) => guard === 'held');
  const unclear = reports.flatMap(({ attention }) => attention);
  const counted: [what: string, found: readonly string[], promised: readonly string[]][] = [
    ['gone', gone, GONE],
    ['held', held.map((one) => one.serverInstanceNo), [HOLD.serverInstanceNo]],
    ['unclear', unclear.map((one) => one.serverInstanceNo), UNCLEAR],
    ['executions', [String(executions.length)], [String(new Set(events.map((one) => JSON.stringify(one))).size)]],
    [
      'reports with a good signature',
      receiver.received.map((one) => String(one.verified)),
      executions.map(() => 'true'),
    ],
  ];
  return [
    ...executions.flatMap(({ name, ended }) => (ended?.error === undefined ? [] : [`${name}: ${ended.error.message}`])),
    ...counted.flatMap(([what, found, promised]) =>
      found.toSorted().join() === promised.toSorted().join()
        ? []
        : [`${what}: ${found.join(' ') || 'none'}; promised ${promised.join(' ')}`],
    ),
  ];
}
