/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* What the window costs: from the start of its process to the first frame with people in it,
 * against a libadwaita window with nothing but its header bar; a frame while scrolling through
 * 10,000 people; frames while nothing changes. The agent's end of the bus is in this process, each
 * measured window in one of its own, which is this program started again.
 */

#include <adwaita.h>
#include <stdio.h>
#include <stdlib.h>

#include "bus/porch-agent-proxy.h"
#include "porch-fake-agent.h"
#include "ui/porch-application.h"

#define N_STARTS        7
#define N_SCROLL_FRAMES 400
#define SCROLL_STEP     137
#define SETTLE_MS       3000
#define IDLE_MS         30000

typedef struct
{
  const char *mode;
  gint64 started_us;
  GtkWidget *window;
  gint64 frame_began_us;
  guint n_frames;
  GArray *frame_us;
} Child;

/* --- The measured window --- */

static GtkWidget *
find_widget (GtkWidget *root, const char *type_name)
{
  if (g_str_equal (G_OBJECT_TYPE_NAME (root), type_name))
    return gtk_widget_get_mapped (root) ? root : NULL;

  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_widget (child, type_name);

      if (found != NULL)
        return found;
    }

  return NULL;
}

static int
compare_times (gconstpointer a, gconstpointer b)
{
  gint64 difference = *(const gint64 *) a - *(const gint64 *) b;

  return (difference > 0) - (difference < 0);
}

static gint64
get_percentile (GArray *times, guint percent)
{
  g_array_sort (times, compare_times);

  return g_array_index (times, gint64, (times->len - 1) * percent / 100);
}

static void
on_before_paint_cb (GdkFrameClock *clock, Child *child)
{
  child->frame_began_us = g_get_monotonic_time ();
}

static void
on_after_paint_cb (GdkFrameClock *clock, Child *child)
{
  gint64 now_us = g_get_monotonic_time ();
  gint64 frame_us = now_us - child->frame_began_us;
  gboolean is_start = g_str_equal (child->mode, "empty") || g_str_equal (child->mode, "start");

  child->n_frames++;
  g_array_append_val (child->frame_us, frame_us);
  if (is_start
      && (g_str_equal (child->mode, "empty")
          || find_widget (child->window, "PorchContactRow") != NULL))
    {
      printf ("%" G_GINT64_FORMAT "\n", now_us - child->started_us);
      exit (EXIT_SUCCESS);
    }
}

static gboolean
scroll_cb (GtkWidget *widget, GdkFrameClock *clock, gpointer user_data)
{
  Child *child = user_data;
  GtkAdjustment *adjustment = gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (widget));

  if (child->frame_us->len >= N_SCROLL_FRAMES)
    {
      printf ("%" G_GINT64_FORMAT " %" G_GINT64_FORMAT "\n", get_percentile (child->frame_us, 50),
              get_percentile (child->frame_us, 99));
      exit (EXIT_SUCCESS);
    }
  gtk_adjustment_set_value (adjustment, gtk_adjustment_get_value (adjustment) + SCROLL_STEP);

  return G_SOURCE_CONTINUE;
}

static gboolean
on_idle_over_cb (gpointer user_data)
{
  Child *child = user_data;

  printf ("%u\n", child->n_frames);
  exit (EXIT_SUCCESS);
}

static gboolean
on_settled_cb (gpointer user_data)
{
  Child *child = user_data;

  child->n_frames = 0;
  g_array_set_size (child->frame_us, 0);
  if (g_str_equal (child->mode, "scroll"))
    gtk_widget_add_tick_callback (find_widget (child->window, "GtkListView"), scroll_cb, child,
                                  NULL);
  else
    g_timeout_add (IDLE_MS, on_idle_over_cb, child);

  return G_SOURCE_REMOVE;
}

static void
on_window_realize_cb (GtkWidget *window, Child *child)
{
  GdkFrameClock *clock = gtk_widget_get_frame_clock (window);

  g_signal_connect (clock, "before-paint", G_CALLBACK (on_before_paint_cb), child);
  g_signal_connect_after (clock, "after-paint", G_CALLBACK (on_after_paint_cb), child);
}

static void
on_window_added_cb (GtkApplication *application, GtkWidget *window, Child *child)
{
  child->window = window;
  g_signal_connect (window, "realize", G_CALLBACK (on_window_realize_cb), child);
  if (g_str_equal (child->mode, "scroll") || g_str_equal (child->mode, "idle"))
    g_timeout_add (SETTLE_MS, on_settled_cb, child);
}

static void
on_activate_empty_cb (GtkApplication *application)
{
  GtkWidget *window = adw_application_window_new (application);
  GtkWidget *header = adw_header_bar_new ();

  gtk_window_set_title (GTK_WINDOW (window), "Empty");
  gtk_widget_set_valign (header, GTK_ALIGN_START);
  adw_application_window_set_content (ADW_APPLICATION_WINDOW (window), header);
  gtk_window_set_default_size (GTK_WINDOW (window), 380, 640);
  gtk_window_present (GTK_WINDOW (window));
}

static int
run_child (const char *mode, const char *started_us)
{
  Child child = { .mode = mode, .started_us = g_ascii_strtoll (started_us, NULL, 10) };
  g_autoptr (GApplication) application = NULL;

  child.frame_us = g_array_new (FALSE, FALSE, sizeof (gint64));
  if (g_str_equal (mode, "empty"))
    {
      application = G_APPLICATION (adw_application_new (NULL, G_APPLICATION_DEFAULT_FLAGS));
      g_signal_connect (application, "activate", G_CALLBACK (on_activate_empty_cb), NULL);
    }
  else
    {
      application = G_APPLICATION (porch_application_new ());
    }
  g_signal_connect (application, "window-added", G_CALLBACK (on_window_added_cb), &child);

  return g_application_run (application, 0, NULL);
}

/* --- The side that measures --- */

static void
on_communicated_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  char **output = user_data;
  g_autoptr (GError) error = NULL;

  if (!g_subprocess_communicate_utf8_finish (G_SUBPROCESS (source), result, output, NULL, &error))
    g_error ("No figure from the measured window: %s", error->message);
}

static char *
measure (const char *mode)
{
  g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *now = g_strdup_printf ("%" G_GINT64_FORMAT, g_get_monotonic_time ());
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) process = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error, self,
                                                      "--child", mode, now, NULL);
  char *output = NULL;

  g_assert_no_error (error);
  g_subprocess_communicate_utf8_async (process, NULL, NULL, on_communicated_cb, &output);
  while (output == NULL)
    g_main_context_iteration (NULL, TRUE);
  if (*output == '\0')
    g_error ("The measured window ended without a figure");

  return output;
}

static double
measure_start_ms (const char *mode)
{
  g_autoptr (GArray) times = g_array_new (FALSE, FALSE, sizeof (gint64));

  /* The first warms the disk's cache. */
  for (guint i = 0; i <= N_STARTS; i++)
    {
      g_autofree char *output = measure (mode);
      gint64 time_us = g_ascii_strtoll (output, NULL, 10);

      if (i > 0)
        g_array_append_val (times, time_us);
    }

  return get_percentile (times, 50) / 1000.0;
}

static void
run_parent (void)
{
  GTestDBus *bus = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_autofree char *display = g_strdup (g_getenv ("DISPLAY"));
  g_autoptr (GDBusConnection) connection = NULL;
  g_autoptr (PorchFakeAgent) fake = NULL;
  g_autofree char *frames = NULL;
  g_autofree char *scroll = NULL;
  double empty_ms, few_ms, many_ms;
  gint64 p50_us = 0, p99_us = 0;

  g_test_dbus_up (bus);
  g_setenv ("DISPLAY", display, TRUE);
  connection = g_dbus_connection_new_for_address_sync (
      g_test_dbus_get_bus_address (bus),
      G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT
          | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
      NULL, NULL, NULL);
  fake = porch_fake_agent_new (connection, TRUE);

  empty_ms = measure_start_ms ("empty");
  porch_fake_agent_add_crowd (fake, 200, g_get_real_time ());
  few_ms = measure_start_ms ("start");
  frames = measure ("idle");
  porch_roster_clear (porch_fake_agent_get_roster (fake));
  porch_fake_agent_add_crowd (fake, 10000, g_get_real_time ());
  many_ms = measure_start_ms ("start");
  scroll = measure ("scroll");
  sscanf (scroll, "%" G_GINT64_FORMAT " %" G_GINT64_FORMAT, &p50_us, &p99_us);

  printf ("empty libadwaita window: start %.0f ms\n", empty_ms);
  printf ("200 contacts: start %.0f ms, %.2f times the empty window (goal 1.3)\n", few_ms,
          few_ms / empty_ms);
  printf ("10,000 contacts: start %.0f ms, %.2f times that of 200 (goal 1.2)\n", many_ms,
          many_ms / few_ms);
  printf ("10,000 contacts, scrolling, GSK_RENDERER=cairo: a frame p50 %.1f ms (goal 8), "
          "p99 %.1f ms (goal 33)\n",
          p50_us / 1000.0, p99_us / 1000.0);
  printf ("nothing changing: %d frames in %d s (goal 1 a minute)\n", atoi (frames), IDLE_MS / 1000);

  g_test_dbus_stop (bus);
}

int
main (int argc, char *argv[])
{
  if (argc == 4 && g_str_equal (argv[1], "--child"))
    return run_child (argv[2], argv[3]);

  run_parent ();

  return EXIT_SUCCESS;
}
