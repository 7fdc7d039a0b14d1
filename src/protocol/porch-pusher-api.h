/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Of one request to Pusher's HTTP API. */
#define PORCH_PUSHER_TRIGGER_CHANNELS_MAX 100
#define PORCH_PUSHER_BATCH_MAX            10

/**
 * PorchPusherTrigger:
 * @event: the event's name
 * @channels: where it goes
 * @data: its data, as text
 * @socket_id: (nullable): the connection that does not get it
 * @info: (nullable): what the answer shall say of the channels: "user_count,subscription_count"
 *
 * One event, as a server asks for it.
 */
typedef struct
{
  char *event;
  GStrv channels;
  char *data;
  char *socket_id;
  char *info;
} PorchPusherTrigger;

PorchPusherTrigger *porch_pusher_trigger_parse (const char *bytes, gsize length, GError **error);
void porch_pusher_trigger_free (PorchPusherTrigger *trigger);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PorchPusherTrigger, porch_pusher_trigger_free)
/* (element-type PorchPusherTrigger): each with one channel */
GPtrArray *porch_pusher_batch_parse (const char *bytes, gsize length, GError **error);
char *porch_pusher_batch_build (PorchPusherTrigger *const *triggers, guint n_triggers);

char *porch_pusher_api_target_build (const char *key,
                                     const char *secret,
                                     const char *method,
                                     const char *path,
                                     const char *body,
                                     gint64 now_us);
gboolean porch_pusher_api_request_verify (const char *key,
                                          const char *secret,
                                          const char *method,
                                          const char *path,
                                          GHashTable *query,
                                          GBytes *body,
                                          gint64 now_us,
                                          GError **error);

G_END_DECLS
