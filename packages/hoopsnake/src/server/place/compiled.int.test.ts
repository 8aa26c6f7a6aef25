import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const module = new URL('./compiled.ts', import.meta.url).href
const program = `
  import { protocol, rooms, struct, map, uint } from 'hoopsnake'
  import { compiled } from ${JSON.stringify(module)}
  const pit = protocol('pit', 1, { state: { snakes: map(uint, struct({ x: uint }), 9) } })
  const kinds = rooms('test:', { pit: pit.room({ create: () => ({ snakes: new Map() }) }) })
  console.log(compiled(kinds) === kinds)
`

test.each([
  ['code is made where Node may', [], 'false'],
  ['where it may not, types are walked', ['--disallow-code-generation-from-strings'], 'true'],
])('[WI21] %s', async (_, flags, same) => {
  const args = ['--conditions=@hoopsnake/source', ...flags, '--input-type=module', '--eval', program]
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: new URL('.', import.meta.url) })
  expect(stdout.trim()).toBe(same)
})
