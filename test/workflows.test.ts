import { globSync, readFileSync } from 'node:fs';
import { convertWorkflowTemplate, NoOperationTraceWriter, parseWorkflow } from '@actions/workflow-parser';
import { describe, expect, it } from 'vitest';

type Job = Awaited<ReturnType<typeof convertWorkflowTemplate>>['jobs'][number];

const SANDBOX = '.github/workflows/sandbox.yml';
const textOf = (file: string): string => readFileSync(file, 'utf8');

/** By GitHub's own parser. */
async function read(content: string): Promise<{ errors: string[]; jobs: Job[] }> {
  const { context, value } = parseWorkflow({ name: 'workflow.yml', content }, new NoOperationTraceWriter());
  const template = value === undefined ? undefined : await convertWorkflowTemplate(context, value);
  const own = template?.errors?.map(({ Message }) => Message) ?? [];
  return { errors: [...context.errors.getErrors().map(({ message }) => message), ...own], jobs: template?.jobs ?? [] };
}

/** The script of a step; one that the workflow computes is an expression. */
function scriptOf(run: object): string {
  return 'value' in run && typeof run.value === 'string' ? run.value : '${{';
}

/** What a job hands to the shell, in order. */
function shellOf(jobs: readonly Job[]): string[] {
  const steps = jobs.flatMap((job) => (job.type === 'job' ? job.steps : []));
  return steps.flatMap((step) => ('run' in step ? [scriptOf(step.run)] : []));
}

describe.each(globSync('.github/workflows/*.yml').toSorted())('%s', (file) => {
  it('is a workflow that GitHub takes', async () => {
    const { errors, jobs } = await read(textOf(file));
    expect(errors).toEqual([]);
    expect(shellOf(jobs).length).toBeGreaterThan(0);
  });

  it('calls scripts that there are', () => {
    const manifest: { scripts: object } = JSON.parse(textOf('package.json'));
    const called = [...textOf(file).matchAll(/npm run (?:-s )?([\w-]+)/g)].map(([, name]) => name);
    expect(called.filter((name) => !Object.keys(manifest.scripts).includes(name ?? ''))).toEqual([]);
  });

  it('pastes no expression into a shell', async () => {
    const { jobs } = await read(textOf(file));
    expect(shellOf(jobs).filter((line) => line.includes('${{'))).toEqual([]);
  });
});

it.each([
  ['runs-on:', 'run-on:'],
  ["env.PROBE != ''", "env.PROBE != ''("],
])('a workflow with %s as %s is seen', async (right, wrong) => {
  const { errors } = await read(textOf(SANDBOX).replace(right, wrong));
  expect(errors).not.toEqual([]);
});

it('the sandbox is deployed into only where both variables are set', async () => {
  const { jobs } = await read(textOf(SANDBOX));
  const [job] = jobs;
  expect(jobs).toHaveLength(1);
  const condition = job?.if?.expression ?? '';
  for (const name of ['BANAP_SANDBOX_STAGE', 'BANAP_SANDBOX_ROLE']) expect(condition).toContain(`vars.${name} != ''`);
});

it('the sandbox is tested, deployed again over a probe that sleeps, and taken away whatever happened', async () => {
  const { jobs } = await read(textOf(SANDBOX));
  const commands = shellOf(jobs).flatMap((line) => /npm run -s .*/.exec(line) ?? []);
  const what = commands.map((one) => one.replaceAll(/npm run -s | -- --stage "\$STAGE" --account "\$ACCOUNT"/g, ''));
  expect(what).toEqual([
    'deploy --dry-run',
    'deploy --yes',
    'smoke',
    'smoke --begin | tee begun',
    'deploy --yes',
    'smoke --end "$PROBE"',
    'undeploy --yes',
  ]);
  const [job] = jobs;
  const last = job?.type === 'job' ? job.steps.at(-1) : undefined;
  expect(last?.if?.expression).toContain('always()');
});
