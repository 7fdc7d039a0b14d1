/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* Ties the tray's icon to the account that is used: what the account knows is shown, what the
 * person clicks is done. Owned by PorchAgentService. It decides nothing, but that who has no tray
 * is told so once in their life.
 */

#define G_LOG_DOMAIN "porch-agent"

#include "agent/porch-agent-tray.h"

#include "agent/porch-window-opener.h"
#include "desktop/porch-tray.h"

/* In the store: the person was told that their desktop shows no icon. */
#define HINT_NO_HOST "no-tray-host"

struct _PorchAgentTray
{
  GObject parent_instance;

  GDBusConnection *bus;
  PorchAgentStore *store;
  PorchTray *tray;
  PorchAgentAccount *account;
};

G_DEFINE_FINAL_TYPE (PorchAgentTray, porch_agent_tray, G_TYPE_OBJECT)

enum
{
  SIGNAL_QUIT,
  SIGNAL_HINT,
  SIGNAL_OWN_LINE,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* What others see, as the server said it last; nothing without a connection to know it. */
static PorchTrayState
get_state (PorchAgentTray *self)
{
  PorchSessionState state;
  PorchStatus own_status;

  if (self->account == NULL || !porch_agent_account_is_signed_in (self->account))
    return PORCH_TRAY_STATE_SIGNED_OUT;

  g_object_get (porch_agent_account_get_session (self->account), "state", &state, "own-status",
                &own_status, NULL);
  if (state != PORCH_SESSION_CONNECTED || own_status == PORCH_STATUS_UNKNOWN)
    return PORCH_TRAY_STATE_NOT_CONNECTED;
  return own_status == PORCH_STATUS_ONLINE ? PORCH_TRAY_STATE_ONLINE : PORCH_TRAY_STATE_OFFLINE;
}

static void
update (PorchAgentTray *self)
{
  const PorchAccountRecord *record = self->account != NULL
                                         ? porch_agent_account_get_record (self->account)
                                         : NULL;

  porch_tray_set_own (self->tray, get_state (self), record != NULL && record->appear_offline,
                      record != NULL ? record->appear_offline_until_us : 0);
  g_signal_emit (self, signals[SIGNAL_OWN_LINE], 0, porch_tray_get_own_line (self->tray));
}

static void
on_toggle_window_cb (PorchAgentTray *self, const char *token)
{
  porch_window_toggle (self->bus, token);
}

static void
on_open_window_cb (PorchAgentTray *self, const char *token)
{
  porch_window_open (self->bus, token);
}

static void
on_open_person_cb (PorchAgentTray *self, const char *user_id, const char *token)
{
  porch_window_show_person (self->bus, user_id, token);
}

static void
on_open_preferences_cb (PorchAgentTray *self, const char *token)
{
  porch_window_show_preferences (self->bus, token);
}

static void
on_toggle_appear_offline_cb (PorchAgentTray *self)
{
  if (self->account == NULL)
    return;

  gboolean appears_offline = porch_agent_account_get_record (self->account)->appear_offline;
  porch_agent_account_set_appear_offline (self->account, !appears_offline, 0);
}

static void
on_quit_cb (PorchAgentTray *self)
{
  g_signal_emit (self, signals[SIGNAL_QUIT], 0);
}

static void
on_hint_marked_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PorchAgentTray) self = user_data;
  g_autoptr (GError) error = NULL;

  /* Not told where that cannot be kept: it would be told every day. */
  if (!porch_agent_store_mark_told_finish (PORCH_AGENT_STORE (source), result, &error))
    {
      if (error != NULL)
        g_debug ("Nobody is told that there is no tray: %s", error->message);
      return;
    }

  g_autofree char *hint = porch_tray_format_no_host (g_getenv ("XDG_CURRENT_DESKTOP"));
  g_message ("%s", hint);
  g_signal_emit (self, signals[SIGNAL_HINT], 0, hint);
}

static void
on_no_host_cb (PorchAgentTray *self)
{
  porch_agent_store_mark_told_async (self->store, HINT_NO_HOST, on_hint_marked_cb,
                                     g_object_ref (self));
}

static void
porch_agent_tray_dispose (GObject *object)
{
  PorchAgentTray *self = PORCH_AGENT_TRAY (object);

  g_clear_object (&self->tray);
  g_clear_object (&self->account);

  G_OBJECT_CLASS (porch_agent_tray_parent_class)->dispose (object);
}

static void
porch_agent_tray_finalize (GObject *object)
{
  PorchAgentTray *self = PORCH_AGENT_TRAY (object);

  g_clear_object (&self->store);
  g_clear_object (&self->bus);

  G_OBJECT_CLASS (porch_agent_tray_parent_class)->finalize (object);
}

static void
porch_agent_tray_class_init (PorchAgentTrayClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GType type = G_TYPE_FROM_CLASS (klass);

  object_class->dispose = porch_agent_tray_dispose;
  object_class->finalize = porch_agent_tray_finalize;

  signals[SIGNAL_QUIT] = g_signal_new ("quit", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                       G_TYPE_NONE, 0);
  signals[SIGNAL_HINT] = g_signal_new ("hint", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                       G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[SIGNAL_OWN_LINE] = g_signal_new ("own-line", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                           G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
porch_agent_tray_init (PorchAgentTray *self)
{
}

static void
connect_tray (PorchAgentTray *self)
{
  static const struct
  {
    const char *signal;
    GCallback callback;
  } handlers[] = {
    { "toggle-window", G_CALLBACK (on_toggle_window_cb) },
    { "open-window", G_CALLBACK (on_open_window_cb) },
    { "open-person", G_CALLBACK (on_open_person_cb) },
    { "open-preferences", G_CALLBACK (on_open_preferences_cb) },
    { "toggle-appear-offline", G_CALLBACK (on_toggle_appear_offline_cb) },
    { "quit", G_CALLBACK (on_quit_cb) },
    { "no-host", G_CALLBACK (on_no_host_cb) },
  };

  for (guint i = 0; i < G_N_ELEMENTS (handlers); i++)
    g_signal_connect_object (self->tray, handlers[i].signal, handlers[i].callback, self,
                             G_CONNECT_SWAPPED);
}

/**
 * porch_agent_tray_new:
 * @bus: the session bus
 * @clock: the clock
 * @store: where it is kept what the person was told
 *
 * Returns: (transfer full): a tray without an account, not yet on the bus
 */
PorchAgentTray *
porch_agent_tray_new (GDBusConnection *bus, PorchClock *clock, PorchAgentStore *store)
{
  g_return_val_if_fail (G_IS_DBUS_CONNECTION (bus), NULL);
  g_return_val_if_fail (PORCH_IS_CLOCK (clock), NULL);
  g_return_val_if_fail (PORCH_IS_AGENT_STORE (store), NULL);

  PorchAgentTray *self = g_object_new (PORCH_TYPE_AGENT_TRAY, NULL);
  self->bus = g_object_ref (bus);
  self->store = g_object_ref (store);
  self->tray = porch_tray_new (bus, clock);
  connect_tray (self);
  return self;
}

/**
 * porch_agent_tray_set_account:
 * @self: a tray
 * @account: (nullable): whose it is from now on
 */
void
porch_agent_tray_set_account (PorchAgentTray *self, PorchAgentAccount *account)
{
  g_return_if_fail (PORCH_IS_AGENT_TRAY (self));
  g_return_if_fail (account == NULL || PORCH_IS_AGENT_ACCOUNT (account));

  if (self->account == account)
    return;

  if (self->account != NULL)
    g_signal_handlers_disconnect_by_data (self->account, self);
  g_set_object (&self->account, account);
  if (account != NULL)
    g_signal_connect_object (account, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  porch_tray_set_roster (self->tray,
                         account != NULL ? porch_agent_account_get_roster (account) : NULL);
  update (self);
}

/**
 * porch_agent_tray_start:
 * @self: a tray; once only
 *
 * Shows the icon wherever a panel does that. An agent without one is an agent all the same.
 */
void
porch_agent_tray_start (PorchAgentTray *self)
{
  g_return_if_fail (PORCH_IS_AGENT_TRAY (self));

  g_autoptr (GError) error = NULL;
  if (!porch_tray_start (self->tray, &error))
    g_warning ("The tray's icon cannot be shown: %s", error->message);
}
