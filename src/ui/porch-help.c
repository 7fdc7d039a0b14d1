/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* The user guide, docs/user-guide.md, as the page that is installed of it: opened in whatever shows
 * web pages, in a sandbox by way of the OpenURI portal. It is one file with its pictures in it,
 * since that portal hands over one file, and it asks the network for nothing.
 */

#define G_LOG_DOMAIN "porch-ui"

#include "config.h"

#include "ui/porch-help.h"

#include <glib/gi18n-lib.h>

#define GUIDE "porchlight", "help", "index.html"

static void
porch_help_fail (GtkWindow *parent, const char *reason)
{
  g_message ("The guide was not opened: %s", reason);
  gtk_widget_activate_action (GTK_WIDGET (parent), "win.report", "s",
                              _ ("The help could not be opened"));
}

static void
on_shown_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (!gtk_show_uri_full_finish (GTK_WINDOW (source), result, &error)
      && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    porch_help_fail (GTK_WINDOW (source), error->message);
}

/**
 * porch_help_find:
 *
 * Looks where the desktop looks for data (XDG_DATA_DIRS), then where this build installs to, which
 * need not be among it.
 *
 * Returns: (transfer full) (nullable): the path of the guide; NULL if it is not installed
 */
char *
porch_help_find (void)
{
  const char *const *folders = g_get_system_data_dirs ();
  g_autofree char *installed = g_build_filename (PORCH_DATADIR, GUIDE, NULL);

  for (guint i = 0; folders[i] != NULL; i++)
    {
      g_autofree char *path = g_build_filename (folders[i], GUIDE, NULL);

      if (g_file_test (path, G_FILE_TEST_IS_REGULAR))
        return g_steal_pointer (&path);
    }

  return g_file_test (installed, G_FILE_TEST_IS_REGULAR) ? g_steal_pointer (&installed) : NULL;
}

/**
 * porch_help_show:
 * @parent: the window that asks, which says so if the guide cannot be shown
 *
 * Opens the user guide.
 */
void
porch_help_show (GtkWindow *parent)
{
  g_return_if_fail (GTK_IS_WINDOW (parent));

  g_autofree char *path = porch_help_find ();
  g_autoptr (GError) error = NULL;
  g_autofree char *uri = path != NULL ? g_filename_to_uri (path, NULL, &error) : NULL;

  if (uri == NULL)
    porch_help_fail (parent, error != NULL ? error->message : "it is not installed");
  else
    gtk_show_uri_full (parent, uri, GDK_CURRENT_TIME, NULL, on_shown_cb, NULL);
}
