/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* Help: that the desktop's program for web pages is given the guide, and what the window says where
 * there is none. The program is a script that notes what it was started with.
 */

#include <glib/gstdio.h>
#include <unistd.h>

#include "porch-stage.h"
#include "porch-test-wait.h"
#include "ui/porch-help.h"

/* What is written there belongs to this run. */
static char *folder;

static char *
in_folder (const char *name)
{
  return g_build_filename (folder, name, NULL);
}

static void
write_file (const char *name, const char *contents, int mode)
{
  g_autofree char *path = in_folder (name);
  g_autofree char *parent = g_path_get_dirname (path);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_mkdir_with_parents (parent, 0700), ==, 0);
  g_file_set_contents_full (path, contents, -1, G_FILE_SET_CONTENTS_NONE, mode, &error);
  g_assert_no_error (error);
}

/* Before GLib has looked: a home with one program in it, and the guide as if it were installed. */
static void
set_up_desktop (void)
{
  const char *data_dirs = g_getenv ("XDG_DATA_DIRS");
  g_autofree char *guide = in_folder ("share/porchlight");
  g_autofree char *browser = in_folder ("browser");
  g_autofree char *shown = in_folder ("shown");
  g_autofree char *share = in_folder ("share");
  g_autofree char *entry = g_strdup_printf ("[Desktop Entry]\nType=Application\nName=Browser\n"
                                            "Exec=%s %%u\nMimeType=text/html;\n",
                                            browser);
  g_autofree char *script = g_strdup_printf ("#!/bin/sh\necho \"$1\" >'%s.new'\n"
                                             "mv '%s.new' '%s'\n",
                                             shown, shown, shown);
  g_autofree char *dirs = g_strdup_printf (
      "%s:%s", share, data_dirs != NULL ? data_dirs : "/usr/local/share:/usr/share");

  write_file ("browser", script, 0700);
  write_file ("share/applications/porch-test-browser.desktop", entry, 0600);
  write_file ("config/mimeapps.list",
              "[Default Applications]\ntext/html=porch-test-browser.desktop\n", 0600);
  g_assert_cmpint (symlink (g_getenv ("PORCH_TEST_GUIDE"), guide), ==, 0);

  g_autofree char *config = in_folder ("config");
  g_setenv ("XDG_CONFIG_HOME", config, TRUE);
  g_setenv ("XDG_DATA_DIRS", dirs, TRUE);
}

static void
remove_desktop (void)
{
  static const char *const names[] = { "browser",
                                       "shown",
                                       "share/applications/porch-test-browser.desktop",
                                       "share/applications",
                                       "share/porchlight",
                                       "share",
                                       "config/mimeapps.list",
                                       "config",
                                       "" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = in_folder (names[i]);

      g_remove (path);
    }
}

static void
test_opens_the_guide (PorchStage *stage, gconstpointer data)
{
  g_autofree char *path = porch_help_find ();
  g_autofree char *shown = in_folder ("shown");
  g_autofree char *contents = NULL;

  g_assert_nonnull (path);
  g_assert_true (g_str_has_prefix (path, folder));

  porch_stage_open_window (stage);
  porch_help_show (GTK_WINDOW (stage->window));

  while (!g_file_get_contents (shown, &contents, NULL, NULL))
    porch_stage_run_for (20);

  /* By its path or its address: that is GLib's choice. */
  g_autoptr (GFile) given = g_file_new_for_commandline_arg (g_strchomp (contents));
  g_autofree char *given_path = g_file_get_path (given);
  g_assert_cmpstr (given_path, ==, path);
  g_assert_null (porch_stage_find (stage->window, "GtkLabel", "could not be opened"));
}

static void
test_says_that_there_is_none (PorchStage *stage, gconstpointer data)
{
  g_autofree char *guide = in_folder ("share/porchlight");

  g_assert_cmpint (g_remove (guide), ==, 0);
  g_autofree char *elsewhere = porch_help_find ();
  if (elsewhere != NULL)
    {
      g_test_skip ("Porchlight is installed on this computer, with its guide");
      return;
    }

  porch_stage_open_window (stage);
  porch_help_show (GTK_WINDOW (stage->window));

  porch_test_wait_until (porch_stage_find (stage->window, "GtkLabel", "could not be opened")
                         != NULL);
}

int
main (int argc, char *argv[])
{
  int result;

  folder = g_dir_make_tmp ("porch-help-XXXXXX", NULL);
  set_up_desktop ();
  porch_stage_init (&argc, &argv);

  g_test_add ("/ui/help/opens-the-guide", PorchStage, NULL, porch_stage_set_up_signed_in,
              test_opens_the_guide, porch_stage_tear_down);
  g_test_add ("/ui/help/says-that-there-is-none", PorchStage, NULL, porch_stage_set_up_signed_in,
              test_says_that_there_is_none, porch_stage_tear_down);

  result = porch_stage_run ();
  remove_desktop ();
  g_free (folder);

  return result;
}
