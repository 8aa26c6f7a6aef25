import { inspect } from 'node:util'
import type { Log } from '../core/log.ts'
import { timeOfDay } from './clock.ts'

const levels = { debug: 0, info: 1, warn: 2, error: 3 }
/** Most characters of a field: a client may have sent it. */
const LONGEST = 2000
const colours = { debug: 90, info: 36, warn: 33, error: 31 }

/** How {@link jsonLog} writes. */
export interface JsonLogOptions {
  /** The least level that is written. Default 'info'. */
  readonly level?: keyof typeof levels
  /** Takes one line without its end. Default: standard error. */
  readonly write?: (line: string) => void
}

/** How {@link plainLog} writes. */
export interface LogOptions extends JsonLogOptions {
  /** Default: if standard error is a terminal and `NO_COLOR` is not set. */
  readonly colour?: boolean
  /** Text in front of each line. Default: the time of day; '' where a supervisor writes its own. */
  readonly stamp?: () => string
}

/** Makes a log of one line per entry: `time level message key=value …`. Nothing in it can begin a line of its own. */
export function plainLog(options: LogOptions = {}): Log {
  const {
    level: least = 'info',
    write = toStandardError,
    colour = process.stderr.isTTY && (process.env.NO_COLOR ?? '') === '',
    stamp = timeOfDay,
  } = options
  const paint = (code: number, text: string): string => (colour ? `\x1b[${code}m${text}\x1b[0m` : text)
  return (level, message, fields = {}) => {
    if (levels[level] < levels[least]) return
    const pairs = Object.entries(fields)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => `${paint(90, `${key}=`)}${show(value)}`)
    const time = stamp()
    write(
      [
        ...(time === '' ? [] : [paint(90, time)]),
        paint(colours[level], level.padEnd(5)),
        clean(message),
        ...pairs,
      ].join(' '),
    )
  }
}

/**
 * Makes a log of one JSON object per line, for programs that collect logs: `time`, `level`, `message`, and the fields
 * beside them. An error is an object with `name`, `message`, `stack` and, if it has them, `code` and `cause`.
 */
export function jsonLog(options: JsonLogOptions = {}): Log {
  const { level: least = 'info', write = toStandardError } = options
  return (level, message, fields = {}) => {
    if (levels[level] < levels[least]) return
    const shown = Object.entries(fields).map(([key, value]) => [key, asData(value)])
    const line = JSON.stringify({ ...Object.fromEntries(shown), time: timeOfDay(), level, message })
    // JSON leaves some characters alone that steer terminals or break lines in other languages.
    write(line.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, escaped))
  }
}

function escaped(text: string): string {
  return text
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('')
}

/** Makes a field what JSON can carry. What it cannot is shown as text. */
function asData(value: unknown, depth: number = 0): unknown {
  try {
    if (value instanceof Error && depth < 4) {
      const { name, message, stack, code, cause } = value as NodeJS.ErrnoException
      return { name, message, stack, code, ...(cause !== undefined && { cause: asData(cause, depth + 1) }) }
    }
    if (typeof value === 'string') return cut(value)
    if (value === null || ['number', 'boolean', 'undefined'].includes(typeof value)) return value
    const text = JSON.stringify(value)
    return text !== undefined && text.length <= LONGEST ? (JSON.parse(text) as unknown) : words(value)
  } catch {
    return show(value)
  }
}

function cut(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text
}

function show(value: unknown): string {
  try {
    return words(value)
  } catch {
    // Rules may throw anything, even what throws when it is looked at.
    return '(cannot be shown)'
  }
}

function words(value: unknown): string {
  if (value instanceof Error) return clean(value.stack ?? String(value))
  if (typeof value === 'string') {
    const text = cut(value)
    return /^[\w.:/@-]+$/.test(text) ? text : clean(JSON.stringify(text))
  }
  return clean(inspect(value, { depth: 3, breakLength: Infinity, maxStringLength: 500, maxArrayLength: 20 }))
}

const overlook = (): void => {}

/** Writes a line to standard error. That nobody reads it any more is no reason to end: `npm start 2>&1 | head`. */
function toStandardError(line: string): void {
  if (!process.stderr.listeners('error').includes(overlook)) process.stderr.on('error', overlook)
  process.stderr.write(`${line}\n`)
}

/** Replaces what would break the line or steer the terminal; a client may have sent it. */
function clean(text: string): string {
  return text
    .replace(/\s*\n\s*/g, ' | ')
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (char) => `\\u{${char.codePointAt(0)!.toString(16)}}`)
}
