import { existsSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Call, Result } from './calls.ts'
import { claim } from './claim.ts'

/** Raised with every change of the tables; `upgrades[n]` leads from version n to n + 1. */
const upgrades = [
  `CREATE TABLE kept (key TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
   -- 'at' rises with every score: the order among equals.
   CREATE TABLE scores (at INTEGER PRIMARY KEY, board TEXT NOT NULL, name TEXT NOT NULL, score REAL NOT NULL, UNIQUE (board, name));
   CREATE INDEX best ON scores (board, score DESC, at);`,
]

/** SQLite's code for a file that is damaged. */
const CORRUPT = 11

/** An open database that does calls, each at once. */
export interface Database {
  /** Does the calls in one transaction. Of a call that fails, the others are not the worse; the error stands in its place. */
  all(calls: readonly Call[]): (Result | Error)[]
  close(): void
}

/** Opens the database at `path` and brings its tables up to date. Throws with words. */
export function openDatabase(path: string): Database {
  let db: DatabaseSync | undefined
  try {
    db = new DatabaseSync(path, { timeout: 5000 })
    // A commit outlives the process; synchronous NORMAL may lose the last ones if the machine loses power, never more.
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL')
    upgrade(db)
    check(db)
  } catch (error) {
    db?.close()
    throw new Error(explain(path, error as SqliteError), { cause: error })
  }
  const open = db
  const claims: (() => void)[] = []
  const act = prepare(db, (game) => void claims.push(claim(path, game)))
  return {
    all(calls) {
      open.exec('BEGIN IMMEDIATE')
      const results = calls.map((call) => {
        try {
          return act(call)
        } catch (error) {
          return error as Error
        }
      })
      // Some failures, a full disk among them, take the whole transaction back.
      if (!open.isTransaction) {
        throw new Error('the transaction was taken back', {
          cause: results.find((one) => one instanceof Error),
        })
      }
      commit(open)
      return results
    },
    close() {
      open.close()
      for (const letGo of claims) letGo()
    },
  }
}

/** Throws if the file was damaged: rows would be missing in silence. Reads all of it once. */
function check(db: DatabaseSync): void {
  const { quick_check: found } = db.prepare('PRAGMA quick_check(1)').get()!
  if (found !== 'ok')
    throw Object.assign(new Error(String(found).replaceAll('\n', ' ')), { errcode: CORRUPT })
}

function commit(db: DatabaseSync): void {
  try {
    db.exec('COMMIT')
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK')
    throw error
  }
}

function upgrade(db: DatabaseSync): void {
  db.exec('BEGIN IMMEDIATE')
  const version = db.prepare('PRAGMA user_version').get()!['user_version'] as number
  if (version > upgrades.length) {
    throw new Error(
      `its tables have version ${version}, and this hoopsnake knows ${upgrades.length}: a newer one wrote it, or another program`,
    )
  }
  for (const step of upgrades.slice(version)) db.exec(step)
  db.exec(`PRAGMA user_version = ${upgrades.length}; COMMIT`)
}

function prepare(db: DatabaseSync, claimRooms: (game: string) => void): (call: Call) => Result {
  const get = db.prepare('SELECT value FROM kept WHERE key = ?')
  const put = db.prepare('INSERT INTO kept VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value')
  const remove = db.prepare('DELETE FROM kept WHERE key = ?')
  const keys = db.prepare('SELECT key FROM kept WHERE key >= ? ORDER BY key')
  const record =
    db.prepare(`INSERT INTO scores (board, name, score) VALUES (?, ?, ?) ON CONFLICT (board, name)
    DO UPDATE SET score = excluded.score, at = (SELECT max(at) + 1 FROM scores) WHERE excluded.score > score`)
  const top = db.prepare('SELECT name, score FROM scores WHERE board = ? ORDER BY score DESC, at LIMIT ?')
  return (call) => {
    switch (call.op) {
      case 'get':
        return get.get(call.key)?.['value'] as Uint8Array | undefined
      case 'put':
        return void put.run(call.key, call.value)
      case 'remove':
        return void remove.run(call.key)
      case 'keys':
        return keysFrom(keys.iterate(call.prefix) as Iterable<{ key: string }>, call.prefix)
      case 'record':
        return void record.run(call.board, call.name, call.score)
      case 'top':
        return top
          .all(call.board, call.count)
          .map((row) => ({ name: row['name'] as string, score: row['score'] as number }))
      case 'claim':
        return claimRooms(call.game) as undefined
      case 'close':
        return undefined
    }
  }
}

/** Those with the prefix stand together, in the order of their bytes; given back in the order of JavaScript. */
function keysFrom(rows: Iterable<{ key: string }>, prefix: string): string[] {
  const found: string[] = []
  for (const { key } of rows) {
    if (!key.startsWith(prefix)) break
    found.push(key)
  }
  return found.sort()
}

/** What node:sqlite throws; `errcode` is SQLite's result code (sqlite.org/rescode.html), its low byte the primary one. */
export interface SqliteError extends Error {
  readonly errcode?: number
}

/** Says in words why a database cannot be used, and what to do. */
export function explain(path: string, error: SqliteError): string {
  const full = path === ':memory:' ? path : resolve(path)
  const what = `the store ${full} cannot be used`
  switch ((error.errcode ?? 0) & 0xff) {
    case 26:
      return `${what}: the file is not an SQLite database. Give the name of another file, or of none yet`
    case CORRUPT:
      return `${what}: the file is damaged (${error.message}). Put a copy back, or save what is left with: sqlite3 ${full} .recover`
    case 8:
      return `${what}: the file or its folder may not be written. Allow it, or give a path where this user may write`
    case 5:
      return `${what}: another program holds it. Stop that one, or give another path`
    case 14:
      if (!existsSync(dirname(full)))
        return `${what}: there is no folder ${dirname(full)}. Make it first: mkdir -p ${dirname(full)}`
      if (statSync(full, { throwIfNoEntry: false })?.isDirectory())
        return `${what}: it is a folder. Give the name of a file in it`
      return `${what}: the file may not be opened or made by this user. Allow it, or give another path`
    default:
      return `${what}: ${error.message}`
  }
}
