import { create, join, type Game, type JoinOptions } from 'hoopsnake/client'
import { talk, type Talk } from '../protocol.ts'

/** What was said to a player, and when. */
export interface Line {
  readonly text: string
  readonly tick: number
}

/** A player who writes down everything that is said. */
export interface Player extends Disposable {
  readonly game: Game<Talk>
  readonly lines: readonly Line[]
  /** Resolves when so many lines that match have come since `from`; gives all of them. Rejects after 20 s. */
  hears(pattern: RegExp, count?: number, from?: number): Promise<Line[]>
  /** Presses a key and resolves when it is answered. */
  press(code: number): Promise<Line>
}

/** Lets a player into a room: one that has that code, a new one, or any. */
export async function player(
  url: string,
  options: JoinOptions<Talk> & { fresh?: boolean } = {},
): Promise<Player> {
  const { fresh = false, ...others } = options
  return record(await (fresh ? create(url, talk, {}, others) : join(url, talk, {}, others)))
}

/** Writes down what is said in a game. */
function record(game: Game<Talk>): Player {
  const lines: Line[] = []
  const waiting = new Set<() => void>()
  game.on('said', (text, tick) => {
    lines.push({ text, tick })
    for (const look of waiting) look()
  })
  async function hears(pattern: RegExp, count = 1, from = 0): Promise<Line[]> {
    const { promise, resolve, reject } = Promise.withResolvers<Line[]>()
    const look = (): void => {
      const heard = lines.slice(from).filter(({ text }) => pattern.test(text))
      if (heard.length >= count) resolve(heard)
    }
    const why = (): string =>
      `${count} × ${pattern} not heard, but:\n${lines.map(({ text }) => text).join('\n')}`
    const deadline = setTimeout(() => reject(new Error(why())), 20_000)
    waiting.add(look)
    look()
    return promise.finally(() => {
      clearTimeout(deadline)
      waiting.delete(look)
    })
  }
  return {
    game,
    lines,
    hears,
    async press(code) {
      const from = lines.length
      game.send('key', code)
      return (await hears(new RegExp(`^Pressed key code: ${code}$`), 1, from))[0]!
    },
    [Symbol.dispose]: () => void game.leave(),
  }
}
