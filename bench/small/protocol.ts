import { bytes, map, protocol, struct, u16, u8, uint } from 'hoopsnake'

/** A game as small as they come, for benches that are about anything but a game. */
export const small = protocol('small', 1, {
  state: {
    presses: uint,
    /** One comes and one goes with every tick. */
    things: map(uint, struct({ x: u16 }), 64),
    /** Other bytes with every tick, so that frames have a size. */
    noise: bytes(200_000),
  },
  inputs: { press: u8 },
})
