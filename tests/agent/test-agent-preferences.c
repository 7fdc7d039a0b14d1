/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* The person's preferences: other programs' changes, what an old agent kept, and an administrator's
 * lock in a real dconf database.
 */

#include "agent/porch-agent-preferences.h"

#include "bus/porch-settings.h"
#include "porch-fake-clock.h"
#include "porch-test-desktop.h"

#include <glib/gstdio.h>

static void
on_changed_cb (guint *n_changes)
{
  (*n_changes)++;
}

static void
test_another_program_changes (void)
{
  g_autoptr (PorchAgentPreferences) preferences = porch_agent_preferences_new ();
  g_autoptr (GSettings) settings = porch_settings_new ();
  guint n_changes = 0;

  g_signal_connect_swapped (preferences, "changed", G_CALLBACK (on_changed_cb), &n_changes);
  g_assert_cmpuint (porch_agent_preferences_get_away_after_minutes (preferences), ==, 10);
  g_assert_true (g_settings_set_string (settings, "away-after", "30-minutes"));
  porch_test_wait_until (n_changes == 1);
  g_assert_cmpuint (porch_agent_preferences_get_away_after_minutes (preferences), ==, 30);
  g_settings_reset (settings, "away-after");
}

static void
test_quiet_hours_are_kept (void)
{
  g_autoptr (PorchAgentPreferences) preferences = porch_agent_preferences_new ();
  g_autoptr (PorchAgentPreferences) others = porch_agent_preferences_new ();
  g_autoptr (GSettings) settings = porch_settings_new ();
  g_autoptr (GError) error = NULL;
  const PorchQuietHours nights = { .days = 33, .from_min = 1290, .to_min = 400 };
  const PorchQuietHours nonsense = { .days = 128 };

  g_assert_true (porch_agent_preferences_set_quiet_hours (preferences, &nights, &error));
  PorchQuietHours kept = porch_agent_preferences_get_quiet_hours (others);
  g_assert_true (porch_quiet_hours_equal (&kept, &nights));
  g_auto (GStrv) days = g_settings_get_strv (settings, "quiet-hours-days");
  g_autofree char *names = g_strjoinv (" ", days);
  g_assert_cmpstr (names, ==, "monday saturday");

  g_assert_false (porch_agent_preferences_set_quiet_hours (preferences, &nonsense, &error));
  g_assert_error (error, PORCH_AGENT_ERROR, PORCH_AGENT_ERROR_INVALID_ARGUMENT);
  g_settings_reset (settings, "quiet-hours-days");
  g_settings_reset (settings, "quiet-hours-from");
  g_settings_reset (settings, "quiet-hours-until");
  g_settings_reset (settings, "quiet-hours-summary");
}

static void
flush (PorchAgentStore *store)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  porch_agent_store_flush_async (store, porch_test_take_result, &result);
  porch_test_wait_until (result != NULL);
  porch_agent_store_flush_finish (store, result, &error);
  g_assert_no_error (error);
}

static void
test_moves_what_an_old_agent_kept (void)
{
  g_autofree char *folder = g_dir_make_tmp ("porch-preferences-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "agent.db", NULL);
  g_autoptr (PorchFakeClock) clock = porch_fake_clock_new (1700000000 * G_TIME_SPAN_SECOND);
  g_autoptr (PorchAgentStore) store = porch_agent_store_new (path, PORCH_CLOCK (clock));
  g_autoptr (PorchAgentPreferences) preferences = porch_agent_preferences_new ();
  g_autoptr (GSettings) settings = porch_settings_new ();
  const PorchAccountRecord record = {
    .notify_default = PORCH_NOTIFY_FAVOURITES,
    .quiet_hours = { .days = 31, .from_min = 1260, .to_min = 390, .summary = TRUE },
  };

  /* given what an old agent kept, when this one starts, then it is in the settings */
  porch_agent_store_put_setting (store, "away-after-minutes", 5);
  flush (store);
  porch_agent_preferences_move_old (preferences, store, &record);
  porch_test_wait_until (porch_agent_preferences_get_away_after_minutes (preferences) == 5);
  g_assert_cmpint (porch_agent_preferences_get_notify_default (preferences), ==,
                   PORCH_NOTIFY_FAVOURITES);
  PorchQuietHours hours = porch_agent_preferences_get_quiet_hours (preferences);
  g_assert_true (porch_quiet_hours_equal (&hours, &record.quiet_hours));

  /* when the person then chooses otherwise, then the next start leaves it alone */
  g_settings_reset (settings, "away-after");
  g_settings_reset (settings, "notify-default");
  flush (store);
  porch_agent_preferences_move_old (preferences, store, &record);
  flush (store);
  g_assert_cmpuint (porch_agent_preferences_get_away_after_minutes (preferences), ==, 10);
  g_assert_cmpint (porch_agent_preferences_get_notify_default (preferences), ==,
                   PORCH_NOTIFY_NOBODY);

  g_clear_object (&store);
  g_unlink (path);
  g_rmdir (folder);
}

static void
write_file (const char *folder, const char *name, const char *text)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autofree char *parent = g_path_get_dirname (path);
  g_autoptr (GError) error = NULL;

  g_mkdir_with_parents (parent, 0700);
  g_file_set_contents (path, text, -1, &error);
  g_assert_no_error (error);
}

/* What an administrator does in /etc/dconf, in the folder of the test. */
static gboolean
lock_by_policy (const char *folder)
{
  g_autofree char *source = g_build_filename (folder, "policy.d", NULL);
  g_autofree char *database = g_build_filename (folder, "policy", NULL);
  g_autofree char *profile = g_build_filename (folder, "profile", NULL);
  g_autofree char *lines = g_strdup_printf ("user-db:user\nfile-db:%s\n", database);
  const char *const argv[] = { "dconf", "compile", database, source, NULL };
  g_autofree char *program = g_find_program_in_path ("dconf");
  int status;

  if (program == NULL)
    return FALSE;

  write_file (source, "00-porchlight", "[app/porchlight/Porchlight]\naway-after='30-minutes'\n");
  write_file (source, "locks/00-porchlight", "/app/porchlight/Porchlight/away-after\n");
  write_file (folder, "profile", lines);
  g_assert_true (g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL,
                               NULL, &status, NULL));
  g_assert_cmpint (status, ==, 0);
  g_setenv ("GSETTINGS_BACKEND", "dconf", TRUE);
  g_setenv ("DCONF_PROFILE", profile, TRUE);
  return TRUE;
}

static void
test_locked (void)
{
  g_autoptr (PorchTestDesktop) desktop = porch_test_desktop_new (FALSE);
  g_autofree char *output = NULL;
  g_autofree char *errors = NULL;

  if (!lock_by_policy (desktop->folder))
    {
      g_test_skip ("dconf is not here");
      return;
    }

  /* given a policy that locks how long until away, then that is what counts, */
  porch_test_desktop_start_agent (desktop);
  g_assert_true (porch_agent_proxy_is_locked (desktop->proxy, "away-after"));
  g_assert_false (porch_agent_proxy_is_locked (desktop->proxy, "quiet-hours"));
  porch_test_desktop_run_cli (desktop, NULL, &output, NULL, "away-after", NULL);
  g_assert_cmpstr (output, ==, "30 minutes\n");

  /* when the person chooses otherwise, then they are told why that cannot be. */
  g_assert_cmpint (
      porch_test_desktop_run_cli (desktop, NULL, NULL, &errors, "away-after", "5", NULL), ==, 1);
  g_assert_nonnull (strstr (errors, "locked by your administrator"));
  g_assert_cmpuint (porch_agent_proxy_get_away_after_minutes (desktop->proxy), ==, 30);
}

int
main (int argc, char *argv[])
{
  /* The test's own settings are in memory; those of the agent that it starts are not. */
  g_setenv ("GSETTINGS_BACKEND", "memory", TRUE);
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/agent/preferences/another-program-changes", test_another_program_changes);
  g_test_add_func ("/agent/preferences/quiet-hours-are-kept", test_quiet_hours_are_kept);
  g_test_add_func ("/agent/preferences/moves-what-an-old-agent-kept",
                   test_moves_what_an_old_agent_kept);
  g_test_add_func ("/agent/preferences/locked", test_locked);

  return g_test_run ();
}
