// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Porchlight developers

// What the web app does in a browser, in so much of it as Node and a page share: signs in, keeps the
// person's presence and watches others. It knows a server by the same configuration either way.

import { GoTrueClient } from '@supabase/auth-js';
import Pusher from 'pusher-js';

import { useUserPresence } from './hooks/use-user-presence.mjs';
import { useUserStatus } from './hooks/use-user-status.mjs';

export class WebClient {
  constructor(config, report) {
    this.config = config;
    this.report = report;
    this.supabase = new GoTrueClient({
      url: `${config.supabaseUrl}/auth/v1`,
      headers: { apikey: config.supabaseAnonKey },
      persistSession: false,
    });
  }

  getToken = async () => (await this.supabase.getSession()).data.session?.access_token;

  async signIn(email, password) {
    const { data, error } = await this.supabase.signInWithPassword({ email, password });
    if (error) {
      this.report({ event: 'sign-in-failed', code: error.code });
      return;
    }
    this.userId = data.user.id;
    this.pusher = new Pusher(this.config.pusherKey, {
      wsHost: this.config.pusherHost,
      wsPort: this.config.pusherPort,
      forceTLS: false,
      enabledTransports: ['ws'],
      cluster: 'mt1',
      channelAuthorization: {
        endpoint: `${this.config.apiBase}/api/pusher/auth`,
        headersProvider: () => ({ Authorization: `Bearer ${data.session.access_token}` }),
      },
    });
    this.presence = useUserPresence({
      apiBase: this.config.apiBase,
      pusher: this.pusher,
      userId: this.userId,
      getToken: this.getToken,
      report: this.report,
    });
    this.report({ event: 'signed-in', userId: this.userId });
  }

  watch(userId) {
    useUserStatus({
      apiBase: this.config.apiBase,
      pusher: this.pusher,
      userId,
      getToken: this.getToken,
      onChange: (state) => this.report({ event: 'status', ...state }),
    });
    this.pusher.channel(`presence-user-${userId}`).bind('pusher:subscription_succeeded', (members) =>
      this.report({ event: 'subscribed', userId, members: Object.keys(members.members) }));
  }

  async leave() {
    await this.presence?.leave();
    this.pusher?.disconnect();
  }
}
