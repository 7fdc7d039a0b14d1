// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Porchlight developers

// The person's own presence, as the web app's useUserPresence keeps it while a page is open.

const HEARTBEAT_MS = 30_000;

export function useUserPresence({ apiBase, pusher, userId, getToken, report }) {
  const channel = pusher.subscribe(`presence-user-${userId}`);
  channel.bind('pusher:subscription_error', (error) =>
    report({ event: 'subscription-error', status: error.status }));

  const send = async (status) => {
    try {
      const answer = await fetch(`${apiBase}/api/user/presence`, {
        method: 'POST',
        headers: {
          'Authorization': `Bearer ${await getToken()}`,
          'Content-Type': 'application/json',
        },
        body: JSON.stringify({ status }),
        keepalive: true,
      });
      report({ event: 'sent', status, answer: answer.status });
    } catch (error) {
      report({ event: 'send-failed', status, message: String(error.message) });
    }
  };

  let heartbeat = null;
  const start = () => {
    heartbeat ??= setInterval(() => send('online'), HEARTBEAT_MS);
    return send('online');
  };
  const stop = () => {
    clearInterval(heartbeat);
    heartbeat = null;
    return send('offline');
  };
  const onVisibilityChange = () => (document.hidden ? stop() : start());

  start();
  if (globalThis.document) {
    document.addEventListener('visibilitychange', onVisibilityChange);
    window.addEventListener('beforeunload', stop);
  }
  return {
    hide: stop,
    show: start,
    async leave() {
      pusher.unsubscribe(channel.name);
      await stop();
    },
  };
}
