/** Values by key, made when first asked for. Those not asked for the longest are forgotten, so it stays bounded. */
export interface Recent<V> {
  get(key: string): V
  delete(key: string): void
}

/** Makes a table of at most `most` values. */
export function recent<V>(most: number, make: () => V): Recent<V> {
  // In the order in which they were last asked for.
  const values = new Map<string, V>()
  return {
    get(key) {
      const value = values.get(key) ?? make()
      values.delete(key)
      values.set(key, value)
      if (values.size > most) values.delete(values.keys().next().value!)
      return value
    },
    delete: (key) => void values.delete(key),
  }
}
