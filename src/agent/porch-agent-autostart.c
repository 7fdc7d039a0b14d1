/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* Whether the agent starts at log-in: ties what the person decided, which is kept in the store, to
 * what the desktop does. Owned by PorchAgentService. What the desktop does counts: who turned it
 * off in the desktop's own settings meant that. Nothing is turned on before the person has said so.
 */

#define G_LOG_DOMAIN "porch-agent"

#include "agent/porch-agent-autostart.h"

#include "bus/porch-agent-error.h"
#include "bus/porch-program.h"
#include "desktop/porch-autostart.h"

/* 0 where the person does not want it, else the way by which it was turned on, see ways. */
#define SETTING "start-at-log-in"

/* What the numbers in the store mean. */
static const char *const ways[] = { "", "systemd", "autostart-file", "portal" };

struct _PorchAgentAutostart
{
  GObject parent_instance;

  PorchAgentStore *store;
  PorchAutostart *autostart;
  GCancellable *cancellable;

  PorchAutostartChoice choice;
  gint64 stored; /* the setting; -1 where there is none */
};

G_DEFINE_FINAL_TYPE (PorchAgentAutostart, porch_agent_autostart, G_TYPE_OBJECT)

G_DEFINE_ENUM_TYPE (PorchAutostartChoice,
                    porch_autostart_choice,
                    G_DEFINE_ENUM_VALUE (PORCH_AUTOSTART_CHOICE_UNKNOWN, ""),
                    G_DEFINE_ENUM_VALUE (PORCH_AUTOSTART_CHOICE_UNDECIDED, "undecided"),
                    G_DEFINE_ENUM_VALUE (PORCH_AUTOSTART_CHOICE_ON, "on"),
                    G_DEFINE_ENUM_VALUE (PORCH_AUTOSTART_CHOICE_OFF, "off"))

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
set_choice (PorchAgentAutostart *self, PorchAutostartChoice choice)
{
  if (self->choice == choice)
    return;

  self->choice = choice;
  g_debug ("Start at log-in is %s", porch_agent_autostart_get_choice_code (self));
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static gint64
get_way_number (PorchAgentAutostart *self)
{
  const char *way = porch_autostart_get_way (self->autostart);

  for (guint i = 1; i < G_N_ELEMENTS (ways); i++)
    if (g_str_equal (way, ways[i]))
      return i;
  return 0;
}

static void
keep (PorchAgentAutostart *self, gboolean enabled)
{
  self->stored = enabled ? get_way_number (self) : 0;
  porch_agent_store_put_setting (self->store, SETTING, self->stored);
  porch_agent_store_flush_async (self->store, NULL, NULL);
}

static void
on_carried_over_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PorchAgentAutostart) self = user_data;
  g_autoptr (GError) error = NULL;

  if (porch_autostart_set_finish (PORCH_AUTOSTART (source), result, &error))
    {
      keep (self, TRUE);
      set_choice (self, PORCH_AUTOSTART_CHOICE_ON);
      return;
    }

  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_message ("Start at log-in cannot be turned on in this session: %s", error->message);
  set_choice (self, PORCH_AUTOSTART_CHOICE_OFF);
}

static void
on_loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PorchAgentAutostart) self = user_data;
  g_autoptr (GError) error = NULL;
  PorchAutostartState state;

  if (!porch_autostart_load_finish (PORCH_AUTOSTART (source), result, &state, &error))
    {
      if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        g_message ("It is not known whether Porchlight starts at log-in: %s", error->message);
      return;
    }
  if (self->choice != PORCH_AUTOSTART_CHOICE_UNKNOWN)
    return;

  if (state == PORCH_AUTOSTART_ON || (state == PORCH_AUTOSTART_UNTOLD && self->stored > 0))
    set_choice (self, PORCH_AUTOSTART_CHOICE_ON);
  else if (self->stored < 0)
    set_choice (self, PORCH_AUTOSTART_CHOICE_UNDECIDED);
  else if (self->stored > 0 && self->stored != get_way_number (self))
    /* Wanted, in a session of another kind: so in this one too. */
    porch_autostart_set_async (self->autostart, TRUE, self->cancellable, on_carried_over_cb,
                               g_object_ref (self));
  else
    set_choice (self, PORCH_AUTOSTART_CHOICE_OFF);
}

static void
on_setting_loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PorchAgentAutostart) self = user_data;
  gint64 stored = -1;

  porch_agent_store_load_setting_finish (PORCH_AGENT_STORE (source), result, &stored);
  if (self->choice != PORCH_AUTOSTART_CHOICE_UNKNOWN)
    return;

  self->stored = stored;
  porch_autostart_load_async (self->autostart, self->cancellable, on_loaded_cb,
                              g_object_ref (self));
}

static void
return_error (GTask *task, GError *error)
{
  g_task_return_new_error (task, PORCH_AGENT_ERROR, PORCH_AGENT_ERROR_FAILED, "%s", error->message);
}

static void
on_set_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  PorchAgentAutostart *self = g_task_get_source_object (task);
  gboolean enabled = GPOINTER_TO_INT (g_task_get_task_data (task));
  g_autoptr (GError) error = NULL;

  if (!porch_autostart_set_finish (PORCH_AUTOSTART (source), result, &error))
    {
      return_error (task, error);
      return;
    }

  keep (self, enabled);
  set_choice (self, enabled ? PORCH_AUTOSTART_CHOICE_ON : PORCH_AUTOSTART_CHOICE_OFF);
  g_task_return_boolean (task, TRUE);
}

static void
on_way_known_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  PorchAgentAutostart *self = g_task_get_source_object (task);
  gboolean enabled = GPOINTER_TO_INT (g_task_get_task_data (task));
  g_autoptr (GError) error = NULL;
  PorchAutostartState state;

  if (porch_autostart_load_finish (PORCH_AUTOSTART (source), result, &state, &error))
    porch_autostart_set_async (self->autostart, enabled, self->cancellable, on_set_cb,
                               g_steal_pointer (&task));
  else
    return_error (task, error);
}

static void
on_stay_granted_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;

  if (porch_autostart_stay_finish (PORCH_AUTOSTART (source), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    return_error (task, error);
}

static void
porch_agent_autostart_dispose (GObject *object)
{
  PorchAgentAutostart *self = PORCH_AGENT_AUTOSTART (object);

  g_cancellable_cancel (self->cancellable);

  G_OBJECT_CLASS (porch_agent_autostart_parent_class)->dispose (object);
}

static void
porch_agent_autostart_finalize (GObject *object)
{
  PorchAgentAutostart *self = PORCH_AGENT_AUTOSTART (object);

  g_clear_object (&self->cancellable);
  g_clear_object (&self->autostart);
  g_clear_object (&self->store);

  G_OBJECT_CLASS (porch_agent_autostart_parent_class)->finalize (object);
}

static void
porch_agent_autostart_class_init (PorchAgentAutostartClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = porch_agent_autostart_dispose;
  object_class->finalize = porch_agent_autostart_finalize;

  signals[SIGNAL_CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                          0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
porch_agent_autostart_init (PorchAgentAutostart *self)
{
  self->cancellable = g_cancellable_new ();
  self->stored = -1;
}

/**
 * porch_agent_autostart_new:
 * @bus: the session bus
 * @store: where it is kept what the person decided
 *
 * Returns: (transfer full): an object that knows nothing yet
 */
PorchAgentAutostart *
porch_agent_autostart_new (GDBusConnection *bus, PorchAgentStore *store)
{
  g_return_val_if_fail (G_IS_DBUS_CONNECTION (bus), NULL);
  g_return_val_if_fail (PORCH_IS_AGENT_STORE (store), NULL);

  PorchAgentAutostart *self = g_object_new (PORCH_TYPE_AGENT_AUTOSTART, NULL);
  g_autofree char *program = porch_program_find ("porchlight-agent", "agent");

  self->store = g_object_ref (store);
  self->autostart = porch_autostart_new (bus, program,
                                         g_file_test ("/.flatpak-info", G_FILE_TEST_EXISTS));
  return self;
}

/**
 * porch_agent_autostart_start:
 * @self: an object; once only
 *
 * Reads what the person decided and what the desktop does.
 */
void
porch_agent_autostart_start (PorchAgentAutostart *self)
{
  g_return_if_fail (PORCH_IS_AGENT_AUTOSTART (self));

  porch_agent_store_load_setting_async (self->store, SETTING, on_setting_loaded_cb,
                                        g_object_ref (self));
}

/**
 * porch_agent_autostart_set_async:
 * @self: an object
 * @enabled: whether the agent shall start at log-in
 * @callback: called when it is so, or cannot be
 * @user_data: for @callback
 *
 * What the person decides. In a sandbox the desktop may ask them once more, and the answer to that
 * is waited for.
 */
void
porch_agent_autostart_set_async (PorchAgentAutostart *self,
                                 gboolean enabled,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  g_return_if_fail (PORCH_IS_AGENT_AUTOSTART (self));

  GTask *task = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (task, porch_agent_autostart_set_async);
  g_task_set_task_data (task, GINT_TO_POINTER (enabled), NULL);
  /* The session may have come up only since the agent started. */
  porch_autostart_load_async (self->autostart, self->cancellable, on_way_known_cb, task);
}

/**
 * porch_agent_autostart_set_finish:
 * @self: an object
 * @result: a result
 * @error: return location for an error of %PORCH_AGENT_ERROR
 *
 * Returns: whether it is so now
 */
gboolean
porch_agent_autostart_set_finish (PorchAgentAutostart *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * porch_agent_autostart_stay_async:
 * @self: an object
 * @callback: called with the desktop's answer
 * @user_data: for @callback
 *
 * Asks the desktop to let the agent run without a window; whether it starts at log-in stays as it
 * is.
 */
void
porch_agent_autostart_stay_async (PorchAgentAutostart *self,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data)
{
  g_return_if_fail (PORCH_IS_AGENT_AUTOSTART (self));

  GTask *task = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (task, porch_agent_autostart_stay_async);
  porch_autostart_stay_async (self->autostart, self->choice == PORCH_AUTOSTART_CHOICE_ON,
                              self->cancellable, on_stay_granted_cb, task);
}

/**
 * porch_agent_autostart_stay_finish:
 * @self: an object
 * @result: a result
 * @error: return location for an error of %PORCH_AGENT_ERROR
 *
 * Returns: whether the agent may run without a window
 */
gboolean
porch_agent_autostart_stay_finish (PorchAgentAutostart *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * porch_agent_autostart_set_status:
 * @self: an object
 * @line: what is true of the person, for the desktop's list of background programs
 */
void
porch_agent_autostart_set_status (PorchAgentAutostart *self, const char *line)
{
  g_return_if_fail (PORCH_IS_AGENT_AUTOSTART (self));

  porch_autostart_set_status (self->autostart, line);
}

/**
 * porch_agent_autostart_get_choice_code:
 * @self: an object
 *
 * Returns: whether the agent starts at log-in, as Agent1.StartAtLogin says it
 */
const char *
porch_agent_autostart_get_choice_code (PorchAgentAutostart *self)
{
  g_return_val_if_fail (PORCH_IS_AGENT_AUTOSTART (self), "");

  g_autoptr (GEnumClass) choices = g_type_class_ref (PORCH_TYPE_AUTOSTART_CHOICE);
  return g_enum_get_value (choices, self->choice)->value_nick;
}

/**
 * porch_agent_autostart_get_way:
 * @self: an object
 *
 * Returns: how: "systemd", "autostart-file", "portal"; "" before it is known
 */
const char *
porch_agent_autostart_get_way (PorchAgentAutostart *self)
{
  g_return_val_if_fail (PORCH_IS_AGENT_AUTOSTART (self), "");

  return porch_autostart_get_way (self->autostart);
}
