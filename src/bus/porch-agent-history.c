/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* The part of PorchAgentProxy that asks the agent who was here when, and says for how long that is
 * kept. It keeps nothing itself.
 */

#define G_LOG_DOMAIN "porch-bus"

#include "bus/porch-agent-history.h"

#include "bus/porch-agent-proxy-private.h"

/**
 * porch_agent_proxy_get_history_keep:
 * @self: a proxy
 *
 * Returns: for how long the agent keeps who was here when
 */
PorchHistoryKeep
porch_agent_proxy_get_history_keep (PorchAgentProxy *self)
{
  g_return_val_if_fail (PORCH_IS_AGENT_PROXY (self), PORCH_HISTORY_NOT_ASKED);

  PorchHistoryKeep keep = PORCH_HISTORY_NOT_ASKED;
  g_autofree char *text = NULL;
  g_object_get (self, "history-keep", &text, NULL);
  porch_history_keep_from_string (text, &keep);
  return keep;
}

/**
 * porch_agent_proxy_load_history_async:
 * @self: a proxy
 * @user_id: a contact's id
 * @since_us: from when on, server's clock
 * @until_us: until when; 0 for now
 * @cancellable: (nullable): a cancellable
 * @callback: called with the answer
 * @user_data: for @callback
 */
void
porch_agent_proxy_load_history_async (PorchAgentProxy *self,
                                      const char *user_id,
                                      gint64 since_us,
                                      gint64 until_us,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data)
{
  g_return_if_fail (PORCH_IS_AGENT_PROXY (self));
  g_return_if_fail (user_id != NULL);

  porch_agent_proxy_call (self, PORCH_PROXY_ACCOUNT, "History",
                          g_variant_new ("(sxx)", user_id, since_us, until_us), NULL, -1,
                          porch_agent_proxy_load_history_async, cancellable, callback, user_data);
}

/**
 * porch_agent_proxy_load_history_finish:
 * @self: a proxy
 * @result: a result
 * @error: return location for an error of %PORCH_AGENT_ERROR
 *
 * Returns: (transfer full) (element-type PorchInterval): what was recorded of then, tidy, the first
 *   and the last whole; at most 50,000, the earliest
 */
GArray *
porch_agent_proxy_load_history_finish (PorchAgentProxy *self, GAsyncResult *result, GError **error)
{
  g_autoptr (GVariant) reply = porch_agent_proxy_call_take (self, result, error);
  if (reply == NULL)
    return NULL;

  GArray *intervals = g_array_new (FALSE, FALSE, sizeof (PorchInterval));
  g_autoptr (GVariantIter) iter = NULL;
  PorchInterval interval;
  guint32 status;
  g_variant_get (reply, "(a(uxx))", &iter);
  while (g_variant_iter_next (iter, "(uxx)", &status, &interval.start_us, &interval.end_us))
    {
      interval.status = (PorchStatus) MIN (status, PORCH_STATUS_ONLINE);
      g_array_append_val (intervals, interval);
    }
  return intervals;
}

/**
 * porch_agent_proxy_set_history_keep_async:
 * @self: a proxy
 * @keep: for how long to keep who was here when
 * @cancellable: (nullable): a cancellable
 * @callback: called with the answer, for porch_agent_proxy_call_finish()
 * @user_data: for @callback
 */
void
porch_agent_proxy_set_history_keep_async (PorchAgentProxy *self,
                                          PorchHistoryKeep keep,
                                          GCancellable *cancellable,
                                          GAsyncReadyCallback callback,
                                          gpointer user_data)
{
  g_return_if_fail (PORCH_IS_AGENT_PROXY (self));

  porch_agent_proxy_call (self, PORCH_PROXY_ACCOUNT, "SetHistoryKeep",
                          g_variant_new ("(s)", porch_history_keep_to_string (keep)), NULL, -1,
                          porch_agent_proxy_set_history_keep_async, cancellable, callback,
                          user_data);
}

/**
 * porch_agent_proxy_delete_history_async:
 * @self: a proxy
 * @cancellable: (nullable): a cancellable
 * @callback: called with the answer, for porch_agent_proxy_call_finish()
 * @user_data: for @callback
 *
 * Deletes all that was recorded.
 */
void
porch_agent_proxy_delete_history_async (PorchAgentProxy *self,
                                        GCancellable *cancellable,
                                        GAsyncReadyCallback callback,
                                        gpointer user_data)
{
  g_return_if_fail (PORCH_IS_AGENT_PROXY (self));

  porch_agent_proxy_call (self, PORCH_PROXY_ACCOUNT, "DeleteHistory", NULL, NULL, -1,
                          porch_agent_proxy_delete_history_async, cancellable, callback, user_data);
}
