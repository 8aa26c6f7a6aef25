// The one way in: `npm start`, `npm test`, `npm run check` all come here. It runs on any Node from 18 on, installs
// what is missing, finds a Node that is new enough for the project, and runs the rest on that.
import { fileURLToPath } from 'node:url'
import { commands } from './run/commands.mjs'
import { install } from './run/install.mjs'
import { findNode } from './run/node.mjs'
import { run } from './run/child.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const leash = new URL('./run/leash.mjs', import.meta.url).href

async function main([name = '', ...args]) {
  const steps = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (!steps) throw new Error(`Say what to run: ${Object.keys(commands).join(', ')}.`)
  await install(root)
  const node = await findNode(root)
  for (const step of steps(args)) {
    const code = await run(node, ['--import', leash, ...step], root)
    if (code !== 0) return code
  }
  return 0
}

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error) => {
    console.error(error.message)
    process.exit(1)
  },
)
