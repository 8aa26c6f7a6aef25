/* What a bench says while it runs. It goes to stderr: stdout is for what was found. */

/** Says what is being done now, in place of what was said before. */
export function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`)
  else process.stderr.write(`${text}\n`)
}

/** Leaves the line of the progress behind. */
export function endProgress(): void {
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K')
}
