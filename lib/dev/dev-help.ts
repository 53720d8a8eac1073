import type { Command } from 'commander';
import { DEV_POLICIES, PEOPLE } from './dev-policies.ts';

/** What `npm run dev -- --help` says besides its options: what there is to ask for, and the side door. */
export function devHelp({ command }: { command: Command }): string {
  const help = command.createHelp();
  help.prepareContext({ helpWidth: process.stdout.columns ?? 80 });
  const inColumns = (rows: readonly (readonly [left: string, right: string])[]): string[] => {
    const width = Math.max(...rows.map(([left]) => left.length));
    return rows.map(([left, right]) => help.formatItem(left, width, right, help));
  };
  const policies = Object.entries(DEV_POLICIES.policies).map(([name, { select, description }]) => {
    const which = `${select.environment} ${(select.names ?? []).join(' ')}`;
    return [name, `${which}: ${description}`] as const;
  });
  return [
    '',
    'Policies, and what they select:',
    ...inColumns(policies),
    '',
    help.boxWrap(
      'Under /dev/ of the HTTP API one is a person, or a schedule that fires. GET shows, POST does:',
      help.helpWidth ?? 80,
    ),
    ...inColumns([
      ['/dev/slack', '{"text": "dev-1"}'],
      ['', `{"click": "approve", "messageTs": "…", "userId": "${PEOPLE.approver.userId}"}`],
      ['/dev/naver-works', '{"text": "terminate dev-1"}'],
      ['/dev/tick', '{"policy": "nightly"} (POST only)'],
      ['/dev/reports, /dev/curl', '(GET only)'],
    ]),
  ].join('\n');
}
