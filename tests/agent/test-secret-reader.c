/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* A secret from a descriptor: whole, bounded, and from nobody who could make the agent wait.
 */

#include "agent/porch-secret-reader.h"

#include "protocol/porch-auth-message.h"

#include "porch-test-wait.h"

#include <fcntl.h>
#include <glib-unix.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define MAX_BYTES 16

/* Returns: what is read of a pipe that @bytes were written to */
static char *
read_written (const char *bytes, gsize length, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  int fds[2];

  g_assert_true (g_unix_open_pipe (fds, FD_CLOEXEC, NULL));
  g_assert_cmpint (write (fds[1], bytes, length), ==, (gssize) length);
  close (fds[1]);
  porch_secret_read_async (fds[0], MAX_BYTES, NULL, porch_test_take_result, &result);
  porch_test_wait_until (result != NULL);
  return porch_secret_read_finish (result, error);
}

static void
test_whole (void)
{
  g_autoptr (GError) error = NULL;
  char *secret = read_written ("0123456789abcdef", 16, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (secret, ==, "0123456789abcdef");
  porch_secret_free (secret);

  char *empty = read_written ("", 0, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (empty, ==, "");
  porch_secret_free (empty);
}

static void
test_in_pieces (void)
{
  g_autoptr (GAsyncResult) result = NULL;
  int fds[2];

  g_assert_true (g_unix_open_pipe (fds, FD_CLOEXEC, NULL));
  porch_secret_read_async (fds[0], MAX_BYTES, NULL, porch_test_take_result, &result);
  for (guint i = 0; i < 3; i++)
    {
      g_assert_cmpint (write (fds[1], "ab", 2), ==, 2);
      while (g_main_context_iteration (NULL, FALSE))
        ;
      g_assert_null (result);
    }
  close (fds[1]);
  porch_test_wait_until (result != NULL);

  char *secret = porch_secret_read_finish (result, NULL);
  g_assert_cmpstr (secret, ==, "ababab");
  porch_secret_free (secret);
}

static void
test_too_long (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (read_written ("0123456789abcdefg", 17, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE);
}

static void
test_nul (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (read_written ("abc\0def", 7, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
}

static void
test_no_pipe (void)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  int fd = g_open ("/dev/zero", O_RDONLY | O_CLOEXEC, 0);

  porch_secret_read_async (fd, MAX_BYTES, NULL, porch_test_take_result, &result);
  porch_test_wait_until (result != NULL);

  g_assert_null (porch_secret_read_finish (result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
  g_clear_object (&result);
  /* and it was closed all the same */
  g_assert_cmpint (fcntl (fd, F_GETFD), ==, -1);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/agent/secret-reader/whole", test_whole);
  g_test_add_func ("/agent/secret-reader/in-pieces", test_in_pieces);
  g_test_add_func ("/agent/secret-reader/too-long", test_too_long);
  g_test_add_func ("/agent/secret-reader/nul", test_nul);
  g_test_add_func ("/agent/secret-reader/no-pipe", test_no_pipe);

  return g_test_run ();
}
