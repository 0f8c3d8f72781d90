// One face for both browsers, with what only a browser can be: offline, blocked, on a page of another kind.
import { launch } from '../../e2e/browser.mjs';
import { watchReasons } from './chromium.mjs';
import { Firefox } from './firefox.mjs';

/** One page of one Chromium. */
class Chromium {
  static async launch(switches) {
    const chromium = new Chromium();
    chromium.browser = await launch(switches);
    chromium.context = await chromium.browser.newContext();
    chromium.page = await chromium.context.newPage();
    Object.assign(chromium, await watchReasons(chromium.page));
    return chromium;
  }

  goto = (url) => this.page.goto(url);

  evaluate = (run, argument) => this.page.evaluate(run, argument);

  offline = (is) => this.context.setOffline(is);

  /** Refuses the URLs of a pattern, as an extension does. */
  block = (urls) => this.session.send('Network.setBlockedURLs', { urls });

  async permit(origin, setting) {
    const session = await this.browser.newBrowserCDPSession();
    for (const name of ['local-network-access', 'local-network', 'loopback-network']) {
      await session.send('Browser.setPermission', { origin, permission: { name }, setting }).catch(() => undefined);
    }
  }

  close = () => this.browser.close();
}

/** Firefox tells no reasons here, and knows no local network permission. */
class FirefoxPage {
  static async launch(preferences) {
    const page = new FirefoxPage();
    page.firefox = await Firefox.launch(preferences);
    return page;
  }

  goto = (url) => this.firefox.goto(url);

  evaluate = (run, argument) => this.firefox.evaluate(run, argument);

  offline = (is) => this.firefox.inBrowser((given) => void (globalThis.Services.io.offline = given), is);

  block = (urls) =>
    this.firefox.inBrowser((given) => {
      const { Services, Ci, Cr } = globalThis;
      const prefixes = given.map((url) => url.replace('*', ''));
      globalThis.window.blocker ??= {
        prefixes: [],
        observe(subject) {
          const channel = subject.QueryInterface(Ci.nsIHttpChannel);
          if (this.prefixes.some((prefix) => channel.URI.spec.startsWith(prefix))) channel.cancel(Cr.NS_ERROR_ABORT);
        },
      };
      if (globalThis.window.blocker.prefixes.length === 0) Services.obs.addObserver(globalThis.window.blocker, 'http-on-modify-request');
      else Services.obs.removeObserver(globalThis.window.blocker, 'http-on-modify-request');
      globalThis.window.blocker.prefixes = prefixes;
    }, urls);

  permit = () => undefined;

  reasonOf = () => undefined;

  forget = () => undefined;

  close = () => this.firefox.close();
}

/** The name of a host that is not of this machine, as far as a browser can tell. */
const HOST = 'app.gatepass.test';

/** `proxy`: the port of a SOCKS proxy for everything. */
export const ENGINES = {
  chromium: {
    launch: ({ proxy } = {}) => Chromium.launch(proxy ? [`--proxy-server=socks5://127.0.0.1:${proxy}`, '--proxy-bypass-list=<-loopback>'] : []),
    /** With pages under another name, whose ports count as those of public servers. */
    launchElsewhere: (ports) =>
      Chromium.launch([
        `--host-resolver-rules=MAP ${HOST} 127.0.0.1`,
        '--ignore-certificate-errors',
        `--ip-address-space-overrides=${ports.map((port) => `127.0.0.1:${port}=public`).join(',')}`,
      ]),
  },
  firefox: {
    launch: ({ proxy } = {}) => {
      const socks = { 'network.proxy.type': 1, 'network.proxy.socks': '127.0.0.1', 'network.proxy.socks_port': proxy, 'network.proxy.allow_hijacking_localhost': true };
      return FirefoxPage.launch(proxy ? socks : {});
    },
    launchElsewhere: () => FirefoxPage.launch({ 'network.dns.localDomains': HOST }),
  },
};

/** The origin of a page there. */
export const elsewhere = (scheme, port) => `${scheme}://${HOST}:${port}`;
