// The demo page beside the main job: sign-in that fails or asks for more, languages, colours, narrow screens.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';

import { launch } from './browser.mjs';
import { DemoPage } from './demo-page.mjs';
import { startLocalAws } from './local-aws.mjs';

if (!process.env.DEMO_PAGE) throw new Error('DEMO_PAGE must name the built demo page; `cargo xtask test e2e` sets it');
const aws = await startLocalAws(process.env.DEMO_PAGE);

describe('the demo page', () => {
  let browser, demo;
  before(async () => {
    browser = await launch();
  });
  after(async () => {
    await browser.close();
    await aws.stop();
  });
  beforeEach(async () => {
    await demo?.page.context().close();
    demo = await DemoPage.open(browser, aws.control);
  });

  it('says that the password is wrong', async () => {
    const form = demo.signInForm;
    await form.getByLabel('User name').fill(demo.user('general').username);
    await form.getByLabel('Password').fill('Wrong-horse-7');
    await form.getByRole('button', { name: 'Sign in', exact: true }).click();
    assert.match(await form.getByRole('alert').innerText(), /Incorrect username or password/);
    assert.equal(await demo.pass.count(), 0);
  });

  it('asks for a new password, and goes back', async () => {
    const form = demo.signInForm;
    const { username } = demo.user('must-change-password');
    const begin = async () => {
      await form.getByRole('button', { name: username }).click();
      await form.getByRole('button', { name: 'Sign in', exact: true }).click();
      await form.getByLabel('New password').waitFor();
    };
    await begin();
    await form.getByRole('button', { name: 'Back' }).click();
    await form.getByLabel('User name').waitFor();
    await begin();
    await form.getByLabel('New password').fill('weak');
    await form.getByRole('button', { name: /^Set the password/ }).click();
    await form.getByRole('alert').waitFor();
    await form.getByLabel('New password').fill('Brand-new-pass-10');
    await form.getByRole('button', { name: /^Set the password/ }).click();
    await demo.pass.getByText(username, { exact: true }).first().waitFor();
  });

  it('shows the claims, and nobody after signing out', async () => {
    await demo.signIn('admin');
    await demo.pass.getByText('Claims of the IdToken').click();
    assert.match(await demo.pass.locator('.claims').innerText(), /cognito:groups[^]*admin/);
    await demo.signOut();
    const send = demo.page.getByRole('article', { name: 'General call', exact: true }).getByRole('button', { name: 'Send' });
    assert.ok(await send.isDisabled());
  });

  it('keeps the session over a reload and over a change of language', async () => {
    await demo.signIn('general');
    const { username } = demo.user('general');
    await demo.page.reload();
    await demo.pass.getByText(username, { exact: true }).first().waitFor();
    await demo.page.getByRole('radio', { name: '日本語' }).check();
    await demo.page.getByRole('region', { name: '現在のセッション' }).getByText(username, { exact: true }).first().waitFor();
    assert.equal(await demo.page.locator('html').getAttribute('lang'), 'ja');
    await demo.page.getByRole('button', { name: 'リクエストを送る' }).click();
    const headline = demo.page.getByRole('region', { name: 'gatepass の診断' }).locator('h4.headline');
    assert.match(await headline.innerText(), /プリフライト/);
  });

  it('is light or dark as one chooses, and remembers it', async () => {
    const background = () => demo.page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    await demo.page.getByRole('radio', { name: 'Light' }).check();
    const light = await background();
    await demo.page.getByRole('radio', { name: 'Dark' }).check();
    const dark = await background();
    assert.notEqual(dark, light);
    await demo.page.reload();
    await demo.signInForm.waitFor();
    assert.equal(await background(), dark);
  });

  it('fits a phone, with a diagnosis on it', async () => {
    await demo.page.setViewportSize({ width: 360, height: 740 });
    await demo.signIn('general');
    await demo.call('General call');
    await demo.call('Admin call');
    await demo.page.getByLabel('Choose a set-up').selectOption('H01');
    await demo.send();
    const overflow = await demo.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    assert.equal(overflow, 0);
  });
});
