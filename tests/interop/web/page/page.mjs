// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Porchlight developers

// The page: signs in, then lists the people whose ids are in its address (#id,id) with their status.

import { WebClient } from '../client.mjs';

const people = document.getElementById('people');
const rows = new Map();

function showStatus({ userId, status, user }) {
  let row = rows.get(userId);
  if (!row) {
    row = document.createElement('li');
    row.id = `user-${userId}`;
    rows.set(userId, row);
    people.append(row);
  }
  row.className = status;
  row.innerHTML = '<span class="dot"></span><span class="name"></span>';
  row.querySelector('.name').textContent =
    `${user.firstName} ${user.lastName}: ${status === 'online' ? 'Online' : 'Offline'}`;
}

function report(line) {
  if (line.event === 'status') showStatus(line);
  if (line.event === 'signed-in') document.getElementById('me').textContent = 'Signed in';
  if (line.event === 'sign-in-failed') document.getElementById('me').textContent = line.code;
}

const config = await (await fetch('/config.json')).json();
const client = new WebClient(config, report);
const form = document.getElementById('sign-in');
form.addEventListener('submit', async (event) => {
  event.preventDefault();
  const fields = new FormData(form);
  await client.signIn(fields.get('email'), fields.get('password'));
  if (!client.userId) return;
  form.remove();
  for (const id of location.hash.slice(1).split(',').filter(Boolean)) client.watch(id);
});
