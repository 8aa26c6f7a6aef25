/* What each server wants to hear, and how it says that a tick was made. */
import type { Client } from './client.ts'
import { colyseus } from './dialects/colyseus.ts'
import { events, messages } from './dialects/fanout.ts'
import { hoopsnake } from './dialects/hoopsnake.ts'
import { json } from './dialects/json.ts'
import { limit } from './dialects/limit.ts'
import { bare, pressing } from './dialects/small.ts'
import { socketio } from './dialects/socketio.ts'

/** Directions as numbers: up, right, down, left. */
export type Direction = 0 | 1 | 2 | 3

/** Where heads are, by snake: x and y. */
export type Heads = ReadonlyMap<string | number, readonly [number, number]>

/** One client's part of the talk. */
export interface Talk {
  /** Takes a message. 'in': from now on it is in the game; 'tick': what a tick has changed, or all there is. */
  take(payload: Uint8Array): 'in' | 'tick' | undefined
  /** Called every 500 ms. */
  turn?(to: Direction): void
  /** Called every 500 ms. */
  beat?(): void
  /** Says goodbye, before the connection is given up. */
  leave?(): void
}

export interface Dialect {
  /** Where the next client has to dial. */
  path(port: number): string | Promise<string>
  /** Begins to talk, over a WebSocket that has just opened. */
  talk(client: Client): Talk
  /** Makes one that understands all that a client is told: the proof that it is worth something. */
  witness?(): Promise<Witness>
}

/** Reads messages in full. */
export interface Witness {
  /** Takes each message, in order. Gives where all heads are once a tick is there. */
  take(payload: Uint8Array): Heads | undefined
}

export const dialects = {
  hoopsnake,
  colyseus,
  socketio,
  json,
  limit,
  events,
  messages,
  pressing,
  bare,
} as const
export type DialectName = keyof typeof dialects
