import { readdirSync } from 'node:fs'
import type { Campaign } from './campaign.ts'

const folder = new URL('./campaigns/', import.meta.url)

/** Gives the names of all campaigns: those of the files in `campaigns/`. */
export function campaignNames(): string[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .map((file) => file.slice(0, -'.ts'.length))
    .toSorted()
}

/** Loads a campaign by its name. Undefined if there is none. */
export async function findCampaign(name: string): Promise<Campaign | undefined> {
  if (!campaignNames().includes(name)) return undefined
  const { campaign } = (await import(new URL(`${name}.ts`, folder).href)) as { campaign: Campaign }
  return campaign
}
