/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* What the pages of the preferences have in common: they show what the agent has whenever it
 * changes, give each choice to the agent at once, and say what went wrong. Each page is a type of
 * its own below this; PorchPreferences owns them and hands them the agent.
 */

#define G_LOG_DOMAIN "porch-ui"

#include "config.h"

#include "ui/porch-preferences-page.h"

#include <glib/gi18n-lib.h>

/* What a locked row carries. */
#define LOCK_ICON    "porch-lock-icon"
#define OWN_SUBTITLE "porch-own-subtitle"

typedef struct
{
  PorchAgentProxy *agent;
  GCancellable *cancellable;
  /* While the widgets are set, what they tell is not the person's choice. */
  gboolean is_updating;
} PorchPreferencesPagePrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (PorchPreferencesPage,
                                     porch_preferences_page,
                                     ADW_TYPE_PREFERENCES_PAGE)

static void
porch_preferences_page_update (PorchPreferencesPage *self)
{
  PorchPreferencesPagePrivate *priv = porch_preferences_page_get_instance_private (self);

  priv->is_updating = TRUE;
  PORCH_PREFERENCES_PAGE_GET_CLASS (self)->update (self);
  priv->is_updating = FALSE;
}

static void
porch_preferences_page_real_update (PorchPreferencesPage *self)
{
}

static void
porch_preferences_page_dispose (GObject *object)
{
  PorchPreferencesPagePrivate *priv = porch_preferences_page_get_instance_private (
      PORCH_PREFERENCES_PAGE (object));

  g_cancellable_cancel (priv->cancellable);
  g_clear_object (&priv->cancellable);
  g_clear_object (&priv->agent);

  G_OBJECT_CLASS (porch_preferences_page_parent_class)->dispose (object);
}

static void
porch_preferences_page_class_init (PorchPreferencesPageClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = porch_preferences_page_dispose;

  klass->update = porch_preferences_page_real_update;
}

static void
porch_preferences_page_init (PorchPreferencesPage *self)
{
  PorchPreferencesPagePrivate *priv = porch_preferences_page_get_instance_private (self);

  priv->cancellable = g_cancellable_new ();
  priv->is_updating = TRUE;
}

/* Returns: (transfer none): the icon, which the row shows while it is locked */
static GtkWidget *
add_lock_icon (GtkWidget *row)
{
  GtkWidget *icon = gtk_image_new_from_icon_name ("changes-prevent-symbolic");
  char *subtitle;

  if (ADW_IS_EXPANDER_ROW (row))
    adw_expander_row_add_prefix (ADW_EXPANDER_ROW (row), icon);
  else
    adw_action_row_add_prefix (ADW_ACTION_ROW (row), icon);
  g_object_get (row, "subtitle", &subtitle, NULL);
  g_object_set_data (G_OBJECT (row), LOCK_ICON, icon);
  g_object_set_data_full (G_OBJECT (row), OWN_SUBTITLE, subtitle, g_free);

  return icon;
}

/**
 * porch_preferences_page_set_agent:
 * @self: a page; once only
 * @agent: what the page shows and changes
 */
void
porch_preferences_page_set_agent (PorchPreferencesPage *self, PorchAgentProxy *agent)
{
  PorchPreferencesPagePrivate *priv = porch_preferences_page_get_instance_private (self);

  g_return_if_fail (PORCH_IS_PREFERENCES_PAGE (self));
  g_return_if_fail (PORCH_IS_AGENT_PROXY (agent));
  g_return_if_fail (priv->agent == NULL);

  priv->agent = g_object_ref (agent);
  g_signal_connect_object (agent, "notify", G_CALLBACK (porch_preferences_page_update), self,
                           G_CONNECT_SWAPPED);
  porch_preferences_page_update (self);
}

/**
 * porch_preferences_page_get_agent:
 * @self: a page
 *
 * Returns: (transfer none) (nullable): the agent; %NULL before there is one, and once the page is
 *   disposed of
 */
PorchAgentProxy *
porch_preferences_page_get_agent (PorchPreferencesPage *self)
{
  PorchPreferencesPagePrivate *priv = porch_preferences_page_get_instance_private (self);

  g_return_val_if_fail (PORCH_IS_PREFERENCES_PAGE (self), NULL);

  return priv->agent;
}

/**
 * porch_preferences_page_get_cancellable:
 * @self: a page
 *
 * Returns: (transfer none) (nullable): cancelled with the page
 */
GCancellable *
porch_preferences_page_get_cancellable (PorchPreferencesPage *self)
{
  PorchPreferencesPagePrivate *priv = porch_preferences_page_get_instance_private (self);

  g_return_val_if_fail (PORCH_IS_PREFERENCES_PAGE (self), NULL);

  return priv->cancellable;
}

/**
 * porch_preferences_page_is_updating:
 * @self: a page
 *
 * Returns: whether a widget that changes now does so because it is being set, and not because the
 *   person chose something; so it is as long as there is no agent
 */
gboolean
porch_preferences_page_is_updating (PorchPreferencesPage *self)
{
  PorchPreferencesPagePrivate *priv = porch_preferences_page_get_instance_private (self);

  g_return_val_if_fail (PORCH_IS_PREFERENCES_PAGE (self), TRUE);

  return priv->is_updating;
}

/**
 * porch_preferences_page_say:
 * @self: a page in a preferences window
 * @words: a sentence for the person
 */
void
porch_preferences_page_say (PorchPreferencesPage *self, const char *words)
{
  g_return_if_fail (PORCH_IS_PREFERENCES_PAGE (self));
  g_return_if_fail (words != NULL);

  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  g_autofree char *escaped = g_markup_escape_text (words, -1);

  if (ADW_IS_PREFERENCES_WINDOW (root))
    adw_preferences_window_add_toast (ADW_PREFERENCES_WINDOW (root), adw_toast_new (escaped));
}

/**
 * porch_preferences_page_check:
 * @self: a page
 * @error: (nullable): how a call ended
 *
 * Says what went wrong, unless the window was closed meanwhile.
 *
 * Returns: whether nothing did
 */
gboolean
porch_preferences_page_check (PorchPreferencesPage *self, const GError *error)
{
  g_return_val_if_fail (PORCH_IS_PREFERENCES_PAGE (self), FALSE);

  if (error == NULL)
    return TRUE;

  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    porch_preferences_page_say (self, error->message);

  return FALSE;
}

/**
 * porch_preferences_page_show_locked:
 * @self: a page
 * @row: (type AdwPreferencesRow): a row of it with a subtitle
 * @locked: whether an administrator's policy holds what the row sets
 *
 * A locked row shows what is set, and that it cannot be changed here.
 */
void
porch_preferences_page_show_locked (PorchPreferencesPage *self, GtkWidget *row, gboolean locked)
{
  g_return_if_fail (PORCH_IS_PREFERENCES_PAGE (self));
  g_return_if_fail (ADW_IS_ACTION_ROW (row) || ADW_IS_EXPANDER_ROW (row));

  GtkWidget *icon;

  if (gtk_widget_get_sensitive (row) == !locked)
    return;

  icon = g_object_get_data (G_OBJECT (row), LOCK_ICON);
  if (icon == NULL)
    icon = add_lock_icon (row);
  gtk_widget_set_visible (icon, locked);
  gtk_widget_set_sensitive (row, !locked);
  g_object_set (row, "subtitle",
                locked ? _ ("Locked by your administrator")
                       : g_object_get_data (G_OBJECT (row), OWN_SUBTITLE),
                NULL);
}

/**
 * porch_preferences_page_on_set_cb:
 * @source: the agent
 * @result: how a verb that sets something ended
 * @user_data: (transfer full): the page
 *
 * Where setting failed, the rows show again what is. A #GAsyncReadyCallback.
 */
void
porch_preferences_page_on_set_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PorchPreferencesPage) self = user_data;
  g_autoptr (GError) error = NULL;

  porch_agent_proxy_call_finish (PORCH_AGENT_PROXY (source), result, &error);
  if (!porch_preferences_page_check (self, error)
      && porch_preferences_page_get_agent (self) != NULL)
    porch_preferences_page_update (self);
}
