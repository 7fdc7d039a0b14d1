/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* Notices that Porchlight is uninstalled while it runs. Flatpak ends no program then: it takes the
 * files away once nobody uses them, and tells by a file named .removed in /app. The agent and the
 * window each own one and end with it. An update (.updated) does not concern it, and outside a
 * sandbox nobody tells.
 */

#define G_LOG_DOMAIN "porch-bus"

#include "bus/porch-removal.h"

#define MARK ".removed"

struct _PorchRemoval
{
  GObject parent_instance;

  GFileMonitor *monitor; /* NULL where nobody tells */
};

G_DEFINE_FINAL_TYPE (PorchRemoval, porch_removal, G_TYPE_OBJECT)

enum
{
  SIGNAL_REMOVED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
on_monitor_changed_cb (PorchRemoval *self, GFile *file, GFile *other, GFileMonitorEvent event)
{
  if (event != G_FILE_MONITOR_EVENT_CREATED)
    return;

  g_message ("Porchlight is uninstalled");
  g_signal_emit (self, signals[SIGNAL_REMOVED], 0);
}

static void
porch_removal_dispose (GObject *object)
{
  PorchRemoval *self = PORCH_REMOVAL (object);

  if (self->monitor != NULL)
    g_file_monitor_cancel (self->monitor);
  g_clear_object (&self->monitor);

  G_OBJECT_CLASS (porch_removal_parent_class)->dispose (object);
}

static void
porch_removal_class_init (PorchRemovalClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = porch_removal_dispose;

  /**
   * PorchRemoval::removed:
   *
   * Porchlight's files go as soon as it ends.
   */
  signals[SIGNAL_REMOVED] = g_signal_new ("removed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                          0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
porch_removal_init (PorchRemoval *self)
{
}

/**
 * porch_removal_new:
 * @folder: (type filename): where a Flatpak's files are, "/app"
 *
 * Returns: (transfer full): what tells when they are uninstalled
 */
PorchRemoval *
porch_removal_new (const char *folder)
{
  g_return_val_if_fail (folder != NULL, NULL);

  PorchRemoval *self = g_object_new (PORCH_TYPE_REMOVAL, NULL);
  g_autofree char *path = g_build_filename (folder, MARK, NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GError) error = NULL;

  if (!g_file_test (folder, G_FILE_TEST_IS_DIR))
    return self;

  self->monitor = g_file_monitor_file (file, G_FILE_MONITOR_NONE, NULL, &error);
  if (self->monitor == NULL)
    g_debug ("An uninstallation will not be noticed: %s", error->message);
  else
    g_signal_connect_object (self->monitor, "changed", G_CALLBACK (on_monitor_changed_cb), self,
                             G_CONNECT_SWAPPED);
  return self;
}
