// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Porchlight developers

// One client on a public channel, and the library for servers that publishes to it. Says what came
// of it, a JSON object a line.
//
//   node pusher-library.mjs HOST PORT APP-ID KEY SECRET

import PusherClient from 'pusher-js';
import Pusher from 'pusher';

const [host, port, appId, key, secret] = process.argv.slice(2);
const report = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);
const makeServer = (withSecret) =>
  new Pusher({ appId, key, secret: withSecret, host, port, useTLS: false });
const server = makeServer(secret);

const client = new PusherClient(key, {
  wsHost: host, wsPort: port, forceTLS: false, enabledTransports: ['ws'], cluster: 'mt1',
});
const received = [];
const channel = client.subscribe('news');
channel.bind_global((event, data) => {
  if (event.startsWith('pusher:')) return;
  received.push(event);
  report({ event: `received ${event}`, data });
});
await new Promise((resolve) => channel.bind('pusher:subscription_succeeded', resolve));

const get = async (path, params) => (await server.get({ path, params })).json();
const statusOf = async (promise) =>
  promise.then((answer) => answer.status, (error) => error.status);

report({
  event: 'triggered',
  status: (await server.trigger('news', 'hello', { text: 'Ärlig "a"' })).status,
});
await server.trigger('news', 'own', {}, { socket_id: client.connection.socket_id });
const counted = await server.trigger(['news', 'other'], 'second', 2, {
  info: 'subscription_count',
});
report({ event: 'counted', answer: await counted.json() });
report({
  event: 'batch',
  status: (await server.triggerBatch([
    { channel: 'other', name: 'elsewhere', data: {} },
    { channel: 'news', name: 'third', data: { n: 3 } },
  ])).status,
});
report({ event: 'channels', answer: await get('/channels', {}) });
report({ event: 'channel', answer: await get('/channels/news', { info: 'subscription_count' }) });
report({ event: 'users', answer: await get('/channels/presence-nobody/users', {}) });
report({
  event: 'wrong secret',
  status: await statusOf(makeServer('another').trigger('news', 'forged', {})),
});
report({
  event: 'too large',
  status: await statusOf(server.trigger('news', 'large', 'x'.repeat(10241))),
});
await new Promise((resolve) => setTimeout(resolve, 200));
report({ event: 'end', received });
process.exit(0);
