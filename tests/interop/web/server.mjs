// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Porchlight developers

// The web app's server: its API routes, in the form that Next.js gives them, behind node:http, and
// the page. A JSON object a line on standard input makes the API answer as a broken one does.
//
//   node server.mjs PORT PAGE-FOLDER

import { createReadStream, existsSync } from 'node:fs';
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';

import * as pusherAuth from './api/pusher/auth.mjs';
import * as presence from './api/user/presence.mjs';
import * as status from './api/user/status.mjs';

const [port, pageFolder] = process.argv.slice(2);
const ROUTES = [
  [/^\/api\/user\/presence$/, presence],
  [/^\/api\/user\/(?<id>[^/]+)\/status$/, status],
  [/^\/api\/pusher\/auth$/, pusherAuth],
];
const PAGE_FILES = {
  '/': ['index.html', 'text/html; charset=utf-8'],
  '/page.js': ['page.js', 'text/javascript'],
  '/config.json': ['config.json', 'application/json'],
};
const NOT_FOUND = '<!DOCTYPE html><html><body><h1>404</h1>This page could not be found.</body></html>';

let broken = null;

function breakAnswer(response) {
  switch (broken) {
    case 'nothing':
      return;
    case 'html':
      response.writeHead(200, { 'Content-Type': 'text/html' }).end(NOT_FOUND);
      return;
    default:
      response.writeHead(broken, { 'Content-Type': 'application/json' })
        .end(JSON.stringify({ error: 'as it was told' }));
  }
}

async function answerApi(request, response, module, params) {
  const method = module[request.method];
  if (!method) {
    response.writeHead(405).end();
    return;
  }
  const hasBody = request.method !== 'GET' && request.method !== 'HEAD';
  const answer = await method(new Request(`http://127.0.0.1:${port}${request.url}`, {
    method: request.method,
    headers: request.headers,
    body: hasBody ? Readable.toWeb(request) : undefined,
    duplex: 'half',
  }), params);
  const body = Buffer.from(await answer.arrayBuffer());
  response.writeHead(answer.status, {
    ...Object.fromEntries(answer.headers), 'Content-Length': body.length,
  }).end(body);
}

const server = createServer((request, response) => {
  const { pathname } = new URL(request.url, `http://127.0.0.1:${port}`);
  for (const [pattern, module] of ROUTES) {
    const match = pattern.exec(pathname);
    if (!match) continue;
    if (broken !== null) {
      breakAnswer(response);
      return;
    }
    answerApi(request, response, module, match.groups).catch((error) => {
      console.error(error);
      response.writeHead(500, { 'Content-Type': 'text/html' }).end('<h1>500</h1>');
    });
    return;
  }
  const [name, type] = PAGE_FILES[pathname] ?? [];
  if (name && existsSync(`${pageFolder}/${name}`)) {
    response.writeHead(200, { 'Content-Type': type });
    createReadStream(`${pageFolder}/${name}`).pipe(response);
    return;
  }
  response.writeHead(404, { 'Content-Type': 'text/html' }).end(NOT_FOUND);
});
// Longer than any pause between two requests of a client that keeps its connection.
server.keepAliveTimeout = 120_000;
server.listen(Number(port), '127.0.0.1', () => console.log(JSON.stringify({ event: 'listening' })));

for await (const line of createInterface({ input: process.stdin })) {
  broken = JSON.parse(line).answer;
  console.log(JSON.stringify({ event: 'answers', answer: broken }));
}
