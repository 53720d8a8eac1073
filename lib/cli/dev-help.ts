import { DEV_POLICIES, PEOPLE } from './dev-policies.ts';

/** What `npm run dev -- --help` says besides its options: what there is to ask for, and the side door. */
export function devHelp(): string {
  const policies = Object.entries(DEV_POLICIES.policies).map(([name, { select, description }]) => {
    const which = `${select.environment} ${(select.names ?? []).join(' ')}`;
    return [name, `${which}: ${description}`] as const;
  });
  return [
    '',
    'Policies, and what they select:',
    ...inColumns(policies),
    '',
    'Under /dev/ of the HTTP API one is a person, or a schedule that fires. GET shows, POST does:',
    ...inColumns([
      ['/dev/slack', '{"text": "dev-1"}'],
      ['', `{"click": "approve", "messageTs": "…", "userId": "${PEOPLE.approver.userId}"}`],
      ['/dev/naver-works', '{"text": "terminate dev-1"}'],
      ['/dev/tick', '{"policy": "nightly"} (POST only)'],
      ['/dev/reports, /dev/curl', '(GET only)'],
    ]),
  ].join('\n');
}

function inColumns(rows: readonly (readonly [left: string, right: string])[]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}
