import { defineConfig } from 'vitest/config'

// The sources themselves are tested; the name is ours alone, because a common one ('source') would also turn other packages' doors.
const conditions = ['@hoopsnake/source']
const execArgv = conditions.map((name) => `--conditions=${name}`)

const integration = ['**/*.int.test.ts']
const e2e = ['**/*.e2e.test.ts']
const never = ['**/node_modules/**', '**/dist/**', '**/.cache/**']

export default defineConfig({
  test: {
    reporters: ['default', './scripts/reporter.ts'],
    coverage: { include: ['packages/*/src/**'], reporter: ['text', 'html'] },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: [
            'packages/*/src/**/*.test.ts',
            'games/**/*.test.ts',
            'tests/**/*.test.ts',
            'scripts/**/*.test.ts',
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
          exclude: never,
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
