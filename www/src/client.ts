import axios, { type AxiosInstance } from 'axios';
import { type Client, createClient, type RouteConfig } from 'gatepass';
import { withGatepass } from 'gatepass/axios';

import type { Outputs } from './outputs';
import type { Locale } from './texts';

/** The routes of the base doors: a Bearer API, an API that wants signatures, and CloudFront before the latter. */
function doorRoutes({ doors }: Outputs): RouteConfig[] {
  const { 'http-api': httpApi, 'rest-api': restApi, cloudfront } = doors;
  return [
    { match: `${httpApi.origin}/*`, auth: 'bearer', kind: httpApi.kind },
    { match: `${restApi.origin}/*`, auth: 'iam', kind: restApi.kind, region: restApi.region },
    { match: `${cloudfront.origin}/*`, auth: 'iam', kind: cloudfront.kind, region: restApi.region, signAs: restApi.origin },
  ];
}

/** The first route that matches wins, so the more specific go first. */
const bySpecificity = (a: RouteConfig, b: RouteConfig) => b.match.length - a.match.length;

export function makeClient(outputs: Outputs, locale: Locale): Client {
  const { userPool, identityPool, scenarios } = outputs;
  const routes = [...doorRoutes(outputs), ...scenarios.map((scenario) => scenario.route)];
  return createClient({ userPool, identityPool, routes: routes.sort(bySpecificity), locale });
}

/** An axios instance whose calls go through the client. */
export function makeApi(client: Client): AxiosInstance {
  return withGatepass(axios.create(), client);
}
