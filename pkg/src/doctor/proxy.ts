/** A proxy that the environment names. Curl and others go through it; Node's own requests do not, and can fail for that alone. */
import { isLoopback } from './loopback.js';

type Environment = Record<string, string | undefined>;

/** The variable that names a proxy for the URL. */
export function proxyFor(url: string, environment: Environment): string | undefined {
  const { protocol, hostname, port } = new URL(url);
  const scheme = protocol.slice(0, -1);
  const given = [`${scheme}_proxy`, 'all_proxy'].flatMap((name) => [name, name.toUpperCase()]).find((name) => environment[name]);
  const exceptions = environment['no_proxy'] ?? environment['NO_PROXY'] ?? '';
  const excepted = exceptions.split(/[\s,]+/).some((exception) => isMeant(exception.toLowerCase(), hostname, port || (scheme === 'https' ? '443' : '80')));
  // Browsers go to this machine without a proxy.
  return excepted || isLoopback(hostname) ? undefined : given;
}

/** `*`, a host, or a domain with all in it, as curl has it. */
function isMeant(exception: string, hostname: string, port: string): boolean {
  const [, host = '', only] = /^(?:\*?\.)?([^:]+)(?::(\d+))?$/.exec(exception) ?? [];
  if (only !== undefined && only !== port) return false;
  return host === '*' || (host !== '' && `.${hostname}`.endsWith(`.${host}`));
}
