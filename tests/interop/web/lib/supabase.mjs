// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Porchlight developers

import { GoTrueClient } from '@supabase/auth-js';

const supabase = new GoTrueClient({
  url: `${process.env.SUPABASE_URL}/auth/v1`,
  headers: { apikey: process.env.SUPABASE_ANON_KEY },
  persistSession: false,
  autoRefreshToken: false,
  detectSessionInUrl: false,
});

// Who sent this request. The web app asks Supabase about every token, so whoever cannot be asked
// about is nobody: a good token is answered 401 while Supabase cannot be reached.
export async function getUser(request) {
  const token = request.headers.get('authorization')?.replace(/^Bearer /, '');
  if (!token) return null;
  const { data, error } = await supabase.getUser(token);
  return error ? null : data.user;
}
