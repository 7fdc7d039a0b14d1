/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* Frames and the data of every event of the protocol. */

#include "fuzz.h"

#include <string.h>

#include "protocol/porch-json.h"
#include "protocol/porch-pusher-frame.h"

static void
check_connection_established (const char *data)
{
  g_autoptr (PorchPusherConnectionEstablished) established
      = porch_pusher_connection_established_parse (data, NULL);
  g_autoptr (PorchPusherConnectionEstablished) again = NULL;
  g_autofree char *text = NULL;

  if (established == NULL)
    return;

  text = porch_pusher_connection_established_build (established->socket_id,
                                                    established->activity_timeout_s);
  again = porch_pusher_connection_established_parse (text, NULL);
  g_assert_cmpstr (established->socket_id, ==, again->socket_id);
  g_assert_cmpuint (established->activity_timeout_s, ==, again->activity_timeout_s);
}

static void
check_subscribe (const char *data)
{
  g_autoptr (PorchPusherSubscribe) subscribe = porch_pusher_subscribe_parse (data, NULL);
  g_autoptr (PorchPusherSubscribe) again = NULL;
  g_autoptr (PorchPusherFrame) frame = NULL;
  g_autofree char *text = NULL;

  if (subscribe == NULL)
    return;

  text = porch_pusher_subscribe_frame_build (subscribe->channel, subscribe->auth,
                                             subscribe->channel_data);
  frame = porch_pusher_frame_parse (text, strlen (text), NULL);
  again = porch_pusher_subscribe_parse (frame->data, NULL);
  g_assert_cmpstr (subscribe->channel, ==, again->channel);
  g_assert_cmpstr (subscribe->auth, ==, again->auth);
  g_assert_cmpstr (subscribe->channel_data, ==, again->channel_data);
}

static void
check_member (const char *data)
{
  g_autoptr (PorchPusherMember) member = porch_pusher_member_parse (data, NULL);
  g_autoptr (PorchPusherMember) again = NULL;
  g_autofree char *text = NULL;

  if (member == NULL)
    return;

  text = porch_pusher_member_build (member->user_id, member->user_info);
  if (strlen (text) > PORCH_JSON_MAX_BYTES)
    return;

  again = porch_pusher_member_parse (text, NULL);
  g_assert_cmpstr (member->user_id, ==, again->user_id);
  g_assert_cmpstr (member->user_info, ==, again->user_info);
}

static void
check_members (const char *data)
{
  g_auto (GStrv) ids = porch_pusher_members_parse (data, NULL);
  g_autoptr (GPtrArray) members = NULL;
  g_auto (GStrv) again = NULL;
  g_autofree char *text = NULL;

  if (ids == NULL)
    return;

  members = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; ids[i] != NULL; i++)
    {
      PorchPusherMember member = { .user_id = ids[i] };

      g_ptr_array_add (members, g_memdup2 (&member, sizeof member));
    }

  text = porch_pusher_members_build (members);
  if (strlen (text) > PORCH_JSON_MAX_BYTES)
    return;

  again = porch_pusher_members_parse (text, NULL);
  g_assert_true (g_strv_equal ((const char *const *) ids, (const char *const *) again));
}

static void
check_fault (const char *data)
{
  g_autoptr (PorchPusherFault) fault = porch_pusher_fault_parse (data, NULL);
  g_autoptr (PorchPusherFault) again = NULL;
  g_autofree char *text = NULL;

  if (fault == NULL)
    return;

  text = porch_pusher_fault_build (fault->code, fault->message);
  again = porch_pusher_fault_parse (text, NULL);
  g_assert_cmpint (fault->code, ==, again->code);
  g_assert_cmpstr (fault->message, ==, again->message);
}

static void
check_data (const char *data)
{
  check_connection_established (data);
  check_subscribe (data);
  check_member (data);
  check_members (data);
  check_fault (data);
}

static void
check_frame (const char *bytes, gsize length)
{
  g_autoptr (PorchPusherFrame) frame = porch_pusher_frame_parse (bytes, length, NULL);
  g_autoptr (PorchPusherFrame) again = NULL;
  g_autofree char *text = NULL;

  if (frame == NULL)
    return;

  check_data (frame->data);

  text = porch_pusher_frame_build_client_event (frame->event, frame->channel, frame->data,
                                                frame->user_id);
  if (strlen (text) > PORCH_JSON_MAX_BYTES)
    return;

  again = porch_pusher_frame_parse (text, strlen (text), NULL);
  g_assert_cmpstr (frame->event, ==, again->event);
  g_assert_cmpstr (frame->channel, ==, again->channel);
  g_assert_cmpstr (frame->data, ==, again->data);
  g_assert_cmpstr (frame->user_id, ==, again->user_id);
}

int
LLVMFuzzerTestOneInput (const guint8 *bytes, gsize length)
{
  g_autofree char *data = g_strndup ((const char *) bytes, length);

  check_frame ((const char *) bytes, length);
  check_data (data);
  return 0;
}
