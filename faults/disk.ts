import { spawnSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** A small disk in memory, which may be full, or read-only while nobody has a file open. */
export interface SmallDisk {
  readonly path: string
  readonly fill: () => void
  readonly empty: () => void
  readonly readOnly: () => void
  readonly unmount: () => void
}

/** Mounts a disk of so many KiB. Undefined where that is not allowed: it needs root, on Linux. */
export function mountSmall(path: string, kib: number): SmallDisk | undefined {
  mkdirSync(path, { recursive: true })
  const run = (program: string, ...args: string[]): boolean =>
    spawnSync(program, args, { stdio: 'ignore' }).status === 0
  if (!run('mount', '-t', 'tmpfs', '-o', `size=${kib}k`, 'tmpfs', path)) return undefined
  const filler = join(path, 'filler')
  return {
    path,
    fill() {
      try {
        writeFileSync(filler, Buffer.alloc(kib * 1024))
      } catch {
        // What fitted is there, and fills it.
      }
    },
    empty: () => rmSync(filler, { force: true }),
    readOnly: () => void run('mount', '-o', 'remount,ro', path),
    unmount: () => void run('umount', path),
  }
}
