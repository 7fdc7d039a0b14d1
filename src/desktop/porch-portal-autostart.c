/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* Start at log-in by the Background portal. Owned by PorchAutostart. The portal cannot be asked
 * what it does at log-in, only told.
 */

#define G_LOG_DOMAIN "porch-desktop"

#include "desktop/porch-portal-autostart.h"

struct _PorchPortalAutostart
{
  GObject parent_instance;

  PorchBackgroundPortal *portal;
};

static void porch_portal_autostart_way_init (PorchAutostartWayInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (PorchPortalAutostart,
                               porch_portal_autostart,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (PORCH_TYPE_AUTOSTART_WAY,
                                                      porch_portal_autostart_way_init))

static void
porch_portal_autostart_query_async (PorchAutostartWay *way,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (way, cancellable, callback, user_data);

  g_task_set_source_tag (task, porch_portal_autostart_query_async);
  g_task_return_int (task, PORCH_AUTOSTART_UNTOLD);
}

static void
on_requested_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (porch_background_portal_request_finish (PORCH_BACKGROUND_PORTAL (source), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
porch_portal_autostart_set_async (PorchAutostartWay *way,
                                  gboolean enabled,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data)
{
  PorchPortalAutostart *self = PORCH_PORTAL_AUTOSTART (way);
  GTask *task = g_task_new (way, cancellable, callback, user_data);

  g_task_set_source_tag (task, porch_portal_autostart_set_async);
  porch_background_portal_request_async (self->portal, enabled, cancellable, on_requested_cb, task);
}

static void
porch_portal_autostart_way_init (PorchAutostartWayInterface *iface)
{
  iface->name = "portal";
  iface->query_async = porch_portal_autostart_query_async;
  iface->set_async = porch_portal_autostart_set_async;
}

static void
porch_portal_autostart_finalize (GObject *object)
{
  PorchPortalAutostart *self = PORCH_PORTAL_AUTOSTART (object);

  g_clear_object (&self->portal);

  G_OBJECT_CLASS (porch_portal_autostart_parent_class)->finalize (object);
}

static void
porch_portal_autostart_class_init (PorchPortalAutostartClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = porch_portal_autostart_finalize;
}

static void
porch_portal_autostart_init (PorchPortalAutostart *self)
{
}

/**
 * porch_portal_autostart_new:
 * @portal: the portal
 *
 * Returns: (transfer full): start at log-in by the portal
 */
PorchAutostartWay *
porch_portal_autostart_new (PorchBackgroundPortal *portal)
{
  g_return_val_if_fail (PORCH_IS_BACKGROUND_PORTAL (portal), NULL);

  PorchPortalAutostart *self = g_object_new (PORCH_TYPE_PORTAL_AUTOSTART, NULL);
  self->portal = g_object_ref (portal);
  return PORCH_AUTOSTART_WAY (self);
}
