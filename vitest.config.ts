import { defineConfig } from 'vitest/config'

// The sources themselves are tested; the name is ours alone, because a common one ('source') would also turn other packages' doors.
const conditions = ['@hoopsnake/source']
const execArgv = conditions.map((name) => `--conditions=${name}`)

const integration = ['**/*.int.test.ts']
const e2e = ['**/*.e2e.test.ts']
// What takes long because it starts, kills and restarts many real processes. `npm run test:long`, and CI.
const long = [
  'faults/*.long.int.test.ts',
  'examples/**/*.int.test.ts',
  'examples/**/*.e2e.test.ts',
  'deploy/**/*.int.test.ts',
  'tests/browser/*.e2e.test.ts',
  'packages/*/src/server/jobs/processes.int.test.ts',
  'packages/*/src/server/place/{faults,threads}.int.test.ts',
]
const never = ['**/node_modules/**', '**/dist/**', '**/.cache/**']

export default defineConfig({
  test: {
    reporters: ['default', './scripts/reporter.ts'],
    // More than most machines have cores: tests with real processes and browsers mostly wait for them.
    maxWorkers: 4,
    // As patient as a test: its own default of a second says more about the machine than about the code.
    expect: { poll: { timeout: 20_000 } },
    // Processes that tests start compile the sources once for all of them.
    env: { NODE_COMPILE_CACHE: new URL('.cache/compile', import.meta.url).pathname },
    coverage: { include: ['packages/*/src/**'], reporter: ['text', 'html'] },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          setupFiles: ['./tests/seed.ts'],
          // They share nothing but imports, so those are loaded once.
          isolate: false,
          include: [
            'packages/*/src/**/*.test.ts',
            'games/**/*.test.ts',
            'tests/**/*.test.ts',
            'scripts/**/*.test.ts',
            'bench/**/*.test.ts',
            'faults/**/*.test.ts',
          ],
          exclude: [...never, ...integration, ...e2e],
          // A unit test waits for nothing, so this only says how slow a busy machine may be.
          testTimeout: 30_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'integration',
          include: integration,
          exclude: [...never, ...long],
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        // One after another: browsers compete for the cores, and a starved page misses its frames.
        test: {
          name: 'e2e',
          include: e2e,
          exclude: [...never, ...long],
          fileParallelism: false,
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
      {
        extends: true,
        // One after another: they time what they kill.
        test: {
          name: 'long',
          include: long,
          exclude: never,
          fileParallelism: false,
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
    ].map((project) => ({
      ...project,
      resolve: { conditions },
      ssr: { resolve: { conditions, externalConditions: conditions } },
      test: { ...project.test, execArgv },
    })),
  },
})
