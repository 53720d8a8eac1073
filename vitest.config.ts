import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

/** Real packaging, which one set-up does for all of them. */
const PACKAGING = ['test/packaging/**/*.test.ts'];

/** Commands as processes, kills, and whatever is tried in thousands of cases. */
const SLOW = [
  'test/**/*properties.test.ts',
  'test/boundaries/*.test.ts',
  'test/cli/{cli,dev,doctor,interruption,kills,policy-commands,start}.test.ts',
  'test/aws/crash.test.ts',
  'test/chat/walk/*.test.ts',
  'test/functions/triggers.test.ts',
  'test/termination/crash.test.ts',
  'test/{chat,policies}/rewriting.test.ts',
  'test/policies/any-text.test.ts',
  'test/webhook/bundle.test.ts',
];

/** Sockets and emulators, and whole runs against a simulator, all in the process of the test. */
const INTEGRATION = [
  'test/{aws,deploy,dev,functions,simulator,store}/**/*.test.ts',
  'test/doctor/doctor.test.ts',
  'test/chat/{handling,services}/**/*.test.ts',
  'test/cli/{cut-off,holds,kept-plan,policies,process-engine,store,this-process}.test.ts',
  'test/confirm/confirm.test.ts',
  'test/ncloud/{client,cloud,post,tags,worst-replies}.test.ts',
  'test/reports/{report,webhook}.test.ts',
  'test/termination/{approval,cancel,codes,consent,hardships,lives,long-after,notices,patience,pause,policy-runs}.test.ts',
  'test/termination/{guesses,run-view,run,whose-doing}.test.ts',
  'test/carry-out.test.ts',
];

/** By default one core is left idle, which is half of a small machine. No more than there are: each test has a limit in seconds. */
const BUSY = { maxWorkers: availableParallelism(), sequence: { groupOrder: 1 } };

// Compiling its modules is most of what a test process and the processes that it starts do before their first line.
process.env['NODE_COMPILE_CACHE'] ??= join(import.meta.dirname, 'node_modules', '.cache', 'node-compile');

export default defineConfig({
  test: {
    testTimeout: 30_000,
    hookTimeout: 30_000,
    projects: [
      {
        extends: true,
        logLevel: 'error', // the package that is inlined names sources which it does not bring
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: [...INTEGRATION, ...SLOW, ...PACKAGING],
          setupFiles: ['test/setup/no-sockets.ts'],
          // Nothing here keeps state outside its test, and loading every module anew for each file takes half of the time.
          isolate: false,
          // Nothing here waits, and every further process loads all modules for itself.
          maxWorkers: availableParallelism(),
          sequence: { groupOrder: 0 },
          // It imports JSON as only bundlers do.
          server: { deps: { inline: ['@actions/workflow-parser'] } },
        },
      },
      { extends: true, test: { name: 'integration', include: INTEGRATION, exclude: SLOW, ...BUSY } },
      { extends: true, test: { name: 'slow', include: SLOW, ...BUSY } },
      {
        extends: true,
        test: {
          name: 'packaging',
          include: PACKAGING,
          ...BUSY,
          globalSetup: ['test/packaging/set-up.ts'],
          // Bundles are run as they are.
          server: { deps: { external: [/\/banap-package-/] } },
        },
      },
    ],
  },
});
