// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Porchlight developers

import { describeUser, touchUser } from '../../lib/db.mjs';
import { pusher } from '../../lib/pusher.mjs';
import { getUser } from '../../lib/supabase.mjs';

export async function POST(request) {
  const caller = await getUser(request);
  if (!caller) return Response.json({ error: 'Unauthorized' }, { status: 401 });

  const { status } = await request.json().catch(() => ({}));
  if (status !== 'online' && status !== 'offline') {
    return Response.json({ error: 'Invalid status' }, { status: 400 });
  }

  const user = await touchUser(caller.id);
  if (!user) return Response.json({ error: 'User not found' }, { status: 404 });

  const lastActive = user.lastActive.toISOString();
  try {
    await pusher.trigger(`presence-user-${user.id}`, 'user-status-change', {
      userId: user.id, status, lastActive, user: describeUser(user),
    });
  } catch (error) {
    console.error('Pusher trigger failed:', error.message);
  }
  return Response.json({ success: true, lastActive });
}
