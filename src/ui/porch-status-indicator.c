/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* A person's status as a dot and, where wanted, in words: "Online" or "Last active 5m ago". A
 * widget of its own for any .ui. It follows the contact that it is given and words its label anew
 * once a minute while it is on the screen; it changes nothing about the contact.
 */

#define G_LOG_DOMAIN "porch-ui"

#include "config.h"

#include "ui/porch-status-indicator.h"

#include <glib/gi18n-lib.h>

#include "presence/porch-last-active.h"
#include "ui/porch-display-clock.h"

struct _PorchStatusIndicator
{
  GtkWidget parent_instance;

  GtkWidget *dot;
  GtkWidget *label;

  PorchContact *user;
  gboolean show_last_active;
};

enum
{
  PROP_0,
  PROP_USER,
  PROP_SHOW_LABEL,
  PROP_SHOW_LAST_ACTIVE,
  PROP_SIZE,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (PorchStatusIndicator, porch_status_indicator, GTK_TYPE_WIDGET)

static char *
porch_status_indicator_describe (PorchStatusIndicator *self)
{
  PorchStatus status = self->user != NULL ? porch_contact_get_status (self->user)
                                          : PORCH_STATUS_UNKNOWN;

  if (self->user != NULL && self->show_last_active)
    return porch_contact_format_status (
        self->user, porch_display_clock_get_now_us (porch_display_clock_get_default ()));

  switch (status)
    {
    case PORCH_STATUS_ONLINE:
      return g_strdup (_ ("Online"));
    case PORCH_STATUS_OFFLINE:
      return g_strdup (_ ("Offline"));
    case PORCH_STATUS_UNKNOWN:
    default:
      return g_strdup (_ ("Not known"));
    }
}

static void
porch_status_indicator_update (PorchStatusIndicator *self)
{
  g_autofree char *words = porch_status_indicator_describe (self);
  g_autofree char *exact = NULL;
  PorchStatus status = PORCH_STATUS_UNKNOWN;

  if (self->user != NULL)
    {
      status = porch_contact_get_status (self->user);
      exact = porch_last_active_format_exact (porch_contact_get_last_active_us (self->user));
    }

  porch_status_dot_set_status (PORCH_STATUS_DOT (self->dot), status);
  gtk_label_set_label (GTK_LABEL (self->label), words);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), exact);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
}

static void
porch_status_indicator_map (GtkWidget *widget)
{
  PorchStatusIndicator *self = PORCH_STATUS_INDICATOR (widget);
  PorchDisplayClock *clock = porch_display_clock_get_default ();

  porch_display_clock_hold (clock);
  g_signal_connect_swapped (clock, "tick", G_CALLBACK (porch_status_indicator_update), self);
  porch_status_indicator_update (self);

  GTK_WIDGET_CLASS (porch_status_indicator_parent_class)->map (widget);
}

static void
porch_status_indicator_unmap (GtkWidget *widget)
{
  PorchDisplayClock *clock = porch_display_clock_get_default ();

  GTK_WIDGET_CLASS (porch_status_indicator_parent_class)->unmap (widget);

  g_signal_handlers_disconnect_by_func (clock, porch_status_indicator_update, widget);
  porch_display_clock_release (clock);
}

static void
porch_status_indicator_get_property (GObject *object,
                                     guint prop_id,
                                     GValue *value,
                                     GParamSpec *pspec)
{
  PorchStatusIndicator *self = PORCH_STATUS_INDICATOR (object);

  switch (prop_id)
    {
    case PROP_USER:
      g_value_set_object (value, self->user);
      break;
    case PROP_SHOW_LABEL:
      g_value_set_boolean (value, porch_status_indicator_get_show_label (self));
      break;
    case PROP_SHOW_LAST_ACTIVE:
      g_value_set_boolean (value, self->show_last_active);
      break;
    case PROP_SIZE:
      g_value_set_enum (value, porch_status_indicator_get_size (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
porch_status_indicator_set_property (GObject *object,
                                     guint prop_id,
                                     const GValue *value,
                                     GParamSpec *pspec)
{
  PorchStatusIndicator *self = PORCH_STATUS_INDICATOR (object);

  switch (prop_id)
    {
    case PROP_USER:
      porch_status_indicator_set_user (self, g_value_get_object (value));
      break;
    case PROP_SHOW_LABEL:
      porch_status_indicator_set_show_label (self, g_value_get_boolean (value));
      break;
    case PROP_SHOW_LAST_ACTIVE:
      porch_status_indicator_set_show_last_active (self, g_value_get_boolean (value));
      break;
    case PROP_SIZE:
      porch_status_indicator_set_size (self, g_value_get_enum (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
porch_status_indicator_dispose (GObject *object)
{
  PorchStatusIndicator *self = PORCH_STATUS_INDICATOR (object);

  if (self->user != NULL)
    g_signal_handlers_disconnect_by_data (self->user, self);
  g_clear_object (&self->user);
  g_clear_pointer (&self->dot, gtk_widget_unparent);
  g_clear_pointer (&self->label, gtk_widget_unparent);

  G_OBJECT_CLASS (porch_status_indicator_parent_class)->dispose (object);
}

static void
porch_status_indicator_class_init (PorchStatusIndicatorClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->get_property = porch_status_indicator_get_property;
  object_class->set_property = porch_status_indicator_set_property;
  object_class->dispose = porch_status_indicator_dispose;
  widget_class->map = porch_status_indicator_map;
  widget_class->unmap = porch_status_indicator_unmap;

  /**
   * PorchStatusIndicator:user: (nullable)
   *
   * Whose status is shown.
   */
  properties[PROP_USER] = g_param_spec_object ("user", NULL, NULL, PORCH_TYPE_CONTACT, flags);

  /**
   * PorchStatusIndicator:show-label:
   *
   * Whether the status is said in words beside the dot.
   */
  properties[PROP_SHOW_LABEL] = g_param_spec_boolean ("show-label", NULL, NULL, FALSE, flags);

  /**
   * PorchStatusIndicator:show-last-active:
   *
   * Whether the words of who is offline are "Last active 5m ago" rather than "Offline".
   */
  properties[PROP_SHOW_LAST_ACTIVE] = g_param_spec_boolean ("show-last-active", NULL, NULL, FALSE,
                                                            flags);

  /**
   * PorchStatusIndicator:size:
   *
   * How large the dot is.
   */
  properties[PROP_SIZE] = g_param_spec_enum ("size", NULL, NULL, PORCH_TYPE_INDICATOR_SIZE,
                                             PORCH_INDICATOR_SIZE_MD, flags);

  g_object_class_install_properties (object_class, N_PROPS, properties);

  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "statusindicator");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
porch_status_indicator_init (PorchStatusIndicator *self)
{
  self->dot = porch_status_dot_new ();
  gtk_widget_set_valign (self->dot, GTK_ALIGN_CENTER);
  gtk_widget_set_parent (self->dot, GTK_WIDGET (self));

  self->label = gtk_label_new (NULL);
  gtk_label_set_ellipsize (GTK_LABEL (self->label), PANGO_ELLIPSIZE_END);
  gtk_label_set_xalign (GTK_LABEL (self->label), 0);
  gtk_widget_set_visible (self->label, FALSE);
  gtk_widget_set_parent (self->label, GTK_WIDGET (self));

  porch_status_indicator_update (self);
}

/**
 * porch_status_indicator_new:
 *
 * Returns: (transfer floating): an indicator of nobody yet
 */
GtkWidget *
porch_status_indicator_new (void)
{
  return g_object_new (PORCH_TYPE_STATUS_INDICATOR, NULL);
}

/**
 * porch_status_indicator_get_user:
 * @self: an indicator
 *
 * Returns: (transfer none) (nullable): whose status is shown
 */
PorchContact *
porch_status_indicator_get_user (PorchStatusIndicator *self)
{
  g_return_val_if_fail (PORCH_IS_STATUS_INDICATOR (self), NULL);

  return self->user;
}

/**
 * porch_status_indicator_set_user:
 * @self: an indicator
 * @user: (nullable): whose status to show
 */
void
porch_status_indicator_set_user (PorchStatusIndicator *self, PorchContact *user)
{
  g_return_if_fail (PORCH_IS_STATUS_INDICATOR (self));
  g_return_if_fail (user == NULL || PORCH_IS_CONTACT (user));

  if (self->user == user)
    return;

  if (self->user != NULL)
    g_signal_handlers_disconnect_by_data (self->user, self);
  g_set_object (&self->user, user);
  if (user != NULL)
    g_signal_connect_swapped (user, "notify", G_CALLBACK (porch_status_indicator_update), self);

  porch_status_indicator_update (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_USER]);
}

/**
 * porch_status_indicator_get_show_label:
 * @self: an indicator
 *
 * Returns: whether the status is said in words
 */
gboolean
porch_status_indicator_get_show_label (PorchStatusIndicator *self)
{
  g_return_val_if_fail (PORCH_IS_STATUS_INDICATOR (self), FALSE);

  return gtk_widget_get_visible (self->label);
}

/**
 * porch_status_indicator_set_show_label:
 * @self: an indicator
 * @show_label: whether to say the status in words
 */
void
porch_status_indicator_set_show_label (PorchStatusIndicator *self, gboolean show_label)
{
  g_return_if_fail (PORCH_IS_STATUS_INDICATOR (self));

  if (porch_status_indicator_get_show_label (self) == !!show_label)
    return;

  gtk_widget_set_visible (self->label, show_label);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SHOW_LABEL]);
}

/**
 * porch_status_indicator_get_show_last_active:
 * @self: an indicator
 *
 * Returns: whether the words tell since when somebody is away
 */
gboolean
porch_status_indicator_get_show_last_active (PorchStatusIndicator *self)
{
  g_return_val_if_fail (PORCH_IS_STATUS_INDICATOR (self), FALSE);

  return self->show_last_active;
}

/**
 * porch_status_indicator_set_show_last_active:
 * @self: an indicator
 * @show_last_active: whether the words are to tell since when somebody is away
 */
void
porch_status_indicator_set_show_last_active (PorchStatusIndicator *self, gboolean show_last_active)
{
  g_return_if_fail (PORCH_IS_STATUS_INDICATOR (self));

  show_last_active = !!show_last_active;
  if (self->show_last_active == show_last_active)
    return;

  self->show_last_active = show_last_active;
  porch_status_indicator_update (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SHOW_LAST_ACTIVE]);
}

/**
 * porch_status_indicator_get_size:
 * @self: an indicator
 *
 * Returns: how large the dot is
 */
PorchIndicatorSize
porch_status_indicator_get_size (PorchStatusIndicator *self)
{
  g_return_val_if_fail (PORCH_IS_STATUS_INDICATOR (self), PORCH_INDICATOR_SIZE_MD);

  return porch_status_dot_get_size (PORCH_STATUS_DOT (self->dot));
}

/**
 * porch_status_indicator_set_size:
 * @self: an indicator
 * @size: how large the dot is to be
 */
void
porch_status_indicator_set_size (PorchStatusIndicator *self, PorchIndicatorSize size)
{
  g_return_if_fail (PORCH_IS_STATUS_INDICATOR (self));

  if (porch_status_indicator_get_size (self) == size)
    return;

  porch_status_dot_set_size (PORCH_STATUS_DOT (self->dot), size);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SIZE]);
}
