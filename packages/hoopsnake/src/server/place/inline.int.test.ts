import { placeContract } from '../../test/contracts/place.ts'
import { inline } from './inline.ts'

placeContract('inline()', inline)
