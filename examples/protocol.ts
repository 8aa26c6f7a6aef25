import { map, protocol, str, struct, u16, uint } from 'hoopsnake'

/** What goes between the page and every example. */
export const talk = protocol('talk', 1, {
  state: { players: uint },
  hidden: {
    /** 4-wait: the tick by which somebody must have pressed a key. */
    deadline: uint,
    /** 6-scale: who is in which room of which server, and until which tick that is believed. */
    rooms: map(str(32), struct({ players: uint, until: uint }), 1000),
  },
  inputs: { key: u16, say: str(200) },
  events: { said: str(250) },
  /** Answers of slow work. */
  results: { worked: str(250) },
  /** From other processes, and from the server's own module. */
  messages: { news: str(250), here: struct({ room: str(32), players: uint }) },
})

export type Talk = typeof talk
