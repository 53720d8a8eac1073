/**
 * `npm run dev`: all of banap on loopback until Ctrl-C, without accounts or keys. The real handlers behind real HTTP, and
 * stand-ins for NCP, AWS, Slack and NAVER WORKS. The first line on standard output is one JSON object with every address
 * and key; everything else goes to standard error.
 */

import type { RequestListener } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { Command, Option } from 'commander';
import { endOnSignal } from '../cli/interruption.ts';
import { port, positive } from '../cli/numbers.ts';
import { SimulatorInputError } from '../simulator/errors.ts';
import { answerDesk, curlText } from './dev-desk.ts';
import { DevError } from './dev-functions.ts';
import { devHelp } from './dev-help.ts';
import { DEV_POLICIES, PEOPLE, ROOMS, SAMPLES } from './dev-policies.ts';
import { type DevOptions, type DevWorld, startDevWorld } from './dev-world.ts';
import { showLambdaLog } from './lambda-log.ts';

const options = new Command('dev')
  .description('run all of banap on loopback until Ctrl-C; prints one JSON line when ready')
  .option('--port <number>', 'TCP port of the HTTP API; 0 takes a free one', port, 0)
  .option('--speed <number>', 'simulated seconds per real second', positive, 20)
  .addOption(new Option('--language <name>', 'of messages about runs').choices(['en', 'ko']).default('en'))
  .option('--throttle', 'answer 429 above the rate that the HTTP API has in AWS', false)
  .option('--built', 'the functions that npm run build made, and not their sources', false)
  .configureHelp({ minWidthToWrap: 10 })
  .addHelpText('after', devHelp)
  .parse()
  .opts<DevOptions>();

await run(options).catch((error: unknown) => {
  if (!(error instanceof DevError || error instanceof SimulatorInputError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
});

async function run(wanted: DevOptions): Promise<void> {
  const { promise: started, resolve } = Promise.withResolvers<DevWorld>();
  const runControl: RequestListener = (request, response) =>
    void started.then((world) => answerDesk(request, response, world)).catch(() => response.destroy());
  endOnSignal(); // a sleeping run cannot be aborted
  showLambdaLog((line) => process.stderr.write(`${line}\n`));
  const world = await startDevWorld(wanted, runControl);
  resolve(world);
  process.stdout.write(`${JSON.stringify(readyLine(world))}\n`);
  await askForSomething(world);
  await showCurl(world);
  process.stdin.on('data', () => void showCurl(world));
}

function readyLine({ url, simulator, receiver, table, lambda, slack, naverWorks, keys }: DevWorld): object {
  return {
    webhook: `${url}/terminations`,
    slack: { commands: `${url}/slack/commands`, interactions: `${url}/slack/interactions`, api: slack.apiUrl },
    naverWorks: { callback: `${url}/naver-works`, api: naverWorks.url },
    confirm: `${url}/confirm/{token}`,
    dev: {
      tick: `${url}/dev/tick`,
      curl: `${url}/dev/curl`,
      slack: `${url}/dev/slack`,
      naverWorks: `${url}/dev/naver-works`,
      reports: `${url}/dev/reports`,
    },
    simulator: simulator.url,
    simulatorState: `${simulator.url}/_simulator/state`,
    reports: receiver.url,
    table,
    lambda: lambda.url,
    policies: Object.keys(DEV_POLICIES.policies),
    secrets: {
      webhookCaller: 'ci',
      webhookKey: keys.caller,
      slackSigningSecret: keys.slackSigningSecret,
      slackBotToken: keys.slackBotToken,
      naverWorksBotId: naverWorks.secret.botId,
      naverWorksBotSecret: naverWorks.secret.botSecret,
      reportsKey: keys.reports,
      confirmKey: keys.confirm,
      ncloudAccessKey: keys.accessKey,
      ncloudSecretKey: keys.secretKey,
    },
  };
}

/** Gives people something to click: mina requests a server in Slack, and the run waits for an approver. */
async function askForSomething({ url, slack, slackAnswers }: DevWorld): Promise<void> {
  const text = `${SAMPLES.firstClick.join(' ')} because somebody has to click on something`;
  const said = { text, channelId: ROOMS.slack, ...PEOPLE.asker };
  const { responses } = await slack.command(`${url}/slack/commands`, said);
  slackAnswers.push({ userName: PEOPLE.asker.userName, responses });
  for (let tries = 0; slack.messages.length === 0 && tries < 100; tries += 1) await sleep(100);
}

async function showCurl(world: DevWorld): Promise<void> {
  const { url } = world;
  process.stderr.write(
    `\n${await curlText(world)}\nThese signatures are valid for five minutes; Enter, or curl -s ${url}/dev/curl, prints others.\n` +
      `What the chats show: curl -s ${url}/dev/slack and curl -s ${url}/dev/naver-works. Ctrl-C ends.\n\n`,
  );
}
