/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* One client's connection as bytes: a socket, with TLS over it or without. Reads and writes never
 * block. TLS is GnuTLS itself and not GTlsConnection, which runs each handshake in a thread:
 * clients that stop in the middle of theirs would take up all threads. Owned by the HTTP
 * connection, and after an upgrade by the WebSocket.
 */

#define G_LOG_DOMAIN "porch-server"

#include "server/porch-transport.h"

#include <errno.h>
#include <gnutls/gnutls.h>
#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

/* TLS 1.3 and 1.2 as everything that we serve speaks. */
#define TLS_PRIORITY "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:%SERVER_PRECEDENCE"

struct _PorchTlsCredentials
{
  gnutls_certificate_credentials_t certificate;
  gnutls_priority_t priority;
};

struct _PorchTransport
{
  PorchPollerWatch watch; /* first: the poller's callback gets this */
  PorchPoller *poller;
  gnutls_session_t session;
  gboolean is_handshaking;
  char *address;
  PorchTransportFunc func;
  gpointer func_data;
  PorchTransportClosedFunc closed_func;
  gpointer closed_data;
};

/**
 * porch_tls_credentials_new_from_files:
 * @certificate_path: PEM: the certificate, followed by those that vouch for it
 * @key_path: PEM: its private key
 * @error: #GTlsError
 *
 * Returns: (transfer full): what a server proves itself with, or %NULL
 */
PorchTlsCredentials *
porch_tls_credentials_new_from_files (const char *certificate_path,
                                      const char *key_path,
                                      GError **error)
{
  g_autoptr (PorchTlsCredentials) self = g_new0 (PorchTlsCredentials, 1);
  int result;

  result = gnutls_certificate_allocate_credentials (&self->certificate);
  if (result >= 0)
    result = gnutls_priority_init (&self->priority, TLS_PRIORITY, NULL);
  if (result < 0)
    {
      g_set_error (error, G_TLS_ERROR, G_TLS_ERROR_MISC, "TLS cannot be used: %s",
                   gnutls_strerror (result));
      return NULL;
    }

  result = gnutls_certificate_set_x509_key_file (self->certificate, certificate_path, key_path,
                                                 GNUTLS_X509_FMT_PEM);
  if (result < 0)
    {
      g_set_error (error, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE,
                   "The certificate %s with the key %s cannot be used: %s", certificate_path,
                   key_path, gnutls_strerror (result));
      return NULL;
    }

  return g_steal_pointer (&self);
}

/**
 * porch_tls_credentials_free:
 * @self: (transfer full): credentials that no transport uses any more
 */
void
porch_tls_credentials_free (PorchTlsCredentials *self)
{
  if (self->certificate != NULL)
    gnutls_certificate_free_credentials (self->certificate);
  if (self->priority != NULL)
    gnutls_priority_deinit (self->priority);
  g_free (self);
}

static void
on_watch_ready_cb (PorchPollerWatch *watch, GIOCondition ready)
{
  PorchTransport *self = (PorchTransport *) watch;

  if (self->func != NULL)
    self->func (self, ready, self->func_data);
}

static gboolean
start_tls (PorchTransport *self, PorchTlsCredentials *credentials)
{
  const guint flags = GNUTLS_SERVER | GNUTLS_NONBLOCK | GNUTLS_NO_SIGNAL | GNUTLS_NO_TICKETS;

  self->is_handshaking = TRUE;
  if (gnutls_init (&self->session, flags) < 0
      || gnutls_priority_set (self->session, credentials->priority) < 0
      || gnutls_credentials_set (self->session, GNUTLS_CRD_CERTIFICATE, credentials->certificate)
             < 0)
    return FALSE;

  gnutls_transport_set_int (self->session, self->watch.fd);
  /* Whoever waits for us to finish has the deadline, not GnuTLS. */
  gnutls_handshake_set_timeout (self->session, GNUTLS_INDEFINITE_TIMEOUT);

  return TRUE;
}

/**
 * porch_transport_new:
 * @poller: what waits for the socket
 * @fd: (transfer full): a connected, non-blocking socket
 * @address: the client's numeric address
 * @tls_credentials: (nullable): to speak TLS with; outlives the transport
 *
 * The handshake happens in the first reads.
 *
 * Returns: (transfer full) (nullable): a transport that waits for bytes to read; %NULL, with the
 *   socket closed, where the system has no room for it
 */
PorchTransport *
porch_transport_new (PorchPoller *poller,
                     int fd,
                     const char *address,
                     PorchTlsCredentials *tls_credentials)
{
  PorchTransport *self = g_new0 (PorchTransport, 1);

  self->poller = porch_poller_ref (poller);
  self->watch.fd = fd;
  self->watch.wanted = G_IO_IN;
  self->watch.func = on_watch_ready_cb;
  self->address = g_strdup (address);

  /* Without TLS where it is wanted there is no connection at all. */
  if ((tls_credentials != NULL && !start_tls (self, tls_credentials))
      || !porch_poller_add (poller, &self->watch))
    {
      g_warning ("A connection had no room: %s", g_strerror (errno));
      porch_transport_free (self);
      return NULL;
    }

  return self;
}

/**
 * porch_transport_free:
 * @self: (transfer full): a transport
 *
 * Closes the connection.
 */
void
porch_transport_free (PorchTransport *self)
{
  g_return_if_fail (self != NULL);

  if (self->closed_func != NULL)
    self->closed_func (self, self->closed_data);

  porch_poller_remove (self->poller, &self->watch);
  if (self->session != NULL)
    {
      if (!self->is_handshaking)
        gnutls_bye (self->session, GNUTLS_SHUT_WR);
      gnutls_deinit (self->session);
    }
  close (self->watch.fd);
  porch_poller_unref (self->poller);
  g_free (self->address);
  g_free (self);
}

/**
 * porch_transport_get_address:
 * @self: a transport
 *
 * Returns: the client's numeric address
 */
const char *
porch_transport_get_address (PorchTransport *self)
{
  return self->address;
}

/**
 * porch_transport_set_callback:
 * @self: a transport
 * @func: (nullable): called when the transport is ready for what is wanted, or broken
 * @user_data: for @func
 */
void
porch_transport_set_callback (PorchTransport *self, PorchTransportFunc func, gpointer user_data)
{
  self->func = func;
  self->func_data = user_data;
}

/**
 * porch_transport_set_closed_callback:
 * @self: a transport
 * @func: called once, when the transport is freed, whoever owns it then
 * @user_data: for @func
 */
void
porch_transport_set_closed_callback (PorchTransport *self,
                                     PorchTransportClosedFunc func,
                                     gpointer user_data)
{
  self->closed_func = func;
  self->closed_data = user_data;
}

/**
 * porch_transport_set_wanted:
 * @self: a transport
 * @wanted: what to be called for: %G_IO_IN, %G_IO_OUT, both or neither
 */
void
porch_transport_set_wanted (PorchTransport *self, GIOCondition wanted)
{
  porch_poller_modify (self->poller, &self->watch, wanted);
}

static gssize
fail_with (int error_number)
{
  errno = error_number;

  return -1;
}

static gboolean
is_temporary (int gnutls_result)
{
  return gnutls_result == GNUTLS_E_AGAIN || gnutls_result == GNUTLS_E_INTERRUPTED;
}

/* Returns whether the handshake is done; errno says why not. */
static gboolean
continue_handshake (PorchTransport *self)
{
  int result = gnutls_handshake (self->session);

  /* What a warning alert means is for the rest of the handshake to find out. */
  while (result < 0 && !gnutls_error_is_fatal (result) && !is_temporary (result))
    result = gnutls_handshake (self->session);

  if (result == GNUTLS_E_SUCCESS)
    {
      self->is_handshaking = FALSE;
      porch_transport_set_wanted (self, G_IO_IN);
      return TRUE;
    }

  if (is_temporary (result))
    {
      gboolean is_writing = gnutls_record_get_direction (self->session) == 1;

      porch_transport_set_wanted (self, is_writing ? G_IO_IN | G_IO_OUT : G_IO_IN);
      errno = EAGAIN;
    }
  else
    {
      g_debug ("TLS handshake with %s: %s", self->address, gnutls_strerror (result));
      errno = ECONNABORTED;
    }

  return FALSE;
}

/**
 * porch_transport_read:
 * @self: a transport
 * @buffer: (out): where to
 * @size: at least 16 KiB, so that nothing of a TLS record stays behind unseen
 *
 * Returns: the number of bytes, 0 at the end, or -1: with %EAGAIN in errno when none are there yet
 */
gssize
porch_transport_read (PorchTransport *self, void *buffer, gsize size)
{
  gssize n_read;

  if (self->session == NULL)
    {
      do
        n_read = recv (self->watch.fd, buffer, size, 0);
      while (n_read < 0 && errno == EINTR);

      return n_read;
    }

  if (self->is_handshaking && !continue_handshake (self))
    return -1;

  n_read = gnutls_record_recv (self->session, buffer, size);
  if (n_read >= 0)
    return n_read;
  if (is_temporary (n_read))
    return fail_with (EAGAIN);
  if (n_read == GNUTLS_E_PREMATURE_TERMINATION)
    return 0;

  return fail_with (ECONNABORTED);
}

/**
 * porch_transport_write:
 * @self: a transport
 * @bytes: what
 * @length: how much
 *
 * After an %EAGAIN the next call must bring the same bytes.
 *
 * Returns: how many bytes were taken, or -1: with %EAGAIN in errno when none could be
 */
gssize
porch_transport_write (PorchTransport *self, const void *bytes, gsize length)
{
  gssize n_written;

  if (self->session == NULL)
    {
      do
        n_written = send (self->watch.fd, bytes, length, MSG_NOSIGNAL);
      while (n_written < 0 && errno == EINTR);

      return n_written;
    }

  n_written = gnutls_record_send (self->session, bytes, length);
  if (n_written >= 0)
    return n_written;

  return fail_with (is_temporary (n_written) ? EAGAIN : ECONNABORTED);
}

/**
 * porch_transport_get_unacknowledged:
 * @self: a transport
 *
 * Returns: how many bytes the system keeps because the client has not acknowledged them
 */
gsize
porch_transport_get_unacknowledged (PorchTransport *self)
{
  int n_bytes = 0;

  if (ioctl (self->watch.fd, SIOCOUTQ, &n_bytes) < 0)
    return 0;

  return n_bytes;
}

/**
 * porch_transport_shutdown:
 * @self: a transport
 * @reading: whether reading ends too: the owner is then called with a hang-up in the next turn
 *
 * Ends what we send.
 */
void
porch_transport_shutdown (PorchTransport *self, gboolean reading)
{
  if (self->session != NULL && !self->is_handshaking && !reading)
    gnutls_bye (self->session, GNUTLS_SHUT_WR);

  shutdown (self->watch.fd, reading ? SHUT_RDWR : SHUT_WR);
}
