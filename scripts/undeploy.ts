/** Take a stage away. `npm run undeploy -- --help`. */

import { type CommonOptions, running, stageCommand, stageOf } from './deploy/command.ts';
import { undeploy } from './deploy/undeploy.ts';

const options = stageCommand('npm run undeploy --', 'take a stage away, unless runs are at work, and say what stays')
  .option('--yes', 'without asking')
  .parse()
  .opts<CommonOptions>();

await running((terminal) => undeploy({ ...stageOf(options), yes: options.yes === true }, terminal));
