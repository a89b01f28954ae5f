/**
 * The services of a network: bots with fixed names that own nicks and channels.
 *
 * @module
 */

/** Services that have a usual way to be written. */
const USUAL_NAMES: readonly string[] = ["ChanServ", "NickServ"];

/**
 * A service as everybody writes it: `chanserv` is ChanServ.
 *
 * @param name As configured.
 */
export function serviceName(name: string): string {
  return USUAL_NAMES.find((usual) => usual.toLowerCase() === name.toLowerCase()) ?? name;
}

/**
 * Where a service takes messages.
 *
 * @param name As configured.
 * @param network ISUPPORT `NETWORK`.
 */
export function serviceAddress(name: string, network: string): string {
  // DALnet takes messages to services under their full address only (487), so that nobody else can be called ChanServ.
  return /^dalnet/i.test(network) ? `${serviceName(name)}@services.dal.net` : serviceName(name);
}
