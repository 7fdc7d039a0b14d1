/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* Oneself, above the list: picture, name, one line that tells the truth, and the menu to appear
 * offline. Follows PorchAgentProxy; the countdown to the next try ticks only while it is on the
 * screen and there is something to count. What it says is made in porch-own-status.c.
 */

#define G_LOG_DOMAIN "porch-ui"

#include "config.h"

#include "ui/porch-own-row.h"

#include <glib/gi18n-lib.h>

#include "ui/porch-display-clock.h"
#include "ui/porch-own-status.h"
#include "ui/porch-status-avatar.h"

struct _PorchOwnRow
{
  GtkWidget parent_instance;

  PorchStatusAvatar *avatar;
  GtkLabel *name_label;
  GtkLabel *status_label;

  PorchAgentProxy *agent;
  GCancellable *cancellable;
  guint countdown_id;
};

enum
{
  PROP_0,
  PROP_PRESENCE,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (PorchOwnRow, porch_own_row, GTK_TYPE_WIDGET)

static gint64
get_local_now_us (void)
{
  return porch_clock_get_real_us (
      porch_display_clock_get_clock (porch_display_clock_get_default ()));
}

static void porch_own_row_update (PorchOwnRow *self);

static gboolean
on_countdown_cb (gpointer user_data)
{
  PorchOwnRow *self = user_data;

  self->countdown_id = 0;
  porch_own_row_update (self);

  return G_SOURCE_REMOVE;
}

/* The line changes by itself only while it counts seconds, or at the end of a chosen time. */
static void
porch_own_row_arm_countdown (PorchOwnRow *self, const PorchOwnState *own)
{
  PorchClock *clock = porch_display_clock_get_clock (porch_display_clock_get_default ());
  gboolean counts = g_strcmp0 (own->state, "waiting") == 0
                    && own->next_try_us > porch_clock_get_real_us (clock);

  porch_clock_clear_timeout (clock, &self->countdown_id);
  if (counts && gtk_widget_get_mapped (GTK_WIDGET (self)))
    self->countdown_id = porch_clock_add_timeout (clock, 1000, on_countdown_cb, self);
}

static void
porch_own_row_update (PorchOwnRow *self)
{
  PorchOwnState own;
  g_autofree char *line = NULL;
  g_autofree char *tooltip = NULL;
  const char *name;

  if (self->agent == NULL)
    return;

  porch_own_state_read (&own, self->agent);
  line = porch_own_state_format (&own, get_local_now_us ());
  name = porch_agent_proxy_get_name (self->agent);
  if (name == NULL || *name == '\0')
    name = porch_agent_proxy_get_email (self->agent);

  gtk_label_set_label (self->name_label, name != NULL ? name : "");
  gtk_label_set_label (self->status_label, line);
  if (own.appear_offline)
    tooltip = g_strdup_printf ("%s\n%s", line,
                               porch_own_status_describe_appear_offline (self->agent));
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->status_label), tooltip != NULL ? tooltip : line);
  porch_status_avatar_set_name (self->avatar, name);
  porch_status_avatar_set_avatar (self->avatar, porch_agent_proxy_get_avatar (self->agent));
  porch_status_avatar_set_status (self->avatar, porch_own_state_get_shown_status (&own));
  porch_own_row_arm_countdown (self, &own);
}

static void
on_agent_notify_cb (PorchOwnRow *self, GParamSpec *pspec)
{
  porch_own_row_update (self);
  if (g_str_has_prefix (pspec->name, "appear-offline"))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PRESENCE]);
}

static gint64
get_tomorrow_us (void)
{
  g_autoptr (GDateTime) now = g_date_time_new_from_unix_local (get_local_now_us ()
                                                               / G_USEC_PER_SEC);
  g_autoptr (GDateTime) later = g_date_time_add_days (now, 1);
  g_autoptr (GDateTime) midnight = g_date_time_new_local (
      g_date_time_get_year (later), g_date_time_get_month (later),
      g_date_time_get_day_of_month (later), 0, 0, 0);

  return g_date_time_to_unix (midnight) * G_USEC_PER_SEC;
}

/* What was chosen, as the menu names it. */
static const char *
porch_own_row_get_presence (PorchOwnRow *self)
{
  gint64 until_us;

  if (self->agent == NULL || !porch_agent_proxy_get_appear_offline (self->agent))
    return "online";

  until_us = porch_agent_proxy_get_appear_offline_until_us (self->agent);
  if (until_us == 0)
    return "offline";

  return until_us == get_tomorrow_us () ? "tomorrow" : "hour";
}

static void
on_presence_set_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PorchOwnRow) self = user_data;
  g_autoptr (GError) error = NULL;

  if (porch_agent_proxy_call_finish (PORCH_AGENT_PROXY (source), result, &error)
      || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  g_warning ("Cannot change whether to appear offline: %s", error->message);
  gtk_widget_activate_action (GTK_WIDGET (self), "win.report", "s", error->message);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PRESENCE]);
}

static void
porch_own_row_choose (PorchOwnRow *self, const char *presence)
{
  gboolean offline = g_strcmp0 (presence, "online") != 0;
  gint64 until_us = 0;

  if (self->agent == NULL)
    return;

  if (g_strcmp0 (presence, "hour") == 0)
    until_us = get_local_now_us () + G_TIME_SPAN_HOUR;
  else if (g_strcmp0 (presence, "tomorrow") == 0)
    until_us = get_tomorrow_us ();

  porch_agent_proxy_set_appear_offline_async (self->agent, offline, until_us, self->cancellable,
                                              on_presence_set_cb, g_object_ref (self));
}

static void
porch_own_row_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (porch_own_row_parent_class)->map (widget);

  porch_own_row_update (PORCH_OWN_ROW (widget));
}

static void
porch_own_row_unmap (GtkWidget *widget)
{
  PorchOwnRow *self = PORCH_OWN_ROW (widget);

  GTK_WIDGET_CLASS (porch_own_row_parent_class)->unmap (widget);

  porch_clock_clear_timeout (porch_display_clock_get_clock (porch_display_clock_get_default ()),
                             &self->countdown_id);
}

static void
porch_own_row_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_PRESENCE:
      g_value_set_string (value, porch_own_row_get_presence (PORCH_OWN_ROW (object)));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
porch_own_row_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_PRESENCE:
      porch_own_row_choose (PORCH_OWN_ROW (object), g_value_get_string (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
porch_own_row_dispose (GObject *object)
{
  PorchOwnRow *self = PORCH_OWN_ROW (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  porch_clock_clear_timeout (porch_display_clock_get_clock (porch_display_clock_get_default ()),
                             &self->countdown_id);
  g_clear_object (&self->agent);
  for (GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (self)); child != NULL;
       child = gtk_widget_get_first_child (GTK_WIDGET (self)))
    gtk_widget_unparent (child);

  G_OBJECT_CLASS (porch_own_row_parent_class)->dispose (object);
}

static void
porch_own_row_class_init (PorchOwnRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = porch_own_row_get_property;
  object_class->set_property = porch_own_row_set_property;
  object_class->dispose = porch_own_row_dispose;
  widget_class->map = porch_own_row_map;
  widget_class->unmap = porch_own_row_unmap;

  /**
   * PorchOwnRow:presence:
   *
   * What the person chose: "online", "offline", or offline for an "hour" or until "tomorrow". It is
   * the state of the menu's action; setting it asks the agent.
   */
  properties[PROP_PRESENCE] = g_param_spec_string ("presence", NULL, NULL, "online",
                                                   G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY
                                                       | G_PARAM_STATIC_STRINGS);

  g_object_class_install_properties (object_class, N_PROPS, properties);

  g_type_ensure (PORCH_TYPE_STATUS_AVATAR);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/app/porchlight/Porchlight/ui/porch-own-row.ui");
  gtk_widget_class_bind_template_child (widget_class, PorchOwnRow, avatar);
  gtk_widget_class_bind_template_child (widget_class, PorchOwnRow, name_label);
  gtk_widget_class_bind_template_child (widget_class, PorchOwnRow, status_label);
  gtk_widget_class_install_property_action (widget_class, "own.presence", "presence");
  gtk_widget_class_set_css_name (widget_class, "ownrow");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
porch_own_row_init (PorchOwnRow *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * porch_own_row_set_agent:
 * @self: an own row
 * @agent: whose account is shown; set once
 */
void
porch_own_row_set_agent (PorchOwnRow *self, PorchAgentProxy *agent)
{
  g_return_if_fail (PORCH_IS_OWN_ROW (self));
  g_return_if_fail (PORCH_IS_AGENT_PROXY (agent));
  g_return_if_fail (self->agent == NULL);

  self->agent = g_object_ref (agent);
  g_signal_connect_object (agent, "notify", G_CALLBACK (on_agent_notify_cb), self,
                           G_CONNECT_SWAPPED);
  porch_own_row_update (self);
}
