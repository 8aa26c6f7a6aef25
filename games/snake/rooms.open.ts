import { rooms } from 'hoopsnake'
import { openPit } from './room.open.ts'

export default rooms(import.meta.url, { openPit })
