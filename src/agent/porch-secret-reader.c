/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* Reads a secret that a caller hands over as a file descriptor, without trusting the caller: no
 * more than it may be long, without blocking the main loop, given up when the caller never ends it,
 * and wiped wherever it has been.
 */

#define G_LOG_DOMAIN "porch-agent"

#include "agent/porch-secret-reader.h"

#include "protocol/porch-auth-message.h"

#include <errno.h>
#include <glib-unix.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define READ_TIMEOUT_S 10

typedef struct
{
  int fd;
  char *buffer; /* max_bytes, one more to see that there is more, and the NUL */
  gsize length;
  gsize max_bytes;
  GSource *readable;
  GSource *timeout;
} Read;

static void
clear_source (GSource **source)
{
  if (*source == NULL)
    return;

  g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

static void
read_free (Read *job)
{
  clear_source (&job->readable);
  clear_source (&job->timeout);
  if (job->buffer != NULL)
    {
      explicit_bzero (job->buffer, job->max_bytes + 2);
      g_free (job->buffer);
    }
  close (job->fd);
  g_free (job);
}

static void
stop_waiting (Read *job)
{
  clear_source (&job->readable);
  clear_source (&job->timeout);
}

static gboolean
on_timeout_cb (gpointer user_data)
{
  g_autoptr (GTask) task = g_object_ref (user_data);

  stop_waiting (g_task_get_task_data (task));
  g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_TIMED_OUT, "The secret does not end");
  return G_SOURCE_REMOVE;
}

static gboolean
on_readable_cb (int fd, GIOCondition condition, gpointer user_data)
{
  g_autoptr (GTask) task = g_object_ref (user_data);
  Read *job = g_task_get_task_data (task);

  gssize got = read (fd, job->buffer + job->length, job->max_bytes + 1 - job->length);
  if (got < 0 && (errno == EAGAIN || errno == EINTR))
    return G_SOURCE_CONTINUE;

  if (got > 0 && job->length + got <= job->max_bytes)
    {
      job->length += got;
      return G_SOURCE_CONTINUE;
    }

  stop_waiting (job);
  if (got < 0)
    g_task_return_new_error (task, G_IO_ERROR, g_io_error_from_errno (errno),
                             "The secret cannot be read: %s", g_strerror (errno));
  else if (got > 0)
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_NO_SPACE, "The secret is too long");
  else if (memchr (job->buffer, '\0', job->length) != NULL)
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "The secret has a NUL");
  else
    g_task_return_pointer (task, g_strndup (job->buffer, job->length),
                           (GDestroyNotify) porch_secret_free);
  return G_SOURCE_REMOVE;
}

static GSource *
attach (GSource *source, GSourceFunc func, GTask *task)
{
  g_source_set_callback (source, func, g_object_ref (task), g_object_unref);
  g_source_attach (source, g_task_get_context (task));
  return source;
}

/* A regular file would be read with blocking calls whatever its flags say. */
static gboolean
is_pipe (int fd)
{
  struct stat info;

  return fstat (fd, &info) == 0 && (S_ISFIFO (info.st_mode) || S_ISSOCK (info.st_mode));
}

/**
 * porch_secret_read_async:
 * @fd: (transfer full): a pipe or socket, closed in the end
 * @max_bytes: how long the secret may be
 * @cancellable: (nullable): a cancellable
 * @callback: called with the secret
 * @user_data: for @callback
 */
void
porch_secret_read_async (int fd,
                         gsize max_bytes,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  g_return_if_fail (fd >= 0);

  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, porch_secret_read_async);
  Read *job = g_new0 (Read, 1);
  job->fd = fd;
  job->max_bytes = max_bytes;
  g_task_set_task_data (task, job, (GDestroyNotify) read_free);

  if (!is_pipe (fd) || !g_unix_set_fd_nonblocking (fd, TRUE, NULL))
    {
      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                               "The secret's descriptor is neither a pipe nor a socket");
      return;
    }

  job->buffer = g_malloc0 (max_bytes + 2);
  job->readable = attach (g_unix_fd_source_new (fd, G_IO_IN | G_IO_HUP | G_IO_ERR),
                          G_SOURCE_FUNC (on_readable_cb), task);
  job->timeout = attach (g_timeout_source_new_seconds (READ_TIMEOUT_S), on_timeout_cb, task);
}

/**
 * porch_secret_read_finish:
 * @result: a result
 * @error: return location
 *
 * Returns: (transfer full): the secret; free it with porch_secret_free()
 */
char *
porch_secret_read_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
