// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Porchlight developers

// The web client in Node, told what to do by a JSON object a line, and telling in the same way.
//
//   node node-client.mjs CONFIG.json

import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

import { WebClient } from './client.mjs';

const report = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);
const client = new WebClient(JSON.parse(readFileSync(process.argv[2])), report);

for await (const line of createInterface({ input: process.stdin })) {
  const command = JSON.parse(line);
  if (command.do === 'sign-in') await client.signIn(command.email, command.password);
  else if (command.do === 'watch') client.watch(command.userId);
  else if (command.do === 'hide') await client.presence.hide();
  else if (command.do === 'show') await client.presence.show();
  else if (command.do === 'leave') {
    await client.leave();
    report({ event: 'left' });
    break;
  }
}
process.exit(0);
