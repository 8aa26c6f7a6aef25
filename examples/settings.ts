/* What the environment says to every example. */
const { PORT, PAGE, SPEED } = process.env

/** Where to listen, and the folder of the page. */
export const settings = {
  port: Number(PORT ?? 8080),
  assets: new URL(PAGE ?? './dist/', import.meta.url),
}

/** How fast time passes; tests have none to lose. */
const speed = Number(SPEED ?? 1)

/** Ticks per second: 10, so that 20 ticks are 2 seconds and a key is answered between them. */
export const hz = 10 * speed

/** Gives seconds in ms. */
export function seconds(count: number): number {
  return (count * 1000) / speed
}
