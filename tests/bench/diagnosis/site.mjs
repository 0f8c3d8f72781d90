// Where a call goes in the local AWS's configuration: the front door, the API behind it, the method, the function.

export class Site {
  /** `world` is changed in place; hand over a copy. */
  constructor(world, outputs, { url, method }) {
    const { origin, pathname } = new URL(url);
    const [name] = Object.entries(outputs.doors).find(([, door]) => door.origin === origin) ?? [];
    Object.assign(this, { world, outputs, method: method.toUpperCase(), path: pathname, name });
    this.front = world.doors[name];
    if (this.front?.kind === 'cloudfront-https') this.front = world.doors[this.front.distribution];
    this.api = this.#behind(this.front);
  }

  /** The API that a distribution, a custom domain or a proxy leads to. */
  #behind(door) {
    if (door?.kind === 'cloudfront') {
      const { door: next, originPath = '' } = door.origins[this.behavior.targetOriginId];
      this.path = originPath + this.path;
      return this.#behind(this.world.doors[next]);
    }
    if (door?.kind === 'custom-domain') {
      const [mapping, next] = Object.entries(door.mappings).find(([mapping]) => mapping === '' || this.path.startsWith(`/${mapping}/`)) ?? [];
      if (mapping) this.path = this.path.slice(mapping.length + 1);
      return this.#behind(this.world.doors[next]);
    }
    return door?.kind === 'proxy' || door?.kind === 'load-balancer' ? this.#behind(this.world.doors[door.door ?? door.target]) : door;
  }

  /** Of the distribution, for the call's path. */
  get behavior() {
    if (this.front.kind !== 'cloudfront') throw new Error('a fix of CloudFront, and there is none here');
    const { cacheBehaviors = [], defaultCacheBehavior } = this.front;
    const special = cacheBehaviors.find(({ pathPattern }) => matches(pathPattern.replace(/^\/?/, '/'), this.path));
    return special?.behavior ?? defaultCacheBehavior;
  }

  /** Of a REST API: `{ GET: …, OPTIONS: … }` of the resource that the path names. */
  get resource() {
    const { resources, stage, basePath } = this.api;
    const path = this.path.replace(new RegExp(`^/(${stage}|${basePath ?? stage})(?=/)`), '');
    const names = Object.keys(resources).filter((template) => matches(template.replace(/\{\w+\+\}/, '*').replace(/\{\w+\}/g, '?'), path));
    const [best] = names.sort((one, other) => Number(one.includes('{')) - Number(other.includes('{')) || other.length - one.length);
    return (this.api.resources[best ?? path] ??= {});
  }

  /** Of an HTTP API: the route that the call takes. */
  get route() {
    const { routes } = this.api;
    const taken = (key) => key.startsWith(`${this.method} `) || key.startsWith('ANY ');
    return Object.entries(routes).find(([key]) => taken(key))?.[1] ?? routes.$default ?? Object.values(routes)[0];
  }

  /** What names the function that answers the call. */
  get #integration() {
    const { api } = this;
    if (api.kind === 'function-url') return [api, 'function'];
    if (api.kind === 'http-api') return [this.route, 'function'];
    if (api.kind === 'sam-local') return [api.routes, Object.keys(api.routes)[0]];
    const method = this.resource[this.method] ?? this.resource.ANY;
    return [Object.values(method.integration)[0], 'function'];
  }

  /** Where the API behind the front door is by itself. */
  get apiOrigin() {
    const [name] = Object.entries(this.world.doors).find(([, door]) => door === this.api) ?? [];
    return this.outputs.doors[name]?.origin;
  }

  /** The same host over https. A distribution has both there; in the local AWS its https has a port of its own. */
  overTls(origin) {
    if (!origin.startsWith('https:')) return origin;
    const [name] = Object.entries(this.world.doors).find(([, { distribution }]) => distribution === this.name) ?? [];
    return this.outputs.doors[name]?.origin ?? origin;
  }

  /** The function that answers the call, as one that no other door uses. */
  get ownFunction() {
    const [holder, key] = this.#integration;
    const name = `${this.name}-mended`;
    this.world.functions[name] ??= structuredClone(this.world.functions[holder[key]]);
    holder[key] = name;
    return this.world.functions[name];
  }
}

/** `*` for anything, `?` for one segment. */
function matches(pattern, path) {
  const source = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*').replaceAll('?', '[^/]+');
  return new RegExp(`^${source}$`).test(path);
}
