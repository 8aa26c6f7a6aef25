/**
 * Gives the origins of games on itch.io, for `origins`: uploads come from there, and with the name of an account its
 * pages may frame a page of this server. Every game on itch.io has these origins: who a player is has to come with
 * the `ticket`, never with cookies.
 *
 * Source: https://itch.io/t/2025776/experimental-sharedarraybuffer-support
 */
export function itchOrigins(account?: string): string[] {
  const uploads = ['https://html-classic.itch.zone', 'https://html.itch.zone']
  if (account === undefined) return uploads
  if (!/^[a-z\d](?:[\w-]*[a-z\d])?$/i.test(account))
    throw new TypeError(`'${account}' is no account of itch.io; of https://ann.itch.io it is 'ann'`)
  return [...uploads, 'https://itch.io', `https://${account.toLowerCase()}.itch.io`]
}

/**
 * Gives the origins of an activity on Discord, for `origins`: that of its pages, and those of Discord that frame them.
 * Throws TypeError on what is no application id: 17 to 20 digits, as a text.
 *
 * Source: https://docs.discord.com/developers/activities/development-guides/networking
 */
export function discordOrigins(application: string): string[] {
  if (typeof application !== 'string' || !/^\d{17,20}$/.test(application))
    throw new TypeError(`'${application}' is no application id of Discord; give its digits as a text`)
  return [
    `https://${application}.discordsays.com`,
    'https://discord.com',
    'https://ptb.discord.com',
    'https://canary.discord.com',
  ]
}
