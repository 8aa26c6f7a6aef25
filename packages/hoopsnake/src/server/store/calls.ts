import type { Score } from '../../core/store.ts'

/** What the store asks its worker to do. */
export type Call =
  | { readonly op: 'get' | 'remove'; readonly key: string }
  | { readonly op: 'put'; readonly key: string; readonly value: Uint8Array }
  | { readonly op: 'keys'; readonly prefix: string }
  | { readonly op: 'record'; readonly board: string; readonly name: string; readonly score: number }
  | { readonly op: 'top'; readonly board: string; readonly count: number }
  | { readonly op: 'claim'; readonly game: string }
  | { readonly op: 'close' }

/** A call on its way; `id` comes back with its answer. */
export type Asked = Call & { readonly id: number }

/** What a call was answered. */
export type Result = Uint8Array | undefined | string[] | Score[]

/** The worker's words: answers to some calls, in the order of asking, or why there is no database. */
export type Reply =
  | {
      readonly answers: readonly ({ readonly id: number } & (
        | { readonly value: Result }
        | { readonly error: string }
      ))[]
    }
  | { readonly unusable: string }
