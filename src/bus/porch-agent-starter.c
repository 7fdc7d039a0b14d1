/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* Starts porchlight-agent for those who may: asks the bus to activate it, and where no service file
 * is installed (a build tree, a bus of one's own) runs the program itself. Used by PorchAgentProxy
 * alone; it does not keep the agent running.
 */

#define G_LOG_DOMAIN "porch-bus"

#include "bus/porch-agent-starter.h"

#include "config.h"

#include "bus/porch-agent-error.h"
#include "bus/porch-agent-proxy.h"
#include "bus/porch-program.h"

#include <glib/gi18n-lib.h>

/* An agent takes its name in some hundredths of a second; a loaded machine may need longer. */
#define START_TIMEOUT_MS (15 * 1000)

typedef struct
{
  GDBusConnection *bus;
  PorchClock *clock;
  guint name_watch_id;
  guint timeout_id;
} Start;

static void
start_free (Start *start)
{
  g_clear_handle_id (&start->name_watch_id, g_bus_unwatch_name);
  porch_clock_clear_timeout (start->clock, &start->timeout_id);
  g_clear_object (&start->bus);
  g_clear_object (&start->clock);
  g_free (start);
}

/* Whichever of the name, the child's end and the timeout comes first ends the task; the others find
 * it ended. */
static void
end_wait (GTask *task, GError *error)
{
  Start *start = g_task_get_task_data (task);

  if (start->timeout_id == 0)
    {
      g_clear_error (&error);
      return;
    }

  g_clear_handle_id (&start->name_watch_id, g_bus_unwatch_name);
  porch_clock_clear_timeout (start->clock, &start->timeout_id);

  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

static void
on_name_appeared_cb (GDBusConnection *bus,
                     const char *name,
                     const char *name_owner,
                     gpointer user_data)
{
  end_wait (user_data, NULL);
}

static gboolean
on_timeout_cb (gpointer user_data)
{
  end_wait (user_data, g_error_new_literal (PORCH_AGENT_ERROR, PORCH_AGENT_ERROR_NOT_RUNNING,
                                            _ ("Porchlight was started but does not answer.")));
  return G_SOURCE_REMOVE;
}

static void
on_child_exited_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;

  /* An agent that finds the name taken ends well, and the name is then there to be seen. */
  if (g_subprocess_wait_check_finish (G_SUBPROCESS (source), result, &error))
    return;

  g_debug ("porchlight-agent ended: %s", error->message);
  end_wait (task, g_error_new_literal (PORCH_AGENT_ERROR, PORCH_AGENT_ERROR_NOT_RUNNING,
                                       _ ("Porchlight could not be started.")));
}

static void
spawn_agent (GTask *task)
{
  Start *start = g_task_get_task_data (task);
  g_autofree char *program = porch_program_find ("porchlight-agent", "agent");
  g_autoptr (GSubprocessLauncher) launcher = porch_program_launcher_new (
      G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE);

  g_debug ("Starting %s", program);
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) child = g_subprocess_launcher_spawn (launcher, &error, program, NULL);
  if (child == NULL)
    {
      g_debug ("Cannot start %s: %s", program, error->message);
      g_task_return_new_error (task, PORCH_AGENT_ERROR, PORCH_AGENT_ERROR_NOT_RUNNING,
                               _ ("Porchlight is not installed completely: %s is missing."),
                               program);
      return;
    }

  start->timeout_id = porch_clock_add_timeout (start->clock, START_TIMEOUT_MS, on_timeout_cb, task);
  start->name_watch_id = g_bus_watch_name_on_connection (
      start->bus, PORCH_AGENT_BUS_NAME, G_BUS_NAME_WATCHER_FLAGS_NONE, on_name_appeared_cb, NULL,
      g_object_ref (task), g_object_unref);
  g_subprocess_wait_check_async (child, g_task_get_cancellable (task), on_child_exited_cb,
                                 g_object_ref (task));
}

static void
on_activated_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result,
                                                              &error);

  if (reply != NULL)
    g_task_return_boolean (task, TRUE);
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_task_return_error (task, g_steal_pointer (&error));
  else
    {
      g_debug ("The bus cannot start the agent: %s", error->message);
      spawn_agent (task);
    }
}

/**
 * porch_agent_start_async:
 * @bus: the session bus
 * @clock: for the time that the agent is given
 * @cancellable: (nullable): gives up waiting; an agent that was started goes on
 * @callback: called when the agent owns its name, or cannot be had
 * @user_data: for @callback
 */
void
porch_agent_start_async (GDBusConnection *bus,
                         PorchClock *clock,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  g_return_if_fail (G_IS_DBUS_CONNECTION (bus));
  g_return_if_fail (PORCH_IS_CLOCK (clock));

  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, porch_agent_start_async);
  Start *start = g_new0 (Start, 1);
  start->bus = g_object_ref (bus);
  start->clock = g_object_ref (clock);
  g_task_set_task_data (task, start, (GDestroyNotify) start_free);

  g_dbus_connection_call (
      bus, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
      "StartServiceByName", g_variant_new ("(su)", PORCH_AGENT_BUS_NAME, 0), G_VARIANT_TYPE ("(u)"),
      G_DBUS_CALL_FLAGS_NONE, START_TIMEOUT_MS, cancellable, on_activated_cb, task);
}

/**
 * porch_agent_start_finish:
 * @result: a result
 * @error: return location
 *
 * Returns: %TRUE when an agent is on the bus; else %PORCH_AGENT_ERROR_NOT_RUNNING or
 *   %G_IO_ERROR_CANCELLED
 */
gboolean
porch_agent_start_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
