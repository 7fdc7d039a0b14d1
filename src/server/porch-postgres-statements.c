/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* Every SQL statement that PorchPostgresStore runs. What several instances decide together is in
 * the functions of PorchPostgresSchema.
 */

#define G_LOG_DOMAIN "porch-store"

#include "server/porch-postgres-statements.h"

#include "server/porch-store.h"

#define SELECT_USER                                                                                \
  "SELECT u.id, u.email, u.first_name, u.last_name, u.created_at, a.version, u.avatar, "           \
  "  CASE WHEN s.is_online OR u.last_active > coalesce (p.last_active, 0) + 1000000 THEN 2 "       \
  "    WHEN p.last_active IS NOT NULL THEN 1 ELSE 0 END, "                                         \
  "  coalesce (greatest (p.last_active, u.last_active), 0), u.password_hash "                      \
  "FROM {PEOPLE} u "                                                                               \
  "LEFT JOIN porchlight.avatars a ON a.user_id = u.id "                                            \
  "LEFT JOIN porchlight.statuses s ON s.user_id = u.id "                                           \
  "LEFT JOIN LATERAL (SELECT max (last_active) AS last_active FROM porchlight.presences "          \
  "  WHERE user_id = u.id) p ON TRUE "

/* $1 the user, $2 the session, $3 a PorchSessionScope */
#define SESSIONS_IN_SCOPE                                                                          \
  "user_id = $1 AND CASE $3::integer WHEN 0 THEN id = $2::text WHEN 1 THEN TRUE "                  \
  "ELSE id <> $2::text END"

static const char *const sql[PORCH_N_STATEMENTS] = {
  [PORCH_STATEMENT_ADD_USER]
  = "INSERT INTO porchlight.users (id, email, password_hash, first_name, last_name, "
    "folded_name, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
  /* As in PorchSqliteDatabase: an id is nobody's email address. */
  [PORCH_STATEMENT_RELEASE_EMAIL]
  = "UPDATE porchlight.users SET email = id WHERE email = $2 AND id <> $1",
  [PORCH_STATEMENT_PUT_PROFILE]
  = "INSERT INTO porchlight.users (id, email, password_hash, first_name, last_name, "
    "folded_name, created_at, avatar_url) "
    "VALUES ($1, coalesce ($2, $1), '*', $3, $4, $5, $6, $7) "
    "ON CONFLICT (id) DO UPDATE SET email = excluded.email, "
    "first_name = excluded.first_name, last_name = excluded.last_name, "
    "folded_name = excluded.folded_name, avatar_url = excluded.avatar_url",
  [PORCH_STATEMENT_REMOVE_USER] = "DELETE FROM porchlight.users WHERE id = $1",
  [PORCH_STATEMENT_END_STATUS]
  = "UPDATE porchlight.statuses SET is_online = FALSE WHERE user_id = $1",
  [PORCH_STATEMENT_FORGET_STATUS] = "DELETE FROM porchlight.statuses WHERE user_id = $1",
  [PORCH_STATEMENT_FORGET_PRESENCES] = "DELETE FROM porchlight.presences WHERE user_id = $1",
  [PORCH_STATEMENT_SET_PASSWORD] = "UPDATE porchlight.users SET password_hash = $2 WHERE id = $1",
  [PORCH_STATEMENT_SET_AVATAR]
  = "INSERT INTO porchlight.avatars (user_id, content_type, version, image) "
    "VALUES ($1, $2, $3, $4) ON CONFLICT (user_id) DO UPDATE SET "
    "content_type = excluded.content_type, version = excluded.version, "
    "image = excluded.image",
  [PORCH_STATEMENT_GET_AVATAR]
  = "SELECT content_type, version, image FROM porchlight.avatars WHERE user_id = $1",
  [PORCH_STATEMENT_GET_USER_BY_EMAIL] = SELECT_USER
  "WHERE u.email = $1 AND u.password_hash IS NOT NULL",
  [PORCH_STATEMENT_GET_USERS] = SELECT_USER
  "JOIN unnest ($1::text[]) WITH ORDINALITY AS wanted (id, place) "
  "ON u.key = wanted.id::{KEY} ORDER BY wanted.place",
  [PORCH_STATEMENT_SEARCH_USERS] = SELECT_USER
  "WHERE strpos (u.folded_name, $1) > 0 OR u.email = $2 "
  "ORDER BY u.folded_name COLLATE \"C\" LIMIT $3",
  [PORCH_STATEMENT_ADD_SESSION]
  = "INSERT INTO porchlight.sessions (id, user_id, newest_token, refreshed_at, methods) "
    "VALUES ($1, $2, $3, $4, $5)",
  [PORCH_STATEMENT_FORGET_IDLE_SESSIONS] = "DELETE FROM porchlight.sessions WHERE user_id = $1 "
                                           "AND refreshed_at < $2",
  [PORCH_STATEMENT_ADD_TOKEN]
  = "INSERT INTO porchlight.refresh_tokens (hash, session_id) VALUES ($1, $2) "
    "ON CONFLICT DO NOTHING",
  [PORCH_STATEMENT_GET_TOKEN]
  = "SELECT s.id, s.user_id, s.newest_token, s.is_revoked, t.used_at, s.methods "
    "FROM porchlight.refresh_tokens t "
    "JOIN porchlight.sessions s ON s.id = t.session_id WHERE t.hash = $1",
  /* Two instances may rotate a token at once: they derive the same successor. */
  [PORCH_STATEMENT_USE_TOKEN] = "UPDATE porchlight.refresh_tokens SET used_at = $2 "
                                "WHERE hash = $1 AND used_at IS NULL",
  [PORCH_STATEMENT_SET_NEWEST_TOKEN]
  = "UPDATE porchlight.sessions SET newest_token = $2, refreshed_at = $3 "
    "WHERE id = $1 AND newest_token = $4",
  [PORCH_STATEMENT_FORGET_USED_TOKENS] = "DELETE FROM porchlight.refresh_tokens "
                                         "WHERE session_id = $1 AND used_at < $2",
  [PORCH_STATEMENT_REVOKE_SESSION]
  = "UPDATE porchlight.sessions SET is_revoked = TRUE WHERE id = $1",
  [PORCH_STATEMENT_REMEMBER_ENDED_SESSION]
  = "INSERT INTO porchlight.ended_sessions (session_id, ended_at) "
    "VALUES ($1, $2)",
  [PORCH_STATEMENT_REMEMBER_ENDED_SESSIONS]
  = "INSERT INTO porchlight.ended_sessions (session_id, ended_at) "
    "SELECT id, $4 FROM porchlight.sessions WHERE " SESSIONS_IN_SCOPE,
  [PORCH_STATEMENT_FORGET_ENDED_SESSIONS]
  = "DELETE FROM porchlight.ended_sessions WHERE ended_at < $1",
  [PORCH_STATEMENT_REMOVE_SESSIONS] = "DELETE FROM porchlight.sessions WHERE " SESSIONS_IN_SCOPE,
  [PORCH_STATEMENT_LIST_ENDED_SESSIONS]
  = "SELECT session_id FROM porchlight.ended_sessions WHERE ended_at >= $1",
  [PORCH_STATEMENT_PUT_CODE]
  = "INSERT INTO porchlight.codes (user_id, hash, expires_at) VALUES ($1, $2, $3) "
    "ON CONFLICT (user_id) DO UPDATE SET hash = excluded.hash, "
    "expires_at = excluded.expires_at, tries = 0",
  /* A code that is right has no tries left either. One statement: it locks the row. */
  [PORCH_STATEMENT_TAKE_CODE]
  = "UPDATE porchlight.codes SET tries = CASE WHEN hash = $2 THEN " G_STRINGIFY (
      PORCH_STORE_CODE_TRIES_MAX) " ELSE tries + 1 END "
                                  "WHERE user_id = $1 AND expires_at > $3 AND tries "
                                  "< " G_STRINGIFY (
                                      PORCH_STORE_CODE_TRIES_MAX) " RETURNING hash = $2",
  [PORCH_STATEMENT_FORGET_UNVERIFIED_FACTORS]
  = "DELETE FROM porchlight.factors WHERE user_id = $1 AND NOT is_verified",
  [PORCH_STATEMENT_ADD_FACTOR]
  = "INSERT INTO porchlight.factors (id, user_id, name, secret, created_at) "
    "VALUES ($1, $2, $3, $4, $5)",
  [PORCH_STATEMENT_LIST_FACTORS]
  = "SELECT id, user_id, name, secret, is_verified, created_at, last_step "
    "FROM porchlight.factors WHERE user_id = $1 ORDER BY created_at, id",
  [PORCH_STATEMENT_USE_FACTOR] = "UPDATE porchlight.factors SET last_step = $3, is_verified = TRUE "
                                 "WHERE user_id = $1 AND id = $2 AND last_step < $3 RETURNING TRUE",
  [PORCH_STATEMENT_REMOVE_FACTORS] = "DELETE FROM porchlight.factors WHERE user_id = $1 "
                                     "AND ($2::text IS NULL OR id = $2) RETURNING TRUE",
  /* In one order, so that the batches of two instances cannot wait for each other. Only who was
   * offline touches statuses. */
  [PORCH_STATEMENT_RECORD_PRESENCES]
  = "WITH news AS MATERIALIZED (SELECT n.*, u.key "
    "  FROM unnest ($1::text[], $2::text[], $3::boolean[], $4::bigint[]) "
    "    AS n (user_id, client, is_online, last_active) "
    "  JOIN {PEOPLE} u ON u.key = n.user_id::{KEY}), "
    "stored AS (INSERT INTO porchlight.presences AS p (user_id, client, is_online, last_active) "
    "  SELECT user_id, client, is_online, last_active FROM news ORDER BY user_id, client "
    "  ON CONFLICT (user_id, client) DO UPDATE SET "
    "    is_online = CASE WHEN excluded.last_active >= p.last_active THEN excluded.is_online "
    "      ELSE p.is_online END, "
    "    last_active = greatest (p.last_active, excluded.last_active) RETURNING 1), "
    "risen AS (INSERT INTO porchlight.statuses AS s (user_id, is_online, last_active, due_at) "
    "  SELECT user_id, TRUE, max (last_active), max (last_active) + 300000000 FROM news "
    "  WHERE is_online AND NOT EXISTS (SELECT FROM porchlight.statuses o "
    "    WHERE o.user_id = news.user_id AND o.is_online) "
    "  GROUP BY user_id ORDER BY user_id "
    "  ON CONFLICT (user_id) DO UPDATE SET is_online = TRUE, last_active = excluded.last_active, "
    "    due_at = excluded.due_at, lost_until = NULL WHERE NOT s.is_online)"
    "{TOUCH} "
    "SELECT count(*) FROM stored",
  [PORCH_STATEMENT_SETTLE] = "SELECT person, porchlight.settle (person, $2) "
                             "FROM unnest ($1::text[]) AS person ORDER BY person",
  [PORCH_STATEMENT_LIST_PRESENCES]
  = "SELECT user_id, client, is_online, last_active FROM porchlight.presences "
    "WHERE last_active >= $1",
};

/**
 * porch_postgres_statements_expand:
 * @people: where people are
 *
 * Returns: (transfer full): the statements to prepare, in the order of their numbers
 */
GStrv
porch_postgres_statements_expand (PorchPostgresPeople *people)
{
  GStrv statements = g_new0 (char *, PORCH_N_STATEMENTS + 1);

  for (guint i = 0; i < PORCH_N_STATEMENTS; i++)
    statements[i] = porch_postgres_people_expand (people, sql[i]);

  return statements;
}
