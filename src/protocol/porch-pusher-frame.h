/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

#define PORCH_PUSHER_NAME_MAX_BYTES 200
#define PORCH_PUSHER_DATA_MAX_BYTES (10 * 1024)
#define PORCH_PUSHER_MEMBERS_MAX    512
#define PORCH_PUSHER_AUTH_MAX_BYTES 1024

/* The protocol's own events (Pusher Channels protocol 7). */
#define PORCH_PUSHER_EVENT_CONNECTION_ESTABLISHED "pusher:connection_established"
#define PORCH_PUSHER_EVENT_ERROR                  "pusher:error"
#define PORCH_PUSHER_EVENT_PING                   "pusher:ping"
#define PORCH_PUSHER_EVENT_PONG                   "pusher:pong"
#define PORCH_PUSHER_EVENT_SUBSCRIBE              "pusher:subscribe"
#define PORCH_PUSHER_EVENT_UNSUBSCRIBE            "pusher:unsubscribe"
#define PORCH_PUSHER_EVENT_SIGNIN                 "pusher:signin"
#define PORCH_PUSHER_EVENT_SIGNIN_SUCCESS         "pusher:signin_success"
#define PORCH_PUSHER_EVENT_SUBSCRIPTION_ERROR     "pusher:subscription_error"
#define PORCH_PUSHER_EVENT_SUBSCRIPTION_SUCCEEDED "pusher_internal:subscription_succeeded"
#define PORCH_PUSHER_EVENT_MEMBER_ADDED           "pusher_internal:member_added"
#define PORCH_PUSHER_EVENT_MEMBER_REMOVED         "pusher_internal:member_removed"

/**
 * PorchPusherFrame:
 * @event: the event's name
 * @channel: (nullable): the channel
 * @data: (nullable): the data as text: the string that travelled, or the JSON of what some servers
 *   send as an object instead
 * @user_id: (nullable): of a client event on a presence channel
 *
 * One message over the socket, either way.
 */
typedef struct
{
  char *event;
  char *channel;
  char *data;
  char *user_id;
} PorchPusherFrame;

PorchPusherFrame *porch_pusher_frame_parse (const char *bytes, gsize length, GError **error);
void porch_pusher_frame_free (PorchPusherFrame *frame);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PorchPusherFrame, porch_pusher_frame_free)
char *porch_pusher_frame_build (const char *event, const char *channel, const char *data);
/* Same, with the id of the member who triggered a client event on a presence channel. */
char *porch_pusher_frame_build_client_event (const char *event,
                                             const char *channel,
                                             const char *data,
                                             const char *user_id);

/* What follows comes in pairs. A …_parse reads the data of a frame, a …_build makes it for
 * porch_pusher_frame_build(); only those named …_frame_build make a frame.
 */

/* pusher:connection_established */
typedef struct
{
  char *socket_id;
  guint activity_timeout_s;
} PorchPusherConnectionEstablished;

PorchPusherConnectionEstablished *porch_pusher_connection_established_parse (const char *data,
                                                                             GError **error);
void porch_pusher_connection_established_free (PorchPusherConnectionEstablished *established);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PorchPusherConnectionEstablished,
                               porch_pusher_connection_established_free)
char *porch_pusher_connection_established_build (const char *socket_id, guint activity_timeout_s);

/* pusher:subscribe and pusher:unsubscribe, whose data is an object on the wire, not a string. */
typedef struct
{
  char *channel;
  char *auth;
  char *channel_data;
} PorchPusherSubscribe;

PorchPusherSubscribe *porch_pusher_subscribe_parse (const char *data, GError **error);
void porch_pusher_subscribe_free (PorchPusherSubscribe *subscribe);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PorchPusherSubscribe, porch_pusher_subscribe_free)
char *porch_pusher_subscribe_frame_build (const char *channel,
                                          const char *auth,
                                          const char *channel_data);
char *porch_pusher_unsubscribe_frame_build (const char *channel);

/* channel_data of a presence channel, and the data of member_added and member_removed:
 * user_id may travel as a string or as a number; it is a string here. user_info is kept as JSON.
 */
typedef struct
{
  char *user_id;
  char *user_info;
} PorchPusherMember;

PorchPusherMember *porch_pusher_member_parse (const char *data, GError **error);
void porch_pusher_member_free (PorchPusherMember *member);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PorchPusherMember, porch_pusher_member_free)
char *porch_pusher_member_build (const char *user_id, const char *user_info);

/* pusher_internal:subscription_succeeded of a presence channel: the ids of its members. */
GStrv porch_pusher_members_parse (const char *data, GError **error);
/* members: (element-type PorchPusherMember) */
char *porch_pusher_members_build (GPtrArray *members);

/* pusher:error, and the error of a refused subscription */
typedef struct
{
  int code; /* 0 where none came */
  char *message;
} PorchPusherFault;

PorchPusherFault *porch_pusher_fault_parse (const char *data, GError **error);
void porch_pusher_fault_free (PorchPusherFault *fault);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PorchPusherFault, porch_pusher_fault_free)
char *porch_pusher_fault_build (int code, const char *message);
char *porch_pusher_subscription_error_build (const char *type, const char *message, int status);

gboolean porch_pusher_channel_name_is_valid (const char *channel);
gboolean porch_pusher_event_name_is_valid (const char *event);
gboolean porch_pusher_socket_id_is_valid (const char *socket_id);

G_END_DECLS
