/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include <gio/gio.h>

#include "server/porch-poller.h"

G_BEGIN_DECLS

typedef struct _PorchTlsCredentials PorchTlsCredentials;

PorchTlsCredentials *porch_tls_credentials_new_from_files (const char *certificate_path,
                                                           const char *key_path,
                                                           GError **error);
void porch_tls_credentials_free (PorchTlsCredentials *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PorchTlsCredentials, porch_tls_credentials_free)

typedef struct _PorchTransport PorchTransport;

/**
 * PorchTransportFunc:
 * @self: the transport that is ready; the callee may free it
 * @ready: for what
 * @user_data: what was given with the function
 */
typedef void (*PorchTransportFunc) (PorchTransport *self, GIOCondition ready, gpointer user_data);

/**
 * PorchTransportClosedFunc:
 * @self: the transport, about to be freed
 * @user_data: what was given with the function
 */
typedef void (*PorchTransportClosedFunc) (PorchTransport *self, gpointer user_data);

PorchTransport *porch_transport_new (PorchPoller *poller,
                                     int fd,
                                     const char *address,
                                     PorchTlsCredentials *tls_credentials);
void porch_transport_free (PorchTransport *self);
const char *porch_transport_get_address (PorchTransport *self);
void
porch_transport_set_callback (PorchTransport *self, PorchTransportFunc func, gpointer user_data);
void porch_transport_set_closed_callback (PorchTransport *self,
                                          PorchTransportClosedFunc func,
                                          gpointer user_data);
void porch_transport_set_wanted (PorchTransport *self, GIOCondition wanted);
gssize porch_transport_read (PorchTransport *self, void *buffer, gsize size);
gssize porch_transport_write (PorchTransport *self, const void *bytes, gsize length);
gsize porch_transport_get_unacknowledged (PorchTransport *self);
void porch_transport_shutdown (PorchTransport *self, gboolean reading);

G_END_DECLS
