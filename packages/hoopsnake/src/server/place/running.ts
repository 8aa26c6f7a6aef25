/*
 * Which room's rules run in a thread, readable from another thread while they do.
 *
 * running  u8 length (0: none) · u8 character*
 *
 * Not atomic: it is read when the thread has not answered for seconds, or is dead.
 */
const LONGEST = 63

/** Makes a place for the code, shared between threads. */
export function createRunning(): Uint8Array<SharedArrayBuffer> {
  return new Uint8Array(new SharedArrayBuffer(LONGEST + 1))
}

/** Notes whose rules run; '' for nobody's. */
export function setRunning(running: Uint8Array, code: string): void {
  const length = Math.min(code.length, LONGEST)
  for (let i = 0; i < length; i++) running[i + 1] = code.charCodeAt(i)
  running[0] = length
}

/** Tells whose rules run, or ran when the thread ended. */
export function getRunning(running: Uint8Array): string {
  return String.fromCharCode(...running.subarray(1, 1 + running[0]!))
}
