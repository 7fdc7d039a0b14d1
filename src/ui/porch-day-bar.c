/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* A day of 24 hours as a bar: filled where a person was online, hatched where nobody knows, nothing
 * where it is yet to come. Time runs with the text. Under the pointer it says from when until when.
 * A part of PorchWeekTimeline, which says in words what a screen reader is to read.
 */

#define G_LOG_DOMAIN "porch-ui"

#include "ui/porch-day-bar.h"

#include <math.h>

#define BAR_HEIGHT 14
#define BAR_WIDTH  96 /* the least */
#define RADIUS     3

/* So wide is drawn what was shorter, or it could not be seen. */
#define SPAN_MIN_WIDTH 2

/* Of the stripes of unknown, across. */
#define HATCH_PITCH 4.f
#define HATCH_WIDTH 1.2f

/* At 6, 12 and 18 o'clock. */
#define N_QUARTERS 4

struct _PorchDayBar
{
  GtkWidget parent_instance;

  /* Without its midnight there is no day. */
  PorchHistoryDay day;
};

G_DEFINE_FINAL_TYPE (PorchDayBar, porch_day_bar, GTK_TYPE_WIDGET)

static gboolean
is_rtl (PorchDayBar *self)
{
  return gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL;
}

/* Where a stretch of time is, in the bar's own coordinates. */
static graphene_rect_t
get_span_bounds (PorchDayBar *self, gint64 start_us, gint64 end_us)
{
  float width = gtk_widget_get_width (GTK_WIDGET (self));
  float height = gtk_widget_get_height (GTK_WIDGET (self));
  float start = (float) porch_history_day_get_position (&self->day, start_us) * width;
  float end = (float) porch_history_day_get_position (&self->day, end_us) * width;

  start = MIN (start, width - SPAN_MIN_WIDTH);
  end = MAX (end, start + SPAN_MIN_WIDTH);
  return GRAPHENE_RECT_INIT (is_rtl (self) ? width - end : start, 0, end - start, height);
}

static GdkRGBA
get_color (PorchDayBar *self, const char *name)
{
  GtkStyleContext *context = gtk_widget_get_style_context (GTK_WIDGET (self));
  GdkRGBA color;

  if (!gtk_style_context_lookup_color (context, name, &color))
    gtk_style_context_get_color (context, &color);
  return color;
}

static void
append_hatch (GtkSnapshot *snapshot, const graphene_rect_t *bounds, const GdkRGBA *color)
{
  const GdkRGBA clear = { color->red, color->green, color->blue, 0.f };
  const float line = HATCH_WIDTH / HATCH_PITCH;
  /* Sharp edges: two stops at one place. */
  const GskColorStop stops[] = {
    { 0.f, *color }, { line, *color }, { line, clear }, { 1.f, clear }
  };
  const float step = HATCH_PITCH / (float) G_SQRT2;

  /* From the bar's own corner, so that the stripes of two stretches are in line. */
  gtk_snapshot_append_repeating_linear_gradient (snapshot, bounds, &GRAPHENE_POINT_INIT (0, 0),
                                                 &GRAPHENE_POINT_INIT (step, step), stops,
                                                 G_N_ELEMENTS (stops));
}

static void
append_span (PorchDayBar *self, GtkSnapshot *snapshot, const PorchInterval *span)
{
  graphene_rect_t bounds = get_span_bounds (self, span->start_us, span->end_us);
  GdkRGBA trough = get_color (self, "porch_trough");
  GdkRGBA color = get_color (self,
                             span->status == PORCH_STATUS_ONLINE ? "porch_online" : "porch_hatch");

  gtk_snapshot_append_color (snapshot, span->status == PORCH_STATUS_ONLINE ? &color : &trough,
                             &bounds);
  if (span->status == PORCH_STATUS_UNKNOWN)
    append_hatch (snapshot, &bounds, &color);
}

/* As far as the day has come. */
static void
append_ticks (PorchDayBar *self, GtkSnapshot *snapshot)
{
  float width = gtk_widget_get_width (GTK_WIDGET (self));
  float height = gtk_widget_get_height (GTK_WIDGET (self));
  GdkRGBA color = get_color (self, "porch_tick");
  const GArray *spans = self->day.spans;
  double end = spans->len == 0
                   ? 0.0
                   : porch_history_day_get_position (
                       &self->day, g_array_index (spans, PorchInterval, spans->len - 1).end_us);

  for (int i = 1; i < N_QUARTERS && (double) i / N_QUARTERS < end; i++)
    {
      float x = roundf (width * i / (float) N_QUARTERS);
      gtk_snapshot_append_color (
          snapshot, &color, &GRAPHENE_RECT_INIT (is_rtl (self) ? width - x - 1 : x, 0, 1, height));
    }
}

static void
porch_day_bar_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  PorchDayBar *self = PORCH_DAY_BAR (widget);
  int width = gtk_widget_get_width (widget);
  int height = gtk_widget_get_height (widget);
  GskRoundedRect shape;

  if (self->day.midnight == NULL)
    return;

  gsk_rounded_rect_init_from_rect (&shape, &GRAPHENE_RECT_INIT (0, 0, width, height), RADIUS);
  gtk_snapshot_push_rounded_clip (snapshot, &shape);
  /* What is online comes last: it may be wider than it was long. */
  for (PorchStatus status = PORCH_STATUS_UNKNOWN; status <= PORCH_STATUS_ONLINE; status++)
    for (guint i = 0; i < self->day.spans->len; i++)
      {
        const PorchInterval *span = &g_array_index (self->day.spans, PorchInterval, i);
        if (span->status == status)
          append_span (self, snapshot, span);
      }
  append_ticks (self, snapshot);
  gtk_snapshot_pop (snapshot);
}

static void
porch_day_bar_measure (GtkWidget *widget,
                       GtkOrientation orientation,
                       int for_size,
                       int *minimum,
                       int *natural,
                       int *minimum_baseline,
                       int *natural_baseline)
{
  *minimum = *natural = orientation == GTK_ORIENTATION_VERTICAL ? BAR_HEIGHT : BAR_WIDTH;
}

static gboolean
porch_day_bar_query_tooltip (GtkWidget *widget,
                             int x,
                             int y,
                             gboolean keyboard,
                             GtkTooltip *tooltip)
{
  PorchDayBar *self = PORCH_DAY_BAR (widget);

  if (self->day.midnight == NULL || keyboard)
    return FALSE;

  /* The last of what is there is what is seen, see above. */
  for (guint i = self->day.spans->len; i > 0; i--)
    {
      const PorchInterval *span = &g_array_index (self->day.spans, PorchInterval, i - 1);
      graphene_rect_t bounds = get_span_bounds (self, span->start_us, span->end_us);
      if (x < bounds.origin.x || x >= bounds.origin.x + bounds.size.width)
        continue;

      g_autofree char *words = porch_history_describe_span (span, &self->day);
      gtk_tooltip_set_text (tooltip, words);
      gtk_tooltip_set_tip_area (tooltip, &(GdkRectangle){ (int) bounds.origin.x, 0,
                                                          (int) ceilf (bounds.size.width),
                                                          gtk_widget_get_height (widget) });
      return TRUE;
    }
  return FALSE;
}

static void
clear_day (PorchDayBar *self)
{
  g_clear_pointer (&self->day.midnight, g_date_time_unref);
  g_clear_pointer (&self->day.spans, g_array_unref);
}

static void
porch_day_bar_finalize (GObject *object)
{
  clear_day (PORCH_DAY_BAR (object));

  G_OBJECT_CLASS (porch_day_bar_parent_class)->finalize (object);
}

static void
porch_day_bar_class_init (PorchDayBarClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->finalize = porch_day_bar_finalize;
  widget_class->measure = porch_day_bar_measure;
  widget_class->snapshot = porch_day_bar_snapshot;
  widget_class->query_tooltip = porch_day_bar_query_tooltip;
  gtk_widget_class_set_css_name (widget_class, "daybar");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_PRESENTATION);
}

static void
porch_day_bar_init (PorchDayBar *self)
{
  gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
}

/**
 * porch_day_bar_new:
 *
 * Returns: (transfer floating): a bar of no day yet
 */
GtkWidget *
porch_day_bar_new (void)
{
  return g_object_new (PORCH_TYPE_DAY_BAR, NULL);
}

/**
 * porch_day_bar_set_day:
 * @self: a bar
 * @day: (nullable): the day to show
 */
void
porch_day_bar_set_day (PorchDayBar *self, const PorchHistoryDay *day)
{
  g_return_if_fail (PORCH_IS_DAY_BAR (self));

  clear_day (self);
  if (day != NULL)
    {
      self->day = *day;
      g_date_time_ref (self->day.midnight);
      g_array_ref (self->day.spans);
    }
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
