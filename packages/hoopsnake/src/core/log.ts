/** Where the server says what it does. Fields are plain data: `room`, `seat`, `tick`, `error` …. */
export type Log = (
  level: 'debug' | 'info' | 'warn' | 'error',
  message: string,
  fields?: Readonly<Record<string, unknown>>,
) => void
