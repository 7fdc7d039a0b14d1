/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* The ways in beside the password, a button for each that the server offers. A part of
 * PorchSignInPage, which goes them.
 */

#define G_LOG_DOMAIN "porch-ui"

#include "config.h"

#include "ui/porch-sign-in-ways.h"

#include <glib/gi18n-lib.h>
#include <string.h>

struct _PorchSignInWays
{
  GtkWidget parent_instance;

  GtkBox *box;
};

G_DEFINE_FINAL_TYPE (PorchSignInWays, porch_sign_in_ways, GTK_TYPE_WIDGET)

enum
{
  SIGNAL_CHOSEN,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* Those that a browser is not needed for, in their order. */
static const struct
{
  const char *way;
  const char *label;
} buttons[] = {
  { "code", N_ ("Email Me a Code Instead") },
  { "reset", N_ ("Forgot Your Password?") },
  { "new-account", N_ ("Create an Account") },
};

/* As people know them; others by the name that the server has for them. */
static char *
name_provider (const char *provider)
{
  static const char *const names[][2] = {
    { "apple", "Apple" },       { "azure", "Microsoft" },     { "discord", "Discord" },
    { "facebook", "Facebook" }, { "github", "GitHub" },       { "gitlab", "GitLab" },
    { "google", "Google" },     { "keycloak", "Keycloak" },   { "linkedin_oidc", "LinkedIn" },
    { "slack_oidc", "Slack" },  { "twitter", "X (Twitter)" }, { "bitbucket", "Bitbucket" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_str_equal (names[i][0], provider))
      return g_strdup (names[i][1]);
  return g_strdup (provider);
}

static void
on_clicked_cb (PorchSignInWays *self, GtkButton *button)
{
  g_signal_emit (self, signals[SIGNAL_CHOSEN], 0, g_object_get_data (G_OBJECT (button), "way"));
}

static void
porch_sign_in_ways_add (PorchSignInWays *self,
                        const char *way,
                        const char *label,
                        const char *css_class)
{
  GtkWidget *button = gtk_button_new_with_label (label);

  g_object_set_data_full (G_OBJECT (button), "way", g_strdup (way), g_free);
  gtk_widget_set_halign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, css_class);
  g_signal_connect_object (button, "clicked", G_CALLBACK (on_clicked_cb), self, G_CONNECT_SWAPPED);
  gtk_box_append (self->box, button);
}

static void
porch_sign_in_ways_dispose (GObject *object)
{
  PorchSignInWays *self = PORCH_SIGN_IN_WAYS (object);
  GtkWidget *box = GTK_WIDGET (g_steal_pointer (&self->box));

  if (box != NULL)
    gtk_widget_unparent (box);

  G_OBJECT_CLASS (porch_sign_in_ways_parent_class)->dispose (object);
}

static void
porch_sign_in_ways_class_init (PorchSignInWaysClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = porch_sign_in_ways_dispose;

  signals[SIGNAL_CHOSEN] = g_signal_new ("chosen", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                         NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
}

static void
porch_sign_in_ways_init (PorchSignInWays *self)
{
  self->box = GTK_BOX (gtk_box_new (GTK_ORIENTATION_VERTICAL, 9));
  gtk_widget_set_parent (GTK_WIDGET (self->box), GTK_WIDGET (self));
}

/**
 * porch_sign_in_ways_show:
 * @self: the ways
 * @server: (nullable): what offers them
 *
 * Shows just the ways that a server offers, none where it is not known yet.
 */
void
porch_sign_in_ways_show (PorchSignInWays *self, const PorchServerInfo *server)
{
  GtkWidget *child;

  g_return_if_fail (PORCH_IS_SIGN_IN_WAYS (self));

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->box))) != NULL)
    gtk_box_remove (self->box, child);
  if (server == NULL || server->ways == NULL)
    return;

  for (guint i = 0; server->ways[i] != NULL; i++)
    if (g_str_has_prefix (server->ways[i], "browser:"))
      {
        g_autofree char *name = name_provider (server->ways[i] + strlen ("browser:"));
        /* Translators: the name of a company or a service, such as GitHub */
        g_autofree char *label = g_strdup_printf (_ ("Sign In with %s"), name);

        porch_sign_in_ways_add (self, server->ways[i], label, "pill");
      }
  for (guint i = 0; i < G_N_ELEMENTS (buttons); i++)
    if (porch_server_info_offers (server, buttons[i].way))
      porch_sign_in_ways_add (self, buttons[i].way, _ (buttons[i].label), "flat");
}
