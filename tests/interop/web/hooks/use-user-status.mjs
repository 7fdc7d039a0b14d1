// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Porchlight developers

// Somebody else's status, as the web app's useUserStatus shows it: the first state over HTTP, then
// the events of that person's channel, and the five-minute rule once a minute.

const ONLINE_WINDOW_MS = 5 * 60 * 1000;

export function useUserStatus({ apiBase, pusher, userId, getToken, onChange }) {
  let known = null;
  let shown = null;

  const show = () => {
    if (!known) return;
    const isOnline = known.status === 'online'
      && Date.now() - Date.parse(known.lastActive) < ONLINE_WINDOW_MS;
    const status = isOnline ? 'online' : 'offline';
    if (status === shown) return;
    shown = status;
    onChange({ userId, status, lastActive: known.lastActive, user: known.user });
  };
  const learn = (state) => {
    known = state;
    show();
  };

  const channel = pusher.subscribe(`presence-user-${userId}`);
  channel.bind('user-status-change', learn);
  const timer = setInterval(show, 60_000);

  (async () => {
    const answer = await fetch(`${apiBase}/api/user/${userId}/status`, {
      headers: { Authorization: `Bearer ${await getToken()}` },
    });
    if (answer.ok && !known) learn(await answer.json());
  })().catch((error) => console.error('status failed:', error.message));

  return () => {
    clearInterval(timer);
    pusher.unsubscribe(channel.name);
  };
}
