// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Porchlight developers

import { describeUser, findUser } from '../../lib/db.mjs';
import { getUser } from '../../lib/supabase.mjs';

const ONLINE_WINDOW_MS = 5 * 60 * 1000;

export async function GET(request, { id }) {
  if (!await getUser(request)) return Response.json({ error: 'Unauthorized' }, { status: 401 });

  const user = await findUser(id);
  if (!user) return Response.json({ error: 'User not found' }, { status: 404 });

  const isOnline = user.lastActive && Date.now() - user.lastActive.getTime() < ONLINE_WINDOW_MS;
  return Response.json({
    userId: user.id,
    status: isOnline ? 'online' : 'offline',
    lastActive: user.lastActive?.toISOString() ?? null,
    user: describeUser(user),
  });
}
