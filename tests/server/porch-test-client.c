/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* libsoup as a client that waits for its answer, in the main context, so that a server in the same
 * process can answer.
 */

#include "porch-test-client.h"

#include <string.h>

#include "porch-test-wait.h"
#include "protocol/porch-json.h"

PorchTestAnswer *
porch_test_call_valist (SoupSession *session,
                        const char *method,
                        const char *uri,
                        const char *body,
                        va_list headers)
{
  g_autoptr (SoupMessage) message = soup_message_new (method, uri);
  PorchTestAnswer *answer = g_new0 (PorchTestAnswer, 1);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;
  const char *name;

  while ((name = va_arg (headers, const char *)) != NULL)
    soup_message_headers_append (soup_message_get_request_headers (message), name,
                                 va_arg (headers, const char *));
  if (body != NULL)
    {
      g_autoptr (GBytes) body_bytes = g_bytes_new (body, strlen (body));

      soup_message_set_request_body_from_bytes (message, "application/json", body_bytes);
    }

  soup_session_send_and_read_async (session, message, G_PRIORITY_DEFAULT, NULL,
                                    porch_test_take_result, &result);
  porch_test_wait_until (result != NULL);
  bytes = soup_session_send_and_read_finish (session, result, &error);
  g_assert_no_error (error);

  answer->status = soup_message_get_status (message);
  answer->text = g_bytes_get_size (bytes) > 0
                     ? g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes))
                     : g_strdup ("");
  answer->root = porch_json_parse_object (answer->text, strlen (answer->text), NULL);
  answer->headers = soup_message_headers_ref (soup_message_get_response_headers (message));

  return answer;
}

/* After the body come names and values of headers, then NULL. */
PorchTestAnswer *
porch_test_call (SoupSession *session, const char *method, const char *uri, const char *body, ...)
{
  PorchTestAnswer *answer;
  va_list headers;

  va_start (headers, body);
  answer = porch_test_call_valist (session, method, uri, body, headers);
  va_end (headers);

  return answer;
}

void
porch_test_answer_free (PorchTestAnswer *answer)
{
  g_free (answer->text);
  g_clear_pointer (&answer->root, json_node_unref);
  soup_message_headers_unref (answer->headers);
  g_free (answer);
}

/* A member of the answer that is a string; of an object in it where a dot stands in the name. */
const char *
porch_test_answer_get (PorchTestAnswer *answer, const char *member)
{
  JsonObject *object = answer->root != NULL ? json_node_get_object (answer->root) : NULL;
  g_auto (GStrv) path = g_strsplit (member, ".", -1);

  for (guint i = 0; object != NULL && path[i] != NULL; i++)
    {
      if (path[i + 1] == NULL)
        return porch_json_get_string (object, path[i], G_MAXSIZE);
      object = porch_json_get_object (object, path[i]);
    }

  return NULL;
}
