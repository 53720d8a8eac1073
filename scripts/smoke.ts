/** See whether a deployed stage works. `npm run smoke -- --help`. */

import { join } from 'node:path';
import { POLICIES_FILE, policiesIn } from '../lib/cli/policies-file.ts';
import { systemClock } from '../lib/clock.ts';
import { awsIn } from './deploy/aws.ts';
import { identity } from './deploy/checks.ts';
import { type CommonOptions, running, stageCommand, stageOf } from './deploy/command.ts';
import { begin, end, smoke } from './deploy/smoke.ts';

const options = stageCommand(
  'npm run smoke --',
  'run a probe, which cannot act on a server, and look at queue and alarms',
)
  .option('--no-crash', 'do not end the process of the probe once; that raises the alarm on errors')
  .option('--begin', 'start a probe that sleeps for up to an hour, print its ARN, and stop')
  .option('--end <arn>', 'wake such a probe, perhaps after another deployment, and say how it ended')
  .parse()
  .opts<CommonOptions & { crash: boolean; begin?: boolean; end?: string }>();

await running(async (terminal) => {
  const { stage, account } = stageOf(options);
  const aws = awsIn(stage.settings.region, terminal.env);
  await identity(stage, account, aws);
  const { policies } = await policiesIn(join(import.meta.dirname, '..', POLICIES_FILE), systemClock.now());
  const smoking = { stage, policies: Object.keys(policies), crash: options.crash, isNew: false };
  if (options.begin === true) return begin(smoking, aws, terminal);
  return options.end === undefined ? smoke(smoking, aws, terminal) : end(options.end, smoking, aws, terminal);
});
