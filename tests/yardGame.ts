import type { Game, JoinOptions } from '../packages/hoopsnake/src/client/index.ts'
import { join } from '../packages/hoopsnake/src/client/index.ts'
import type { VirtualClock } from '../packages/hoopsnake/src/core/clock.ts'
import { virtualClock } from '../packages/hoopsnake/src/core/clock.ts'
import type { Up } from '../packages/hoopsnake/src/core/frames/play.ts'
import type { FakeLine, FakeServer } from './fakeServer.ts'
import { fakeServer, wholeMine } from './fakeServer.ts'
import { yard, yardState } from './yard.ts'

/** A client of the yard and a server that a test speaks for. */
export interface Table {
  readonly clock: VirtualClock
  readonly server: FakeServer<typeof yard>
  readonly options: JoinOptions<typeof yard>
  /** Joins; the server says WELCOME, `mine` and the state of tick 10, with runners at 0 and 50. */
  enter(
    more?: JoinOptions<typeof yard>,
    welcome?: Parameters<FakeLine<typeof yard>['welcome']>[0],
  ): Promise<Game<typeof yard>>
  /** What was heard of one kind on the newest line. */
  heard(kind: Up['kind']): Up[]
}

/** Lays a table; nobody has dialled yet. */
export function layTable(): Table {
  const clock = virtualClock(500)
  const server = fakeServer(yard, clock)
  const options = { clock, dial: server.dial, random: () => 0.5 }
  return {
    clock,
    server,
    options,
    async enter(more, welcome) {
      const joining = join('/', yard, { name: 'Ann' }, { ...options, ...more })
      await Promise.resolve()
      server.line.open()
      server.line.welcome({ tick: 10, ...welcome })
      server.line.own(10, { mine: wholeMine(yard, { steps: 0 }), ack: 0 })
      server.line.full(10, yardState(10, 0, 50))
      const game = await joining
      clock.advance(1)
      return game
    },
    heard: (kind) => server.line.heard.filter((up) => up.kind === kind),
  }
}
