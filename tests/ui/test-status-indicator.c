/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* The two widgets that say a status anywhere: their words, their shapes, what a screen reader is
 * told, and that words are made anew once a minute in one pass, and only while they are seen.
 */

#include <gtk/gtk.h>

#include "porch-fake-clock.h"
#include "presence/porch-roster.h"
#include "ui/porch-display-clock.h"
#include "ui/porch-status-avatar.h"
#include "ui/porch-status-indicator.h"

#define NOW (G_GINT64_CONSTANT (1705492800) * G_USEC_PER_SEC)

typedef struct
{
  PorchFakeClock *clock;
  PorchRoster *roster;
  PorchContact *ann;
  GtkWidget *window;
  GtkWidget *box;
} Fixture;

static void
set_state (Fixture *fixture, PorchStatus status, gint64 minutes_ago)
{
  PorchContactState state = { status, status, NOW - minutes_ago * G_TIME_SPAN_MINUTE, 0, 0 };

  porch_roster_mirror (fixture->roster, fixture->ann, &state);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (PorchServerClock) server_clock = NULL;

  fixture->clock = porch_fake_clock_new (NOW);
  server_clock = porch_server_clock_new (PORCH_CLOCK (fixture->clock));
  porch_display_clock_set_server_clock (porch_display_clock_get_default (), server_clock);
  fixture->roster = porch_roster_new (server_clock);
  fixture->ann = porch_contact_new ("ann");
  porch_contact_set_name (fixture->ann, "Ann Marsh");
  porch_roster_add (fixture->roster, fixture->ann);
  fixture->window = gtk_window_new ();
  fixture->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  gtk_window_set_child (GTK_WINDOW (fixture->window), fixture->box);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  gtk_window_destroy (GTK_WINDOW (fixture->window));
  g_assert_finalize_object (fixture->roster);
  g_assert_finalize_object (fixture->ann);
  g_object_unref (fixture->clock);
}

/* From XML, as any .ui would have it. */
static GtkWidget *
build (Fixture *fixture, const char *object)
{
  g_autofree char *xml = g_strdup_printf ("<interface>%s</interface>", object);
  g_autoptr (GtkBuilder) builder = gtk_builder_new_from_string (xml, -1);
  GtkWidget *widget = GTK_WIDGET (gtk_builder_get_object (builder, "it"));

  g_assert_nonnull (widget);
  gtk_box_append (GTK_BOX (fixture->box), widget);
  g_object_set (widget, "user", fixture->ann, NULL);

  return widget;
}

static GtkWidget *
find_child (GtkWidget *widget, GType type)
{
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      if (G_TYPE_CHECK_INSTANCE_TYPE (child, type))
        return child;
    }

  g_assert_not_reached ();
}

static void
assert_words (GtkWidget *indicator, const char *words)
{
  g_assert_cmpstr (gtk_label_get_label (GTK_LABEL (find_child (indicator, GTK_TYPE_LABEL))), ==,
                   words);
  gtk_test_accessible_assert_property (indicator, GTK_ACCESSIBLE_PROPERTY_LABEL, words);
}

static void
show_window (Fixture *fixture)
{
  gtk_window_present (GTK_WINDOW (fixture->window));
  while (!gtk_widget_get_mapped (fixture->box))
    g_main_context_iteration (NULL, TRUE);
}

static void
test_words (Fixture *fixture, gconstpointer data)
{
  GtkWidget *indicator = build (fixture, "<object class='PorchStatusIndicator' id='it'>"
                                         "<property name='show-label'>True</property>"
                                         "<property name='size'>lg</property></object>");

  assert_words (indicator, "Not known");
  set_state (fixture, PORCH_STATUS_ONLINE, 0);
  assert_words (indicator, "Online");
  set_state (fixture, PORCH_STATUS_OFFLINE, 5);
  assert_words (indicator, "Offline");

  porch_status_indicator_set_show_last_active (PORCH_STATUS_INDICATOR (indicator), TRUE);
  assert_words (indicator, "Last active 5m ago");
  set_state (fixture, PORCH_STATUS_ONLINE, 0);
  assert_words (indicator, "Online");
}

static void
test_sizes (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *nick;
    int pixels;
  } sizes[] = { { "sm", 8 }, { "md", 12 }, { "lg", 16 } };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autofree char *xml = g_strdup_printf ("<object class='PorchStatusIndicator' id='it'>"
                                              "<property name='size'>%s</property></object>",
                                              sizes[i].nick);
      GtkWidget *indicator = build (fixture, xml);
      int width;

      gtk_widget_measure (indicator, GTK_ORIENTATION_HORIZONTAL, -1, NULL, &width, NULL, NULL);
      g_assert_cmpint (width, ==, sizes[i].pixels);
    }
}

/* A shape of its own for each: never colour alone. */
static void
test_shapes (Fixture *fixture, gconstpointer data)
{
  GtkWidget *indicator = build (fixture, "<object class='PorchStatusIndicator' id='it'/>");
  GtkWidget *dot = find_child (indicator, PORCH_TYPE_STATUS_DOT);
  GskRenderNodeType types[3];
  const PorchStatus statuses[] = { PORCH_STATUS_ONLINE, PORCH_STATUS_OFFLINE,
                                   PORCH_STATUS_UNKNOWN };

  show_window (fixture);
  for (guint i = 0; i < G_N_ELEMENTS (statuses); i++)
    {
      GtkSnapshot *snapshot = gtk_snapshot_new ();
      g_autoptr (GskRenderNode) node = NULL;

      porch_status_dot_set_status (PORCH_STATUS_DOT (dot), statuses[i]);
      GTK_WIDGET_GET_CLASS (dot)->snapshot (dot, snapshot);
      node = gtk_snapshot_free_to_node (snapshot);
      g_assert_nonnull (node);
      types[i] = gsk_render_node_get_node_type (node);
    }
  g_assert_cmpint (types[0], ==, GSK_ROUNDED_CLIP_NODE);
  g_assert_cmpint (types[1], ==, GSK_BORDER_NODE);
  g_assert_cmpint (types[2], ==, GSK_CAIRO_NODE);
}

static void
test_minute (Fixture *fixture, gconstpointer data)
{
  GtkWidget *indicator = build (fixture, "<object class='PorchStatusIndicator' id='it'>"
                                         "<property name='show-label'>True</property>"
                                         "<property name='show-last-active'>True</property>"
                                         "</object>");

  set_state (fixture, PORCH_STATUS_OFFLINE, 6);
  g_assert_cmpuint (porch_fake_clock_get_n_timers (fixture->clock), ==, 0);

  show_window (fixture);
  g_assert_cmpuint (porch_fake_clock_get_n_timers (fixture->clock), ==, 1);
  porch_fake_clock_advance_ms (fixture->clock, 60 * 1000);
  assert_words (indicator, "Last active 7m ago");

  /* Nobody sees it: no timer. And it is right when it is seen again. */
  gtk_widget_set_visible (indicator, FALSE);
  g_assert_cmpuint (porch_fake_clock_get_n_timers (fixture->clock), ==, 0);
  porch_fake_clock_advance_ms (fixture->clock, 180 * 1000);
  assert_words (indicator, "Last active 7m ago");
  gtk_widget_set_visible (indicator, TRUE);
  assert_words (indicator, "Last active 10m ago");
}

static void
test_avatar (Fixture *fixture, gconstpointer data)
{
  GtkWidget *avatar = build (fixture, "<object class='PorchStatusAvatar' id='it'>"
                                      "<property name='size'>96</property></object>");
  g_autofree char *name = NULL;
  int width;

  set_state (fixture, PORCH_STATUS_ONLINE, 0);
  g_object_get (avatar, "name", &name, NULL);
  g_assert_cmpstr (name, ==, "Ann Marsh");
  gtk_test_accessible_assert_role (avatar, GTK_ACCESSIBLE_ROLE_IMG);
  gtk_test_accessible_assert_property (avatar, GTK_ACCESSIBLE_PROPERTY_LABEL, "Ann Marsh, online");
  gtk_widget_measure (avatar, GTK_ORIENTATION_HORIZONTAL, -1, NULL, &width, NULL, NULL);
  g_assert_cmpint (width, ==, 96);

  porch_contact_set_name (fixture->ann, "Ann Smith");
  set_state (fixture, PORCH_STATUS_OFFLINE, 6);
  gtk_test_accessible_assert_property (avatar, GTK_ACCESSIBLE_PROPERTY_LABEL, "Ann Smith, offline");
}

/* Both must let go of the contact, wherever they are in their life. */
static void
test_gone (Fixture *fixture, gconstpointer data)
{
  build (fixture, "<object class='PorchStatusAvatar' id='it'/>");
  build (fixture, "<object class='PorchStatusIndicator' id='it'/>");
  show_window (fixture);

  while (gtk_widget_get_first_child (fixture->box) != NULL)
    gtk_box_remove (GTK_BOX (fixture->box), gtk_widget_get_first_child (fixture->box));

  set_state (fixture, PORCH_STATUS_ONLINE, 0);
  porch_fake_clock_advance_ms (fixture->clock, 120 * 1000);
}

static void
add_test (const char *path, void (*func) (Fixture *, gconstpointer))
{
  g_test_add (path, Fixture, NULL, set_up, func, tear_down);
}

int
main (int argc, char *argv[])
{
  gtk_test_init (&argc, &argv, NULL);
  g_type_ensure (PORCH_TYPE_STATUS_AVATAR);
  g_type_ensure (PORCH_TYPE_STATUS_INDICATOR);

  add_test ("/ui/status-indicator/words", test_words);
  add_test ("/ui/status-indicator/sizes", test_sizes);
  add_test ("/ui/status-indicator/shapes", test_shapes);
  add_test ("/ui/status-indicator/minute", test_minute);
  add_test ("/ui/status-avatar/user", test_avatar);
  add_test ("/ui/status-avatar/gone", test_gone);

  return g_test_run ();
}
