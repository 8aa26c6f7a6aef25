import { writeSync } from 'node:fs'
import type { Reporter, TestModule } from 'vitest/node'

let passed = 0
let failed = 0

// On exit, so that nothing follows it: the last line is for machines.
process.on('exit', (code) => {
  // Whatever made the run fail without a test's help (no test found, a crash) is one failure too.
  if (code !== 0 && failed === 0) failed = 1
  if (failed > 0) process.exitCode = 1
  writeSync(1, `${passed} passed, ${failed} failed\n`)
})

/** Prints `N passed, N failed` as the very last line; files that do not load and stray errors count as failed. */
export default class Tally implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], strays: readonly unknown[]): void {
    passed = 0
    failed = strays.length
    for (const module of modules) {
      failed += module.errors().length
      for (const suite of module.children.allSuites()) failed += suite.errors().length
      for (const test of module.children.allTests()) {
        const { state } = test.result()
        if (state === 'passed') passed++
        else if (state === 'failed') failed++
      }
    }
  }
}
