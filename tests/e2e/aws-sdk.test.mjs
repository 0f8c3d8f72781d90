// `gp.credentials` as the credential provider of real clients of the AWS SDK for JavaScript v3, in a page, against the local AWS.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { build } from 'esbuild';

import { launch } from './browser.mjs';
import { makeFixture, openWithClient, settle } from './fixture.mjs';
import { startLocalAws } from './local-aws.mjs';

const HOUR = 3600;
/** What a key of S3 can hold, and a path of other services would not keep. */
const KEYS = ['a.txt', 'a b+c.txt', "花/子!'()*.txt", 'a//b', '100%/%41', 'a?b#c&d=e;f,g:h@i$j', '~._-', '.hidden/..x'];

const fixture = makeFixture();

describe('clients of the AWS SDK', () => {
  let aws, browser, context, page, outputs;
  before(async () => {
    await bundleSdk(join(fixture.folder, 'aws-sdk.js'));
    aws = await startLocalAws(fixture.folder);
    browser = await launch();
    outputs = await aws.control.outputs();
  });
  after(async () => {
    await browser.close();
    await aws.stop();
    fixture.remove();
  });
  beforeEach(async () => {
    context = await browser.newContext();
    await context.clock.install();
    const { origin, region } = outputs.doors.s3;
    page = await openWithClient(context, aws.control, { routes: [{ match: `${origin}/*`, auth: 'iam', region, service: 's3' }] });
    await page.evaluate(
      async ({ sts, s3, region }) => {
        const sdk = await import('/aws-sdk.js');
        const common = { region, credentials: globalThis.gp.credentials };
        globalThis.sdk = sdk;
        globalThis.sts = new sdk.STSClient({ ...common, endpoint: sts });
        globalThis.s3 = new sdk.S3Client({ ...common, endpoint: s3, forcePathStyle: true });
        globalThis.whoami = async (client = globalThis.sts) => (await client.send(new sdk.GetCallerIdentityCommand())).Arn;
        globalThis.accessKeyId = async () => (await globalThis.sts.config.credentials()).accessKeyId;
      },
      { sts: outputs.sts.endpoint, s3: origin, region },
    );
    await signIn();
  });
  afterEach(async () => {
    await context.close();
    await aws.control.reset();
  });

  const signInOf = (as) => {
    const { username, password } = outputs.users.find(({ role }) => role === as);
    return { username, password };
  };
  const run = async (work, argument) => {
    const { value, error } = await settle(page, work, argument);
    assert.equal(error, undefined);
    return value;
  };
  const signIn = () => run(async (user) => void (await globalThis.gp.signIn(user)), signInOf('admin'));
  /** Time goes on, for the page and for AWS. */
  const forward = async (minutes) => {
    await context.clock.fastForward(minutes * 60_000);
    await aws.control.advance(minutes * 60);
  };
  const whoami = () => run(() => globalThis.whoami());
  const accessKeyId = () => run(() => globalThis.accessKeyId());

  it('STS says that the caller has the role of the user', async () => {
    assert.match(await whoami(), /^arn:aws:sts::\d{12}:assumed-role\/admin\//);
  });

  it('S3 keeps, lists and deletes objects under keys of every kind', async () => {
    const found = await run(async (keys) => {
      const { DeleteObjectCommand, GetObjectCommand, ListObjectsV2Command, PutObjectCommand } = globalThis.sdk;
      const at = { Bucket: 'bucket' };
      const send = (Command, input) => globalThis.s3.send(new Command({ ...at, ...input }));
      for (const Key of keys) await send(PutObjectCommand, { Key, Body: `of ${Key}`, ContentType: 'text/plain' });
      const listed = (await send(ListObjectsV2Command)).Contents.map(({ Key }) => Key);
      const contents = [];
      for (const Key of keys) contents.push(await (await send(GetObjectCommand, { Key })).Body.transformToString());
      for (const Key of keys) await send(DeleteObjectCommand, { Key });
      return { listed, contents, left: (await send(ListObjectsV2Command)).KeyCount };
    }, KEYS);
    assert.deepEqual(found.listed.toSorted(), KEYS.toSorted());
    assert.deepEqual(found.contents, KEYS.map((key) => `of ${key}`));
    assert.equal(found.left, 0);
  });

  it('what the SDK puts, gp.fetch gets, and the other way round; so do URLs that either has signed', async () => {
    const [byFetch, byUrl, bySdk, bySdkUrl] = await run(async (origin) => {
      const { GetObjectCommand, PutObjectCommand, getSignedUrl } = globalThis.sdk;
      const bytes = new Uint8Array(70_000).map((_, at) => at);
      const sum = async (response) => new Uint8Array(await response.arrayBuffer()).reduce((total, byte) => (total * 31 + byte) % 65_521, 7);
      const expected = await sum(new Response(bytes));
      const isIt = async (response) => response.status === 200 && (await sum(response)) === expected;

      await globalThis.s3.send(new PutObjectCommand({ Bucket: 'bucket', Key: "花/a b!'.bin", Body: bytes }));
      const url = `${origin}/bucket/%E8%8A%B1/a%20b!'.bin`;
      const byFetch = await isIt(await globalThis.gp.fetch(url));
      const byUrl = await isIt(await fetch(await globalThis.gp.presign(url)));

      const put = await globalThis.gp.fetch(`${origin}/bucket/of//gatepass`, { method: 'PUT', body: bytes });
      const get = new GetObjectCommand({ Bucket: 'bucket', Key: 'of//gatepass' });
      const { Body } = await globalThis.s3.send(get);
      const bySdk = put.status === 200 && (await isIt(new Response(await Body.transformToByteArray())));
      const bySdkUrl = await isIt(await fetch(await getSignedUrl(globalThis.s3, get, { expiresIn: 60 })));
      return [byFetch, byUrl, bySdk, bySdkUrl];
    }, outputs.doors.s3.origin);
    assert.deepEqual({ byFetch, byUrl, bySdk, bySdkUrl }, { byFetch: true, byUrl: true, bySdk: true, bySdkUrl: true });
  });

  it('the SDK asks for credentials anew when they come to their end, on both clocks', async () => {
    const first = await accessKeyId();
    await forward(30);
    assert.equal(await accessKeyId(), first);
    assert.match(await whoami(), /assumed-role\/admin\//);
    await forward(31);
    assert.match(await whoami(), /assumed-role\/admin\//);
    assert.notEqual(await accessKeyId(), first);
  });

  for (const [way, seconds] of [['ahead', 4 * HOUR], ['behind', -4 * HOUR]]) {
    it(`AWS's clock is ${way} by hours: the SDK learns it, and credentials are asked for anew when they come to their end`, async () => {
      await aws.control.advance(seconds);
      await signIn();
      const first = await accessKeyId();
      assert.match(await whoami(), /assumed-role\/admin\//);
      await forward(61);
      assert.match(await whoami(), /assumed-role\/admin\//);
      assert.notEqual(await accessKeyId(), first);
    });
  }

  it('credentials that were revoked are refused by their name, and replaced when the app asks for new ones', async () => {
    const first = await accessKeyId();
    await aws.control.expireCredentials();
    const { error } = await settle(page, () => globalThis.whoami());
    assert.equal(error.name, 'ExpiredToken');
    const [arn, second] = await run(async (sts) => {
      const { accessKeyId } = await globalThis.gp.credentials({ forceRefresh: true });
      const client = new globalThis.sdk.STSClient({ region: globalThis.sts.config.region, endpoint: sts, credentials: globalThis.gp.credentials });
      return [await globalThis.whoami(client), accessKeyId];
    }, outputs.sts.endpoint);
    assert.match(arn, /assumed-role\/admin\//);
    assert.notEqual(second, first);
  });

  it('a client remembers its user until the credentials end, so a user gets a client of their own when gp tells of one', async () => {
    const [former, remembered, own] = await run(
      async ({ sts, region, next }) => {
        let client;
        globalThis.gp.subscribe(({ type }) => {
          if (['signed-in', 'signed-out', 'session-expired'].includes(type)) client = undefined;
        });
        const current = () => (client ??= new globalThis.sdk.STSClient({ region, endpoint: sts, credentials: globalThis.gp.credentials }));
        const first = current();
        const former = await globalThis.whoami(first);
        await globalThis.gp.signOut();
        await globalThis.gp.signIn(next);
        return [former, await globalThis.whoami(first), await globalThis.whoami(current())];
      },
      { sts: outputs.sts.endpoint, region: outputs.doors.s3.region, next: signInOf('general') },
    );
    assert.match(former, /assumed-role\/admin\//);
    assert.equal(remembered, former);
    assert.match(own, /assumed-role\/general\//);
  });

  it('nobody signed in: the SDK rejects with what gp.credentials says', async () => {
    await run(() => globalThis.gp.signOut());
    const { error } = await settle(page, () => globalThis.whoami());
    assert.equal(error.code, 'not-signed-in');
  });
});

/** The clients as a page's bundler makes them. */
async function bundleSdk(outfile) {
  const contents = `
    export { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
    export { DeleteObjectCommand, GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
    export { getSignedUrl } from '@aws-sdk/s3-request-presigner';`;
  const stdin = { contents, resolveDir: new URL('.', import.meta.url).pathname };
  await build({ stdin, outfile, bundle: true, format: 'esm', platform: 'browser', logLevel: 'error' });
}
