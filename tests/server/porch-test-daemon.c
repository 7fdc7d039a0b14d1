/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* Runs porchlightd as a process for tests: starts it, waits for the address that it prints, can end
 * it and start it again on the same port and data, and removes what it left. The program comes from
 * the environment variable PORCHLIGHTD.
 */

#include "porch-test-daemon.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>

static const char *
get_program (void)
{
  const char *program = g_getenv ("PORCHLIGHTD");

  if (program == NULL)
    g_error ("PORCHLIGHTD must say where porchlightd is");

  return program;
}

static void
wait_for_address (PorchTestDaemon *self)
{
  g_autoptr (GDataInputStream) output = g_data_input_stream_new (
      g_subprocess_get_stdout_pipe (self->process));
  g_autoptr (GError) error = NULL;

  g_filter_input_stream_set_close_base_stream (G_FILTER_INPUT_STREAM (output), FALSE);
  for (;;)
    {
      g_autofree char *line = g_data_input_stream_read_line_utf8 (output, NULL, NULL, &error);

      g_assert_no_error (error);
      if (line == NULL)
        g_error ("porchlightd ended before it said its address");
      if (g_str_has_prefix (line, "Address: "))
        {
          g_free (self->address);
          self->address = g_strdup (line + strlen ("Address: "));
          self->port = atoi (strrchr (self->address, ':') + 1);
          return;
        }
    }
}

static void
launch (PorchTestDaemon *self, const char *listen)
{
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;

  g_ptr_array_add (argv, (char *) get_program ());
  g_ptr_array_add (argv, (char *) "--data");
  g_ptr_array_add (argv, self->folder);
  g_ptr_array_add (argv, (char *) "--listen");
  g_ptr_array_add (argv, (char *) listen);
  for (guint i = 0; i < self->arguments->len; i++)
    g_ptr_array_add (argv, g_ptr_array_index (self->arguments, i));
  g_ptr_array_add (argv, NULL);

  self->process = g_subprocess_newv ((const char *const *) argv->pdata,
                                     G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error);
  g_assert_no_error (error);
  wait_for_address (self);
}

static PorchTestDaemon *
make_daemon (const char *const *options)
{
  PorchTestDaemon *self = g_new0 (PorchTestDaemon, 1);

  self->folder = g_dir_make_tmp ("porchlightd-XXXXXX", NULL);
  self->arguments = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; options != NULL && options[i] != NULL; i++)
    g_ptr_array_add (self->arguments, g_strdup (options[i]));

  return self;
}

/* options: (nullable): of porchlightd, NULL at the end */
PorchTestDaemon *
porch_test_daemon_start (const char *const *options)
{
  PorchTestDaemon *self = make_daemon (options);

  launch (self, "127.0.0.1:0");

  return self;
}

/* Another instance of the same server: with the same secrets. */
PorchTestDaemon *
porch_test_daemon_start_beside (PorchTestDaemon *other, const char *const *options)
{
  PorchTestDaemon *self = make_daemon (options);
  g_autofree char *from = g_build_filename (other->folder, "secrets", NULL);
  g_autofree char *to = g_build_filename (self->folder, "secrets", NULL);
  g_autofree char *secrets = NULL;
  g_autoptr (GError) error = NULL;

  g_file_get_contents (from, &secrets, NULL, &error);
  g_assert_no_error (error);
  g_file_set_contents_full (to, secrets, -1, G_FILE_SET_CONTENTS_NONE, 0600, &error);
  g_assert_no_error (error);
  launch (self, "127.0.0.1:0");

  return self;
}

/* Without a chance to say anything. */
void
porch_test_daemon_kill (PorchTestDaemon *self)
{
  g_autoptr (GError) error = NULL;

  g_subprocess_force_exit (self->process);
  g_subprocess_wait (self->process, NULL, &error);
  g_assert_no_error (error);
  g_clear_object (&self->process);
}

/* Ends it as an administrator would, and expects that it ends well. */
void
porch_test_daemon_stop (PorchTestDaemon *self)
{
  g_autoptr (GError) error = NULL;

  if (self->process == NULL)
    return;

  g_subprocess_send_signal (self->process, SIGTERM);
  g_subprocess_wait_check (self->process, NULL, &error);
  g_assert_no_error (error);
  g_clear_object (&self->process);
}

/* On the same port, with the same data. */
void
porch_test_daemon_start_again (PorchTestDaemon *self)
{
  g_autofree char *listen = g_strdup_printf ("127.0.0.1:%u", self->port);

  launch (self, listen);
}

void
porch_test_daemon_free (PorchTestDaemon *self)
{
  g_autoptr (GDir) dir = g_dir_open (self->folder, 0, NULL);
  const char *name;

  porch_test_daemon_stop (self);
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (self->folder, name, NULL);

      g_unlink (path);
    }
  g_rmdir (self->folder);
  g_ptr_array_unref (self->arguments);
  g_free (self->folder);
  g_free (self->address);
  g_free (self);
}

void
porch_test_daemon_add_user (PorchTestDaemon *self,
                            const char *email,
                            const char *name,
                            const char *password)
{
  const char *const command[] = {
    "--data", self->folder, "user", "add", email, "--name", name, NULL
  };
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();
  g_autoptr (GSubprocess) process = NULL;
  g_autofree char *input = g_strconcat (password, "\n", NULL);
  g_autoptr (GError) error = NULL;

  g_ptr_array_add (argv, (char *) get_program ());
  for (guint i = 0; i < self->arguments->len; i++)
    g_ptr_array_add (argv, g_ptr_array_index (self->arguments, i));
  for (guint i = 0; i < G_N_ELEMENTS (command); i++)
    g_ptr_array_add (argv, (char *) command[i]);
  process = g_subprocess_newv ((const char *const *) argv->pdata,
                               G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_SILENCE,
                               &error);
  g_assert_no_error (error);
  g_subprocess_communicate_utf8 (process, input, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_get_successful (process));
}

/* Resident memory of the process, KiB. */
guint64
porch_test_daemon_get_rss_kib (PorchTestDaemon *self)
{
  g_autofree char *path = g_strdup_printf ("/proc/%s/status",
                                           g_subprocess_get_identifier (self->process));
  g_autofree char *text = NULL;
  const char *line;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  line = strstr (text, "VmRSS:");
  g_assert_nonnull (line);

  return g_ascii_strtoull (line + strlen ("VmRSS:"), NULL, 10);
}

gboolean
porch_test_daemon_is_alive (PorchTestDaemon *self)
{
  g_autofree char *path = g_strdup_printf ("/proc/%s/status",
                                           g_subprocess_get_identifier (self->process));
  g_autofree char *text = NULL;

  return g_file_get_contents (path, &text, NULL, NULL) && strstr (text, "State:\tZ") == NULL;
}
