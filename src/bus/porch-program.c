/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* Where Porchlight's other programs are, and how one starts another. Each program finds the others
 * beside itself, so that a tree moved elsewhere, or not installed at all, runs its own and never
 * another version's.
 */

#define G_LOG_DOMAIN "porch-bus"

#include "bus/porch-program.h"

#include "config.h"

#include <unistd.h>

static void
detach_child_cb (gpointer user_data)
{
  setsid ();
}

/**
 * porch_program_find:
 * @name: a program of ours, "porchlight-agent"
 * @build_folder: the folder below src/ that it is built in, "agent"
 *
 * Looks beside the running program, then where a build tree has it, then where this build installs.
 *
 * Returns: (transfer full) (type filename): the program's path, whether or not it exists in the end
 */
char *
porch_program_find (const char *name, const char *build_folder)
{
  g_return_val_if_fail (name != NULL, NULL);
  g_return_val_if_fail (build_folder != NULL, NULL);

  g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);
  if (self != NULL)
    {
      g_autofree char *folder = g_path_get_dirname (self);

      g_autofree char *beside = g_build_filename (folder, name, NULL);
      if (g_file_test (beside, G_FILE_TEST_IS_EXECUTABLE))
        return g_steal_pointer (&beside);

      g_autofree char *built = g_build_filename (folder, "..", build_folder, name, NULL);
      if (g_file_test (built, G_FILE_TEST_IS_EXECUTABLE))
        return g_steal_pointer (&built);
    }

  return g_build_filename (PORCH_BINDIR, name, NULL);
}

/**
 * porch_program_launcher_new:
 * @flags: what becomes of the other program's output
 *
 * Returns: (transfer full): what starts a program of ours that outlives a Ctrl-C at the terminal of
 *   the one that started it
 */
GSubprocessLauncher *
porch_program_launcher_new (GSubprocessFlags flags)
{
  GSubprocessLauncher *launcher = g_subprocess_launcher_new (flags);

  g_subprocess_launcher_set_child_setup (launcher, detach_child_cb, NULL, NULL);
  return launcher;
}
