// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Porchlight developers

import { findUser } from '../../lib/db.mjs';
import { pusher } from '../../lib/pusher.mjs';
import { getUser } from '../../lib/supabase.mjs';

export async function POST(request) {
  const caller = await getUser(request);
  if (!caller) return Response.json({ error: 'Unauthorized' }, { status: 401 });

  const form = new URLSearchParams(await request.text());
  const socketId = form.get('socket_id');
  const channel = form.get('channel_name');
  if (!channel?.startsWith('presence-user-')) {
    return Response.json({ error: 'Forbidden' }, { status: 403 });
  }

  const user = await findUser(caller.id);
  return Response.json(pusher.authorizeChannel(socketId, channel, {
    user_id: caller.id,
    user_info: {
      name: user ? `${user.firstName} ${user.lastName}` : caller.email,
      avatar: user?.avatar ?? null,
    },
  }));
}
