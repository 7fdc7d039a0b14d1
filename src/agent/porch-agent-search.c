/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* Ties the desktop's search to the account that is used, and opens the window on what was found.
 * Owned by PorchAgentService. It decides nothing.
 */

#define G_LOG_DOMAIN "porch-agent"

#include "agent/porch-agent-search.h"

#include "agent/porch-window-opener.h"
#include "desktop/porch-search-provider.h"

struct _PorchAgentSearch
{
  GObject parent_instance;

  GDBusConnection *bus;
  PorchSearchProvider *provider;
};

G_DEFINE_FINAL_TYPE (PorchAgentSearch, porch_agent_search, G_TYPE_OBJECT)

/* Of a click that came without a token: on X11 its time is enough for the focus. */
static char *
build_token (guint timestamp)
{
  return g_strdup_printf ("_TIME%u", timestamp);
}

static void
on_open_person_cb (PorchAgentSearch *self, const char *user_id, guint timestamp)
{
  g_autofree char *token = build_token (timestamp);

  porch_window_show_person (self->bus, user_id, token);
}

static void
on_open_search_cb (PorchAgentSearch *self, const char *search, guint timestamp)
{
  g_autofree char *token = build_token (timestamp);

  porch_window_search (self->bus, search, token);
}

static void
porch_agent_search_dispose (GObject *object)
{
  PorchAgentSearch *self = PORCH_AGENT_SEARCH (object);

  g_clear_object (&self->provider);
  g_clear_object (&self->bus);

  G_OBJECT_CLASS (porch_agent_search_parent_class)->dispose (object);
}

static void
porch_agent_search_class_init (PorchAgentSearchClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = porch_agent_search_dispose;
}

static void
porch_agent_search_init (PorchAgentSearch *self)
{
}

/**
 * porch_agent_search_new:
 * @bus: the session bus
 *
 * Returns: (transfer full): a search without an account, not yet on the bus
 */
PorchAgentSearch *
porch_agent_search_new (GDBusConnection *bus)
{
  g_return_val_if_fail (G_IS_DBUS_CONNECTION (bus), NULL);

  PorchAgentSearch *self = g_object_new (PORCH_TYPE_AGENT_SEARCH, NULL);
  self->bus = g_object_ref (bus);
  self->provider = porch_search_provider_new ();
  g_signal_connect_object (self->provider, "open-person", G_CALLBACK (on_open_person_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->provider, "open-search", G_CALLBACK (on_open_search_cb), self,
                           G_CONNECT_SWAPPED);
  return self;
}

/**
 * porch_agent_search_set_account:
 * @self: a search
 * @account: (nullable): whose contacts it finds from now on
 */
void
porch_agent_search_set_account (PorchAgentSearch *self, PorchAgentAccount *account)
{
  g_return_if_fail (PORCH_IS_AGENT_SEARCH (self));
  g_return_if_fail (account == NULL || PORCH_IS_AGENT_ACCOUNT (account));

  porch_search_provider_set_roster (
      self->provider, account != NULL ? porch_agent_account_get_roster (account) : NULL);
}

/**
 * porch_agent_search_start:
 * @self: a search; once only
 *
 * Answers the desktop's search. An agent that cannot is an agent all the same.
 */
void
porch_agent_search_start (PorchAgentSearch *self)
{
  g_return_if_fail (PORCH_IS_AGENT_SEARCH (self));

  g_autoptr (GError) error = NULL;
  if (!porch_search_provider_export (self->provider, self->bus, &error))
    g_warning ("The desktop's search finds nobody: %s", error->message);
}
