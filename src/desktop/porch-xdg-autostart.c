/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* Start at log-in by a file in ~/.config/autostart, which every desktop reads (Desktop Application
 * Autostart Specification). Owned by PorchAutostart. The person's own file stands before one of the
 * same name that an administrator put into /etc/xdg/autostart. Files are read and written in a
 * thread: a home may be on a slow disk.
 */

#define G_LOG_DOMAIN "porch-desktop"

#include "config.h"

#include "desktop/porch-xdg-autostart.h"

#include <errno.h>
#include <gio/gdesktopappinfo.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>

#define GNOME_ENABLED "X-GNOME-Autostart-enabled"

struct _PorchXdgAutostart
{
  GObject parent_instance;

  char *program;
};

static void porch_xdg_autostart_way_init (PorchAutostartWayInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (PorchXdgAutostart,
                               porch_xdg_autostart,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (PORCH_TYPE_AUTOSTART_WAY,
                                                      porch_xdg_autostart_way_init))

static char *
build_path (const char *config_folder)
{
  return g_build_filename (config_folder, "autostart", PORCH_XDG_AUTOSTART_FILE, NULL);
}

/* Returns: (transfer full) (nullable): the administrator's file */
static char *
find_system_file (void)
{
  const char *const *folders = g_get_system_config_dirs ();

  for (guint i = 0; folders[i] != NULL; i++)
    {
      g_autofree char *path = build_path (folders[i]);
      if (g_file_test (path, G_FILE_TEST_EXISTS))
        return g_steal_pointer (&path);
    }
  return NULL;
}

/* What a desktop makes of it: a program that is gone (TryExec) starts as little as a hidden one. */
static gboolean
starts (const char *path)
{
  g_autoptr (GDesktopAppInfo) info = g_desktop_app_info_new_from_filename (path);

  return info != NULL && !g_desktop_app_info_get_is_hidden (info)
         && g_desktop_app_info_get_show_in (info, NULL)
         && (!g_desktop_app_info_has_key (info, GNOME_ENABLED)
             || g_desktop_app_info_get_boolean (info, GNOME_ENABLED));
}

static void
query_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  g_autofree char *path = build_path (g_get_user_config_dir ());

  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    {
      g_free (path);
      path = find_system_file ();
    }
  g_task_return_int (task,
                     path != NULL && starts (path) ? PORCH_AUTOSTART_ON : PORCH_AUTOSTART_OFF);
}

static void
porch_xdg_autostart_query_async (PorchAutostartWay *way,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (way, cancellable, callback, user_data);

  g_task_set_source_tag (task, porch_xdg_autostart_query_async);
  g_task_run_in_thread (task, query_in_thread);
}

/* An argument as the Exec key wants it; escaping of the value as a string comes on top of it, by
 * GKeyFile. */
static char *
quote_for_exec (const char *argument)
{
  GString *quoted = g_string_new ("\"");

  for (const char *at = argument; *at != '\0'; at++)
    {
      if (*at == '"' || *at == '`' || *at == '$' || *at == '\\')
        g_string_append_c (quoted, '\\');
      else if (*at == '%')
        g_string_append_c (quoted, '%');
      g_string_append_c (quoted, *at);
    }
  g_string_append_c (quoted, '"');
  return g_string_free (quoted, FALSE);
}

static gboolean
write_file (const char *path, const char *program, gboolean enabled, GError **error)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autofree char *exec = quote_for_exec (program);
  const struct
  {
    const char *key;
    const char *value;
  } strings[] = {
    { G_KEY_FILE_DESKTOP_KEY_TYPE, G_KEY_FILE_DESKTOP_TYPE_APPLICATION },
    { G_KEY_FILE_DESKTOP_KEY_NAME, "Porchlight" },
    /* Translators: shown in the desktop's list of programs that start at log-in */
    { G_KEY_FILE_DESKTOP_KEY_COMMENT, _ ("Keeps your own light on and shows who is online") },
    { G_KEY_FILE_DESKTOP_KEY_ICON, PORCH_APPLICATION_ID },
    { G_KEY_FILE_DESKTOP_KEY_EXEC, exec },
    { G_KEY_FILE_DESKTOP_KEY_TRY_EXEC, program },
  };
  const struct
  {
    const char *key;
    gboolean value;
  } booleans[] = {
    { G_KEY_FILE_DESKTOP_KEY_TERMINAL, FALSE },
    { G_KEY_FILE_DESKTOP_KEY_HIDDEN, !enabled },
    { GNOME_ENABLED, enabled },
    { "X-GNOME-UsesNotifications", TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (strings); i++)
    g_key_file_set_string (file, G_KEY_FILE_DESKTOP_GROUP, strings[i].key, strings[i].value);
  for (guint i = 0; i < G_N_ELEMENTS (booleans); i++)
    g_key_file_set_boolean (file, G_KEY_FILE_DESKTOP_GROUP, booleans[i].key, booleans[i].value);

  g_autofree char *folder = g_path_get_dirname (path);
  if (g_mkdir_with_parents (folder, 0700) != 0)
    {
      int saved_errno = errno;
      g_set_error_literal (error, G_IO_ERROR, g_io_error_from_errno (saved_errno),
                           g_strerror (saved_errno));
      return FALSE;
    }
  return g_key_file_save_to_file (file, path, error);
}

static gboolean
remove_file (const char *path, GError **error)
{
  if (g_unlink (path) == 0 || errno == ENOENT)
    return TRUE;

  int saved_errno = errno;
  g_set_error_literal (error, G_IO_ERROR, g_io_error_from_errno (saved_errno),
                       g_strerror (saved_errno));
  return FALSE;
}

static void
set_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  PorchXdgAutostart *self = source;
  gboolean enabled = GPOINTER_TO_INT (task_data);
  g_autofree char *path = build_path (g_get_user_config_dir ());
  g_autofree char *system_file = find_system_file ();
  g_autoptr (GError) error = NULL;

  /* Without a file of the person's own the administrator's would count again. */
  gboolean done = enabled || system_file != NULL ? write_file (path, self->program, enabled, &error)
                                                 : remove_file (path, &error);
  if (done)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_FAILED,
                             /* Translators: a file, and why */
                             _ ("The file %s cannot be changed: %s"), path, error->message);
}

static void
porch_xdg_autostart_set_async (PorchAutostartWay *way,
                               gboolean enabled,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (way, cancellable, callback, user_data);

  g_task_set_source_tag (task, porch_xdg_autostart_set_async);
  g_task_set_task_data (task, GINT_TO_POINTER (enabled), NULL);
  g_task_run_in_thread (task, set_in_thread);
}

static void
porch_xdg_autostart_way_init (PorchAutostartWayInterface *iface)
{
  iface->name = "autostart-file";
  iface->query_async = porch_xdg_autostart_query_async;
  iface->set_async = porch_xdg_autostart_set_async;
}

static void
porch_xdg_autostart_finalize (GObject *object)
{
  PorchXdgAutostart *self = PORCH_XDG_AUTOSTART (object);

  g_free (self->program);

  G_OBJECT_CLASS (porch_xdg_autostart_parent_class)->finalize (object);
}

static void
porch_xdg_autostart_class_init (PorchXdgAutostartClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = porch_xdg_autostart_finalize;
}

static void
porch_xdg_autostart_init (PorchXdgAutostart *self)
{
}

/**
 * porch_xdg_autostart_new:
 * @program: (type filename): the absolute path of the program to start
 *
 * Returns: (transfer full): start at log-in by a file
 */
PorchAutostartWay *
porch_xdg_autostart_new (const char *program)
{
  g_return_val_if_fail (program != NULL && g_path_is_absolute (program), NULL);

  PorchXdgAutostart *self = g_object_new (PORCH_TYPE_XDG_AUTOSTART, NULL);
  self->program = g_strdup (program);
  return PORCH_AUTOSTART_WAY (self);
}
