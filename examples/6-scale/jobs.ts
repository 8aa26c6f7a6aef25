import { job, jobs } from 'hoopsnake'

/** Counts the primes below a number, without any cleverness, and says which process did. */
export const primes = job<number, string>('primes')

export default jobs(import.meta.url, [
  primes.does((below) => {
    let count = 0
    for (let n = 2; n < below; n++) if (isPrime(n)) count++
    return `Process ${process.pid} found ${count} primes below ${below}.`
  }),
])

function isPrime(n: number): boolean {
  for (let by = 2; by * by <= n; by++) if (n % by === 0) return false
  return true
}
