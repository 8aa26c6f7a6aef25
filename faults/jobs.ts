import { job, jobs } from 'hoopsnake'

/** Throws what it is given. */
export const throwing = job<string, never>('throwing')

// oxlint-disable-next-line import/no-default-export -- a jobs module
export default jobs(import.meta.url, [
  throwing.does((why) => {
    throw new Error(why)
  }),
])
