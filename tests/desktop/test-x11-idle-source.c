/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* Idleness on X11: a real X server and real input, with a threshold of a second. */

#include "desktop/porch-x11-idle-source.h"

#include "porch-idle-fixture.h"

typedef struct
{
  GSubprocess *server;
  char *display;
  PorchIdleSource *source;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_unsetenv ("WAYLAND_DISPLAY");
  fixture->display = porch_idle_test_start_x_server (&fixture->server);
  g_setenv ("DISPLAY", fixture->display, TRUE);
  fixture->source = porch_x11_idle_source_new ();
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_assert_finalize_object (fixture->source);
  if (fixture->server != NULL)
    porch_idle_test_end (fixture->server);
  g_free (fixture->display);
}

static gboolean
answers (Fixture *fixture)
{
  return porch_idle_source_get_features (fixture->source) == PORCH_IDLE_FEATURE_IDLE;
}

static gboolean
is_idle (Fixture *fixture)
{
  return porch_idle_source_get_idle (fixture->source);
}

static void
test_idle_and_back (Fixture *fixture, gconstpointer data)
{
  porch_idle_source_start (fixture->source);
  porch_test_wait_until (answers (fixture));
  porch_idle_test_press_key (fixture->display);
  gint64 pressed_us = g_get_monotonic_time ();
  porch_idle_source_watch (fixture->source, 1);

  porch_test_wait_until (is_idle (fixture));
  g_assert_cmpint (g_get_monotonic_time () - pressed_us, >=, 900 * G_TIME_SPAN_MILLISECOND);

  porch_idle_test_press_key (fixture->display);
  porch_test_wait_until (!is_idle (fixture));

  /* And it goes on so. */
  porch_test_wait_until (is_idle (fixture));
  porch_idle_test_press_key (fixture->display);
  porch_test_wait_until (!is_idle (fixture));
}

static void
test_idle_before_we_asked (Fixture *fixture, gconstpointer data)
{
  porch_idle_source_start (fixture->source);
  porch_test_wait_until (answers (fixture));
  porch_idle_test_press_key (fixture->display);
  g_usleep (1200 * 1000);

  gint64 asked_us = g_get_monotonic_time ();
  porch_idle_source_watch (fixture->source, 1);
  porch_test_wait_until (is_idle (fixture));

  g_assert_cmpint (g_get_monotonic_time () - asked_us, <, 900 * G_TIME_SPAN_MILLISECOND);
}

static void
test_input_keeps_from_idleness (Fixture *fixture, gconstpointer data)
{
  porch_idle_source_start (fixture->source);
  porch_test_wait_until (answers (fixture));
  porch_idle_source_watch (fixture->source, 2);

  for (guint i = 0; i < 5; i++)
    {
      porch_idle_test_press_key (fixture->display);
      gint64 until_us = g_get_monotonic_time () + 500 * G_TIME_SPAN_MILLISECOND;
      while (g_get_monotonic_time () < until_us)
        if (!g_main_context_iteration (NULL, FALSE))
          g_usleep (2000);
      g_assert_false (is_idle (fixture));
    }
}

static void
test_not_watched_tells_nothing (Fixture *fixture, gconstpointer data)
{
  porch_idle_source_start (fixture->source);
  porch_test_wait_until (answers (fixture));
  porch_idle_source_watch (fixture->source, 1);
  porch_test_wait_until (is_idle (fixture));

  porch_idle_source_watch (fixture->source, 0);

  g_assert_false (is_idle (fixture));
}

static void
test_server_that_ends (Fixture *fixture, gconstpointer data)
{
  porch_idle_source_start (fixture->source);
  porch_test_wait_until (answers (fixture));
  porch_idle_source_watch (fixture->source, 1);
  porch_test_wait_until (is_idle (fixture));

  porch_idle_test_end (g_steal_pointer (&fixture->server));

  porch_test_wait_until (porch_idle_source_get_features (fixture->source) == 0);
  g_assert_false (is_idle (fixture));
}

static void
test_no_server (Fixture *fixture, gconstpointer data)
{
  g_setenv ("DISPLAY", ":7654", TRUE);
  porch_idle_source_start (fixture->source);

  for (guint i = 0; i < 100; i++)
    {
      g_main_context_iteration (NULL, FALSE);
      g_usleep (2000);
    }
  g_assert_cmpint (porch_idle_source_get_features (fixture->source), ==, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_autofree char *xvfb = g_find_program_in_path ("Xvfb");
  g_autofree char *xdotool = g_find_program_in_path ("xdotool");
  if (xvfb == NULL || xdotool == NULL)
    {
      g_print ("1..0 # SKIP Xvfb and xdotool are not here\n");
      return 77;
    }

#define ADD(name, func)                                                                            \
  g_test_add ("/desktop/x11-idle-source/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("idle-and-back", test_idle_and_back);
  ADD ("idle-before-we-asked", test_idle_before_we_asked);
  ADD ("input-keeps-from-idleness", test_input_keeps_from_idleness);
  ADD ("not-watched-tells-nothing", test_not_watched_tells_nothing);
  ADD ("server-that-ends", test_server_that_ends);
  ADD ("no-server", test_no_server);
#undef ADD

  return g_test_run ();
}
