/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* What is wrong with the connection, when the next try is, and a button that helps. Shown only
 * while something is wrong; PorchAgentProxy says what. The exact error is behind "Details" and can
 * be copied from there. It does nothing itself: its button activates an action of the window.
 */

#define G_LOG_DOMAIN "porch-ui"

#include "config.h"

#include "ui/porch-connection-banner.h"

#include <glib/gi18n-lib.h>

#include "ui/porch-display-clock.h"
#include "ui/porch-own-status.h"

struct _PorchConnectionBanner
{
  GtkWidget parent_instance;

  GtkRevealer *revealer;
  GtkLabel *title_label;
  GtkLabel *next_try_label;
  GtkMenuButton *details_button;
  GtkLabel *details_label;
  GtkButton *help_button;

  PorchAgentProxy *agent;
  guint countdown_id;
};

/* What the banner says: no title where nothing is wrong. */
typedef struct
{
  const char *title;
  const char *button;
  const char *action;
} Trouble;

G_DEFINE_FINAL_TYPE (PorchConnectionBanner, porch_connection_banner, GTK_TYPE_WIDGET)

static PorchClock *
get_clock (void)
{
  return porch_display_clock_get_clock (porch_display_clock_get_default ());
}

static gboolean
is_set (const char *string)
{
  return string != NULL && *string != '\0';
}

static Trouble
find_trouble (PorchAgentProxy *agent)
{
  const char *state = porch_agent_proxy_get_state (agent);
  const char *code = porch_agent_proxy_get_error_code (agent);
  const char *message = porch_agent_proxy_get_error_message (agent);
  Trouble trouble = { NULL, NULL, NULL };

  if (!porch_agent_proxy_get_has_account (agent))
    return trouble;

  if (!porch_agent_proxy_get_running (agent))
    return (Trouble){ _ ("Porchlight’s background part has stopped"), _ ("Start It Again"),
                      "win.reload" };

  if (g_strcmp0 (state, "signed-out") == 0)
    return (Trouble){ _ ("You are signed out"), _ ("Sign In Again"), "win.sign-in" };

  if (is_set (code))
    trouble.title = is_set (message) ? message : _ ("Something is wrong with the connection");
  else if (g_strcmp0 (state, "no-network") == 0)
    trouble.title = _ ("There is no network");
  else if (g_strcmp0 (state, "waiting") == 0)
    trouble.title = _ ("The connection was lost");

  if (g_strcmp0 (code, "server-changed") == 0)
    return (Trouble){ message, _ ("Sign In Again"), "win.sign-in" };

  /* While a try is under way there is nothing to press. */
  if (trouble.title != NULL
      && (g_strcmp0 (state, "waiting") == 0 || g_strcmp0 (state, "no-network") == 0))
    {
      trouble.button = _ ("Try Now");
      trouble.action = "win.try-now";
    }

  return trouble;
}

static void porch_connection_banner_update (PorchConnectionBanner *self);

static gboolean
on_countdown_cb (gpointer user_data)
{
  PorchConnectionBanner *self = user_data;

  self->countdown_id = 0;
  porch_connection_banner_update (self);

  return G_SOURCE_REMOVE;
}

static void
porch_connection_banner_update_next_try (PorchConnectionBanner *self)
{
  gint64 now_us = porch_clock_get_real_us (get_clock ());
  gint64 next_try_us = porch_agent_proxy_get_next_try_us (self->agent);
  gboolean counts = next_try_us > now_us && porch_agent_proxy_get_running (self->agent)
                    && g_strcmp0 (porch_agent_proxy_get_state (self->agent), "waiting") == 0;

  porch_clock_clear_timeout (get_clock (), &self->countdown_id);
  gtk_widget_set_visible (GTK_WIDGET (self->next_try_label), counts);
  if (!counts)
    return;

  g_autofree char *left = porch_format_next_try (next_try_us, now_us);
  /* Translators: "12 s" or "2:05 min". */
  g_autofree char *line = g_strdup_printf (_ ("Next try in %s"), left);

  gtk_label_set_label (self->next_try_label, line);
  if (gtk_widget_get_mapped (GTK_WIDGET (self)))
    self->countdown_id = porch_clock_add_timeout (get_clock (), 1000, on_countdown_cb, self);
}

static void
porch_connection_banner_update (PorchConnectionBanner *self)
{
  Trouble trouble = find_trouble (self->agent);
  const char *detail = porch_agent_proxy_get_error_detail (self->agent);

  /* What it said stays to be read while it goes. */
  gtk_revealer_set_reveal_child (self->revealer, trouble.title != NULL);
  if (trouble.title == NULL)
    {
      porch_clock_clear_timeout (get_clock (), &self->countdown_id);
      return;
    }

  gtk_label_set_label (self->title_label, trouble.title);
  gtk_widget_set_visible (GTK_WIDGET (self->help_button), trouble.button != NULL);
  if (trouble.button != NULL)
    {
      gtk_button_set_label (self->help_button, trouble.button);
      gtk_actionable_set_action_name (GTK_ACTIONABLE (self->help_button), trouble.action);
    }
  gtk_widget_set_visible (GTK_WIDGET (self->details_button), is_set (detail));
  gtk_label_set_label (self->details_label, detail != NULL ? detail : "");
  porch_connection_banner_update_next_try (self);
}

static void
on_copy_clicked_cb (PorchConnectionBanner *self)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)),
                          gtk_label_get_label (self->details_label));
  gtk_menu_button_popdown (self->details_button);
}

static void
porch_connection_banner_map (GtkWidget *widget)
{
  PorchConnectionBanner *self = PORCH_CONNECTION_BANNER (widget);

  GTK_WIDGET_CLASS (porch_connection_banner_parent_class)->map (widget);

  if (self->agent != NULL)
    porch_connection_banner_update (self);
}

static void
porch_connection_banner_unmap (GtkWidget *widget)
{
  PorchConnectionBanner *self = PORCH_CONNECTION_BANNER (widget);

  GTK_WIDGET_CLASS (porch_connection_banner_parent_class)->unmap (widget);

  porch_clock_clear_timeout (get_clock (), &self->countdown_id);
}

static void
porch_connection_banner_dispose (GObject *object)
{
  PorchConnectionBanner *self = PORCH_CONNECTION_BANNER (object);

  porch_clock_clear_timeout (get_clock (), &self->countdown_id);
  g_clear_object (&self->agent);
  g_clear_pointer ((GtkWidget **) &self->revealer, gtk_widget_unparent);

  G_OBJECT_CLASS (porch_connection_banner_parent_class)->dispose (object);
}

static void
porch_connection_banner_class_init (PorchConnectionBannerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = porch_connection_banner_dispose;
  widget_class->map = porch_connection_banner_map;
  widget_class->unmap = porch_connection_banner_unmap;

  gtk_widget_class_set_template_from_resource (
      widget_class, "/app/porchlight/Porchlight/ui/porch-connection-banner.ui");
  gtk_widget_class_bind_template_child (widget_class, PorchConnectionBanner, revealer);
  gtk_widget_class_bind_template_child (widget_class, PorchConnectionBanner, title_label);
  gtk_widget_class_bind_template_child (widget_class, PorchConnectionBanner, next_try_label);
  gtk_widget_class_bind_template_child (widget_class, PorchConnectionBanner, details_button);
  gtk_widget_class_bind_template_child (widget_class, PorchConnectionBanner, details_label);
  gtk_widget_class_bind_template_child (widget_class, PorchConnectionBanner, help_button);
  gtk_widget_class_bind_template_callback (widget_class, on_copy_clicked_cb);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "connectionbanner");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_ALERT);
}

static void
porch_connection_banner_init (PorchConnectionBanner *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * porch_connection_banner_set_agent:
 * @self: a banner
 * @agent: whose connection is watched; set once
 */
void
porch_connection_banner_set_agent (PorchConnectionBanner *self, PorchAgentProxy *agent)
{
  g_return_if_fail (PORCH_IS_CONNECTION_BANNER (self));
  g_return_if_fail (PORCH_IS_AGENT_PROXY (agent));
  g_return_if_fail (self->agent == NULL);

  self->agent = g_object_ref (agent);
  g_signal_connect_object (agent, "notify", G_CALLBACK (porch_connection_banner_update), self,
                           G_CONNECT_SWAPPED);
  porch_connection_banner_update (self);
}
