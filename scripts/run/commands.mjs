// What each command runs: a list of Node command lines, one after another until one fails.

// Nothing needs building to be run: Node strips the types, and this condition leads `import 'hoopsnake'` to the sources.
const source = '--conditions=@hoopsnake/source'
// Of a server, as in deploy/: see "Sizes" in docs/operating.md.
const young = '--max-semi-space-size=8'
const bin = {
  tsc: 'node_modules/typescript/bin/tsc',
  vitest: 'node_modules/vitest/vitest.mjs',
  oxlint: 'node_modules/oxlint/bin/oxlint',
  oxfmt: 'node_modules/oxfmt/bin/oxfmt',
  knip: 'node_modules/knip/bin/knip.js',
}
const examples = ['1-loop', '2-request', '3-task', '4-wait', '5-threads', '6-scale']
const lint = [bin.oxlint, '--type-aware', '--deny-warnings']

const quick = ['unit', 'integration', 'e2e'].flatMap((project) => ['--project', project])

export const commands = {
  start: (args) => [
    [source, 'scripts/page.ts'],
    [source, young, 'games/snake/server.ts', ...args],
  ],
  example: ([number = '1']) => [
    [source, 'scripts/page.ts', 'examples'],
    [source, `examples/${exampleOf(number)}/server.ts`],
  ],
  // What is quick; `npm run test:long` has the rest. Whoever names a file or a project gets that, wherever it is.
  test: (args) => [[bin.vitest, 'run', ...(args.length > 0 ? args : quick)]],
  check: () => [
    [bin.tsc, '-b'],
    [bin.tsc, '-p', 'tsconfig.test.json'],
    lint,
    [bin.oxfmt, '--check'],
    [bin.knip],
  ],
  build: (args) => [[bin.tsc, '-b', ...args]],
  lint: (args) => [[...lint, ...args]],
  format: (args) => [[bin.oxfmt, ...args]],
  bench: (args) => [[source, 'bench/run.ts', ...args]],
  faults: (args) => [[source, 'faults/run.ts', ...args]],
  run: (args) => [[source, ...args]],
}

function exampleOf(number) {
  const name = examples[number - 1]
  if (!name)
    throw new Error(`There is no example ${number}; give 1 to ${examples.length}: npm run example -- 1.`)
  return name
}
