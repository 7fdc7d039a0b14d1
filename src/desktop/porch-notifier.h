/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include <gio/gio.h>

#include "presence/porch-notification-rules.h"

G_BEGIN_DECLS

#define PORCH_TYPE_NOTIFIER (porch_notifier_get_type ())
G_DECLARE_INTERFACE (PorchNotifier, porch_notifier, PORCH, NOTIFIER, GObject)

/**
 * PorchNotifierInterface:
 * @show: shows a notification, or replaces the one of the same id; waits for nothing
 * @withdraw: takes one back, shown or about to be
 *
 * Who shows notifications on this desktop.
 *
 * Signals:
 *  "open" (const char *user_id, const char *token): the person wants to see whom it is about: user
 *    id "" for several people; token: the activation token, or NULL
 *  "stop" (const char *user_id): the person wants to be told of this contact no longer
 *  "closed" (guint id): shown no longer, not by withdrawing
 */
struct _PorchNotifierInterface
{
  GTypeInterface parent_iface;

  void (*show) (PorchNotifier *self, const PorchNotification *notification);
  void (*withdraw) (PorchNotifier *self, guint id);
};

PorchNotifier *porch_notifier_new (GDBusConnection *bus);
void porch_notifier_show (PorchNotifier *self, const PorchNotification *notification);
void porch_notifier_withdraw (PorchNotifier *self, guint id);

/* For those that implement it. */
void porch_notifier_emit_open (PorchNotifier *self, const char *user_id, const char *token);
void porch_notifier_emit_stop (PorchNotifier *self, const char *user_id);
void porch_notifier_emit_closed (PorchNotifier *self, guint id);
const char *porch_notifier_get_user_id (const PorchNotification *notification);
const char *porch_notifier_get_picture (const PorchNotification *notification);

G_END_DECLS
