/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* A person's week: seven rows of 24 hours, from the day that weeks begin with where the person
 * lives, with the hours under them. Each row is one stop for the keyboard and one sentence for a
 * screen reader. It shows a week that it is given; PorchPersonHistory finds it out.
 */

#define G_LOG_DOMAIN "porch-ui"

#include "config.h"

#include "ui/porch-week-timeline.h"

#include <glib/gi18n-lib.h>
#include <langinfo.h>

#include "ui/porch-day-bar.h"

static const int hours[] = { 0, 6, 12, 18 };

typedef struct
{
  GtkWidget *row;
  GtkLabel *name;
  PorchDayBar *bar;
} Day;

struct _PorchWeekTimeline
{
  GtkWidget parent_instance;

  GtkWidget *box;
  GtkListBox *days;
  GtkWidget *corner; /* under the days' names */
  GtkBox *hour_names;
  GtkSizeGroup *day_names;

  Day day[PORCH_WEEK_DAYS];
};

G_DEFINE_FINAL_TYPE (PorchWeekTimeline, porch_week_timeline, GTK_TYPE_WIDGET)

static void
make_day (PorchWeekTimeline *self, Day *day)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);

  day->name = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_xalign (day->name, 0.f);
  gtk_size_group_add_widget (self->day_names, GTK_WIDGET (day->name));
  day->bar = PORCH_DAY_BAR (porch_day_bar_new ());
  gtk_widget_set_hexpand (GTK_WIDGET (day->bar), TRUE);
  gtk_widget_set_valign (GTK_WIDGET (day->bar), GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (day->name));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (day->bar));

  day->row = gtk_list_box_row_new ();
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (day->row), FALSE);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (day->row), box);
  gtk_list_box_append (self->days, day->row);
}

static void
make_hours (PorchWeekTimeline *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (hours); i++)
    {
      g_autoptr (GDateTime) time = g_date_time_new_utc (2026, 1, 1, hours[i], 0, 0);
      /* Translators: an hour of the day on a narrow scale, strftime format; "%l %p" where clocks
       * have twelve hours. */
      g_autofree char *text = g_date_time_format (time, _ ("%H"));
      GtkWidget *label = gtk_label_new (text);

      gtk_label_set_xalign (GTK_LABEL (label), 0.f);
      gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
      gtk_box_append (self->hour_names, label);
    }
}

static void
porch_week_timeline_dispose (GObject *object)
{
  PorchWeekTimeline *self = PORCH_WEEK_TIMELINE (object);

  g_clear_pointer (&self->box, gtk_widget_unparent);

  G_OBJECT_CLASS (porch_week_timeline_parent_class)->dispose (object);
}

static void
porch_week_timeline_class_init (PorchWeekTimelineClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = porch_week_timeline_dispose;

  gtk_widget_class_set_template_from_resource (
      widget_class, "/app/porchlight/Porchlight/ui/porch-week-timeline.ui");
  gtk_widget_class_bind_template_child (widget_class, PorchWeekTimeline, box);
  gtk_widget_class_bind_template_child (widget_class, PorchWeekTimeline, days);
  gtk_widget_class_bind_template_child (widget_class, PorchWeekTimeline, corner);
  gtk_widget_class_bind_template_child (widget_class, PorchWeekTimeline, hour_names);
  gtk_widget_class_bind_template_child (widget_class, PorchWeekTimeline, day_names);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "weektimeline");
}

static void
porch_week_timeline_init (PorchWeekTimeline *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  for (guint i = 0; i < PORCH_WEEK_DAYS; i++)
    make_day (self, &self->day[i]);
  gtk_size_group_add_widget (self->day_names, self->corner);
  make_hours (self);
}

/**
 * porch_week_timeline_get_first_weekday:
 *
 * Returns: the day that weeks begin with in the person's locale: 1 for Monday to 7 for Sunday
 */
guint
porch_week_timeline_get_first_weekday (void)
{
#ifdef __GLIBC__
  /* A number in a pointer, such as 19971130; a Sunday, or a Monday. */
  guint first_day = GPOINTER_TO_UINT (nl_langinfo (_NL_TIME_WEEK_1STDAY));
  /* 1 for that day. */
  int offset = nl_langinfo (_NL_TIME_FIRST_WEEKDAY)[0] - 1;
  int base = first_day == 19971201 ? 0 : 6; /* days after Monday */

  return (guint) ((base + offset + 7) % 7) + 1;
#else
  return G_DATE_MONDAY;
#endif
}

static void
show_day (Day *widgets, const PorchHistoryDay *day, gint64 now_us)
{
  /* Translators: a day of the week and of the month, strftime format: "Mon 16".
   * xgettext:no-c-format */
  g_autofree char *name = g_date_time_format (day->midnight, _ ("%a %e"));
  /* Translators: a date with its day of the week, strftime format: "Monday, 16 November" */
  g_autofree char *date = g_date_time_format (day->midnight, _ ("%A, %e %B"));
  g_autofree char *words = porch_history_day_describe (day);
  g_autofree char *sentence = g_strdup_printf ("%s. %s", date, words);
  gboolean is_today = day->start_us <= now_us && now_us < day->end_us;

  gtk_label_set_label (widgets->name, name);
  if (is_today)
    gtk_widget_add_css_class (widgets->row, "today");
  else
    gtk_widget_remove_css_class (widgets->row, "today");
  porch_day_bar_set_day (widgets->bar, day);
  gtk_accessible_update_property (GTK_ACCESSIBLE (widgets->row), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  sentence, -1);
}

/**
 * porch_week_timeline_set_week:
 * @self: a timeline
 * @week: the week to show
 * @now_us: the server's clock
 */
void
porch_week_timeline_set_week (PorchWeekTimeline *self, const PorchHistoryWeek *week, gint64 now_us)
{
  g_return_if_fail (PORCH_IS_WEEK_TIMELINE (self));
  g_return_if_fail (week != NULL);

  for (guint i = 0; i < PORCH_WEEK_DAYS; i++)
    show_day (&self->day[i], &week->days[i], now_us);
}
