import { BlockList, isIP, isIPv6 } from 'node:net';
import { say } from '../preload/say.ts';

/**
 * Tells the callers that may ask for a profile, by the address at the other end of the connection: where nginx stands in front, that is
 * nginx, which lets nobody's mark through but its own trusted callers' (nginx/onetrace/otel-trust.conf).
 */
export function trusting(networks: readonly string[]): (address: unknown) => boolean {
  const list = new BlockList();
  for (const network of networks)
    if (!add(list, network))
      say(`ONETRACE_PROFILE_FROM: expected addresses and networks (10.0.0.0/8), got '${network}'; ignored`);
  return (address) => {
    if (typeof address !== 'string' || isIP(address) === 0) return false;
    // A socket that listens on both families shows IPv4 callers in IPv6 notation.
    const plain = address.replace(/^::ffff:(?=\d+\.)/i, '');
    return list.check(plain, family(plain));
  };
}

function add(list: BlockList, network: string): boolean {
  const [address = '', bits, ...rest] = network.split('/');
  if (isIP(address) === 0 || rest.length > 0) return false;
  try {
    if (bits === undefined) list.addAddress(address, family(address));
    else list.addSubnet(address, /^\d+$/.test(bits) ? Number(bits) : Number.NaN, family(address));
    return true;
  } catch {
    return false;
  }
}

function family(address: string): 'ipv4' | 'ipv6' {
  return isIPv6(address) ? 'ipv6' : 'ipv4';
}
