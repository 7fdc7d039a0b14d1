/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* The schema "porchlight" in PostgreSQL, and how it is brought up to date: migrations in order,
 * each in a transaction under an advisory lock, so that any number of instances may start at once.
 * Used by PorchPostgresStore at the start, on a connection that blocks.
 *
 * What several instances must agree on is decided here, in the database, where they meet:
 *
 * - statuses has one row a person: whether they are online as everybody was told. Its trigger tells
 *   of each change, once, in the transaction that makes it.
 * - settle() decides anew whether a person is online. sweep() asks that for all whose window or
 * grace has run out, and ends instances whose lease has: rows that another instance is at are
 * skipped.
 * - owners has one row for each instance at which a person is a member of their own channel. When
 * the last goes, the grace begins.
 *
 * Activity at or before gone_at does not count any more: the connection that it came from is gone.
 */

#define G_LOG_DOMAIN "porch-store"

#include "server/porch-postgres-schema.h"

#include "presence/porch-presence.h"
#include "server/porch-postgres-call.h"
#include "server/porch-postgres-result.h"
#include "server/porch-store.h"

/* The bytes of "porchlig", as a number: an advisory lock has no name. */
#define LOCK_KEY      "8101820025942075751"
#define LOCK_PATIENCE "30s"

/* A role that may make no schema can be given this one: IF NOT EXISTS asks for the right first. */
#define CREATE_SCHEMA                                                                              \
  "DO $$ BEGIN IF to_regnamespace ('porchlight') IS NULL THEN CREATE SCHEMA porchlight; END IF; "  \
  "END $$"

/* As the functions below have them. */
G_STATIC_ASSERT (PORCH_ONLINE_WINDOW_US == 300000000);
G_STATIC_ASSERT (PORCH_STORE_CLIENTS_MAX == 16);

/* From version n to n + 1. Never change one that was released. */
static const char *const migrations[] = {
  "CREATE TABLE porchlight.users ("
  "  id text PRIMARY KEY,"
  "  email text NOT NULL UNIQUE,"
  "  password_hash text NOT NULL,"
  "  first_name text NOT NULL,"
  "  last_name text NOT NULL,"
  "  folded_name text NOT NULL,"
  "  created_at bigint NOT NULL,"
  "  avatar_url text);" /* of people whose account is elsewhere */

  "CREATE TABLE porchlight.avatars ("
  "  user_id text PRIMARY KEY REFERENCES porchlight.users ON DELETE CASCADE,"
  "  content_type text NOT NULL,"
  "  version text NOT NULL,"
  "  image bytea NOT NULL);"

  "CREATE TABLE porchlight.sessions ("
  "  id text PRIMARY KEY,"
  "  user_id text NOT NULL REFERENCES porchlight.users ON DELETE CASCADE,"
  "  newest_token bytea NOT NULL,"
  "  refreshed_at bigint NOT NULL,"
  "  is_revoked boolean NOT NULL DEFAULT FALSE);"
  "CREATE INDEX sessions_by_user ON porchlight.sessions (user_id);"

  "CREATE TABLE porchlight.refresh_tokens ("
  "  hash bytea PRIMARY KEY,"
  "  session_id text NOT NULL REFERENCES porchlight.sessions ON DELETE CASCADE,"
  "  used_at bigint);"
  "CREATE INDEX refresh_tokens_by_session ON porchlight.refresh_tokens (session_id);"

  "CREATE TABLE porchlight.ended_sessions ("
  "  number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,"
  "  session_id text NOT NULL,"
  "  ended_at bigint NOT NULL);"
  "CREATE FUNCTION porchlight.tell_ended_session () RETURNS trigger LANGUAGE plpgsql AS $$"
  "  BEGIN PERFORM pg_notify ('" PORCH_POSTGRES_SESSIONS_CHANNEL "', NEW.session_id);"
  "  RETURN NULL; END $$;"
  "CREATE TRIGGER tell AFTER INSERT ON porchlight.ended_sessions"
  "  FOR EACH ROW EXECUTE FUNCTION porchlight.tell_ended_session ();"

  /* People may be in another table, so there is no foreign key. Written at every heartbeat: no
   * index on what changes, and room on each page, keep that cheap. */
  "CREATE TABLE porchlight.presences ("
  "  user_id text NOT NULL,"
  "  client text NOT NULL,"
  "  is_online boolean NOT NULL,"
  "  last_active bigint NOT NULL,"
  "  PRIMARY KEY (user_id, client)) WITH (fillfactor = 50);"
  "CREATE FUNCTION porchlight.bound_clients () RETURNS trigger LANGUAGE plpgsql AS $$"
  "  BEGIN DELETE FROM porchlight.presences WHERE user_id = NEW.user_id AND client IN"
  "    (SELECT client FROM porchlight.presences WHERE user_id = NEW.user_id"
  "     ORDER BY last_active DESC OFFSET 16);"
  "  RETURN NULL; END $$;"
  "CREATE TRIGGER bound_clients AFTER INSERT ON porchlight.presences"
  "  FOR EACH ROW EXECUTE FUNCTION porchlight.bound_clients ();"

  "CREATE TABLE porchlight.statuses ("
  "  user_id text PRIMARY KEY,"
  "  is_online boolean NOT NULL,"
  "  last_active bigint NOT NULL,"
  "  due_at bigint NOT NULL,"
  "  lost_at bigint,"
  "  lost_until bigint,"
  "  gone_at bigint NOT NULL DEFAULT 0);"
  "CREATE INDEX statuses_by_due ON porchlight.statuses (due_at) WHERE is_online;"
  "CREATE FUNCTION porchlight.tell_status () RETURNS trigger LANGUAGE plpgsql AS $$"
  "  BEGIN PERFORM pg_notify ('" PORCH_POSTGRES_CHANNEL "', concat_ws (' ', 'status',"
  "    coalesce (nullif (current_setting ('porchlight.instance', TRUE), ''), '-'), NEW.user_id,"
  "    CASE WHEN NEW.is_online THEN 'online' ELSE 'offline' END, NEW.last_active));"
  "  RETURN NULL; END $$;"
  "CREATE TRIGGER tell_first AFTER INSERT ON porchlight.statuses"
  "  FOR EACH ROW EXECUTE FUNCTION porchlight.tell_status ();"
  "CREATE TRIGGER tell_change AFTER UPDATE ON porchlight.statuses"
  "  FOR EACH ROW WHEN (OLD.is_online IS DISTINCT FROM NEW.is_online)"
  "  EXECUTE FUNCTION porchlight.tell_status ();"

  "CREATE FUNCTION porchlight.settle (person text, now_us bigint) RETURNS boolean"
  "  LANGUAGE plpgsql AS $$"
  "  DECLARE s porchlight.statuses; expiry bigint; latest bigint;"
  "  BEGIN"
  "    SELECT * INTO s FROM porchlight.statuses WHERE user_id = person FOR UPDATE;"
  "    IF NOT FOUND THEN RETURN FALSE; END IF;"
  "    IF s.lost_until <= now_us THEN s.gone_at := s.lost_at; s.lost_until := NULL; END IF;"
  "    SELECT max (last_active) FILTER (WHERE is_online AND last_active > s.gone_at) + 300000000,"
  "      max (last_active) INTO expiry, latest"
  "      FROM porchlight.presences WHERE user_id = person;"
  "    s.is_online := coalesce (expiry > now_us, FALSE);"
  "    IF NOT s.is_online THEN s.lost_until := NULL; END IF;"
  "    UPDATE porchlight.statuses SET is_online = s.is_online, gone_at = s.gone_at,"
  "      lost_until = s.lost_until, last_active = coalesce (latest, s.last_active),"
  "      due_at = coalesce (least (expiry, s.lost_until), s.due_at)"
  "      WHERE user_id = person;"
  "    RETURN s.is_online;"
  "  END $$;"

  "CREATE TABLE porchlight.instances ("
  "  id text PRIMARY KEY,"
  "  seen_at timestamptz NOT NULL);"

  "CREATE TABLE porchlight.owners ("
  "  instance text NOT NULL REFERENCES porchlight.instances ON DELETE CASCADE,"
  "  user_id text NOT NULL,"
  "  user_info text,"
  "  PRIMARY KEY (instance, user_id));"
  "CREATE INDEX owners_by_user ON porchlight.owners (user_id);"

  "CREATE FUNCTION porchlight.enter (place text, person text, info text) RETURNS void"
  "  LANGUAGE plpgsql AS $$"
  "  BEGIN"
  "    PERFORM FROM porchlight.statuses WHERE user_id = person FOR UPDATE;"
  "    INSERT INTO porchlight.owners VALUES (place, person, info)"
  "      ON CONFLICT (instance, user_id) DO UPDATE SET user_info = excluded.user_info;"
  "    UPDATE porchlight.statuses SET lost_until = NULL WHERE user_id = person"
  "      AND lost_until IS NOT NULL;"
  "    PERFORM pg_notify ('" PORCH_POSTGRES_CHANNEL "', concat_ws (' ', 'enter', place, person,"
  "      CASE WHEN octet_length (info) < 4000 THEN info END));"
  "  END $$;"

  "CREATE FUNCTION porchlight.leave (place text, person text, now_us bigint, grace_us bigint)"
  "  RETURNS void LANGUAGE plpgsql AS $$"
  "  BEGIN"
  "    PERFORM FROM porchlight.statuses WHERE user_id = person FOR UPDATE;"
  "    DELETE FROM porchlight.owners WHERE instance = place AND user_id = person;"
  "    IF NOT FOUND THEN RETURN; END IF;"
  "    IF NOT EXISTS (SELECT FROM porchlight.owners WHERE user_id = person) THEN"
  "      UPDATE porchlight.statuses SET lost_at = now_us, lost_until = now_us + grace_us,"
  "        due_at = least (due_at, now_us + grace_us) WHERE user_id = person AND is_online;"
  "    END IF;"
  "    PERFORM pg_notify ('" PORCH_POSTGRES_CHANNEL "', concat_ws (' ', 'leave', place, person));"
  "  END $$;"

  /* FALSE where this instance itself was taken for dead: it has to enter everybody again. */
  "CREATE FUNCTION porchlight.sweep (place text, now_us bigint, lease interval, return_us bigint)"
  "  RETURNS boolean LANGUAGE plpgsql AS $$"
  "  DECLARE dead text; person text; is_alive boolean;"
  "  BEGIN"
  "    UPDATE porchlight.instances SET seen_at = clock_timestamp () WHERE id = place;"
  "    is_alive := FOUND;"
  "    FOR dead IN SELECT id FROM porchlight.instances"
  "      WHERE seen_at < clock_timestamp () - lease FOR UPDATE SKIP LOCKED LOOP"
  "      FOR person IN SELECT user_id FROM porchlight.owners WHERE instance = dead"
  "        ORDER BY user_id LOOP"
  "        PERFORM porchlight.leave (dead, person, now_us, return_us);"
  "      END LOOP;"
  "      DELETE FROM porchlight.instances WHERE id = dead;"
  "    END LOOP;"
  "    FOR person IN SELECT user_id FROM porchlight.statuses WHERE is_online AND due_at <= now_us"
  "      ORDER BY user_id LIMIT 1000 FOR UPDATE SKIP LOCKED LOOP"
  "      PERFORM porchlight.settle (person, now_us);"
  "    END LOOP;"
  "    DELETE FROM porchlight.messages WHERE told_at < clock_timestamp () - interval '1 minute';"
  "    RETURN is_alive;"
  "  END $$;"

  /* What does not fit into a notification, for the minute until everybody has read it. */
  "CREATE TABLE porchlight.messages ("
  "  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,"
  "  told_at timestamptz NOT NULL DEFAULT clock_timestamp (),"
  "  body text NOT NULL);"

  "CREATE FUNCTION porchlight.publish (place text, body text) RETURNS void"
  "  LANGUAGE plpgsql AS $$"
  "  DECLARE number bigint;"
  "  BEGIN"
  "    IF octet_length (body) < 7800 THEN"
  "      PERFORM pg_notify ('" PORCH_POSTGRES_CHANNEL "', concat_ws (' ', 'event', place, body));"
  "    ELSE"
  "      INSERT INTO porchlight.messages (body) VALUES (body) RETURNING id INTO number;"
  "      PERFORM pg_notify ('" PORCH_POSTGRES_CHANNEL "', concat_ws (' ', 'large', place, number));"
  "    END IF;"
  "  END $$;",

  /* Codes that were sent by mail, authenticator apps, and how a session's person signed in. */
  "ALTER TABLE porchlight.sessions ADD COLUMN methods text NOT NULL DEFAULT 'password';"

  "CREATE TABLE porchlight.codes ("
  "  user_id text PRIMARY KEY REFERENCES porchlight.users ON DELETE CASCADE,"
  "  hash bytea NOT NULL,"
  "  expires_at bigint NOT NULL,"
  "  tries integer NOT NULL DEFAULT 0);"

  "CREATE TABLE porchlight.factors ("
  "  id text PRIMARY KEY,"
  "  user_id text NOT NULL REFERENCES porchlight.users ON DELETE CASCADE,"
  "  name text NOT NULL,"
  "  secret text NOT NULL,"
  "  is_verified boolean NOT NULL DEFAULT FALSE,"
  "  created_at bigint NOT NULL,"
  "  last_step bigint NOT NULL DEFAULT 0);"
  "CREATE INDEX factors_by_user ON porchlight.factors (user_id);",
};

/* Runs a statement, or several separated by semicolons. */
static gboolean
execute (PGconn *pg, const char *sql, GError **error)
{
  g_autoptr (PGresult) result = PQexec (pg, sql);
  ExecStatusType status = PQresultStatus (result);

  if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK)
    return TRUE;

  porch_postgres_set_error (result, error);
  return FALSE;
}

/* One step; done is set when there was none left. */
static gboolean
migrate_once (PGconn *pg, gboolean *done, GError **error)
{
  g_autoptr (PGresult) result = NULL;
  g_autofree char *set_version = NULL;
  gint64 version;

  if (!execute (pg, "SELECT pg_advisory_xact_lock (" LOCK_KEY ")", error)
      || !execute (pg, CREATE_SCHEMA, error)
      || !execute (
          pg, "CREATE TABLE IF NOT EXISTS porchlight.schema_version (version integer NOT NULL)",
          error))
    return FALSE;

  result = PQexec (pg, "SELECT coalesce (max (version), 0) FROM porchlight.schema_version");
  if (PQresultStatus (result) != PGRES_TUPLES_OK)
    {
      porch_postgres_set_error (result, error);
      return FALSE;
    }

  version = g_ascii_strtoll (PQgetvalue (result, 0, 0), NULL, 10);
  *done = version == G_N_ELEMENTS (migrations);
  if (*done)
    return TRUE;

  if (version > (gint64) G_N_ELEMENTS (migrations))
    {
      g_set_error_literal (error, PORCH_STORE_ERROR, PORCH_STORE_ERROR_FAILED,
                           "The database was written by a newer version of porchlightd");
      return FALSE;
    }

  set_version = g_strdup_printf ("DELETE FROM porchlight.schema_version;"
                                 "INSERT INTO porchlight.schema_version VALUES (%" G_GINT64_FORMAT
                                 ")",
                                 version + 1);

  return execute (pg, migrations[version], error) && execute (pg, set_version, error);
}

/**
 * porch_postgres_schema_migrate:
 * @pg: a connection that may block
 * @error: a place for an error of %PORCH_STORE_ERROR
 *
 * Makes the schema, or brings it up to date.
 *
 * Returns: %TRUE when it is up to date
 */
gboolean
porch_postgres_schema_migrate (PGconn *pg, GError **error)
{
  gboolean done = FALSE;

  if (!execute (pg, "SET lock_timeout = '" LOCK_PATIENCE "'; SET search_path = pg_catalog, pg_temp",
                error))
    return FALSE;

  while (!done)
    {
      if (!execute (pg, "BEGIN", error))
        return FALSE;

      if (!migrate_once (pg, &done, error) || !execute (pg, "COMMIT", error))
        {
          execute (pg, "ROLLBACK", NULL);
          return FALSE;
        }
    }

  return TRUE;
}
