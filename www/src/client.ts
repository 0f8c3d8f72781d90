import axios, { type AxiosInstance } from 'axios';
import { type Client, createClient, type RouteConfig } from 'gatepass';
import { withGatepass } from 'gatepass/axios';

import { type Outputs, routeOf, type Scenario, webSocketUrl } from './outputs';
import type { Locale } from './texts';

const make = ({ userPool, identityPool }: Outputs, locale: Locale, routes: RouteConfig[]): Client =>
  createClient({ userPool, identityPool, routes, locale });

/** The app's client: a Bearer API, an API that wants signatures, CloudFront before the latter, and a WebSocket API. */
export function makeClient(outputs: Outputs, locale: Locale): Client {
  const { 'http-api': httpApi, 'rest-api': restApi, cloudfront } = outputs.doors;
  return make(outputs, locale, [
    { match: `${httpApi.origin}/*`, auth: 'bearer', kind: httpApi.kind },
    { match: `${restApi.origin}/*`, auth: 'iam', kind: restApi.kind, region: restApi.region },
    { match: `${cloudfront.origin}/*`, auth: 'iam', kind: cloudfront.kind, region: restApi.region, signAs: restApi.origin },
    { match: webSocketUrl(outputs), auth: 'iam', region: outputs.region },
  ]);
}

/** A client for one scenario's call; a fix may be a change of its route. It finds the app's session in the tab. */
export const makeScenarioClient = (outputs: Outputs, locale: Locale, scenario: Scenario): Client =>
  make(outputs, locale, [routeOf(scenario)]);

/** An axios instance whose calls go through the client. */
export const makeApi = (client: Client): AxiosInstance => withGatepass(axios.create(), client);
