/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* Who was here when, on the bus: the part of Account1 that asks for an account's history, says for
 * how long it is kept and deletes it. Owned by PorchAccountService, whose skeleton it answers on.
 */

#define G_LOG_DOMAIN "porch-agent"

#include "agent/porch-history-service.h"

#include "config.h"

#include "agent/porch-service-error.h"
#include "bus/porch-agent-error.h"

#include <glib/gi18n-lib.h>

struct _PorchHistoryService
{
  GObject parent_instance;

  PorchAgentAccount *account;
  PorchDBusAccount1 *skeleton;
};

G_DEFINE_FINAL_TYPE (PorchHistoryService, porch_history_service, G_TYPE_OBJECT)

/* A question that waits for the store. */
typedef struct
{
  PorchHistoryService *self;
  GDBusMethodInvocation *invocation;
  gint64 when_us;
} Call;

static Call *
call_new (PorchHistoryService *self, GDBusMethodInvocation *invocation)
{
  Call *call = g_new0 (Call, 1);

  call->self = g_object_ref (self);
  call->invocation = invocation;
  return call;
}

static void
call_free (Call *call)
{
  g_object_unref (call->self);
  g_free (call);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Call, call_free)

static void
update (PorchHistoryService *self)
{
  const PorchAccountRecord *record = porch_agent_account_get_record (self->account);

  porch_dbus_account1_set_history_keep (self->skeleton,
                                        porch_history_keep_to_string (record->history_keep));
}

/* What exactly is wrong with the file is for the log. */
static void
return_store_error (GDBusMethodInvocation *invocation, const GError *error, const char *sentence)
{
  g_message ("%s", error->message);
  g_dbus_method_invocation_return_error_literal (invocation, PORCH_AGENT_ERROR,
                                                 PORCH_AGENT_ERROR_DATABASE, sentence);
}

/* Returns: whether the person is a contact; where not, the call has its answer */
static gboolean
check_contact (PorchHistoryService *self, GDBusMethodInvocation *invocation, const char *user_id)
{
  if (porch_roster_lookup (porch_agent_account_get_roster (self->account), user_id) != NULL)
    return TRUE;

  g_dbus_method_invocation_return_error_literal (invocation, PORCH_AGENT_ERROR,
                                                 PORCH_AGENT_ERROR_NO_SUCH_USER,
                                                 _ ("This person is not among your contacts."));
  return FALSE;
}

static gint64
get_now_us (PorchHistoryService *self)
{
  PorchRoster *roster = porch_agent_account_get_roster (self->account);

  return porch_server_clock_get_now_us (porch_roster_get_server_clock (roster));
}

static PorchHistoryRecorder *
get_recorder (PorchHistoryService *self)
{
  return porch_agent_account_get_history (self->account);
}

/* Returns: (nullable): what was read; where nothing could be, the call has its answer */
static GArray *
finish_load (Call *call, GAsyncResult *result)
{
  g_autoptr (GError) error = NULL;
  GArray *intervals = porch_history_recorder_load_finish (get_recorder (call->self), result,
                                                          &error);

  if (intervals == NULL)
    return_store_error (call->invocation, error, _ ("The history cannot be read."));
  return intervals;
}

static void
on_history_loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Call) call = user_data;
  g_autoptr (GArray) intervals = finish_load (call, result);
  if (intervals == NULL)
    return;

  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a(uxx)"));
  for (guint i = 0; i < intervals->len; i++)
    {
      const PorchInterval *interval = &g_array_index (intervals, PorchInterval, i);
      g_variant_builder_add (&builder, "(uxx)", interval->status, interval->start_us,
                             interval->end_us);
    }
  porch_dbus_account1_complete_history (call->self->skeleton, call->invocation,
                                        g_variant_builder_end (&builder));
}

static gboolean
on_history_cb (PorchHistoryService *self,
               GDBusMethodInvocation *invocation,
               const char *user_id,
               gint64 since_us,
               gint64 until_us)
{
  if (since_us < 0 || until_us < 0 || (until_us != 0 && until_us <= since_us))
    g_dbus_method_invocation_return_error_literal (invocation, PORCH_AGENT_ERROR,
                                                   PORCH_AGENT_ERROR_INVALID_ARGUMENT,
                                                   _ ("This time ends before it begins."));
  else if (check_contact (self, invocation, user_id))
    porch_history_recorder_load_async (get_recorder (self), user_id, since_us, until_us, NULL,
                                       on_history_loaded_cb, call_new (self, invocation));
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static void
on_moment_loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Call) call = user_data;
  g_autoptr (GArray) intervals = finish_load (call, result);
  if (intervals == NULL)
    return;

  static const PorchInterval nothing = { PORCH_STATUS_UNKNOWN, 0, 0 };
  const PorchInterval *found = porch_history_lookup (intervals, call->when_us,
                                                     get_now_us (call->self));
  if (found == NULL)
    found = &nothing;
  porch_dbus_account1_complete_was_online (call->self->skeleton, call->invocation, found->status,
                                           found->start_us, found->end_us);
}

static gboolean
on_was_online_cb (PorchHistoryService *self,
                  GDBusMethodInvocation *invocation,
                  const char *user_id,
                  gint64 when_us)
{
  if (!check_contact (self, invocation, user_id))
    return G_DBUS_METHOD_INVOCATION_HANDLED;

  Call *call = call_new (self, invocation);
  call->when_us = CLAMP (when_us, 0, get_now_us (self) + G_TIME_SPAN_DAY);
  porch_history_recorder_load_async (get_recorder (self), user_id, call->when_us,
                                     call->when_us + G_TIME_SPAN_MILLISECOND, NULL,
                                     on_moment_loaded_cb, call);
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static gboolean
on_set_history_keep_cb (PorchHistoryService *self,
                        GDBusMethodInvocation *invocation,
                        const char *text)
{
  PorchHistoryKeep keep;

  if (porch_history_keep_from_string (text, &keep) && keep != PORCH_HISTORY_NOT_ASKED)
    {
      porch_agent_account_set_history_keep (self->account, keep);
      porch_dbus_account1_complete_set_history_keep (self->skeleton, invocation);
    }
  else
    g_dbus_method_invocation_return_error_literal (
        invocation, PORCH_AGENT_ERROR, PORCH_AGENT_ERROR_INVALID_ARGUMENT,
        _ ("Only off, 30-days, 90-days or forever can be chosen."));
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static void
on_deleted_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Call) call = user_data;
  g_autoptr (GError) error = NULL;

  if (porch_history_recorder_delete_finish (PORCH_HISTORY_RECORDER (source), result, &error))
    porch_dbus_account1_complete_delete_history (call->self->skeleton, call->invocation);
  else
    return_store_error (call->invocation, error,
                        _ ("The history cannot be deleted: the file cannot be written."));
}

static gboolean
on_delete_history_cb (PorchHistoryService *self, GDBusMethodInvocation *invocation)
{
  porch_history_recorder_delete_async (get_recorder (self), on_deleted_cb,
                                       call_new (self, invocation));
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static void
porch_history_service_finalize (GObject *object)
{
  PorchHistoryService *self = PORCH_HISTORY_SERVICE (object);

  g_clear_object (&self->account);
  g_clear_object (&self->skeleton);

  G_OBJECT_CLASS (porch_history_service_parent_class)->finalize (object);
}

static void
porch_history_service_class_init (PorchHistoryServiceClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = porch_history_service_finalize;
}

static void
porch_history_service_init (PorchHistoryService *self)
{
}

/**
 * porch_history_service_new:
 * @account: an account
 * @skeleton: the account on the bus
 *
 * Returns: (transfer full): answers to what @skeleton is asked of the account's history
 */
PorchHistoryService *
porch_history_service_new (PorchAgentAccount *account, PorchDBusAccount1 *skeleton)
{
  g_return_val_if_fail (PORCH_IS_AGENT_ACCOUNT (account), NULL);
  g_return_val_if_fail (PORCH_DBUS_IS_ACCOUNT1 (skeleton), NULL);

  PorchHistoryService *self = g_object_new (PORCH_TYPE_HISTORY_SERVICE, NULL);
  self->account = g_object_ref (account);
  self->skeleton = g_object_ref (skeleton);
  g_signal_connect_object (skeleton, "handle-history", G_CALLBACK (on_history_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (skeleton, "handle-was-online", G_CALLBACK (on_was_online_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (skeleton, "handle-set-history-keep", G_CALLBACK (on_set_history_keep_cb),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (skeleton, "handle-delete-history", G_CALLBACK (on_delete_history_cb),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (account, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
  return self;
}
