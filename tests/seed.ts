/* Properties are tried on the same values in every run; FC_SEED=… tries others. A seed that fails becomes a named test. */
import { configureGlobal } from 'fast-check'

configureGlobal({ seed: Number(process.env['FC_SEED'] ?? 20_261_122) })
