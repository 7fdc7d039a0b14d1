/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* Reads a new password for "porchlightd user": from a terminal twice and without showing it, from
 * anything else as one line. Never from an argument, which every user of the computer could read.
 */

#define G_LOG_DOMAIN "porch-server"

#include "server/porch-password-prompt.h"

#include <errno.h>
#include <gio/gio.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "protocol/porch-auth-message.h"
#include "server/porch-password.h"

static const int caught_signals[] = { SIGINT, SIGTERM, SIGHUP };

static volatile sig_atomic_t last_signal;

static void
note_signal (int number)
{
  last_signal = number;
}

/* Signals are let in by mask only while nothing is there to be read, so that none comes between
 * looking for it and waiting. NULL: as they are.
 */
static gssize
read_byte (int fd, const sigset_t *mask, char *byte)
{
  struct pollfd wait = { .fd = fd, .events = POLLIN };

  if (ppoll (&wait, 1, NULL, mask) == -1)
    return -1;

  return read (fd, byte, 1);
}

/* One byte at a time: what comes after the line is not ours to read. */
static char *
read_line (int fd, const sigset_t *mask, GError **error)
{
  char line[PORCH_PASSWORD_MAX_BYTES + 1];
  gsize length = 0;
  char *copy = NULL;
  gssize n_read;

  while ((n_read = read_byte (fd, mask, line + length)) == 1 && line[length] != '\n')
    if (++length == sizeof line)
      break;

  if (n_read == -1)
    g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), "Cannot read the password: %s",
                 g_strerror (errno));
  else if (length == sizeof line)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "The password is too long.");
  else if (length == 0)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "There is no password.");
  else
    copy = g_strndup (line, line[length - 1] == '\r' ? length - 1 : length);

  explicit_bzero (line, sizeof line);
  return copy;
}

/* The terminal shows again what is typed, whatever ended the reading. */
static char *
read_hidden_line (int fd, const char *prompt, GError **error)
{
  struct sigaction action = { .sa_handler = note_signal };
  struct sigaction previous[G_N_ELEMENTS (caught_signals)];
  struct termios shown, hidden;
  sigset_t blocked, mask;
  char *line;

  tcgetattr (fd, &shown);
  hidden = shown;
  hidden.c_lflag &= ~(tcflag_t) ECHO;

  last_signal = 0;
  sigemptyset (&blocked);
  for (guint i = 0; i < G_N_ELEMENTS (caught_signals); i++)
    {
      sigaddset (&blocked, caught_signals[i]);
      sigaction (caught_signals[i], &action, &previous[i]);
    }
  sigprocmask (SIG_BLOCK, &blocked, &mask);
  /* Before the question, which may be answered at once. */
  tcsetattr (fd, TCSAFLUSH, &hidden);
  g_printerr ("%s", prompt);
  line = read_line (fd, &mask, error);
  tcsetattr (fd, TCSAFLUSH, &shown);
  for (guint i = 0; i < G_N_ELEMENTS (caught_signals); i++)
    sigaction (caught_signals[i], &previous[i], NULL);
  sigprocmask (SIG_SETMASK, &mask, NULL);

  g_printerr ("\n");
  if (last_signal != 0)
    raise (last_signal);

  return line;
}

static char *
read_twice (int fd, GError **error)
{
  char *first = read_hidden_line (fd, "New password: ", error);
  char *second = NULL;

  if (first != NULL && porch_password_check (first, error))
    second = read_hidden_line (fd, "The same again: ", error);

  if (second != NULL && !g_str_equal (first, second))
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "The passwords differ.");
      porch_secret_free (g_steal_pointer (&second));
    }

  porch_secret_free (first);
  return second;
}

/**
 * porch_password_prompt_new_password:
 * @fd: standard input, usually
 * @error: a place for an error of %G_IO_ERROR or %PORCH_PASSWORD_ERROR, for the person
 *
 * Reads a password that porch_password_check() takes. Blocks.
 *
 * Returns: (transfer full): the password, to be freed with porch_secret_free(); or %NULL with
 *   @error set
 */
char *
porch_password_prompt_new_password (int fd, GError **error)
{
  char *password;

  if (isatty (fd))
    return read_twice (fd, error);

  password = read_line (fd, NULL, error);
  if (password != NULL && !porch_password_check (password, error))
    porch_secret_free (g_steal_pointer (&password));

  return password;
}
