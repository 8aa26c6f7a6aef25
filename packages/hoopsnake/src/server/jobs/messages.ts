/** What a pool tells a worker. `call` comes back with the answer; input and output are bytes, see `packed.ts`. */
export type Ask =
  | { readonly do: 'run'; readonly call: number; readonly name: string; readonly input: Uint8Array }
  /** Nobody wants the answer of this call any more. */
  | { readonly do: 'cancel'; readonly call: number }

/** What a worker tells its pool. */
export type Told =
  | { readonly do: 'ready' }
  /** It cannot work, and why. */
  | { readonly do: 'unusable'; readonly why: string }
  | { readonly do: 'done'; readonly call: number; readonly output: Uint8Array }
  | { readonly do: 'failed'; readonly call: number; readonly why: string }

/** A worker, as its pool sees it: a thread or a process. */
export interface Hand {
  tell(ask: Ask): void
  /** Ends it, whatever it does. Told when it has gone. */
  end(): void
  /** Says whether it is to keep this process alive. */
  hold(on: boolean): void
}

/** Starts a worker. `heard` and `gone` are never called in the turn of the start. */
export type Spawn = (events: {
  readonly heard: (told: Told) => void
  /** Told once, when it is no more, and why. */
  readonly gone: (why: string) => void
}) => Hand
