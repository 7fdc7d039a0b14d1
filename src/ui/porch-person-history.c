/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* The part of a person's page about when they were here: asks once whether to keep a history, and
 * shows it a week at a time. It asks the agent for each week that is looked at and keeps nothing.
 */

#define G_LOG_DOMAIN "porch-ui"

#include "config.h"

#include "ui/porch-person-history.h"

#include <glib/gi18n-lib.h>

#include "bus/porch-agent-history.h"
#include "ui/porch-display-clock.h"
#include "ui/porch-week-timeline.h"

struct _PorchPersonHistory
{
  GtkWidget parent_instance;

  GtkWidget *box;
  GtkWidget *question;
  GtkWidget *answers;
  GtkWidget *week_box;
  GtkLabel *week_label;
  GtkWidget *back_button;
  GtkWidget *forward_button;
  PorchWeekTimeline *timeline;
  GtkWidget *hatch_label;

  PorchAgentProxy *agent;
  PorchContact *contact;

  GTimeZone *zone;
  int weeks_back;       /* 0 for this week */
  GArray *intervals;    /* of the week that is shown; NULL before the first answer */
  GDateTime *start;     /* when that week begins */
  GCancellable *load;   /* of the question that is under way */
  GCancellable *answer; /* everything, until dispose */
};

G_DEFINE_FINAL_TYPE (PorchPersonHistory, porch_person_history, GTK_TYPE_WIDGET)

enum
{
  SIGNAL_FAILED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static gint64
get_now_us (void)
{
  return porch_display_clock_get_now_us (porch_display_clock_get_default ());
}

/* Returns: (transfer full): when the week began that is so many back */
static GDateTime *
find_week (PorchPersonHistory *self, int weeks_back)
{
  g_autoptr (GDateTime) this_week = porch_history_week_find_start (
      get_now_us (), self->zone, porch_week_timeline_get_first_weekday ());

  return g_date_time_add_weeks (this_week, -weeks_back);
}

static char *
format_week (GDateTime *start, int weeks_back)
{
  if (weeks_back == 0)
    return g_strdup (_ ("This Week"));
  if (weeks_back == 1)
    return g_strdup (_ ("Last Week"));

  g_autoptr (GDateTime) end = g_date_time_add_days (start, PORCH_WEEK_DAYS - 1);
  /* Translators: a day of the year, strftime format: "16 Nov" */
  g_autofree char *first = g_date_time_format (start, _ ("%e %b"));
  g_autofree char *last = g_date_time_format (end, _ ("%e %b"));
  /* Translators: the first and the last day of a week: "16 Nov – 22 Nov" */
  return g_strdup_printf (_ ("%s – %s"), g_strstrip (first), g_strstrip (last));
}

/* What is older than that is not kept. */
static gboolean
has_week_before (PorchPersonHistory *self)
{
  PorchHistoryKeep keep = porch_agent_proxy_get_history_keep (self->agent);
  gint64 cutoff_us = porch_history_keep_get_cutoff_us (keep, get_now_us ());

  return g_date_time_to_unix (self->start) * G_USEC_PER_SEC > cutoff_us;
}

static gboolean
has_unknown (const PorchHistoryWeek *week)
{
  for (guint i = 0; i < PORCH_WEEK_DAYS; i++)
    for (guint j = 0; j < week->days[i].spans->len; j++)
      if (g_array_index (week->days[i].spans, PorchInterval, j).status == PORCH_STATUS_UNKNOWN)
        return TRUE;
  return FALSE;
}

static void
show_week (PorchPersonHistory *self)
{
  if (self->intervals == NULL)
    return;

  gint64 now_us = get_now_us ();
  g_autoptr (PorchHistoryWeek) week = porch_history_week_new (self->start, self->intervals, now_us);
  g_autofree char *title = format_week (self->start, self->weeks_back);

  gtk_label_set_label (self->week_label, title);
  gtk_widget_set_sensitive (self->back_button, has_week_before (self));
  gtk_widget_set_sensitive (self->forward_button, self->weeks_back > 0);
  gtk_widget_set_visible (self->hatch_label, has_unknown (week));
  porch_week_timeline_set_week (self->timeline, week, now_us);
}

/* A history that is no more kept is shown while there is some of it. */
static void
update_visibility (PorchPersonHistory *self)
{
  PorchHistoryKeep keep = porch_agent_proxy_get_history_keep (self->agent);
  gboolean asks = self->contact != NULL && keep == PORCH_HISTORY_NOT_ASKED;
  gboolean shows = self->intervals != NULL
                   && (porch_history_keep_records (keep) || self->intervals->len > 0
                       || self->weeks_back > 0);

  gtk_widget_set_visible (self->question, asks);
  gtk_widget_set_visible (self->week_box, !asks && shows);
  gtk_widget_set_visible (GTK_WIDGET (self), asks || shows);
}

static void
on_loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PorchPersonHistory) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) intervals = porch_agent_proxy_load_history_finish (PORCH_AGENT_PROXY (source),
                                                                        result, &error);

  if (intervals == NULL)
    {
      if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        g_message ("No history: %s", error->message);
      return;
    }

  g_clear_pointer (&self->intervals, g_array_unref);
  g_clear_pointer (&self->start, g_date_time_unref);
  self->intervals = g_steal_pointer (&intervals);
  self->start = find_week (self, self->weeks_back);
  show_week (self);
  update_visibility (self);
}

static void
load (PorchPersonHistory *self)
{
  g_cancellable_cancel (self->load);
  g_clear_object (&self->load);
  if (self->contact == NULL || self->agent == NULL
      || porch_agent_proxy_get_history_keep (self->agent) == PORCH_HISTORY_NOT_ASKED)
    return;

  g_autoptr (GDateTime) start = find_week (self, self->weeks_back);
  g_autoptr (GDateTime) end = g_date_time_add_weeks (start, 1);
  self->load = g_cancellable_new ();
  porch_agent_proxy_load_history_async (self->agent, porch_contact_get_id (self->contact),
                                        g_date_time_to_unix (start) * G_USEC_PER_SEC,
                                        g_date_time_to_unix (end) * G_USEC_PER_SEC, self->load,
                                        on_loaded_cb, g_object_ref (self));
}

/* Once a minute what lasts is longer, and at midnight another day. */
static void
on_tick_cb (PorchPersonHistory *self)
{
  if (self->start == NULL)
    return;

  g_autoptr (GDateTime) start = find_week (self, self->weeks_back);
  if (g_date_time_equal (start, self->start))
    show_week (self);
  else
    load (self);
}

static void
on_keep_changed_cb (PorchPersonHistory *self)
{
  load (self);
  update_visibility (self);
}

static void
on_answered_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PorchPersonHistory) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!porch_agent_proxy_call_finish (PORCH_AGENT_PROXY (source), result, &error)
      && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_signal_emit (self, signals[SIGNAL_FAILED], 0, error->message);
  if (self->box != NULL)
    gtk_widget_set_sensitive (self->answers, TRUE);
}

static void
answer (PorchPersonHistory *self, PorchHistoryKeep keep)
{
  gtk_widget_set_sensitive (self->answers, FALSE);
  porch_agent_proxy_set_history_keep_async (self->agent, keep, self->answer, on_answered_cb,
                                            g_object_ref (self));
}

static void
on_30_days_clicked_cb (PorchPersonHistory *self)
{
  answer (self, PORCH_HISTORY_30_DAYS);
}

static void
on_90_days_clicked_cb (PorchPersonHistory *self)
{
  answer (self, PORCH_HISTORY_90_DAYS);
}

static void
on_forever_clicked_cb (PorchPersonHistory *self)
{
  answer (self, PORCH_HISTORY_FOREVER);
}

static void
on_off_clicked_cb (PorchPersonHistory *self)
{
  answer (self, PORCH_HISTORY_OFF);
}

static void
on_back_clicked_cb (PorchPersonHistory *self)
{
  self->weeks_back++;
  load (self);
}

static void
on_forward_clicked_cb (PorchPersonHistory *self)
{
  self->weeks_back = MAX (self->weeks_back - 1, 0);
  load (self);
}

static void
porch_person_history_map (GtkWidget *widget)
{
  g_signal_connect_swapped (porch_display_clock_get_default (), "tick", G_CALLBACK (on_tick_cb),
                            widget);
  on_tick_cb (PORCH_PERSON_HISTORY (widget));

  GTK_WIDGET_CLASS (porch_person_history_parent_class)->map (widget);
}

static void
porch_person_history_unmap (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (porch_person_history_parent_class)->unmap (widget);

  g_signal_handlers_disconnect_by_func (porch_display_clock_get_default (), on_tick_cb, widget);
}

static void
porch_person_history_dispose (GObject *object)
{
  PorchPersonHistory *self = PORCH_PERSON_HISTORY (object);

  g_cancellable_cancel (self->load);
  g_cancellable_cancel (self->answer);
  if (self->contact != NULL)
    g_signal_handlers_disconnect_by_data (self->contact, self);
  g_clear_object (&self->contact);
  g_clear_pointer (&self->box, gtk_widget_unparent);

  G_OBJECT_CLASS (porch_person_history_parent_class)->dispose (object);
}

static void
porch_person_history_finalize (GObject *object)
{
  PorchPersonHistory *self = PORCH_PERSON_HISTORY (object);

  g_clear_object (&self->agent);
  g_clear_object (&self->load);
  g_clear_object (&self->answer);
  g_clear_pointer (&self->intervals, g_array_unref);
  g_clear_pointer (&self->start, g_date_time_unref);
  g_time_zone_unref (self->zone);

  G_OBJECT_CLASS (porch_person_history_parent_class)->finalize (object);
}

static void
porch_person_history_class_init (PorchPersonHistoryClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = porch_person_history_dispose;
  object_class->finalize = porch_person_history_finalize;
  widget_class->map = porch_person_history_map;
  widget_class->unmap = porch_person_history_unmap;

  signals[SIGNAL_FAILED] = g_signal_new ("failed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                         NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);

  g_type_ensure (PORCH_TYPE_WEEK_TIMELINE);
  gtk_widget_class_set_template_from_resource (
      widget_class, "/app/porchlight/Porchlight/ui/porch-person-history.ui");
  gtk_widget_class_bind_template_child (widget_class, PorchPersonHistory, box);
  gtk_widget_class_bind_template_child (widget_class, PorchPersonHistory, question);
  gtk_widget_class_bind_template_child (widget_class, PorchPersonHistory, answers);
  gtk_widget_class_bind_template_child (widget_class, PorchPersonHistory, week_box);
  gtk_widget_class_bind_template_child (widget_class, PorchPersonHistory, week_label);
  gtk_widget_class_bind_template_child (widget_class, PorchPersonHistory, back_button);
  gtk_widget_class_bind_template_child (widget_class, PorchPersonHistory, forward_button);
  gtk_widget_class_bind_template_child (widget_class, PorchPersonHistory, timeline);
  gtk_widget_class_bind_template_child (widget_class, PorchPersonHistory, hatch_label);
  gtk_widget_class_bind_template_callback (widget_class, on_30_days_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, on_90_days_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, on_forever_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, on_off_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, on_back_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, on_forward_clicked_cb);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "personhistory");
}

static void
porch_person_history_init (PorchPersonHistory *self)
{
  self->answer = g_cancellable_new ();
  self->zone = g_time_zone_new_local ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * porch_person_history_set_agent:
 * @self: a person's history; once only
 * @agent: whom to ask
 */
void
porch_person_history_set_agent (PorchPersonHistory *self, PorchAgentProxy *agent)
{
  g_return_if_fail (PORCH_IS_PERSON_HISTORY (self));
  g_return_if_fail (PORCH_IS_AGENT_PROXY (agent));

  self->agent = g_object_ref (agent);
  g_signal_connect_object (agent, "notify::history-keep", G_CALLBACK (on_keep_changed_cb), self,
                           G_CONNECT_SWAPPED);
  on_keep_changed_cb (self);
}

/**
 * porch_person_history_set_contact:
 * @self: a person's history
 * @contact: (nullable): whose it is to be
 */
void
porch_person_history_set_contact (PorchPersonHistory *self, PorchContact *contact)
{
  g_return_if_fail (PORCH_IS_PERSON_HISTORY (self));
  g_return_if_fail (contact == NULL || PORCH_IS_CONTACT (contact));

  if (self->contact == contact)
    return;

  if (self->contact != NULL)
    g_signal_handlers_disconnect_by_data (self->contact, self);
  g_set_object (&self->contact, contact);
  g_clear_pointer (&self->intervals, g_array_unref);
  g_clear_pointer (&self->start, g_date_time_unref);
  self->weeks_back = 0;
  if (contact != NULL)
    g_signal_connect_swapped (contact, "notify::status", G_CALLBACK (load), self);

  load (self);
  if (self->agent != NULL)
    update_visibility (self);
}
