/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* What tests of windows have in common: a bus with only the agent's end of it faked, a window on
 * it, finding what is on the screen and taking a picture of it.
 */

#include "porch-stage.h"

#include <adwaita.h>
#include <string.h>

#include "porch-test-wait.h"
#include "ui/porch-window.h"

/* One for all tests: GTK may connect to it, too, and would not survive its end. */
static GTestDBus *bus;
static AdwApplication *application;

static gboolean
on_timeout_cb (gpointer user_data)
{
  *(gboolean *) user_data = TRUE;

  return G_SOURCE_REMOVE;
}

/* Lets the main loop run; a test that waits for something uses porch_test_wait_until(). */
void
porch_stage_run_for (guint ms)
{
  gboolean done = FALSE;

  g_timeout_add (ms, on_timeout_cb, &done);
  while (!done)
    g_main_context_iteration (NULL, TRUE);
}

GtkWidget *
porch_stage_find (GtkWidget *root, const char *type_name, const char *text)
{
  if (!gtk_widget_get_child_visible (root) || !gtk_widget_get_visible (root))
    return NULL;

  if (g_str_equal (G_OBJECT_TYPE_NAME (root), type_name))
    {
      g_autofree char *own_text = NULL;

      if (text == NULL)
        return root;
      if (GTK_IS_LABEL (root))
        own_text = g_strdup (gtk_label_get_label (GTK_LABEL (root)));
      else if (g_object_class_find_property (G_OBJECT_GET_CLASS (root), "title") != NULL)
        g_object_get (root, "title", &own_text, NULL);
      else if (GTK_IS_BUTTON (root))
        own_text = g_strdup (gtk_button_get_label (GTK_BUTTON (root)));
      if (own_text != NULL && strstr (own_text, text) != NULL)
        return root;
    }

  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = porch_stage_find (child, type_name, text);

      if (found != NULL)
        return found;
    }

  return NULL;
}

void
porch_stage_take_picture (GtkWidget *window, const char *name)
{
  const char *folder = g_getenv ("PORCH_PICTURES");

  if (folder == NULL)
    return;

  /* Until what moves has come to rest. */
  porch_stage_run_for (700);

  g_autofree char *file = g_strdup_printf ("%s/%s.png", folder, name);
  g_autoptr (GdkPaintable) paintable = gtk_widget_paintable_new (window);
  GtkSnapshot *snapshot = gtk_snapshot_new ();
  int width = gdk_paintable_get_intrinsic_width (paintable);
  int height = gdk_paintable_get_intrinsic_height (paintable);

  gdk_paintable_snapshot (paintable, snapshot, width, height);
  g_autoptr (GskRenderNode) node = gtk_snapshot_free_to_node (snapshot);
  g_autoptr (GdkTexture) texture = gsk_renderer_render_texture (
      gtk_native_get_renderer (GTK_NATIVE (window)), node, NULL);

  g_assert_true (gdk_texture_save_to_png (texture, file));
}

void
porch_stage_add (PorchStage *stage,
                 const char *name,
                 PorchStatus status,
                 double minutes_ago,
                 gboolean favourite)
{
  PorchContactState state = {
    .status = status,
    .last_known_status = status,
    .last_active_us = minutes_ago < 0 ? 0
                                      : stage->now_us - (gint64) (minutes_ago * G_TIME_SPAN_MINUTE),
    .online_since_us = status == PORCH_STATUS_ONLINE ? stage->now_us - 3 * G_TIME_SPAN_HOUR / 2 : 0,
  };
  PorchContact *contact = porch_fake_agent_add (stage->fake, name, name, &state);

  porch_contact_set_favourite (contact, favourite);
}

void
porch_stage_add_neighbours (PorchStage *stage)
{
  porch_stage_add (stage, "Ann Marsh", PORCH_STATUS_ONLINE, 0, TRUE);
  porch_stage_add (stage, "Tomás Rivera", PORCH_STATUS_OFFLINE, 42, TRUE);
  porch_stage_add (stage, "Ben Okafor", PORCH_STATUS_ONLINE, 1, FALSE);
  porch_stage_add (stage, "Cleo Lind", PORCH_STATUS_ONLINE, 2, FALSE);
  porch_stage_add (stage, "Zoë Park", PORCH_STATUS_ONLINE, 0, FALSE);
  porch_stage_add (stage, "Dina Rossi", PORCH_STATUS_OFFLINE, 7, FALSE);
  porch_stage_add (stage, "Emil Novák", PORCH_STATUS_OFFLINE, 12, FALSE);
  porch_stage_add (stage, "Fay Silva", PORCH_STATUS_OFFLINE, 190, FALSE);
  porch_stage_add (stage, "Gus Haddad", PORCH_STATUS_OFFLINE, 60 * 26, FALSE);
  porch_stage_add (stage, "Hana Sato", PORCH_STATUS_OFFLINE, 60 * 24 * 12, FALSE);
  porch_stage_add (stage, "Ivo Brandt", PORCH_STATUS_OFFLINE, -1, FALSE);
  porch_stage_add (stage, "李小龍", PORCH_STATUS_OFFLINE, 3000, FALSE);
}

static void
set_up (PorchStage *stage, gboolean has_account)
{
  g_autoptr (GError) error = NULL;
  const GDBusConnectionFlags flags = G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT
                                     | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION;

  stage->now_us = g_get_real_time ();
  stage->agent_end = g_dbus_connection_new_for_address_sync (g_test_dbus_get_bus_address (bus),
                                                             flags, NULL, NULL, &error);
  g_assert_no_error (error);
  stage->window_end = g_dbus_connection_new_for_address_sync (g_test_dbus_get_bus_address (bus),
                                                              flags, NULL, NULL, &error);
  g_assert_no_error (error);
  stage->fake = porch_fake_agent_new (stage->agent_end, has_account);
}

void
porch_stage_set_up_signed_in (PorchStage *stage, gconstpointer data)
{
  set_up (stage, TRUE);
}

void
porch_stage_set_up_signed_out (PorchStage *stage, gconstpointer data)
{
  set_up (stage, FALSE);
}

void
porch_stage_tear_down (PorchStage *stage, gconstpointer data)
{
  if (stage->window != NULL)
    gtk_window_destroy (GTK_WINDOW (stage->window));
  porch_stage_run_for (50);
  g_clear_object (&stage->agent);
  g_clear_object (&stage->fake);
  g_clear_object (&stage->agent_end);
  g_clear_object (&stage->window_end);
}

void
porch_stage_open_window (PorchStage *stage)
{
  gboolean ready;

  stage->agent = porch_agent_proxy_new (stage->window_end, FALSE);
  stage->window = porch_window_new (NULL, stage->agent);
  gtk_window_present (GTK_WINDOW (stage->window));
  porch_test_wait_until ((g_object_get (stage->agent, "ready", &ready, NULL), ready));
  porch_stage_run_for (100);
}

/* Called in the place of g_test_init(). */
void
porch_stage_init (int *argc, char ***argv)
{
  g_autoptr (GError) error = NULL;

  g_test_init (argc, argv, NULL);
  /* Before the bus, which takes DISPLAY from the environment. */
  gtk_init ();
  bus = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_test_dbus_up (bus);

  /* For the stylesheet and the icons, which a program loads from its resources. */
  application = ADW_APPLICATION (
      adw_application_new ("app.porchlight.Porchlight", G_APPLICATION_NON_UNIQUE));
  g_application_register (G_APPLICATION (application), NULL, &error);
  g_assert_no_error (error);
  g_object_set (gtk_settings_get_default (), "gtk-font-name", "Cantarell 11", NULL);
}

/* Called in the place of g_test_run(). */
int
porch_stage_run (void)
{
  int result = g_test_run ();

  g_clear_object (&application);
  g_test_dbus_stop (bus);

  return result;
}
