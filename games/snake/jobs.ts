import { jobs } from 'hoopsnake'
import { findPath } from './rules/bots.ts'
import { findWay } from './rules/path.ts'

/* What is done off the tick. */
export default jobs(import.meta.url, [findPath.does(findWay)])
