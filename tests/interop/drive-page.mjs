// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Porchlight developers

// Opens the web app's page in a real Chromium and signs in there, as a person would, with the e-mail
// address and the password of the first line of standard input. Then tells each status that the page
// shows, one JSON object a line, until standard input ends.
//
//   node drive-page.mjs CHROMIUM PROFILE-FOLDER PAGE-ADDRESS

import { mkdirSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

import { chromium } from 'playwright-core';

const [executablePath, profile, address] = process.argv.slice(2);
const report = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);
const input = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const { email, password } = JSON.parse((await input.next()).value);

// Its question whether to keep the password would cover the page.
mkdirSync(`${profile}/Default`, { recursive: true });
writeFileSync(`${profile}/Default/Preferences`, JSON.stringify({ credentials_enable_service: false }));

const context = await chromium.launchPersistentContext(profile, {
  executablePath,
  headless: false,
  viewport: null,
  args: [
    '--no-sandbox', '--test-type', '--disable-gpu', '--disable-quic', '--no-first-run',
    '--disable-background-networking', '--disable-component-update', '--disable-sync',
    '--window-position=0,0', '--window-size=560,760',
  ],
});
const page = context.pages()[0];
page.on('pageerror', (error) => console.error(error));
page.on('console', (message) => console.error(message.text()));
await page.exposeFunction('reportRow', (text) => report({ event: 'row', text }));
await page.goto(address);
await page.evaluate(() => {
  new MutationObserver(() => {
    for (const row of document.querySelectorAll('#people li')) window.reportRow(row.textContent);
  }).observe(document.getElementById('people'), { childList: true, subtree: true, characterData: true });
});
await page.fill('input[name=email]', email);
await page.fill('input[name=password]', password);
await page.click('button');
await page.waitForFunction(() => document.getElementById('me').textContent !== '');
report({ event: 'me', text: await page.textContent('#me') });

while (!(await input.next()).done);
await page.close({ runBeforeUnload: true });
await context.close();
