/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* Whether a film or a call keeps the session from becoming idle. Owned by PorchIdleMonitor, which
 * asks where its source does not see to it. Each desktop has another program that knows: the
 * session manager of GNOME, MATE and Cinnamon, the power management of Plasma, which also takes in
 * what was asked of the screen saver, and that of Xfce, where inhibiting sleep is the one way to
 * inhibit at all. The first that answers counts, since on the others' desktops the same question
 * means less: on Plasma a download inhibits sleep. Beside them, logind knows of what takes its idle
 * lock (systemd-inhibit). Where there is none of them, nothing inhibits.
 */

#define G_LOG_DOMAIN "porch-desktop"

#include "desktop/porch-idle-inhibition.h"

#define LOGIND_NAME      "org.freedesktop.login1"
#define LOGIND_PATH      "/org/freedesktop/login1"
#define LOGIND_INTERFACE "org.freedesktop.login1.Manager"
#define PROPERTIES       "org.freedesktop.DBus.Properties"

#define CALL_TIMEOUT_MS 2000

/* Whom to ask, the best first. */
static const struct
{
  const char *name;
  const char *path;
  const char *interface;
  const char *method;
  guint argument; /* its flag for idleness, or 0 where it takes none */
  const char *signals[2];
} keepers[] = {
  { "org.gnome.SessionManager",
    "/org/gnome/SessionManager",
    "org.gnome.SessionManager",
    "IsInhibited",
    8,
    { "InhibitorAdded", "InhibitorRemoved" } },
  { "org.kde.Solid.PowerManagement.PolicyAgent",
    "/org/kde/Solid/PowerManagement/PolicyAgent",
    "org.kde.Solid.PowerManagement.PolicyAgent",
    "HasInhibition",
    4,
    { "InhibitionsChanged" } },
  { "org.freedesktop.PowerManagement",
    "/org/freedesktop/PowerManagement/Inhibit",
    "org.freedesktop.PowerManagement.Inhibit",
    "HasInhibit",
    0,
    { "HasInhibitChanged" } },
};

#define N_KEEPERS G_N_ELEMENTS (keepers)

/* An answer that is not there: nobody gave one. */
#define NO_ANSWER -1

struct _PorchIdleInhibition
{
  GObject parent_instance;

  GDBusConnection *bus;
  GDBusConnection *system_bus; /* NULL where there is none */
  gboolean followed;
  GArray *signal_ids; /* on the session bus, of guint */
  guint logind_id;
};

/* What was asked, and answered so far. */
typedef struct
{
  int answers[N_KEEPERS];
  gboolean logind_inhibits;
  guint n_pending;
} Question;

/* Which of the keepers one call asks. */
typedef struct
{
  GTask *task;
  guint keeper;
} Call;

G_DEFINE_FINAL_TYPE (PorchIdleInhibition, porch_idle_inhibition, G_TYPE_OBJECT)

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
on_changed_cb (GDBusConnection *bus,
               const char *sender,
               const char *path,
               const char *interface,
               const char *signal,
               GVariant *parameters,
               gpointer user_data)
{
  g_signal_emit (user_data, signals[SIGNAL_CHANGED], 0);
}

static void
subscribe (PorchIdleInhibition *self,
           const char *sender,
           const char *interface,
           const char *signal,
           const char *path,
           const char *argument)
{
  guint id = g_dbus_connection_signal_subscribe (self->bus, sender, interface, signal, path,
                                                 argument, G_DBUS_SIGNAL_FLAGS_NONE, on_changed_cb,
                                                 self, NULL);

  g_array_append_val (self->signal_ids, id);
}

static void
follow (PorchIdleInhibition *self)
{
  for (guint i = 0; i < N_KEEPERS; i++)
    {
      for (guint j = 0; j < G_N_ELEMENTS (keepers[i].signals) && keepers[i].signals[j] != NULL; j++)
        subscribe (self, keepers[i].name, keepers[i].interface, keepers[i].signals[j],
                   keepers[i].path, NULL);
      subscribe (self, "org.freedesktop.DBus", "org.freedesktop.DBus", "NameOwnerChanged",
                 "/org/freedesktop/DBus", keepers[i].name);
    }
  if (self->system_bus != NULL)
    self->logind_id = g_dbus_connection_signal_subscribe (
        self->system_bus, LOGIND_NAME, PROPERTIES, "PropertiesChanged", LOGIND_PATH,
        LOGIND_INTERFACE, G_DBUS_SIGNAL_FLAGS_NONE, on_changed_cb, self, NULL);
}

static void
unfollow (PorchIdleInhibition *self)
{
  for (guint i = 0; i < self->signal_ids->len; i++)
    g_dbus_connection_signal_unsubscribe (self->bus, g_array_index (self->signal_ids, guint, i));
  g_array_set_size (self->signal_ids, 0);
  if (self->logind_id != 0)
    g_dbus_connection_signal_unsubscribe (self->system_bus, self->logind_id);
  self->logind_id = 0;
}

static void
porch_idle_inhibition_dispose (GObject *object)
{
  unfollow (PORCH_IDLE_INHIBITION (object));

  G_OBJECT_CLASS (porch_idle_inhibition_parent_class)->dispose (object);
}

static void
porch_idle_inhibition_finalize (GObject *object)
{
  PorchIdleInhibition *self = PORCH_IDLE_INHIBITION (object);

  g_array_unref (self->signal_ids);
  g_clear_object (&self->bus);
  g_clear_object (&self->system_bus);

  G_OBJECT_CLASS (porch_idle_inhibition_parent_class)->finalize (object);
}

static void
porch_idle_inhibition_class_init (PorchIdleInhibitionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = porch_idle_inhibition_dispose;
  object_class->finalize = porch_idle_inhibition_finalize;

  signals[SIGNAL_CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                          0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
porch_idle_inhibition_init (PorchIdleInhibition *self)
{
  self->signal_ids = g_array_new (FALSE, FALSE, sizeof (guint));
}

/**
 * porch_idle_inhibition_new:
 * @bus: the session bus
 *
 * Returns: (transfer full): an object that follows nothing yet
 */
PorchIdleInhibition *
porch_idle_inhibition_new (GDBusConnection *bus)
{
  g_return_val_if_fail (G_IS_DBUS_CONNECTION (bus), NULL);

  PorchIdleInhibition *self = g_object_new (PORCH_TYPE_IDLE_INHIBITION, NULL);

  self->bus = g_object_ref (bus);
  return self;
}

/**
 * porch_idle_inhibition_add_system_bus:
 * @self: an object
 * @system_bus: the system bus
 *
 * Asks logind too from now on.
 */
void
porch_idle_inhibition_add_system_bus (PorchIdleInhibition *self, GDBusConnection *system_bus)
{
  g_return_if_fail (PORCH_IS_IDLE_INHIBITION (self));
  g_return_if_fail (G_IS_DBUS_CONNECTION (system_bus));

  unfollow (self);
  g_set_object (&self->system_bus, system_bus);
  if (self->followed)
    follow (self);
}

static void
on_answer (GTask *task, const GError *error)
{
  Question *question = g_task_get_task_data (task);
  gboolean inhibited = question->logind_inhibits;

  if (error != NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_debug ("Somebody knows nothing of inhibitors: %s", error->message);
  if (--question->n_pending > 0)
    return;

  for (guint i = 0; i < N_KEEPERS; i++)
    if (question->answers[i] != NO_ANSWER)
      {
        inhibited |= question->answers[i];
        break;
      }
  if (!g_task_return_error_if_cancelled (task))
    g_task_return_boolean (task, inhibited);
}

static void
on_keeper_answered_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Call *call = user_data;
  g_autoptr (GTask) task = call->task;
  Question *question = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result,
                                                              &error);

  if (reply != NULL)
    g_variant_get (reply, "(b)", &question->answers[call->keeper]);
  on_answer (task, error);
}

static void
on_logind_answered_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Question *question = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result,
                                                              &error);
  g_autoptr (GVariant) value = NULL;

  if (reply != NULL)
    g_variant_get (reply, "(v)", &value);
  if (value != NULL && g_variant_is_of_type (value, G_VARIANT_TYPE_STRING))
    {
      g_auto (GStrv) locks = g_strsplit (g_variant_get_string (value, NULL), ":", -1);

      question->logind_inhibits = g_strv_contains ((const char *const *) locks, "idle");
    }
  on_answer (task, error);
}

/**
 * porch_idle_inhibition_check_async:
 * @self: an object
 * @cancellable: (nullable): a cancellable
 * @callback: called with the answer, after 2 s at most
 * @user_data: for @callback
 */
void
porch_idle_inhibition_check_async (PorchIdleInhibition *self,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data)
{
  g_return_if_fail (PORCH_IS_IDLE_INHIBITION (self));

  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  Question *question = g_new0 (Question, 1);

  g_task_set_source_tag (task, porch_idle_inhibition_check_async);
  g_task_set_task_data (task, question, g_free);
  question->n_pending = N_KEEPERS + (self->system_bus != NULL ? 1 : 0);
  for (guint i = 0; i < N_KEEPERS; i++)
    {
      Call *call = g_new (Call, 1);
      GVariant *arguments = keepers[i].argument != 0 ? g_variant_new ("(u)", keepers[i].argument)
                                                     : NULL;

      *call = (Call){ g_object_ref (task), i };
      question->answers[i] = NO_ANSWER;
      g_dbus_connection_call (self->bus, keepers[i].name, keepers[i].path, keepers[i].interface,
                              keepers[i].method, arguments, G_VARIANT_TYPE ("(b)"),
                              G_DBUS_CALL_FLAGS_NO_AUTO_START, CALL_TIMEOUT_MS, cancellable,
                              on_keeper_answered_cb, call);
    }
  if (self->system_bus != NULL)
    g_dbus_connection_call (self->system_bus, LOGIND_NAME, LOGIND_PATH, PROPERTIES, "Get",
                            g_variant_new ("(ss)", LOGIND_INTERFACE, "BlockInhibited"),
                            G_VARIANT_TYPE ("(v)"), G_DBUS_CALL_FLAGS_NO_AUTO_START,
                            CALL_TIMEOUT_MS, cancellable, on_logind_answered_cb,
                            g_object_ref (task));
}

/**
 * porch_idle_inhibition_check_finish:
 * @self: an object
 * @result: a result
 * @error: return location for %G_IO_ERROR_CANCELLED
 *
 * Returns: whether something keeps the session from becoming idle
 */
gboolean
porch_idle_inhibition_check_finish (PorchIdleInhibition *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * porch_idle_inhibition_set_followed:
 * @self: an object
 * @followed: whether "changed" is to be emitted
 *
 * Not followed, inhibitors that come and go wake nobody.
 */
void
porch_idle_inhibition_set_followed (PorchIdleInhibition *self, gboolean followed)
{
  g_return_if_fail (PORCH_IS_IDLE_INHIBITION (self));

  if (self->followed == followed)
    return;

  self->followed = followed;
  if (followed)
    follow (self);
  else
    unfollow (self);
}
