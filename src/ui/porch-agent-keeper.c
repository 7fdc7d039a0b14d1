/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* Starts an agent anew that crashed while the window is there, for sessions in which no systemd
 * does that. Owned by PorchApplication. An agent that was told to end, by a person, a signal or the
 * end of the session, says so before it goes and is left alone; so is one that keeps crashing: the
 * window's banner then has a button.
 */

#define G_LOG_DOMAIN "porch-ui"

#include "ui/porch-agent-keeper.h"

/* systemd is quicker, where the agent is its. */
#define RESTART_DELAY_MS 2000

/* As many restarts in as much time, as in porchlight-agent.service. */
#define RESTARTS_MAX       4
#define RESTARTS_WINDOW_US (10 * G_TIME_SPAN_MINUTE)

struct _PorchAgentKeeper
{
  GObject parent_instance;

  PorchAgentProxy *agent;
  PorchClock *clock;
  guint restart_id;

  /* When the last restarts were, the oldest first; monotonic, 0 for never. */
  gint64 restarts_us[RESTARTS_MAX];
};

G_DEFINE_FINAL_TYPE (PorchAgentKeeper, porch_agent_keeper, G_TYPE_OBJECT)

static void schedule_restart (PorchAgentKeeper *self);

static void
on_loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PorchAgentKeeper) self = user_data;

  /* It may crash before it was seen to run. */
  if (!porch_agent_proxy_load_finish (PORCH_AGENT_PROXY (source), result, NULL)
      && self->agent != NULL)
    schedule_restart (self);
}

static gboolean
on_restart_cb (gpointer user_data)
{
  PorchAgentKeeper *self = user_data;

  self->restart_id = 0;
  for (guint i = 1; i < RESTARTS_MAX; i++)
    self->restarts_us[i - 1] = self->restarts_us[i];
  self->restarts_us[RESTARTS_MAX - 1] = porch_clock_get_monotonic_us (self->clock);

  g_message ("The agent crashed; starting it anew");
  porch_agent_proxy_load_async (self->agent, NULL, on_loaded_cb, g_object_ref (self));
  return G_SOURCE_REMOVE;
}

static gboolean
keeps_crashing (PorchAgentKeeper *self)
{
  gint64 first_us = self->restarts_us[0];

  return first_us != 0
         && porch_clock_get_monotonic_us (self->clock) - first_us < RESTARTS_WINDOW_US;
}

static void
schedule_restart (PorchAgentKeeper *self)
{
  porch_clock_clear_timeout (self->clock, &self->restart_id);
  if (porch_agent_proxy_get_running (self->agent) || porch_agent_proxy_get_ending (self->agent))
    return;

  if (keeps_crashing (self))
    g_message ("The agent keeps crashing; not starting it any more");
  else
    self->restart_id = porch_clock_add_timeout (self->clock, RESTART_DELAY_MS, on_restart_cb, self);
}

static void
porch_agent_keeper_dispose (GObject *object)
{
  PorchAgentKeeper *self = PORCH_AGENT_KEEPER (object);

  if (self->clock != NULL)
    porch_clock_clear_timeout (self->clock, &self->restart_id);
  g_clear_object (&self->clock);
  g_clear_object (&self->agent);

  G_OBJECT_CLASS (porch_agent_keeper_parent_class)->dispose (object);
}

static void
porch_agent_keeper_class_init (PorchAgentKeeperClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = porch_agent_keeper_dispose;
}

static void
porch_agent_keeper_init (PorchAgentKeeper *self)
{
}

/**
 * porch_agent_keeper_new:
 * @agent: the agent, which may be started by it
 * @clock: the clock
 *
 * Returns: (transfer full): an object that starts @agent anew while it lives
 */
PorchAgentKeeper *
porch_agent_keeper_new (PorchAgentProxy *agent, PorchClock *clock)
{
  g_return_val_if_fail (PORCH_IS_AGENT_PROXY (agent), NULL);
  g_return_val_if_fail (PORCH_IS_CLOCK (clock), NULL);

  PorchAgentKeeper *self = g_object_new (PORCH_TYPE_AGENT_KEEPER, NULL);
  self->agent = g_object_ref (agent);
  self->clock = g_object_ref (clock);
  g_signal_connect_object (agent, "notify::running", G_CALLBACK (schedule_restart), self,
                           G_CONNECT_SWAPPED);
  return self;
}
