/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* Start at log-in: chooses the way when it is asked first. Where systemd runs the session that is
 * its user unit, else a file in ~/.config/autostart; a sandbox has neither and asks the Background
 * portal. Owned by PorchAgentAutostart, which knows what the person chose. It decides nothing.
 *
 * What is turned off is turned off by every way that there is, so that nothing is left of a session
 * of another kind.
 */

#define G_LOG_DOMAIN "porch-desktop"

#include "desktop/porch-autostart.h"

#include "desktop/porch-portal-autostart.h"
#include "desktop/porch-systemd-autostart.h"
#include "desktop/porch-xdg-autostart.h"

struct _PorchAutostart
{
  GObject parent_instance;

  PorchBackgroundPortal *portal; /* (nullable): in a sandbox alone */
  GPtrArray *ways;               /* PorchAutostartWay, the best first */
  PorchAutostartWay *way;        /* (nullable): the one that this session has */
};

G_DEFINE_FINAL_TYPE (PorchAutostart, porch_autostart, G_TYPE_OBJECT)

/* What a load has asked so far. */
typedef struct
{
  guint next; /* the way to ask next */
} Load;

static void ask_next (GTask *task);

static void
on_queried_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  PorchAutostart *self = g_task_get_source_object (task);
  PorchAutostartWay *way = PORCH_AUTOSTART_WAY (source);
  GError *error = NULL;
  PorchAutostartState state;

  if (porch_autostart_way_query_finish (way, result, &state, &error))
    {
      g_debug ("The way to start at log-in is %s", porch_autostart_way_get_name (way));
      g_set_object (&self->way, way);
      g_task_return_int (task, state);
      return;
    }

  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED))
    {
      g_task_return_error (task, error);
      return;
    }
  g_debug ("%s does not start at log-in: %s", porch_autostart_way_get_name (way), error->message);
  g_error_free (error);
  ask_next (g_steal_pointer (&task));
}

static void
ask_next (GTask *task)
{
  PorchAutostart *self = g_task_get_source_object (task);
  Load *load = g_task_get_task_data (task);

  /* The last of them is there in any session. */
  g_assert (load->next < self->ways->len);
  porch_autostart_way_query_async (g_ptr_array_index (self->ways, load->next++),
                                   g_task_get_cancellable (task), on_queried_cb, task);
}

static void
on_set_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (porch_autostart_way_set_finish (PORCH_AUTOSTART_WAY (source), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
on_stay_granted_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (porch_background_portal_request_finish (PORCH_BACKGROUND_PORTAL (source), result, &error))
    g_task_return_boolean (task, TRUE);
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED))
    {
      /* Where nobody can be asked, nobody ends it either. */
      g_task_return_boolean (task, TRUE);
      g_error_free (error);
    }
  else
    g_task_return_error (task, error);
}

/* What is not there cannot be turned off, and need not be. */
static void
turn_off_other_ways (PorchAutostart *self)
{
  for (guint i = 0; i < self->ways->len; i++)
    {
      PorchAutostartWay *way = g_ptr_array_index (self->ways, i);

      if (way != self->way)
        porch_autostart_way_set_async (way, FALSE, NULL, NULL, NULL);
    }
}

static void
porch_autostart_finalize (GObject *object)
{
  PorchAutostart *self = PORCH_AUTOSTART (object);

  g_clear_object (&self->way);
  g_ptr_array_unref (self->ways);
  g_clear_object (&self->portal);

  G_OBJECT_CLASS (porch_autostart_parent_class)->finalize (object);
}

static void
porch_autostart_class_init (PorchAutostartClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = porch_autostart_finalize;
}

static void
porch_autostart_init (PorchAutostart *self)
{
  self->ways = g_ptr_array_new_with_free_func (g_object_unref);
}

/**
 * porch_autostart_new:
 * @bus: the session bus
 * @program: (type filename): the absolute path of the agent
 * @is_sandboxed: whether this is a Flatpak's sandbox
 *
 * Returns: (transfer full): start at log-in, which has asked nothing yet
 */
PorchAutostart *
porch_autostart_new (GDBusConnection *bus, const char *program, gboolean is_sandboxed)
{
  g_return_val_if_fail (G_IS_DBUS_CONNECTION (bus), NULL);
  g_return_val_if_fail (program != NULL, NULL);

  PorchAutostart *self = g_object_new (PORCH_TYPE_AUTOSTART, NULL);
  if (is_sandboxed)
    {
      self->portal = porch_background_portal_new (bus);
      g_ptr_array_add (self->ways, porch_portal_autostart_new (self->portal));
    }
  else
    {
      g_ptr_array_add (self->ways, porch_systemd_autostart_new (bus));
      g_ptr_array_add (self->ways, porch_xdg_autostart_new (program));
    }
  return self;
}

/**
 * porch_autostart_load_async:
 * @self: start at log-in
 * @cancellable: (nullable): a cancellable
 * @callback: called with what the desktop would do at the next log-in
 * @user_data: for @callback
 *
 * Chooses the way and asks it.
 */
void
porch_autostart_load_async (PorchAutostart *self,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  g_return_if_fail (PORCH_IS_AUTOSTART (self));

  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, porch_autostart_load_async);
  g_task_set_task_data (task, g_new0 (Load, 1), g_free);
  ask_next (task);
}

/**
 * porch_autostart_load_finish:
 * @self: start at log-in
 * @result: a result
 * @state: (out): what the desktop would do at the next log-in
 * @error: return location
 *
 * Returns: whether that is known
 */
gboolean
porch_autostart_load_finish (PorchAutostart *self,
                             GAsyncResult *result,
                             PorchAutostartState *state,
                             GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  gssize answer = g_task_propagate_int (G_TASK (result), error);
  if (answer < 0)
    return FALSE;

  *state = (PorchAutostartState) answer;
  return TRUE;
}

/**
 * porch_autostart_get_way:
 * @self: start at log-in
 *
 * Returns: the way that this session has: "systemd", "autostart-file", "portal"; "" before it is
 *   loaded
 */
const char *
porch_autostart_get_way (PorchAutostart *self)
{
  g_return_val_if_fail (PORCH_IS_AUTOSTART (self), "");

  return self->way != NULL ? porch_autostart_way_get_name (self->way) : "";
}

/**
 * porch_autostart_set_async:
 * @self: start at log-in, loaded
 * @enabled: whether the agent shall start at log-in
 * @cancellable: (nullable): a cancellable
 * @callback: called when it is so, or cannot be
 * @user_data: for @callback
 */
void
porch_autostart_set_async (PorchAutostart *self,
                           gboolean enabled,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  g_return_if_fail (PORCH_IS_AUTOSTART (self));
  g_return_if_fail (self->way != NULL);

  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, porch_autostart_set_async);
  if (!enabled)
    turn_off_other_ways (self);
  porch_autostart_way_set_async (self->way, enabled, cancellable, on_set_cb, task);
}

/**
 * porch_autostart_set_finish:
 * @self: start at log-in
 * @result: a result
 * @error: return location; its message is a sentence for a person
 *
 * Returns: whether it is so now
 */
gboolean
porch_autostart_set_finish (PorchAutostart *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * porch_autostart_stay_async:
 * @self: start at log-in
 * @enabled: whether the agent starts at log-in; the portal sets both at once
 * @cancellable: (nullable): a cancellable
 * @callback: called when the desktop, or the person, has answered
 * @user_data: for @callback
 *
 * Asks the desktop to let the agent run without a window. Outside a sandbox nobody has to be asked.
 */
void
porch_autostart_stay_async (PorchAutostart *self,
                            gboolean enabled,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  g_return_if_fail (PORCH_IS_AUTOSTART (self));

  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, porch_autostart_stay_async);
  if (self->portal == NULL)
    g_task_return_boolean (task, TRUE);
  else
    porch_background_portal_request_async (self->portal, enabled, cancellable, on_stay_granted_cb,
                                           g_object_ref (task));
}

/**
 * porch_autostart_stay_finish:
 * @self: start at log-in
 * @result: a result
 * @error: return location; its message is a sentence for a person
 *
 * Returns: whether the agent may run without a window
 */
gboolean
porch_autostart_stay_finish (PorchAutostart *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * porch_autostart_set_status:
 * @self: start at log-in
 * @line: what the agent is doing, for a person
 *
 * For the desktop's list of sandboxed programs that run without a window; nothing elsewhere.
 */
void
porch_autostart_set_status (PorchAutostart *self, const char *line)
{
  g_return_if_fail (PORCH_IS_AUTOSTART (self));
  g_return_if_fail (line != NULL);

  if (self->portal != NULL)
    porch_background_portal_set_status (self->portal, line);
}
