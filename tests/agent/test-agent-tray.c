/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* Whoever has no tray is told so once in their life. What the tray shows of an account is in
 * tests/desktop/test-tray-hosts.
 */

#include "agent/porch-agent-tray.h"

#include "porch-fake-clock.h"

#include <glib/gstdio.h>

typedef struct
{
  GTestDBus *dbus;
  GDBusConnection *bus;
  char *folder;
  char *path;
  PorchFakeClock *clock;
  char *hint;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fixture->dbus = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_test_dbus_up (fixture->dbus);
  fixture->bus = g_dbus_connection_new_for_address_sync (
      g_test_dbus_get_bus_address (fixture->dbus),
      G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT
          | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
      NULL, NULL, &error);
  g_assert_no_error (error);
  fixture->clock = porch_fake_clock_new (1700000000 * G_TIME_SPAN_SECOND);
  fixture->folder = g_dir_make_tmp ("porch-tray-XXXXXX", NULL);
  fixture->path = g_build_filename (fixture->folder, "agent.db", NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  static const char *const suffixes[] = { "", "-wal", "-shm" };

  for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++)
    {
      g_autofree char *path = g_strconcat (fixture->path, suffixes[i], NULL);
      g_unlink (path);
    }
  g_rmdir (fixture->folder);
  g_free (fixture->folder);
  g_free (fixture->path);
  g_free (fixture->hint);
  g_assert_finalize_object (fixture->clock);
  g_dbus_connection_close_sync (fixture->bus, NULL, NULL);
  g_clear_object (&fixture->bus);
  g_test_dbus_down (fixture->dbus);
  g_clear_object (&fixture->dbus);
}

static void
on_hint_cb (Fixture *fixture, const char *sentence)
{
  g_assert_null (fixture->hint);
  fixture->hint = g_strdup (sentence);
}

static void
on_flushed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  gboolean *flushed = user_data;

  *flushed = TRUE;
}

/* An agent's day on a desktop without a tray. */
static void
run_for_a_day (Fixture *fixture)
{
  PorchAgentStore *store = porch_agent_store_new (fixture->path, PORCH_CLOCK (fixture->clock));
  PorchAgentTray *tray = porch_agent_tray_new (fixture->bus, PORCH_CLOCK (fixture->clock), store);
  gboolean flushed = FALSE;

  g_signal_connect_swapped (tray, "hint", G_CALLBACK (on_hint_cb), fixture);
  porch_agent_tray_start (tray);
  porch_fake_clock_advance_ms (fixture->clock, 24 * 60 * 60 * 1000);

  /* The store answers in the order of the questions. */
  porch_agent_store_flush_async (store, on_flushed_cb, &flushed);
  while (!flushed)
    g_main_context_iteration (NULL, TRUE);

  g_assert_finalize_object (tray);
  g_assert_finalize_object (store);
}

static void
test_no_tray_is_said_once_in_a_life (Fixture *fixture, gconstpointer data)
{
  run_for_a_day (fixture);
  g_assert_nonnull (fixture->hint);
  g_clear_pointer (&fixture->hint, g_free);

  run_for_a_day (fixture);
  g_assert_null (fixture->hint);
}

static void
test_what_cannot_be_kept_is_not_said (Fixture *fixture, gconstpointer data)
{
  g_assert_true (g_file_set_contents (fixture->path,
                                      "no database at all, but as long as one"
                                      " has to be to be taken for something",
                                      -1, NULL));

  run_for_a_day (fixture);

  g_assert_null (fixture->hint);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  /* A file that is no database is warned of. */
  g_log_set_always_fatal (G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_ERROR);

  g_test_add ("/agent/agent-tray/no-tray-is-said-once-in-a-life", Fixture, NULL, set_up,
              test_no_tray_is_said_once_in_a_life, tear_down);
  g_test_add ("/agent/agent-tray/what-cannot-be-kept-is-not-said", Fixture, NULL, set_up,
              test_what_cannot_be_kept_is_not_said, tear_down);

  return g_test_run ();
}
