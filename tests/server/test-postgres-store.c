/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* What the store on PostgreSQL promises beyond every store (test-store.c): a web app's own table,
 * starts at the same time, and a database that goes away.
 */

#include "server/porch-postgres-store.h"

#include <string.h>

#include "porch-fake-clock.h"
#include "porch-log-catcher.h"
#include "porch-test-postgres.h"
#include "porch-test-wait.h"

#define INSTANCE "99999999-9999-4999-8999-999999999999"
#define ANN      "11111111-1111-4111-8111-111111111111"
#define NOW_US   G_GINT64_CONSTANT (1700000000000000)

/* As Prisma makes it for the web app that Porchlight comes from. */
#define PRISMA_TABLE                                                                               \
  "DROP TABLE IF EXISTS public.\"User\" CASCADE;"                                                  \
  "CREATE TABLE public.\"User\" (\"id\" text PRIMARY KEY, \"email\" text UNIQUE,"                  \
  " \"firstName\" text, \"lastName\" text, \"avatar\" text, \"lastActive\" timestamp(3));"         \
  "INSERT INTO public.\"User\" VALUES ('" ANN "', 'Ann@example.org', 'Ann', NULL,"                 \
  " 'https://pictures.example.org/ann.png', '2023-11-14 20:00:00');"

static PorchTestPostgres *postgres;

static PorchStore *
open_store_at (PorchClock *clock, const PorchUserTable *users, GError **error)
{
  PorchPostgresAddress address = { postgres->conninfo, NULL, INSTANCE };

  return (PorchStore *) porch_postgres_store_new (clock, &address, users, "a token secret", error);
}

static PorchStore *
open_store (const PorchUserTable *users, GError **error)
{
  g_autoptr (PorchClock) clock = porch_clock_new ();

  return open_store_at (clock, users, error);
}

static PorchStore *
open_mapped (const char *table_sql, const PorchUserTable *users)
{
  g_autoptr (GError) error = NULL;
  PorchStore *store;

  porch_test_postgres_run (postgres, "DROP SCHEMA IF EXISTS porchlight CASCADE");
  porch_test_postgres_run (postgres, table_sql);
  store = open_store (users, &error);
  g_assert_no_error (error);

  return store;
}

static gboolean
record (PorchStore *store, const char *user_id, gint64 last_active_us, GError **error)
{
  PorchStorePresence presence = { (char *) user_id, (char *) "", PORCH_STATUS_ONLINE,
                                  last_active_us };
  g_autoptr (GAsyncResult) result = NULL;

  porch_store_record_presence_async (store, &presence, PORCH_STATUS_ONLINE, NULL,
                                     porch_test_take_result, &result);
  porch_test_wait_until (result != NULL);

  return porch_store_record_presence_finish (store, result, NULL, error);
}

static PorchStoreUser *
get_user (PorchStore *store, const char *user_id)
{
  const char *const ids[] = { user_id, NULL };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GPtrArray) users = NULL;
  g_autoptr (GError) error = NULL;

  porch_store_get_users_async (store, ids, NULL, porch_test_take_result, &result);
  porch_test_wait_until (result != NULL);
  users = porch_store_get_users_finish (store, result, &error);
  g_assert_no_error (error);

  return users->len > 0 ? porch_store_user_copy (users->pdata[0]) : NULL;
}

static void
test_mapped_table_is_read (void)
{
  PorchUserTable users = { .table = (char *) "User" };
  g_autoptr (PorchStore) store = open_mapped (PRISMA_TABLE, &users);
  g_autoptr (PorchStoreUser) ann = get_user (store, ANN);

  g_assert_cmpstr (ann->first_name, ==, "Ann");
  g_assert_cmpstr (ann->last_name, ==, "");
  g_assert_cmpstr (ann->email, ==, "ann@example.org");
  g_assert_cmpstr (ann->avatar, ==, "https://pictures.example.org/ann.png");
  g_assert_cmpint (ann->last_active_us, ==, NOW_US - 8000 * G_TIME_SPAN_SECOND);
  g_assert_null (get_user (store, "' OR 1=1 --"));
}

/* As the web app's own API does it: lastActive, and nothing else. */
static void
test_mapped_table_is_written (void)
{
  PorchUserTable users = { .table = (char *) "User" };
  g_autoptr (PorchStore) store = open_mapped (PRISMA_TABLE, &users);
  g_autofree char *written = NULL;
  g_autofree char *others = NULL;
  g_autoptr (PorchStoreUser) ann = NULL;
  g_autoptr (GError) error = NULL;

  record (store, ANN, NOW_US, &error);
  g_assert_no_error (error);

  written = porch_test_postgres_query (postgres,
                                       "SELECT \"lastActive\"::text FROM public.\"User\"");
  g_assert_cmpstr (written, ==, "2023-11-14 22:13:20");
  others = porch_test_postgres_query (postgres,
                                      "SELECT \"firstName\" || avatar FROM public.\"User\"");
  g_assert_cmpstr (others, ==, "Annhttps://pictures.example.org/ann.png");
  ann = get_user (store, ANN);
  g_assert_cmpint (ann->status, ==, PORCH_STATUS_ONLINE);
  g_assert_cmpint (ann->last_active_us, ==, NOW_US);

  g_assert_false (record (store, "somebody-else", NOW_US, &error));
  g_assert_error (error, PORCH_STORE_ERROR, PORCH_STORE_ERROR_NOT_FOUND);
}

/* The web app writes beside us: whoever wrote last is right. */
static void
test_web_app_writes_too (void)
{
  PorchUserTable users = { .table = (char *) "User" };
  g_autoptr (PorchStore) store = open_mapped (PRISMA_TABLE, &users);
  g_autoptr (PorchStoreUser) ann = NULL;

  record (store, ANN, NOW_US, NULL);
  porch_test_postgres_run (postgres,
                           "UPDATE public.\"User\" SET \"lastActive\" = '2023-11-14 22:14:20'");

  ann = get_user (store, ANN);
  g_assert_cmpint (ann->status, ==, PORCH_STATUS_ONLINE);
  g_assert_cmpint (ann->last_active_us, ==, NOW_US + G_TIME_SPAN_MINUTE);
}

/* Other names, in need of quotes; UUIDs; a time zone; and columns that are not there. */
static void
test_mapped_names_are_quoted (void)
{
  PorchUserTable users = {
    .schema = (char *) "team's",
    .table = (char *) "people \"here\"; DROP TABLE x",
    .id = (char *) "Who?",
    .first_name = (char *) "the \"name\"",
    .last_name = (char *) "",
    .last_active = (char *) "seen at",
  };
  g_autoptr (PorchStore) store = open_mapped (
      "DROP SCHEMA IF EXISTS \"team's\" CASCADE; CREATE SCHEMA \"team's\";"
      "CREATE TABLE \"team's\".\"people \"\"here\"\"; DROP TABLE x\" (\"Who?\" uuid PRIMARY KEY,"
      " \"the \"\"name\"\"\" text, \"seen at\" timestamptz);"
      "INSERT INTO \"team's\".\"people \"\"here\"\"; DROP TABLE x\" VALUES ('" ANN "', 'Ann A.')",
      &users);
  g_autoptr (PorchStoreUser) ann = NULL;
  g_autoptr (GError) error = NULL;

  record (store, ANN, NOW_US, &error);
  g_assert_no_error (error);
  ann = get_user (store, ANN);
  g_assert_cmpstr (ann->first_name, ==, "Ann A.");
  g_assert_null (ann->avatar);
  g_assert_cmpint (ann->last_active_us, ==, NOW_US);

  /* What is no UUID is nobody's id, and no error */
  g_assert_null (get_user (store, "ann"));
  g_assert_false (record (store, "ann", NOW_US, &error));
  g_assert_error (error, PORCH_STORE_ERROR, PORCH_STORE_ERROR_NOT_FOUND);
}

static void
test_missing_columns_are_named (void)
{
  PorchUserTable users = {
    .table = (char *) "User",
    .first_name = (char *) "givenName",
    .last_active = (char *) "seenAt",
  };
  PorchUserTable wrong_type = { .table = (char *) "User", .last_active = (char *) "avatar" };
  PorchUserTable no_table = { .table = (char *) "Users" };
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) type_error = NULL;
  g_autoptr (GError) table_error = NULL;

  porch_test_postgres_run (postgres, PRISMA_TABLE);
  g_assert_null (open_store (&users, &error));
  g_assert_nonnull (strstr (error->message, "“givenName”"));
  g_assert_nonnull (strstr (error->message, "“seenAt”"));
  g_assert_null (open_store (&wrong_type, &type_error));
  g_assert_nonnull (strstr (type_error->message, "“avatar” is no timestamp"));
  g_assert_null (open_store (&no_table, &table_error));
  g_assert_nonnull (strstr (table_error->message, "“Users”"));
}

static gpointer
open_in_thread (gpointer data)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (PorchStore) store = NULL;
  GError *error = NULL;

  g_main_context_push_thread_default (context);
  store = open_store (NULL, &error);
  g_main_context_pop_thread_default (context);

  return error;
}

/* One migrates, the others wait for it. */
static void
test_instances_start_at_once (void)
{
  GThread *threads[8];
  g_autofree char *versions = NULL;

  porch_test_postgres_run (postgres, "DROP SCHEMA IF EXISTS porchlight CASCADE");
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("instance", open_in_thread, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_assert_no_error ((GError *) g_thread_join (threads[i]));

  versions = porch_test_postgres_query (postgres, "SELECT count(*) FROM porchlight.schema_version");
  g_assert_cmpstr (versions, ==, "1");
}

static void
test_newer_schema (void)
{
  g_autoptr (PorchStore) store = open_mapped ("SELECT 1", NULL);
  g_autoptr (GError) error = NULL;

  porch_test_postgres_run (postgres, "UPDATE porchlight.schema_version SET version = 99");
  g_assert_null (open_store (NULL, &error));
  g_assert_nonnull (strstr (error->message, "newer"));
}

/* Refused at once while it is away, also what was under way; then it works again by itself. */
static void
test_database_goes_away (void)
{
  g_autoptr (PorchStore) store = open_mapped (PRISMA_TABLE,
                                              &(PorchUserTable){ .table = (char *) "User" });
  g_autofree char *warnings = NULL;
  g_autoptr (PorchStoreUser) ann = NULL;
  g_autoptr (GError) error = NULL;
  gint64 began_us;

  porch_test_postgres_stop (postgres);
  began_us = g_get_monotonic_time ();
  g_assert_false (record (store, ANN, NOW_US, &error));
  g_assert_error (error, PORCH_STORE_ERROR, PORCH_STORE_ERROR_UNAVAILABLE);
  g_clear_error (&error);
  g_assert_false (record (store, ANN, NOW_US, &error));
  g_assert_error (error, PORCH_STORE_ERROR, PORCH_STORE_ERROR_UNAVAILABLE);
  g_assert_cmpint (g_get_monotonic_time () - began_us, <, 5 * G_TIME_SPAN_SECOND);

  porch_test_postgres_start_again (postgres);
  porch_test_wait_until (record (store, ANN, NOW_US + 1, NULL));
  ann = get_user (store, ANN);
  g_assert_cmpint (ann->last_active_us, ==, NOW_US + 1);

  /* However often it was tried, the administrator was told once */
  warnings = porch_log_catcher_take ();
  g_assert_nonnull (strstr (warnings, "cannot be used"));
  g_assert_null (strchr (warnings, '\n'));
}

/* A name may have more addresses than the database listens to: localhost begins with that of IPv6.
 */
static void
test_comes_back_behind_a_name (void)
{
  g_autoptr (PorchClock) clock = porch_clock_new ();
  PorchUserTable users = { .table = (char *) "User" };
  g_autoptr (PorchStore) store = NULL;
  g_autofree char *conninfo = NULL;
  g_autoptr (GError) error = NULL;

  porch_test_postgres_open_port (postgres);
  porch_test_postgres_run (postgres, "DROP SCHEMA IF EXISTS porchlight CASCADE");
  porch_test_postgres_run (postgres, PRISMA_TABLE);
  conninfo = g_strdup_printf ("host=localhost port=%u user=porchlight dbname=postgres",
                              postgres->port);
  PorchPostgresAddress address = { conninfo, NULL, INSTANCE };
  store = (PorchStore *) porch_postgres_store_new (clock, &address, &users, "a token secret",
                                                   &error);
  g_assert_no_error (error);

  porch_test_postgres_stop (postgres);
  porch_test_wait_until (!record (store, ANN, NOW_US, NULL));
  porch_test_postgres_start_again (postgres);

  porch_test_wait_until (record (store, ANN, NOW_US + 1, NULL));
  g_free (porch_log_catcher_take ());
}

/* Nobody waits for ever: not for a database that has stopped, nor for a lock in it. */
static void
test_database_does_not_answer (void)
{
  g_autoptr (PorchFakeClock) clock = porch_fake_clock_new (NOW_US);
  PorchUserTable users = { .table = (char *) "User" };
  PorchStorePresence presence = { (char *) ANN, (char *) "", PORCH_STATUS_ONLINE, NOW_US };
  PGconn *other = PQconnectdb (postgres->conninfo);
  g_autoptr (PorchStore) store = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  porch_test_postgres_run (postgres, PRISMA_TABLE);
  store = open_store_at (PORCH_CLOCK (clock), &users, &error);
  g_assert_no_error (error);
  PQclear (PQexec (other, "BEGIN; LOCK TABLE porchlight.presences"));

  porch_store_record_presence_async (store, &presence, PORCH_STATUS_ONLINE, NULL,
                                     porch_test_take_result, &result);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  porch_fake_clock_advance_ms (clock, 9000);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_null (result);
  porch_fake_clock_advance_ms (clock, 2000);
  porch_test_wait_until (result != NULL);
  g_assert_false (porch_store_record_presence_finish (store, result, NULL, &error));
  g_assert_error (error, PORCH_STORE_ERROR, PORCH_STORE_ERROR_UNAVAILABLE);

  /* When the lock is gone, it works again after the pause */
  PQfinish (other);
  porch_fake_clock_advance_ms (clock, 1000);
  porch_test_wait_until (record (store, ANN, NOW_US + 1, NULL));
  g_free (porch_log_catcher_take ());
}

static void
test_unreachable_at_the_start (void)
{
  g_autoptr (PorchClock) clock = porch_clock_new ();
  PorchPostgresAddress address = { "host=/nonexistent dbname=x", "a secret", INSTANCE };
  g_autoptr (GError) error = NULL;

  g_assert_null (porch_postgres_store_new (clock, &address, NULL, "a token secret", &error));
  g_assert_error (error, PORCH_STORE_ERROR, PORCH_STORE_ERROR_UNAVAILABLE);
  g_assert_null (strstr (error->message, "a secret"));
}

int
main (int argc, char **argv)
{
  int exit_code;

  g_test_init (&argc, &argv, NULL);
  porch_log_catcher_install ();
  postgres = porch_test_postgres_start ();
  g_test_add_func ("/server/postgres-store/unreachable-at-the-start",
                   test_unreachable_at_the_start);
  if (postgres == NULL)
    return g_test_run ();

  g_test_add_func ("/server/postgres-store/mapped-table-is-read", test_mapped_table_is_read);
  g_test_add_func ("/server/postgres-store/mapped-table-is-written", test_mapped_table_is_written);
  g_test_add_func ("/server/postgres-store/web-app-writes-too", test_web_app_writes_too);
  g_test_add_func ("/server/postgres-store/mapped-names-are-quoted", test_mapped_names_are_quoted);
  g_test_add_func ("/server/postgres-store/missing-columns-are-named",
                   test_missing_columns_are_named);
  g_test_add_func ("/server/postgres-store/instances-start-at-once", test_instances_start_at_once);
  g_test_add_func ("/server/postgres-store/newer-schema", test_newer_schema);
  g_test_add_func ("/server/postgres-store/database-goes-away", test_database_goes_away);
  g_test_add_func ("/server/postgres-store/comes-back-behind-a-name",
                   test_comes_back_behind_a_name);
  g_test_add_func ("/server/postgres-store/database-does-not-answer",
                   test_database_does_not_answer);

  exit_code = g_test_run ();
  porch_test_postgres_free (postgres);

  return exit_code;
}
