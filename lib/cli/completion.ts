/** `banap completion SHELL`: the script that completes commands, options and the names of policies. */

import tab from '@bomb.sh/tab/commander';
import type { Command } from 'commander';
import { policyNames } from './policies-file.ts';

/** Called once all commands are there. */
export function completing(program: Command): void {
  const root = tab(program, { completionCommandName: 'completion' });
  for (const command of root.commands.values()) {
    const policy = command.options.get('policy');
    if (policy !== undefined) {
      policy.handler = (complete) => {
        for (const name of policyNames()) complete(name, 'policy');
      };
    }
  }
}
