/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* Idleness on Wayland: a real KWin, the pointer moved in it, and a threshold of a second. */

#include "desktop/porch-wayland-idle-source.h"

#include "porch-idle-fixture.h"

#include <glib/gstdio.h>
#include <string.h>
#include <wayland-client.h>

#define SOCKET "porchlight-test"

/* As much of KWin's org_kde_kwin_fake_input as moves the pointer. */
static const struct wl_interface *const no_types[] = { NULL, NULL };
static const struct wl_message fake_input_requests[] = {
  { "authenticate", "ss", (const struct wl_interface **) no_types },
  { "pointer_motion", "ff", (const struct wl_interface **) no_types },
};
static const struct wl_interface fake_input_interface = {
  "org_kde_kwin_fake_input", 1, G_N_ELEMENTS (fake_input_requests), fake_input_requests, 0, NULL,
};

typedef struct
{
  char *runtime;
  char *program;
  GSubprocess *compositor;
  PorchIdleSource *source;
} Fixture;

/* The installed program may have more capabilities than a container gives; a copy has none. KWin
 * looks at its own name. */
static char *
copy_compositor (const char *folder)
{
  g_autofree char *installed = g_find_program_in_path ("kwin_wayland");
  char *copy = g_build_filename (folder, "kwin_wayland", NULL);
  g_autoptr (GFile) from = g_file_new_for_path (installed);
  g_autoptr (GFile) to = g_file_new_for_path (copy);
  g_autoptr (GError) error = NULL;

  g_file_copy (from, to, G_FILE_COPY_NONE, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_chmod (copy, 0700);
  return copy;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->runtime = g_dir_make_tmp ("porch-wayland-XXXXXX", NULL);
  fixture->program = copy_compositor (fixture->runtime);
  g_setenv ("XDG_RUNTIME_DIR", fixture->runtime, TRUE);
  g_setenv ("XDG_CONFIG_HOME", fixture->runtime, TRUE);
  g_setenv ("KWIN_WAYLAND_NO_PERMISSION_CHECKS", "1", TRUE);
  g_setenv ("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent", TRUE);
  g_unsetenv ("DISPLAY");
  g_unsetenv ("WAYLAND_DISPLAY");

  const char *const argv[] = {
    fixture->program,        "--virtual", "--socket", SOCKET, "--no-lockscreen",
    "--no-global-shortcuts", NULL
  };
  g_autofree char *socket = g_build_filename (fixture->runtime, SOCKET, NULL);
  fixture->compositor = porch_idle_test_spawn (argv, G_SUBPROCESS_FLAGS_STDOUT_SILENCE
                                                         | G_SUBPROCESS_FLAGS_STDERR_SILENCE);
  porch_test_wait_until (g_file_test (socket, G_FILE_TEST_EXISTS));
  g_setenv ("WAYLAND_DISPLAY", SOCKET, TRUE);
  fixture->source = porch_wayland_idle_source_new ();
}

static void
remove_folder (const char *path)
{
  g_autoptr (GDir) folder = g_dir_open (path, 0, NULL);
  const char *name;

  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      if (g_file_test (child, G_FILE_TEST_IS_DIR))
        remove_folder (child);
      else
        g_remove (child);
    }
  g_rmdir (path);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_assert_finalize_object (fixture->source);
  if (fixture->compositor != NULL)
    porch_idle_test_end (fixture->compositor);
  remove_folder (fixture->runtime);
  g_free (fixture->runtime);
  g_free (fixture->program);
}

static void
on_global (void *data,
           struct wl_registry *registry,
           guint32 id,
           const char *interface,
           guint32 version)
{
  struct wl_proxy **fake_input = data;

  if (g_str_equal (interface, fake_input_interface.name))
    *fake_input = wl_registry_bind (registry, id, &fake_input_interface, 1);
}

static void
on_global_remove (void *data, struct wl_registry *registry, guint32 id)
{
}

static void
move_pointer (void)
{
  const struct wl_registry_listener listener = { on_global, on_global_remove };
  struct wl_display *display = wl_display_connect (SOCKET);
  struct wl_proxy *fake_input = NULL;

  g_assert_nonnull (display);
  struct wl_registry *registry = wl_display_get_registry (display);
  wl_registry_add_listener (registry, &listener, &fake_input);
  wl_display_roundtrip (display);
  g_assert_nonnull (fake_input);

  wl_proxy_marshal (fake_input, 0, "porchlight", "testing");
  wl_proxy_marshal (fake_input, 1, wl_fixed_from_int (5), wl_fixed_from_int (5));
  wl_proxy_marshal (fake_input, 1, wl_fixed_from_int (-5), wl_fixed_from_int (-5));
  wl_display_roundtrip (display);

  wl_proxy_destroy (fake_input);
  wl_registry_destroy (registry);
  wl_display_disconnect (display);
}

static void
start (Fixture *fixture)
{
  porch_idle_source_start (fixture->source);
  porch_test_wait_until (porch_idle_source_get_features (fixture->source)
                         == (PORCH_IDLE_FEATURE_IDLE | PORCH_IDLE_FEATURE_INHIBITORS));
}

static gboolean
is_idle (Fixture *fixture)
{
  return porch_idle_source_get_idle (fixture->source);
}

static void
test_idle_and_back (Fixture *fixture, gconstpointer data)
{
  start (fixture);
  gint64 began_us = g_get_monotonic_time ();
  porch_idle_source_watch (fixture->source, 1);

  porch_test_wait_until (is_idle (fixture));
  g_assert_cmpint (g_get_monotonic_time () - began_us, >=, 900 * G_TIME_SPAN_MILLISECOND);

  move_pointer ();
  porch_test_wait_until (!is_idle (fixture));

  /* And it goes on so. */
  porch_test_wait_until (is_idle (fixture));
  move_pointer ();
  porch_test_wait_until (!is_idle (fixture));
}

static void
test_not_watched_tells_nothing (Fixture *fixture, gconstpointer data)
{
  start (fixture);
  porch_idle_source_watch (fixture->source, 1);
  porch_test_wait_until (is_idle (fixture));

  porch_idle_source_watch (fixture->source, 0);

  g_assert_false (is_idle (fixture));
}

static void
test_compositor_that_ends (Fixture *fixture, gconstpointer data)
{
  start (fixture);
  porch_idle_source_watch (fixture->source, 1);
  porch_test_wait_until (is_idle (fixture));

  porch_idle_test_end (g_steal_pointer (&fixture->compositor));

  porch_test_wait_until (porch_idle_source_get_features (fixture->source) == 0);
  g_assert_false (is_idle (fixture));
}

static void
test_no_compositor (Fixture *fixture, gconstpointer data)
{
  g_setenv ("WAYLAND_DISPLAY", "no-such-socket", TRUE);

  porch_idle_source_start (fixture->source);

  g_assert_cmpint (porch_idle_source_get_features (fixture->source), ==, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_autofree char *kwin = g_find_program_in_path ("kwin_wayland");
  if (kwin == NULL)
    {
      g_print ("1..0 # SKIP kwin_wayland is not here\n");
      return 77;
    }

#define ADD(name, func)                                                                            \
  g_test_add ("/desktop/wayland-idle-source/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("idle-and-back", test_idle_and_back);
  ADD ("not-watched-tells-nothing", test_not_watched_tells_nothing);
  ADD ("compositor-that-ends", test_compositor_that_ends);
  ADD ("no-compositor", test_no_compositor);
#undef ADD

  return g_test_run ();
}
