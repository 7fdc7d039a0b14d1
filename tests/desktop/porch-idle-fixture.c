/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* What the tests of idleness share: a source that tells what a test lets it tell, and real servers
 * with real input.
 */

#include "porch-idle-fixture.h"

#include <signal.h>
#include <sys/prctl.h>

struct _PorchScriptedIdleSource
{
  PorchIdleSource parent_instance;

  PorchIdleFeatures features;
  guint watched_s;
};

G_DEFINE_FINAL_TYPE (PorchScriptedIdleSource, porch_scripted_idle_source, PORCH_TYPE_IDLE_SOURCE)

static void
porch_scripted_idle_source_start (PorchIdleSource *source)
{
  porch_idle_source_set_features (source, PORCH_SCRIPTED_IDLE_SOURCE (source)->features);
}

static void
porch_scripted_idle_source_watch (PorchIdleSource *source, guint threshold_s)
{
  PORCH_SCRIPTED_IDLE_SOURCE (source)->watched_s = threshold_s;
}

static void
porch_scripted_idle_source_class_init (PorchScriptedIdleSourceClass *klass)
{
  PORCH_IDLE_SOURCE_CLASS (klass)->start = porch_scripted_idle_source_start;
  PORCH_IDLE_SOURCE_CLASS (klass)->watch = porch_scripted_idle_source_watch;
}

static void
porch_scripted_idle_source_init (PorchScriptedIdleSource *self)
{
}

/* features: what it tells as soon as it is started; 0 for one that does not answer yet */
PorchIdleSource *
porch_scripted_idle_source_new (const char *name, PorchIdleFeatures features)
{
  PorchScriptedIdleSource *self = g_object_new (PORCH_TYPE_SCRIPTED_IDLE_SOURCE, NULL);

  self->features = features;
  porch_idle_source_set_name (PORCH_IDLE_SOURCE (self), name);
  return PORCH_IDLE_SOURCE (self);
}

guint
porch_scripted_idle_source_get_watched_s (PorchIdleSource *source)
{
  return PORCH_SCRIPTED_IDLE_SOURCE (source)->watched_s;
}

/* A test that fails ends at once, and leaves nobody behind. */
static void
end_with_parent (gpointer user_data)
{
  prctl (PR_SET_PDEATHSIG, SIGKILL);
}

GSubprocess *
porch_idle_test_spawn (const char *const *argv, GSubprocessFlags flags)
{
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (flags);
  g_autoptr (GError) error = NULL;

  g_subprocess_launcher_set_child_setup (launcher, end_with_parent, NULL, NULL);
  GSubprocess *process = g_subprocess_launcher_spawnv (launcher, argv, &error);
  g_assert_no_error (error);
  return process;
}

/* Returns: (transfer full): the display of an X server of the test's own */
char *
porch_idle_test_start_x_server (GSubprocess **server)
{
  const char *const argv[] = { "Xvfb", "-displayfd", "1", "-noreset",   "-nolisten",
                               "tcp",  "-screen",    "0", "320x240x24", NULL };
  char number[16] = { 0 };

  *server = porch_idle_test_spawn (argv, G_SUBPROCESS_FLAGS_STDOUT_PIPE
                                             | G_SUBPROCESS_FLAGS_STDERR_SILENCE);
  g_assert_cmpint (g_input_stream_read (g_subprocess_get_stdout_pipe (*server), number,
                                        sizeof number - 1, NULL, NULL),
                   >, 0);
  return g_strconcat (":", g_strchomp (number), NULL);
}

void
porch_idle_test_press_key (const char *display)
{
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_NONE);
  g_autoptr (GError) error = NULL;

  g_subprocess_launcher_setenv (launcher, "DISPLAY", display, TRUE);
  g_autoptr (GSubprocess) xdotool = g_subprocess_launcher_spawn (launcher, &error, "xdotool", "key",
                                                                 "shift", NULL);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_wait_check (xdotool, NULL, &error));
}

void
porch_idle_test_end (GSubprocess *process)
{
  g_subprocess_send_signal (process, SIGTERM);
  g_subprocess_wait (process, NULL, NULL);
  g_object_unref (process);
}
