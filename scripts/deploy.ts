/** Deploy a stage of `stages.yml`. `npm run deploy -- --help`. */

import { join } from 'node:path';
import { POLICIES_FILE, policiesIn } from '../lib/cli/policies-file.ts';
import { systemClock } from '../lib/clock.ts';
import { awsIn } from './deploy/aws.ts';
import { identity, secretsOf } from './deploy/checks.ts';
import { type CommonOptions, running, settingNames, stageCommand, stageOf } from './deploy/command.ts';
import { deploy } from './deploy/deploy.ts';
import { packIn } from './deploy/package.ts';
import { deployerPolicy, partitionOf } from './deploy/permissions.ts';
import { say } from './deploy/terminal.ts';

interface Options extends CommonOptions {
  drop: string[];
  dryRun?: boolean;
  policy?: boolean;
}

const options = stageCommand(
  'npm run deploy --',
  'look at everything first, show what would change, ask, deploy, and test it',
)
  .option('--dry-run', 'stop at the change set, and delete it')
  .option('--yes', 'deploy without asking')
  .option('--drop <setting...>', 'take away this setting, which is deployed and no longer in the file', [])
  .option('--policy', 'print the permissions that deploying takes, as an IAM policy, and stop')
  .parse()
  .opts<Options>();

await running(async (terminal) => {
  const { stage, account } = stageOf(options);
  const policiesFile = join(import.meta.dirname, '..', POLICIES_FILE);
  if (options.policy === true) {
    const { region } = stage.settings;
    const owner = account ?? stage.account ?? (await identity(stage, account, awsIn(region, terminal.env))).account;
    const place = { region, account: owner, stage: stage.name, partition: partitionOf(region) };
    const secretIds = secretsOf(stage, await policiesIn(policiesFile, systemClock.now())).map(({ id }) => id);
    say(terminal, JSON.stringify(deployerPolicy(place, secretIds), null, 2));
    return 0;
  }
  const { dryRun = false, yes = false } = options;
  return deploy({ stage, account, drop: settingNames(options.drop), dryRun, yes, policiesFile }, packIn(), terminal);
});
