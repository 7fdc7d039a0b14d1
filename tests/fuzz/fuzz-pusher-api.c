/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* The bodies of requests to Pusher's HTTP API. */

#include "fuzz.h"

#include <string.h>

#include "protocol/porch-pusher-api.h"

static void
check_batch (GPtrArray *triggers)
{
  g_autofree char *json = porch_pusher_batch_build ((PorchPusherTrigger *const *) triggers->pdata,
                                                    triggers->len);
  g_autoptr (GPtrArray) again = porch_pusher_batch_parse (json, strlen (json), NULL);

  /* What is escaped may grow past what is let in. */
  if (again == NULL)
    return;

  g_assert_cmpuint (again->len, ==, triggers->len);
  for (guint i = 0; i < again->len; i++)
    {
      const PorchPusherTrigger *first = g_ptr_array_index (triggers, i);
      const PorchPusherTrigger *second = g_ptr_array_index (again, i);

      g_assert_cmpstr (first->event, ==, second->event);
      g_assert_cmpstr (first->channels[0], ==, second->channels[0]);
      g_assert_cmpstr (first->data, ==, second->data);
      g_assert_cmpstr (first->socket_id, ==, second->socket_id);
    }
}

int
LLVMFuzzerTestOneInput (const guint8 *bytes, gsize length)
{
  g_autoptr (PorchPusherTrigger) trigger = porch_pusher_trigger_parse ((const char *) bytes, length,
                                                                       NULL);
  g_autoptr (GPtrArray) triggers = porch_pusher_batch_parse ((const char *) bytes, length, NULL);

  if (trigger != NULL)
    g_assert_cmpuint (g_strv_length (trigger->channels), <=, PORCH_PUSHER_TRIGGER_CHANNELS_MAX);
  if (triggers != NULL)
    check_batch (triggers);

  return 0;
}
