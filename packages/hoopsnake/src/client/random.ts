/** Chance for waiting times, which need not be unguessable. */
export const chance = (): number => Math.random()
