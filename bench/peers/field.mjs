// The field of `games/snake` in mode open, as each of the peers needs it: a torus, snakes that only move and turn.
export const HZ = 20
/** Bytes of a question for the time, and of its answer: as CONFIRM of hoopsnake, and an OWN that answers it. */
export const ASKS = 11
export const PONG = 29
export const SIDE = 128
/** How many cells a snake has, always. */
export const LENGTH = 10

const steps = [
  [0, -1],
  [1, 0],
  [0, 1],
  [-1, 0],
]

/** Where a snake is born. Directions are 0 up, 1 right, 2 down, 3 left. */
export function born() {
  const below = (end) => Math.floor(Math.random() * end)
  return { x: below(SIDE), y: below(SIDE), dir: below(4) }
}

/** Whether a snake that looks one way may turn another. */
export function mayTurn(dir, to) {
  return Number.isInteger(to) && to >= 0 && to < 4 && (to & 1) !== (dir & 1)
}

/** Moves anything with x, y and dir by one cell. */
export function move(snake) {
  const [dx, dy] = steps[snake.dir]
  if (dx !== 0) snake.x = (snake.x + dx + SIDE) % SIDE
  else snake.y = (snake.y + dy + SIDE) % SIDE
}

/** Calls `tick` at the rate of the game while `busy()`; the function it gives is to be called when that begins. */
export function loop(tick, busy) {
  let timer
  return () => {
    timer ??= setInterval(() => {
      if (busy()) return tick()
      clearInterval(timer)
      timer = undefined
    }, 1000 / HZ)
  }
}

/** Says where the server listens, as the bench wants to know it. */
export function listening(server) {
  console.log(`http://localhost:${server.address().port}`)
}
