/* The other process: it says something every 3 seconds, as long as somebody hears it. */
import { seconds } from '../settings.ts'

let count = 0
setInterval(() => process.send?.(`Process ${process.pid} says ${++count}`), seconds(3))
process.on('disconnect', () => process.exit())
// Control-C is for the server, which then lets go of this one.
process.on('SIGINT', () => {})
