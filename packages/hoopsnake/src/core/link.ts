import type { Hello } from './frames/hello.ts'
import type { Refusal } from './frames/tick.ts'
import type { Pipe } from './pipe.ts'

/** Who dials, as the gateway knows it. Plain data: it may cross to another thread. */
export interface Arrival {
  readonly hello: Hello
  /** Code of the room that was dialled; '' for any. */
  readonly code: string
  /** What `auth` answered. */
  readonly user: unknown
  /** Address of the client, as far as it can be trusted. */
  readonly address: string
  /** In a resume after the room was brought down, what became of this client's inputs before. */
  readonly fallen?: Fallen | undefined
}

/** Inputs of a seat when its room was brought down: one of those after `acked`, up to `sent`, may have done it. */
export interface Fallen {
  /** The last one that the client was told is consumed. */
  readonly acked: number
  /** The last one that may have reached the room. */
  readonly sent: number
  /** What it was told of those up to `acked`, and may not have heard. */
  readonly refusals?: readonly Refusal[] | undefined
}

/** One client's end of a link, held by the gateway. */
export interface Connection {
  /** Hands over one frame from the client. Never throws: bad frames are refused to their sender. */
  receive(frame: Uint8Array): void
  /** Says that the client is no longer there. Its seat is held for a while. */
  lost(): void
}

/** A room as `list` shows it. */
export interface Listing {
  readonly code: string
  readonly seats: number
  readonly seatsMax: number
  readonly watchers: number
}

/** Bytes between gateway and host: the same whether the rooms run here, in a thread or elsewhere. */
export interface Link {
  /** Takes a client in. Refusals go to the pipe, which is closed then. */
  connect(pipe: Pipe, arrival: Arrival): Connection
  /** Lists the public rooms of a protocol, fullest first. */
  list(protocol: string): Promise<Listing[]>
}
