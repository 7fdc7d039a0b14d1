/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* Preloaded into a GTK program as it is installed, tells what that paints and when, so that the
 * program needs no code for being measured. It writes to the file that PORCH_PROBE names; times are
 * those of CLOCK_MONOTONIC in microseconds:
 *
 *   frame BEGAN ENDED       something was painted, between before-paint and after-paint
 *   rows ENDED COUNT        with PORCH_PROBE_ROWS: so many list rows with text are on the screen
 * now row ENDED TEXT|TEXT     and this one was not there, or not like this, a frame ago scrolling,
 * scrolled     with PORCH_PROBE_SCROLL: the script begins and has come to its end
 *
 * The rows are looked at after the frame has ended and count against no frame's time.
 */

#define G_LOG_DOMAIN "porch-probe"

#include <fcntl.h>
#include <gtk/gtk.h>
#include <stdio.h>
#include <unistd.h>

/* The script: as with a wheel, then page by page, then as if the scrollbar were dragged. */
#define WHEEL_FRAMES     400
#define WHEEL_PIXELS     60
#define PAGE_FRAMES      200
#define DRAG_FRAMES      200
#define SCROLL_DELAY_MS  2000
#define PERMISSIONS_FILE 0600

static int output = -1;
static gboolean is_looking_at_rows;
static gint64 began_us;
static gboolean is_painting;
static GHashTable *rows_before;

static gboolean
on_before_paint_cb (GSignalInvocationHint *hint,
                    guint n_values,
                    const GValue *values,
                    gpointer user_data)
{
  began_us = g_get_monotonic_time ();
  is_painting = FALSE;
  return TRUE;
}

static gboolean
on_render_cb (GSignalInvocationHint *hint, guint n_values, const GValue *values, gpointer user_data)
{
  is_painting = TRUE;
  return TRUE;
}

static void
append_texts (GtkWidget *widget, GString *texts)
{
  if (!gtk_widget_get_mapped (widget) || !gtk_widget_get_child_visible (widget))
    return;

  if (GTK_IS_LABEL (widget) || GTK_IS_INSCRIPTION (widget))
    {
      const char *text = GTK_IS_LABEL (widget)
                             ? gtk_label_get_text (GTK_LABEL (widget))
                             : gtk_inscription_get_text (GTK_INSCRIPTION (widget));

      if (text != NULL && *text != '\0')
        g_string_append_printf (texts, "%s%s", texts->len > 0 ? "|" : "", text);
    }

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    append_texts (child, texts);
}

static gboolean
is_in_view (GtkWidget *row)
{
  GtkWidget *view = gtk_widget_get_ancestor (row, GTK_TYPE_SCROLLED_WINDOW);
  graphene_rect_t bounds;

  return view != NULL && gtk_widget_get_mapped (row)
         && gtk_widget_compute_bounds (row, view, &bounds)
         && bounds.origin.y + bounds.size.height > 0
         && bounds.origin.y < gtk_widget_get_height (view);
}

/* GtkListView's own wrapper of a row is private, and known by its name alone. */
static void
collect_rows (GtkWidget *widget, GHashTable *rows)
{
  if (g_str_equal (G_OBJECT_TYPE_NAME (widget), "GtkListItemWidget"))
    {
      GString *texts = g_string_new (NULL);

      if (is_in_view (widget))
        append_texts (widget, texts);
      if (texts->len > 0)
        g_hash_table_add (rows, g_string_free (texts, FALSE));
      else
        g_string_free (texts, TRUE);
      return;
    }

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    collect_rows (child, rows);
}

static void
report_rows (gint64 ended_us)
{
  g_autoptr (GHashTable) rows = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  GListModel *toplevels = gtk_window_get_toplevels ();
  GHashTableIter iter;
  gpointer row;

  for (guint i = 0; i < g_list_model_get_n_items (toplevels); i++)
    {
      g_autoptr (GtkWidget) toplevel = g_list_model_get_item (toplevels, i);

      collect_rows (toplevel, rows);
    }

  g_hash_table_iter_init (&iter, rows);
  while (g_hash_table_iter_next (&iter, &row, NULL))
    {
      if (rows_before == NULL || !g_hash_table_contains (rows_before, row))
        dprintf (output, "row %" G_GINT64_FORMAT " %s\n", ended_us, (const char *) row);
    }
  dprintf (output, "rows %" G_GINT64_FORMAT " %u\n", ended_us, g_hash_table_size (rows));

  g_clear_pointer (&rows_before, g_hash_table_unref);
  rows_before = g_steal_pointer (&rows);
}

static gboolean
on_after_paint_cb (GSignalInvocationHint *hint,
                   guint n_values,
                   const GValue *values,
                   gpointer user_data)
{
  gint64 ended_us = g_get_monotonic_time ();

  if (!is_painting)
    return TRUE;

  dprintf (output, "frame %" G_GINT64_FORMAT " %" G_GINT64_FORMAT "\n", began_us, ended_us);
  if (is_looking_at_rows)
    report_rows (ended_us);

  return TRUE;
}

static GtkWidget *
find_scrolled_list (GtkWidget *widget)
{
  if (GTK_IS_LIST_VIEW (widget) && gtk_widget_get_mapped (widget))
    return gtk_widget_get_ancestor (widget, GTK_TYPE_SCROLLED_WINDOW);

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_scrolled_list (child);

      if (found != NULL)
        return found;
    }

  return NULL;
}

static gboolean
scroll_cb (GtkWidget *widget, GdkFrameClock *frame_clock, gpointer user_data)
{
  static guint n_frames;
  GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (widget));
  double value = gtk_adjustment_get_value (adjustment);
  double end = gtk_adjustment_get_upper (adjustment);
  guint frame = n_frames++;

  if (frame < WHEEL_FRAMES)
    value += WHEEL_PIXELS;
  else if (frame < WHEEL_FRAMES + PAGE_FRAMES)
    value += gtk_adjustment_get_page_size (adjustment);
  else if (frame < WHEEL_FRAMES + PAGE_FRAMES + DRAG_FRAMES)
    value = end * (frame - WHEEL_FRAMES - PAGE_FRAMES) / DRAG_FRAMES;
  else
    {
      dprintf (output, "scrolled\n");
      return G_SOURCE_REMOVE;
    }

  gtk_adjustment_set_value (adjustment, value);
  return G_SOURCE_CONTINUE;
}

static gboolean
start_to_scroll_cb (gpointer user_data)
{
  GListModel *toplevels = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (toplevels); i++)
    {
      g_autoptr (GtkWidget) toplevel = g_list_model_get_item (toplevels, i);
      GtkWidget *view = find_scrolled_list (toplevel);

      if (view != NULL)
        {
          dprintf (output, "scrolling\n");
          gtk_widget_add_tick_callback (view, scroll_cb, NULL, NULL);
          return G_SOURCE_REMOVE;
        }
    }

  return G_SOURCE_CONTINUE;
}

static void
hook (GType type, const char *signal, GSignalEmissionHook func)
{
  gpointer class = g_type_class_ref (type);

  g_signal_add_emission_hook (g_signal_lookup (signal, type), 0, func, NULL, NULL);
  g_type_class_unref (class);
}

static void __attribute__ ((constructor)) start_probe (void)
{
  const char *path = g_getenv ("PORCH_PROBE");

  /* What the program starts in its turn is not measured. */
  g_unsetenv ("LD_PRELOAD");
  if (path == NULL)
    return;

  output = open (path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, PERMISSIONS_FILE);
  is_looking_at_rows = g_getenv ("PORCH_PROBE_ROWS") != NULL;
  hook (GDK_TYPE_FRAME_CLOCK, "before-paint", on_before_paint_cb);
  hook (GDK_TYPE_SURFACE, "render", on_render_cb);
  hook (GDK_TYPE_FRAME_CLOCK, "after-paint", on_after_paint_cb);
  if (g_getenv ("PORCH_PROBE_SCROLL") != NULL)
    g_timeout_add (SCROLL_DELAY_MS, start_to_scroll_cb, NULL);
}
