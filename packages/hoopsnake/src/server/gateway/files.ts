import { createHash } from 'node:crypto'
import { type BigIntStats, constants } from 'node:fs'
import { type FileHandle, open, realpath } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

/** An open file: whoever got it closes the handle. */
export interface OpenFile {
  readonly handle: FileHandle
  readonly size: number
  /** Strong: a hash of the content, in quotes. */
  readonly etag: string
}

/** Finds a file by its path below the folder; 'folder' where there is one instead. Undefined: neither. */
export type FindFile = (path: string) => Promise<OpenFile | 'folder' | undefined>

/** Hashes kept; beyond, all are forgotten and made again as files are asked for. */
const MOST_TAGS = 10_000

/** Without waiting: a named pipe in the folder would hold the request, and a thread, for ever. */
const READ = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)

/**
 * Looks files up in a folder. `path` comes from `route` and has no part that leads up; a symbolic link that leads
 * out of the folder is as good as absent.
 */
export function filesIn(folder: URL): FindFile {
  const root = realpath(fileURLToPath(folder))
  // Told at the first request, and by `readable` at the start; until then nobody is waiting for it.
  root.catch(() => {})
  const tags = new Map<string, string>()
  return async (path) => {
    const inside = await root
    const real = await absent(realpath(join(inside, path)))
    if (
      real === undefined ||
      !(real === inside || real.startsWith(inside.endsWith(sep) ? inside : inside + sep))
    )
      return undefined
    const handle = await absent(open(real, READ))
    if (handle === undefined) return undefined
    try {
      const stat = await handle.stat({ bigint: true })
      if (!stat.isFile()) {
        await handle.close()
        return stat.isDirectory() ? 'folder' : undefined
      }
      return { handle, size: Number(stat.size), etag: await tagOf(tags, real, handle, stat) }
    } catch (error) {
      await handle.close()
      throw error
    }
  }
}

/** Resolves if files can be looked up in `folder`; rejects with words if it is not there. */
export async function checkFolder(folder: URL): Promise<void> {
  if (folder.protocol !== 'file:')
    throw new TypeError(
      `assets: ${folder.href} is not a folder on this machine; write new URL('./dist/', import.meta.url)`,
    )
  if ((await filesIn(folder)('/').catch(() => undefined)) !== 'folder') {
    throw new Error(
      `assets: there is no folder ${fileURLToPath(folder)}; build the page first, or leave \`assets\` out`,
    )
  }
}

async function tagOf(
  tags: Map<string, string>,
  real: string,
  handle: FileHandle,
  stat: BigIntStats,
): Promise<string> {
  const version = `${real}\0${stat.ino}\0${stat.size}\0${stat.mtimeNs}`
  let tag = tags.get(version)
  if (tag === undefined) {
    const hash = createHash('sha256')
    for await (const chunk of handle.createReadStream({ start: 0, autoClose: false }))
      hash.update(chunk as Buffer)
    tag = `"${hash.digest('base64url').slice(0, 27)}"`
    if (tags.size >= MOST_TAGS) tags.clear()
    tags.set(version, tag)
  }
  return tag
}

/** Turns every way in which a path may not be there, or not for us, into undefined. */
async function absent<T>(found: Promise<T>): Promise<T | undefined> {
  try {
    return await found
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (['ENOENT', 'ENOTDIR', 'EACCES', 'EPERM', 'ELOOP', 'ENAMETOOLONG', 'EISDIR'].includes(code ?? ''))
      return undefined
    throw error
  }
}
