// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Porchlight developers

import pg from 'pg';

export const db = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 4 });

export async function findUser(id) {
  const { rows } = await db.query('SELECT * FROM "User" WHERE id = $1', [id]);
  return rows[0] ?? null;
}

export async function touchUser(id) {
  const { rows } = await db.query(
    'UPDATE "User" SET "lastActive" = now() WHERE id = $1 RETURNING *', [id]);
  return rows[0] ?? null;
}

export function describeUser(user) {
  return { id: user.id, firstName: user.firstName, lastName: user.lastName, avatar: user.avatar };
}
