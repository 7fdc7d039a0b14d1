/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* How long the agent's main loop stands still, as those see it who ask over the bus: a property is
 * read by the main loop, unlike a ping, which the bus's thread answers. The time that the processes
 * on the way were ready to run and the machine ran others (schedstat) is no standing still, and is
 * taken off.
 */

#include "porch-stall-meter.h"

#include "bus/porch-agent-proxy.h"

#include <string.h>

#define INTERVAL_US 5000

struct _PorchStallMeter
{
  GThread *thread;
  char *bus_address;
  int stop; /* (atomic) */

  guint32 pids[3]; /* the agent, the bus, this process */
  gint64 longest_us;
  guint n_answers;
};

static GVariant *
ask (GDBusConnection *bus,
     const char *name,
     const char *path,
     const char *interface,
     const char *method,
     GVariant *parameters)
{
  return g_dbus_connection_call_sync (bus, name, path, interface, method, parameters, NULL,
                                      G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, NULL, NULL);
}

static guint32
find_process (GDBusConnection *bus, const char *name)
{
  g_autoptr (GVariant) reply = ask (bus, "org.freedesktop.DBus", "/org/freedesktop/DBus",
                                    "org.freedesktop.DBus", "GetConnectionUnixProcessID",
                                    g_variant_new ("(s)", name));
  guint32 pid = 0;

  if (reply != NULL)
    g_variant_get (reply, "(u)", &pid);
  return pid;
}

/* The threads that a question passes: the main one, and the one that reads the bus. */
static gboolean
is_on_the_way (const char *folder, const char *task, guint32 pid)
{
  g_autofree char *path = g_build_filename (folder, task, "comm", NULL);
  g_autofree char *name = NULL;

  return g_ascii_strtoull (task, NULL, 10) == pid
         || (g_file_get_contents (path, &name, NULL, NULL)
             && (g_str_has_prefix (name, "gdbus") || g_str_has_prefix (name, "stall")));
}

/* Returns: how long threads of @pid have waited for a processor so far */
static gint64
get_waited_us (guint32 pid)
{
  g_autofree char *folder = g_strdup_printf ("/proc/%u/task", pid);
  g_autoptr (GDir) tasks = g_dir_open (folder, 0, NULL);
  const char *task;
  gint64 waited_ns = 0;

  while (tasks != NULL && (task = g_dir_read_name (tasks)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, task, "schedstat", NULL);
      g_autofree char *times = NULL;

      if (is_on_the_way (folder, task, pid) && g_file_get_contents (path, &times, NULL, NULL)
          && strchr (times, ' ') != NULL)
        waited_ns += g_ascii_strtoll (strchr (times, ' '), NULL, 10);
    }
  return waited_ns / 1000;
}

static gint64
get_all_waited_us (PorchStallMeter *self)
{
  gint64 waited_us = 0;

  for (guint i = 0; i < G_N_ELEMENTS (self->pids); i++)
    waited_us += get_waited_us (self->pids[i]);
  return waited_us;
}

static gpointer
measure (gpointer data)
{
  PorchStallMeter *self = data;
  g_autoptr (GDBusConnection) bus = g_dbus_connection_new_for_address_sync (
      self->bus_address,
      G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT
          | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
      NULL, NULL, NULL);

  self->pids[0] = find_process (bus, PORCH_AGENT_BUS_NAME);
  self->pids[1] = find_process (bus, "org.freedesktop.DBus");
  self->pids[2] = find_process (bus, g_dbus_connection_get_unique_name (bus));
  while (!g_atomic_int_get (&self->stop))
    {
      gint64 waited_us = get_all_waited_us (self);
      gint64 began_us = g_get_monotonic_time ();
      g_autoptr (GVariant) reply = ask (bus, PORCH_AGENT_BUS_NAME, PORCH_AGENT_PATH,
                                        "org.freedesktop.DBus.Properties", "Get",
                                        g_variant_new ("(ss)", "app.porchlight.Agent1", "Version"));
      gint64 took_us = g_get_monotonic_time () - began_us;

      if (reply != NULL)
        {
          self->n_answers++;
          self->longest_us = MAX (self->longest_us,
                                  took_us - (get_all_waited_us (self) - waited_us));
        }
      g_usleep (INTERVAL_US);
    }
  return NULL;
}

PorchStallMeter *
porch_stall_meter_start (const char *bus_address)
{
  PorchStallMeter *self = g_new0 (PorchStallMeter, 1);

  self->bus_address = g_strdup (bus_address);
  self->thread = g_thread_new ("stall-meter", measure, self);
  return self;
}

/* Returns: the longest stall, microseconds */
gint64
porch_stall_meter_stop (PorchStallMeter *self, guint *n_answers)
{
  g_atomic_int_set (&self->stop, 1);
  g_thread_join (self->thread);

  gint64 longest_us = self->longest_us;
  *n_answers = self->n_answers;
  g_free (self->bus_address);
  g_free (self);
  return longest_us;
}
