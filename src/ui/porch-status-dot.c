/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* The shape that a status has everywhere: a filled disc for online, a ring for offline, a dashed
 * ring for unknown. Drawn by this widget in its CSS colour; a ring in the colour of what is behind
 * it is the node's own round background (style.css). It knows a status, never a person; whoever
 * holds it says in words what it means.
 */

#define G_LOG_DOMAIN "porch-ui"

#include "ui/porch-status-dot.h"

#include <math.h>

/* Dashes and gaps around an unknown ring: this many read as a broken circle from 8 px up. */
#define N_DASHES 6

struct _PorchStatusDot
{
  GtkWidget parent_instance;

  PorchStatus status;
  PorchIndicatorSize size;
};

enum
{
  PROP_0,
  PROP_STATUS,
  PROP_SIZE,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (PorchStatusDot, porch_status_dot, GTK_TYPE_WIDGET)

GType
porch_indicator_size_get_type (void)
{
  static gsize type;

  if (g_once_init_enter (&type))
    {
      static const GEnumValue values[] = {
        { PORCH_INDICATOR_SIZE_SM, "PORCH_INDICATOR_SIZE_SM", "sm" },
        { PORCH_INDICATOR_SIZE_MD, "PORCH_INDICATOR_SIZE_MD", "md" },
        { PORCH_INDICATOR_SIZE_LG, "PORCH_INDICATOR_SIZE_LG", "lg" },
        { 0, NULL, NULL },
      };
      g_once_init_leave (&type, g_enum_register_static ("PorchIndicatorSize", values));
    }

  return type;
}

static int
size_to_pixels (PorchIndicatorSize size)
{
  switch (size)
    {
    case PORCH_INDICATOR_SIZE_SM:
      return 8;
    case PORCH_INDICATOR_SIZE_LG:
      return 16;
    case PORCH_INDICATOR_SIZE_MD:
    default:
      return 12;
    }
}

static void
porch_status_dot_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  PorchStatusDot *self = PORCH_STATUS_DOT (widget);
  float width = gtk_widget_get_width (widget);
  float height = gtk_widget_get_height (widget);
  float diameter = size_to_pixels (self->size);
  float line = MAX (2.f, roundf (diameter / 6.f));
  graphene_rect_t bounds = GRAPHENE_RECT_INIT ((width - diameter) / 2.f, (height - diameter) / 2.f,
                                               diameter, diameter);
  GskRoundedRect circle;
  GdkRGBA color;

  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &color);
  gsk_rounded_rect_init_from_rect (&circle, &bounds, diameter / 2.f);

  if (self->status == PORCH_STATUS_ONLINE)
    {
      gtk_snapshot_push_rounded_clip (snapshot, &circle);
      gtk_snapshot_append_color (snapshot, &color, &bounds);
      gtk_snapshot_pop (snapshot);
    }
  else if (self->status == PORCH_STATUS_OFFLINE)
    {
      gtk_snapshot_append_border (snapshot, &circle, (float[4]){ line, line, line, line },
                                  (GdkRGBA[4]){ color, color, color, color });
    }
  else
    {
      double radius = (diameter - line) / 2.0;
      double dash = 2.0 * G_PI * radius / (2.0 * N_DASHES);
      cairo_t *cr = gtk_snapshot_append_cairo (snapshot, &bounds);

      gdk_cairo_set_source_rgba (cr, &color);
      cairo_set_line_width (cr, line);
      cairo_set_dash (cr, &dash, 1, dash / 2.0);
      cairo_arc (cr, width / 2.0, height / 2.0, radius, 0.0, 2.0 * G_PI);
      cairo_stroke (cr);
      cairo_destroy (cr);
    }
}

static void
porch_status_dot_measure (GtkWidget *widget,
                          GtkOrientation orientation,
                          int for_size,
                          int *minimum,
                          int *natural,
                          int *minimum_baseline,
                          int *natural_baseline)
{
  PorchStatusDot *self = PORCH_STATUS_DOT (widget);

  *minimum = *natural = size_to_pixels (self->size);
}

static void
porch_status_dot_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  PorchStatusDot *self = PORCH_STATUS_DOT (object);

  switch (prop_id)
    {
    case PROP_STATUS:
      g_value_set_enum (value, self->status);
      break;
    case PROP_SIZE:
      g_value_set_enum (value, self->size);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
porch_status_dot_set_property (GObject *object,
                               guint prop_id,
                               const GValue *value,
                               GParamSpec *pspec)
{
  PorchStatusDot *self = PORCH_STATUS_DOT (object);

  switch (prop_id)
    {
    case PROP_STATUS:
      porch_status_dot_set_status (self, g_value_get_enum (value));
      break;
    case PROP_SIZE:
      porch_status_dot_set_size (self, g_value_get_enum (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
porch_status_dot_class_init (PorchStatusDotClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = porch_status_dot_get_property;
  object_class->set_property = porch_status_dot_set_property;
  widget_class->measure = porch_status_dot_measure;
  widget_class->snapshot = porch_status_dot_snapshot;

  /**
   * PorchStatusDot:status:
   *
   * What the shape says.
   */
  properties[PROP_STATUS] = g_param_spec_enum (
      "status", NULL, NULL, PORCH_TYPE_STATUS, PORCH_STATUS_UNKNOWN,
      G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);

  /**
   * PorchStatusDot:size:
   *
   * How large the shape is, without the ring around it.
   */
  properties[PROP_SIZE] = g_param_spec_enum (
      "size", NULL, NULL, PORCH_TYPE_INDICATOR_SIZE, PORCH_INDICATOR_SIZE_MD,
      G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);

  g_object_class_install_properties (object_class, N_PROPS, properties);

  gtk_widget_class_set_css_name (widget_class, "statusdot");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_PRESENTATION);
}

static void
porch_status_dot_init (PorchStatusDot *self)
{
  self->size = PORCH_INDICATOR_SIZE_MD;
  gtk_widget_add_css_class (GTK_WIDGET (self), porch_status_to_string (self->status));
}

/**
 * porch_status_dot_new:
 *
 * Returns: (transfer floating): a dot that says unknown
 */
GtkWidget *
porch_status_dot_new (void)
{
  return g_object_new (PORCH_TYPE_STATUS_DOT, NULL);
}

/**
 * porch_status_dot_get_status:
 * @self: a dot
 *
 * Returns: what the shape says
 */
PorchStatus
porch_status_dot_get_status (PorchStatusDot *self)
{
  g_return_val_if_fail (PORCH_IS_STATUS_DOT (self), PORCH_STATUS_UNKNOWN);

  return self->status;
}

/**
 * porch_status_dot_set_status:
 * @self: a dot
 * @status: what the shape is to say
 */
void
porch_status_dot_set_status (PorchStatusDot *self, PorchStatus status)
{
  g_return_if_fail (PORCH_IS_STATUS_DOT (self));

  if (self->status == status)
    return;

  gtk_widget_remove_css_class (GTK_WIDGET (self), porch_status_to_string (self->status));
  self->status = status;
  gtk_widget_add_css_class (GTK_WIDGET (self), porch_status_to_string (self->status));
  gtk_widget_queue_draw (GTK_WIDGET (self));
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATUS]);
}

/**
 * porch_status_dot_get_size:
 * @self: a dot
 *
 * Returns: how large the shape is
 */
PorchIndicatorSize
porch_status_dot_get_size (PorchStatusDot *self)
{
  g_return_val_if_fail (PORCH_IS_STATUS_DOT (self), PORCH_INDICATOR_SIZE_MD);

  return self->size;
}

/**
 * porch_status_dot_set_size:
 * @self: a dot
 * @size: how large the shape is to be
 */
void
porch_status_dot_set_size (PorchStatusDot *self, PorchIndicatorSize size)
{
  g_return_if_fail (PORCH_IS_STATUS_DOT (self));

  if (self->size == size)
    return;

  self->size = size;
  gtk_widget_queue_resize (GTK_WIDGET (self));
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SIZE]);
}
