/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* The Inhibit portal's session monitor, all that a sandbox is shown: whether the screen saver is
 * active. Owned by PorchIdleMonitor. It also asks before a session ends, which is always answered
 * at once: what there is to do then is done when the session bus goes.
 */

#define G_LOG_DOMAIN "porch-desktop"

#include "desktop/porch-portal-idle-source.h"

#define BUS_NAME  "org.freedesktop.portal.Desktop"
#define PATH      "/org/freedesktop/portal/desktop"
#define INTERFACE "org.freedesktop.portal.Inhibit"
#define TOKEN     "porchlight_idle"

#define SESSION_STATE_QUERY_END 2

struct _PorchPortalIdleSource
{
  PorchBusIdleSource parent_instance;

  /* The objects that the portal makes for us; their names are known beforehand, so that no signal
   * is missed. */
  char *request;
  char *session;
};

G_DEFINE_FINAL_TYPE (PorchPortalIdleSource, porch_portal_idle_source, PORCH_TYPE_BUS_IDLE_SOURCE)

static void
on_state_changed_cb (GDBusConnection *bus,
                     const char *sender,
                     const char *path,
                     const char *interface,
                     const char *signal,
                     GVariant *parameters,
                     gpointer user_data)
{
  PorchPortalIdleSource *self = user_data;
  g_autoptr (GVariant) state = NULL;
  const char *session = NULL;
  gboolean active = FALSE;
  guint32 session_state = 0;

  if (!g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(oa{sv})")))
    return;

  g_variant_get (parameters, "(&o@a{sv})", &session, &state);
  if (!g_str_equal (session, self->session))
    return;

  if (g_variant_lookup (state, "screensaver-active", "b", &active))
    porch_idle_source_set_locked (PORCH_IDLE_SOURCE (self), active);
  if (g_variant_lookup (state, "session-state", "u", &session_state)
      && session_state == SESSION_STATE_QUERY_END)
    porch_bus_idle_source_call (PORCH_BUS_IDLE_SOURCE (self), PATH, INTERFACE, "QueryEndResponse",
                                g_variant_new ("(o)", session), NULL, NULL);
}

static void
on_response_cb (GDBusConnection *bus,
                const char *sender,
                const char *path,
                const char *interface,
                const char *signal,
                GVariant *parameters,
                gpointer user_data)
{
  PorchPortalIdleSource *self = user_data;
  guint32 response = 0;

  if (!g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(ua{sv})")))
    return;

  g_variant_get (parameters, "(ua{sv})", &response, NULL);
  porch_idle_source_set_features (PORCH_IDLE_SOURCE (self),
                                  response == 0 ? PORCH_IDLE_FEATURE_LOCK : 0);
}

static void
porch_portal_idle_source_appeared (PorchBusIdleSource *source)
{
  PorchPortalIdleSource *self = PORCH_PORTAL_IDLE_SOURCE (source);
  g_auto (GVariantBuilder) options = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);

  porch_bus_idle_source_subscribe (source, self->request, "org.freedesktop.portal.Request",
                                   "Response", on_response_cb);
  porch_bus_idle_source_subscribe (source, PATH, INTERFACE, "StateChanged", on_state_changed_cb);

  g_variant_builder_add (&options, "{sv}", "handle_token", g_variant_new_string (TOKEN));
  g_variant_builder_add (&options, "{sv}", "session_handle_token", g_variant_new_string (TOKEN));
  porch_bus_idle_source_call (source, PATH, INTERFACE, "CreateMonitor",
                              g_variant_new ("(sa{sv})", "", &options), NULL, NULL);
}

static void
porch_portal_idle_source_finalize (GObject *object)
{
  PorchPortalIdleSource *self = PORCH_PORTAL_IDLE_SOURCE (object);

  g_free (self->request);
  g_free (self->session);

  G_OBJECT_CLASS (porch_portal_idle_source_parent_class)->finalize (object);
}

static void
porch_portal_idle_source_class_init (PorchPortalIdleSourceClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = porch_portal_idle_source_finalize;
  PORCH_BUS_IDLE_SOURCE_CLASS (klass)->appeared = porch_portal_idle_source_appeared;
}

static void
porch_portal_idle_source_init (PorchPortalIdleSource *self)
{
}

/**
 * porch_portal_idle_source_new:
 * @bus: the session bus
 *
 * Returns: (transfer full): a source, not started yet
 */
PorchIdleSource *
porch_portal_idle_source_new (GDBusConnection *bus)
{
  PorchPortalIdleSource *self = g_object_new (PORCH_TYPE_PORTAL_IDLE_SOURCE, NULL);
  const char *unique = g_dbus_connection_get_unique_name (bus);
  g_autofree char *sender = g_strdelimit (g_strdup (unique != NULL ? unique + 1 : ""), ".", '_');

  self->request = g_strdup_printf (PATH "/request/%s/" TOKEN, sender);
  self->session = g_strdup_printf (PATH "/session/%s/" TOKEN, sender);
  porch_idle_source_set_name (PORCH_IDLE_SOURCE (self), INTERFACE);
  porch_bus_idle_source_set_bus (PORCH_BUS_IDLE_SOURCE (self), bus, BUS_NAME);
  return PORCH_IDLE_SOURCE (self);
}
