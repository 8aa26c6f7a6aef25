/** The six of the snakes, by their number in the protocol, and white. Blue is lightened: pure blue on black has contrast 2.4. */
export const colours = ['#ff3b3b', '#ffff00', '#00ff00', '#00ffff', '#6f8fff', '#ff3cff'] as const
export const white = '#ffffff'
/** What lies about: stones and the dead. */
export const pale = '#c9c9c9'
