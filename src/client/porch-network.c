/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* Whether there is a way to the server: asks the system's network monitor, which alone knows
 * little. It calls a computer without a default route unavailable, though the server may be next
 * door, and it takes a route for a network that lets packets through. So only where it knows of no
 * network and of no route to this very server is there said to be none. Owned by PorchSession,
 * which then waits for a change instead of trying. A server on this computer needs no network.
 */

#define G_LOG_DOMAIN "porch-client"

#include "client/porch-network.h"

#include "protocol/porch-discovery.h"

/* A network that changes does so several times in a row. */
#define SETTLE_MS 500

struct _PorchNetwork
{
  GObject parent_instance;

  PorchClock *clock;
  GNetworkMonitor *monitor;
  GSocketConnectable *address; /* NULL for a server on this computer */
  gboolean has_way;
  guint settle_timer;
  gboolean announces; /* once the question under way is answered well */
  GCancellable *cancellable;
};

G_DEFINE_FINAL_TYPE (PorchNetwork, porch_network, G_TYPE_OBJECT)

enum
{
  PROP_HAS_WAY = 1,
  PROP_HAS_PORTAL,
  N_PROPS,
};

enum
{
  SIGNAL_CHANGED,
  SIGNAL_USABLE,
  N_SIGNALS,
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

static void
set_has_way (PorchNetwork *self, gboolean has_way)
{
  if (self->has_way == has_way)
    return;

  g_debug ("There is %s to the server", has_way ? "a way" : "no way");
  self->has_way = has_way;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_HAS_WAY]);
}

static void
on_reachable_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  PorchNetwork *self = user_data;
  GNetworkMonitor *monitor = G_NETWORK_MONITOR (source);
  g_autoptr (GError) error = NULL;
  gboolean can_reach = g_network_monitor_can_reach_finish (monitor, result, &error);
  gboolean announces;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  g_clear_object (&self->cancellable);
  announces = self->announces && can_reach;
  self->announces = FALSE;
  set_has_way (self, can_reach || g_network_monitor_get_network_available (monitor));
  if (announces)
    g_signal_emit (self, signals[SIGNAL_USABLE], 0);
}

static void
ask (PorchNetwork *self)
{
  if (self->address == NULL)
    return;

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  g_network_monitor_can_reach_async (self->monitor, self->address, self->cancellable,
                                     on_reachable_cb, self);
}

static gboolean
on_settled_cb (gpointer user_data)
{
  PorchNetwork *self = user_data;

  self->settle_timer = 0;
  self->announces = TRUE;
  ask (self);

  return G_SOURCE_REMOVE;
}

static void
on_network_changed_cb (PorchNetwork *self)
{
  if (self->address != NULL && self->settle_timer == 0)
    self->settle_timer = porch_clock_add_timeout (self->clock, SETTLE_MS, on_settled_cb, self);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

/* Whoever has just signed in to a network has another one. */
static void
on_connectivity_cb (PorchNetwork *self)
{
  on_network_changed_cb (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_HAS_PORTAL]);
}

static void
porch_network_dispose (GObject *object)
{
  PorchNetwork *self = PORCH_NETWORK (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  if (self->clock != NULL)
    porch_clock_clear_timeout (self->clock, &self->settle_timer);
  g_clear_object (&self->monitor);
  g_clear_object (&self->address);
  g_clear_object (&self->clock);

  G_OBJECT_CLASS (porch_network_parent_class)->dispose (object);
}

static void
porch_network_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  PorchNetwork *self = PORCH_NETWORK (object);

  switch (prop_id)
    {
    case PROP_HAS_WAY:
      g_value_set_boolean (value, porch_network_get_has_way (self));
      break;
    case PROP_HAS_PORTAL:
      g_value_set_boolean (value, porch_network_get_has_portal (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
porch_network_class_init (PorchNetworkClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GType type = G_TYPE_FROM_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->dispose = porch_network_dispose;
  object_class->get_property = porch_network_get_property;

  properties[PROP_HAS_WAY] = g_param_spec_boolean ("has-way", NULL, NULL, TRUE, flags);
  properties[PROP_HAS_PORTAL] = g_param_spec_boolean ("has-portal", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  signals[SIGNAL_CHANGED] = g_signal_new ("changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 0);
  signals[SIGNAL_USABLE] = g_signal_new ("usable", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                         G_TYPE_NONE, 0);
}

static void
porch_network_init (PorchNetwork *self)
{
  self->has_way = TRUE;
}

/**
 * porch_network_new:
 * @clock: the program's clock
 * @url: the server's address
 *
 * Returns: (transfer full): a network that has a way to the server until it turns out otherwise
 */
PorchNetwork *
porch_network_new (PorchClock *clock, const char *url)
{
  PorchNetwork *self;

  g_return_val_if_fail (PORCH_IS_CLOCK (clock), NULL);
  g_return_val_if_fail (url != NULL, NULL);

  self = g_object_new (PORCH_TYPE_NETWORK, NULL);
  self->clock = g_object_ref (clock);
  self->monitor = g_object_ref (g_network_monitor_get_default ());
  if (!porch_url_is_loopback (url))
    self->address = g_network_address_parse_uri (url, 443, NULL);
  g_signal_connect_object (self->monitor, "network-changed", G_CALLBACK (on_network_changed_cb),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->monitor, "notify::connectivity", G_CALLBACK (on_connectivity_cb),
                           self, G_CONNECT_SWAPPED);

  return self;
}

/**
 * porch_network_check:
 * @self: a network
 *
 * The server could not be reached: finds out whether there is a way at all. Asked for nothing where
 * the system has a network.
 */
void
porch_network_check (PorchNetwork *self)
{
  g_return_if_fail (PORCH_IS_NETWORK (self));

  if (self->cancellable == NULL && !g_network_monitor_get_network_available (self->monitor))
    ask (self);
}

/**
 * porch_network_set_proven:
 * @self: a network
 *
 * The server was reached: the best proof, whatever the system says.
 */
void
porch_network_set_proven (PorchNetwork *self)
{
  g_return_if_fail (PORCH_IS_NETWORK (self));

  set_has_way (self, TRUE);
}

/**
 * porch_network_get_has_way:
 * @self: a network
 *
 * Returns: whether trying is worth it
 */
gboolean
porch_network_get_has_way (PorchNetwork *self)
{
  g_return_val_if_fail (PORCH_IS_NETWORK (self), TRUE);

  return self->has_way;
}

/**
 * porch_network_get_has_portal:
 * @self: a network
 *
 * Returns: whether the network lets nobody through before they sign in to it
 */
gboolean
porch_network_get_has_portal (PorchNetwork *self)
{
  g_return_val_if_fail (PORCH_IS_NETWORK (self), FALSE);

  return self->address != NULL
         && g_network_monitor_get_connectivity (self->monitor) == G_NETWORK_CONNECTIVITY_PORTAL;
}
