import { formatProblem } from '../../policies/check.ts';
import type { Finding } from '../finding.ts';
import type { World } from '../world.ts';

export function policiesFindings({ policies: here }: Pick<World, 'policies'>): Finding[] {
  const about = '';
  if (here === undefined) return [{ code: 'no-policies', about }];
  const { file, checked } = here;
  const { policies, problems, warnings } = checked;
  const problem = (one: (typeof problems)[number]): string => formatProblem(file, one);
  return [
    ...problems.map((one) => ({ code: 'policies-wrong' as const, about, problem: problem(one) })),
    ...warnings.map((one) => ({ code: 'policies-doubtful' as const, about, problem: problem(one) })),
    ...(policies === undefined
      ? []
      : [
          {
            code: 'policies-sound' as const,
            about,
            file,
            policies: Object.keys(policies.policies).length,
            accounts: Object.keys(policies.accounts ?? { default: {} }).length,
          },
        ]),
  ];
}
