/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* Reads a password: from the terminal without showing it, or a line of stdin where that is no
 * terminal. Never from an argument, which every user of the machine can read.
 */

#define G_LOG_DOMAIN "porch-cli"

#include "cli/porch-cli-password.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

static volatile sig_atomic_t interrupted;

static void
on_interrupt_cb (int signal_number)
{
  interrupted = signal_number;
}

/* Returns: (transfer full) (nullable): a line without its end; NULL where it is too long, or there
 * was none */
static char *
read_line (int fd)
{
  char *line = g_malloc0 (PORCH_CLI_PASSWORD_MAX_BYTES + 2);
  gsize length = 0;

  /* Byte by byte: what comes after the line is somebody else's. */
  while (length <= PORCH_CLI_PASSWORD_MAX_BYTES)
    {
      gssize got = read (fd, line + length, 1);

      if (got < 0 && errno == EINTR && !interrupted)
        continue;
      if (got < 0 || interrupted || (got == 0 && length == 0))
        break;
      if (got == 0 || line[length] == '\n')
        {
          line[length] = '\0';
          return line;
        }
      length++;
    }

  porch_cli_free_password (line);
  return NULL;
}

static char *
read_from_terminal (int fd, const char *prompt)
{
  struct sigaction action = { .sa_handler = on_interrupt_cb }, old_action;
  struct termios state, silent;

  if (tcgetattr (fd, &state) != 0)
    return read_line (fd);

  /* Whoever interrupts gets their terminal back as it was. */
  sigemptyset (&action.sa_mask);
  sigaction (SIGINT, &action, &old_action);
  silent = state;
  silent.c_lflag &= ~(tcflag_t) ECHO;
  silent.c_lflag |= ECHONL;
  tcsetattr (fd, TCSAFLUSH, &silent);

  g_printerr ("%s", prompt);
  char *password = read_line (fd);

  tcsetattr (fd, TCSAFLUSH, &state);
  sigaction (SIGINT, &old_action, NULL);
  return password;
}

/**
 * porch_cli_read_password:
 * @prompt: what to ask, at a terminal
 *
 * Returns: (transfer full) (nullable): the password, to be freed with porch_cli_free_password();
 *   %NULL where there is none, it is too long, or the person interrupted
 */
char *
porch_cli_read_password (const char *prompt)
{
  return isatty (STDIN_FILENO) ? read_from_terminal (STDIN_FILENO, prompt)
                               : read_line (STDIN_FILENO);
}

/**
 * porch_cli_free_password:
 * @password: (transfer full) (nullable): a password
 *
 * Wipes it first.
 */
void
porch_cli_free_password (char *password)
{
  if (password == NULL)
    return;

  explicit_bzero (password, strlen (password));
  g_free (password);
}
