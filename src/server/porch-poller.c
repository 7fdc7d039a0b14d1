/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* Watches the descriptors of all clients with one epoll set, which is one source of the main loop.
 * GLib's own loop polls every descriptor at every turn, so that a turn would cost more with every
 * client that is merely connected. Owned by the HTTP server, shared by every transport.
 */

#define G_LOG_DOMAIN "porch-server"

#include "server/porch-poller.h"

#include <errno.h>
#include <glib-unix.h>
#include <sys/epoll.h>
#include <unistd.h>

/* How many ready descriptors one turn of the main loop serves. */
#define BATCH 256

struct _PorchPoller
{
  grefcount ref_count;
  int epoll_fd;
  GSource *source;
  struct epoll_event batch[BATCH];
  int n_batch;
};

/* GLib's conditions have the values of poll(2), and so have those of epoll(7). */
G_STATIC_ASSERT ((int) G_IO_IN == EPOLLIN);
G_STATIC_ASSERT ((int) G_IO_OUT == EPOLLOUT);
G_STATIC_ASSERT ((int) G_IO_ERR == EPOLLERR);
G_STATIC_ASSERT ((int) G_IO_HUP == EPOLLHUP);

static gboolean
on_epoll_ready_cb (int fd, GIOCondition condition, gpointer user_data)
{
  PorchPoller *self = porch_poller_ref (user_data);

  self->n_batch = epoll_wait (self->epoll_fd, self->batch, BATCH, 0);

  for (int i = 0; i < self->n_batch; i++)
    {
      PorchPollerWatch *watch = self->batch[i].data.ptr;

      /* An earlier one of the batch may have removed it. */
      if (watch != NULL)
        watch->func (watch, (GIOCondition) self->batch[i].events);
    }

  self->n_batch = 0;
  porch_poller_unref (self);

  return G_SOURCE_CONTINUE;
}

/**
 * porch_poller_new:
 *
 * Returns: (transfer full): a poller in the main context
 */
PorchPoller *
porch_poller_new (void)
{
  PorchPoller *self = g_new0 (PorchPoller, 1);

  g_ref_count_init (&self->ref_count);
  self->epoll_fd = epoll_create1 (EPOLL_CLOEXEC);
  if (self->epoll_fd < 0)
    g_error ("No epoll descriptor: %s", g_strerror (errno));

  self->source = g_unix_fd_source_new (self->epoll_fd, G_IO_IN);
  g_source_set_static_name (self->source, "porch-poller");
  g_source_set_callback (self->source, G_SOURCE_FUNC (on_epoll_ready_cb), self, NULL);
  g_source_attach (self->source, NULL);

  return self;
}

/**
 * porch_poller_ref:
 * @self: a poller
 *
 * Returns: (transfer full): @self
 */
PorchPoller *
porch_poller_ref (PorchPoller *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_ref_count_inc (&self->ref_count);

  return self;
}

/**
 * porch_poller_unref:
 * @self: (transfer full): a poller
 */
void
porch_poller_unref (PorchPoller *self)
{
  g_return_if_fail (self != NULL);

  if (!g_ref_count_dec (&self->ref_count))
    return;

  g_source_destroy (self->source);
  g_source_unref (self->source);
  close (self->epoll_fd);
  g_free (self);
}

/**
 * porch_poller_add:
 * @self: a poller
 * @watch: what to watch; stays where it is until porch_poller_remove()
 *
 * Returns: %FALSE where the system has no room for it
 */
gboolean
porch_poller_add (PorchPoller *self, PorchPollerWatch *watch)
{
  struct epoll_event event = { .events = watch->wanted, .data.ptr = watch };

  return epoll_ctl (self->epoll_fd, EPOLL_CTL_ADD, watch->fd, &event) == 0;
}

/**
 * porch_poller_modify:
 * @self: a poller
 * @watch: a watch that was added
 * @wanted: what to wait for from now on
 */
void
porch_poller_modify (PorchPoller *self, PorchPollerWatch *watch, GIOCondition wanted)
{
  struct epoll_event event = { .events = wanted, .data.ptr = watch };

  if (watch->wanted == wanted)
    return;

  watch->wanted = wanted;
  epoll_ctl (self->epoll_fd, EPOLL_CTL_MOD, watch->fd, &event);
}

/**
 * porch_poller_remove:
 * @self: a poller
 * @watch: a watch that was added; it is not called again
 */
void
porch_poller_remove (PorchPoller *self, PorchPollerWatch *watch)
{
  epoll_ctl (self->epoll_fd, EPOLL_CTL_DEL, watch->fd, NULL);

  for (int i = 0; i < self->n_batch; i++)
    if (self->batch[i].data.ptr == watch)
      self->batch[i].data.ptr = NULL;
}
