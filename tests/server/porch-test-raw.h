/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A client that is not bound to any protocol: bytes out, bytes in. */
typedef struct
{
  GSocket *socket;
  GString *received;
  gboolean is_over; /* the server closed, or reset */
} PorchTestRaw;

PorchTestRaw *porch_test_raw_new (const char *address);
void porch_test_raw_free (PorchTestRaw *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PorchTestRaw, porch_test_raw_free)
gssize porch_test_raw_send_some (PorchTestRaw *self, const void *bytes, gsize length);
void porch_test_raw_send (PorchTestRaw *self, const void *bytes, gsize length);
void porch_test_raw_send_text (PorchTestRaw *self, const char *text);
void porch_test_raw_receive (PorchTestRaw *self);
void porch_test_raw_wait_for (PorchTestRaw *self, const char *text);
void porch_test_raw_wait_for_length (PorchTestRaw *self, gsize length);
void porch_test_raw_wait_for_end (PorchTestRaw *self);
void porch_test_raw_open_websocket (PorchTestRaw *self, const char *path);
void
porch_test_raw_send_frame (PorchTestRaw *self, guint8 first, const char *payload, gsize length);

G_END_DECLS
