/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* The page about the person's own presence: appearing offline, when being away
 * counts, and starting at log-in. A page
 * of PorchPreferences; the agent does the work.
 */

#define G_LOG_DOMAIN "porch-ui"

#include "config.h"

#include "ui/porch-preferences-presence.h"

#include "presence/porch-message-budget.h"
#include "ui/porch-combo-row.h"
#include "ui/porch-own-status.h"

#include <glib/gi18n-lib.h>

struct _PorchPreferencesPresence
{
  PorchPreferencesPage parent_instance;

  AdwActionRow *appear_offline_row;
  GtkSwitch *appear_offline_switch;
  AdwComboRow *away_after_row;
  AdwComboRow *heartbeat_row;
  GtkSwitch *start_switch;
};

/* The rows of away_after_row, in minutes; 0 for never. */
static const guint away_after_minutes[] = { 0, 5, 10, 15, 30 };
/* The rows of heartbeat_row, in seconds; 0 for what the server says. */
static const guint heartbeats_s[] = { 0, 30, 60, 120 };

G_DEFINE_FINAL_TYPE (PorchPreferencesPresence,
                     porch_preferences_presence,
                     PORCH_TYPE_PREFERENCES_PAGE)

static gboolean
on_appear_offline_state_set_cb (PorchPreferencesPresence *self, gboolean state)
{
  PorchPreferencesPage *page = PORCH_PREFERENCES_PAGE (self);
  PorchAgentProxy *agent = porch_preferences_page_get_agent (page);

  if (!porch_preferences_page_is_updating (page)
      && state != porch_agent_proxy_get_appear_offline (agent))
    porch_agent_proxy_set_appear_offline_async (
        agent, state, 0, porch_preferences_page_get_cancellable (page),
        porch_preferences_page_on_set_cb, g_object_ref (self));

  return FALSE;
}

static void
on_away_after_selected_cb (PorchPreferencesPresence *self)
{
  PorchPreferencesPage *page = PORCH_PREFERENCES_PAGE (self);
  guint selected = adw_combo_row_get_selected (self->away_after_row);

  if (porch_preferences_page_is_updating (page) || selected >= G_N_ELEMENTS (away_after_minutes))
    return;

  porch_agent_proxy_set_away_after_minutes_async (
      porch_preferences_page_get_agent (page), away_after_minutes[selected],
      porch_preferences_page_get_cancellable (page), porch_preferences_page_on_set_cb,
      g_object_ref (self));
}

static void
on_heartbeat_selected_cb (PorchPreferencesPresence *self)
{
  PorchPreferencesPage *page = PORCH_PREFERENCES_PAGE (self);
  guint selected = adw_combo_row_get_selected (self->heartbeat_row);

  if (porch_preferences_page_is_updating (page) || selected >= G_N_ELEMENTS (heartbeats_s))
    return;

  porch_agent_proxy_set_heartbeat_s_async (porch_preferences_page_get_agent (page),
                                           heartbeats_s[selected],
                                           porch_preferences_page_get_cancellable (page),
                                           porch_preferences_page_on_set_cb, g_object_ref (self));
}

/* What it costs where each is a message; on porchlightd only a change is one. */
static char *
describe_heartbeat (guint heartbeat_s)
{
  if (heartbeat_s == 0)
    return g_strdup (_ ("A Porchlight server sends a message on only when something changes"));

  return g_strdup_printf (
      /* Translators: how many messages in a day, and for how many people they are enough */
      _ ("On a web app with Pusher up to %u messages a day from you; a free plan is enough for %u "
         "people"),
      porch_message_budget_per_day (heartbeat_s),
      porch_message_budget_people (heartbeat_s, PORCH_FREE_MESSAGES));
}

static gboolean
starts_at_login (PorchAgentProxy *agent)
{
  return g_str_equal (porch_agent_proxy_get_start_at_login (agent), "on");
}

static gboolean
on_start_state_set_cb (PorchPreferencesPresence *self, gboolean state)
{
  PorchPreferencesPage *page = PORCH_PREFERENCES_PAGE (self);
  PorchAgentProxy *agent = porch_preferences_page_get_agent (page);

  if (!porch_preferences_page_is_updating (page) && state != starts_at_login (agent))
    porch_agent_proxy_set_start_at_login_async (
        agent, state, porch_preferences_page_get_cancellable (page),
        porch_preferences_page_on_set_cb, g_object_ref (self));

  return FALSE;
}

static void
porch_preferences_presence_update (PorchPreferencesPage *page)
{
  PorchPreferencesPresence *self = PORCH_PREFERENCES_PRESENCE (page);
  PorchAgentProxy *agent = porch_preferences_page_get_agent (page);

  adw_action_row_set_subtitle (self->appear_offline_row,
                               porch_own_status_describe_appear_offline (agent));
  gtk_switch_set_active (self->appear_offline_switch, porch_agent_proxy_get_appear_offline (agent));
  porch_preferences_page_show_locked (page, GTK_WIDGET (self->away_after_row),
                                      porch_agent_proxy_is_locked (agent, "away-after"));
  for (guint i = 0; i < G_N_ELEMENTS (away_after_minutes); i++)
    if (away_after_minutes[i] == porch_agent_proxy_get_away_after_minutes (agent))
      adw_combo_row_set_selected (self->away_after_row, i);
  for (guint i = 0; i < G_N_ELEMENTS (heartbeats_s); i++)
    if (heartbeats_s[i] == porch_agent_proxy_get_heartbeat_s (agent))
      {
        g_autofree char *cost = describe_heartbeat (heartbeats_s[i]);

        adw_combo_row_set_selected (self->heartbeat_row, i);
        adw_action_row_set_subtitle (ADW_ACTION_ROW (self->heartbeat_row), cost);
      }
  porch_preferences_page_show_locked (page, GTK_WIDGET (self->heartbeat_row),
                                      porch_agent_proxy_is_locked (agent, "heartbeat"));
  gtk_switch_set_active (self->start_switch, starts_at_login (agent));
}

static void
porch_preferences_presence_class_init (PorchPreferencesPresenceClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  PORCH_PREFERENCES_PAGE_CLASS (klass)->update = porch_preferences_presence_update;

  gtk_widget_class_set_template_from_resource (
      widget_class, "/app/porchlight/Porchlight/ui/porch-preferences-presence.ui");
  gtk_widget_class_bind_template_child (widget_class, PorchPreferencesPresence, appear_offline_row);
  gtk_widget_class_bind_template_child (widget_class, PorchPreferencesPresence,
                                        appear_offline_switch);
  gtk_widget_class_bind_template_child (widget_class, PorchPreferencesPresence, away_after_row);
  gtk_widget_class_bind_template_child (widget_class, PorchPreferencesPresence, heartbeat_row);
  gtk_widget_class_bind_template_child (widget_class, PorchPreferencesPresence, start_switch);
  gtk_widget_class_bind_template_callback (widget_class, on_heartbeat_selected_cb);
  gtk_widget_class_bind_template_callback (widget_class, on_appear_offline_state_set_cb);
  gtk_widget_class_bind_template_callback (widget_class, on_away_after_selected_cb);
  gtk_widget_class_bind_template_callback (widget_class, on_start_state_set_cb);
}

static void
porch_preferences_presence_init (PorchPreferencesPresence *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  porch_combo_row_show_whole (self->away_after_row);
  porch_combo_row_show_whole (self->heartbeat_row);
}
