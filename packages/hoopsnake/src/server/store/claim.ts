import { resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

/**
 * Claims the rooms of a game that the store at `path` keeps. Gives the way to let them go; throws with words where
 * another server has them.
 *
 * The claim is SQLite's lock on an empty file beside the database. The system takes it back when the process ends,
 * however it ends: none is ever left behind.
 */
export function claim(path: string, game: string): () => void {
  if (path === ':memory:') return () => {}
  const lock = new DatabaseSync(`${path}-${game}-rooms`)
  try {
    lock.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    lock.close()
    throw new Error(
      `another server has the rooms of '${game}' in ${resolve(path)} open. Stop that one, or give this one another file`,
      { cause: error },
    )
  }
  return () => lock.close()
}
