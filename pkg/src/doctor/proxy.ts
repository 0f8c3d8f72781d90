/** A proxy that the environment names. Curl and others go through it; Node's own requests do not, and can fail for that alone. */

type Environment = Record<string, string | undefined>;

/** The variable that names a proxy for the URL. */
export function proxyFor(url: string, environment: Environment): string | undefined {
  const { protocol, hostname, port } = new URL(url);
  const scheme = protocol.slice(0, -1);
  const given = [`${scheme}_proxy`, 'all_proxy'].flatMap((name) => [name, name.toUpperCase()]).find((name) => environment[name]);
  const exceptions = environment['no_proxy'] ?? environment['NO_PROXY'] ?? '';
  const excepted = exceptions.split(/[\s,]+/).some((exception) => isMeant(exception.toLowerCase(), hostname, port || (scheme === 'https' ? '443' : '80')));
  return excepted || isOwn(hostname) ? undefined : given;
}

/** `*`, a host, or a domain with all in it, as curl has it. */
function isMeant(exception: string, hostname: string, port: string): boolean {
  const [, host = '', only] = /^(?:\*?\.)?([^:]+)(?::(\d+))?$/.exec(exception) ?? [];
  if (only !== undefined && only !== port) return false;
  return host === '*' || (host !== '' && `.${hostname}`.endsWith(`.${host}`));
}

/** Browsers go to this machine without a proxy. */
function isOwn(hostname: string): boolean {
  return /^(?:(?:.+\.)?localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
}
