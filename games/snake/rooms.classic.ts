import { rooms } from 'hoopsnake'
import { classicPit } from './room.classic.ts'

export default rooms(import.meta.url, { classicPit })
