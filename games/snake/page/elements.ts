/** Finds an element of `index.html`. Throws if there is none with that id and kind: the page and the program belong together. */
export function element<E extends Element>(id: string, kind: new () => E): E {
  const found = document.getElementById(id)
  if (!(found instanceof kind)) throw new Error(`index.html has no ${kind.name} with id '${id}'`)
  return found
}

/** Makes an element that holds text. Names come from other people: text is all they ever become. */
export function text<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  content: string,
  className = '',
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag)
  made.textContent = content
  made.className = className
  return made
}
