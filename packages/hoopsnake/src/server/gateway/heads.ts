/** Counts who is there: in all, by group of addresses, and those nobody knows yet. */
export class Heads {
  /** Those of each group that has any. */
  readonly #groups = new Map<string, number>()
  all = 0
  /** Those that nobody knows yet. */
  unknown = 0

  /** Those of a group. */
  of(group: string): number {
    return this.#groups.get(group) ?? 0
  }

  /** One has come whom nobody knows. */
  enter(group: string): void {
    this.all++
    this.unknown++
    this.#groups.set(group, this.of(group) + 1)
  }

  /** It is known who one of them is. */
  know(): void {
    this.unknown--
  }

  /** One of whom it is known who it is has gone. */
  leave(group: string): void {
    this.all--
    const left = this.of(group) - 1
    if (left > 0) this.#groups.set(group, left)
    else this.#groups.delete(group)
  }
}
