/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* What is true of oneself, in one line. It tells what others see, not what was intended: whoever
 * chose to appear offline and is still shown as online is told so. Pure: used by the own row and
 * the banner, which know when to ask again.
 */

#define G_LOG_DOMAIN "porch-ui"

#include "config.h"

#include "ui/porch-own-status.h"

#include <glib/gi18n-lib.h>

#include "presence/porch-last-active.h"

static char *
format_offline (const PorchOwnState *self, gint64 now_us)
{
  g_autofree char *time = NULL;

  if (!self->appear_offline)
    return g_strdup (self->away != NULL && *self->away != '\0'
                         ? _ ("Shown as offline while you are away")
                         : _ ("Shown as offline"));

  if (self->appear_offline_until_us <= now_us)
    return g_strdup (_ ("Appearing offline"));

  time = porch_last_active_format_time (self->appear_offline_until_us, now_us);

  /* Translators: a time of day, with a date where it is not today. */
  return g_strdup_printf (_ ("Appearing offline until %s"), time);
}

static char *
format_connected (const PorchOwnState *self, gint64 now_us)
{
  if (self->own_error != NULL && *self->own_error != '\0')
    return g_strdup (self->own_error);

  switch (self->own_status)
    {
    case PORCH_STATUS_ONLINE:
      return g_strdup (self->appear_offline ? _ ("Still shown as online") : _ ("Online"));
    case PORCH_STATUS_OFFLINE:
      return format_offline (self, now_us);
    case PORCH_STATUS_UNKNOWN:
    default:
      return g_strdup (_ ("Connecting…"));
    }
}

/**
 * porch_own_state_read:
 * @self: (out caller-allocates): the state, valid until the agent's next change
 * @agent: the agent
 *
 * Gathers what the agent says of oneself.
 */
void
porch_own_state_read (PorchOwnState *self, PorchAgentProxy *agent)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (PORCH_IS_AGENT_PROXY (agent));

  *self = (PorchOwnState){
    .state = porch_agent_proxy_get_state (agent),
    .own_status = porch_agent_proxy_get_own_status (agent),
    .own_error = porch_agent_proxy_get_own_error (agent),
    .appear_offline = porch_agent_proxy_get_appear_offline (agent),
    .appear_offline_until_us = porch_agent_proxy_get_appear_offline_until_us (agent),
    .away = porch_agent_proxy_get_away (agent),
    .next_try_us = porch_agent_proxy_get_next_try_us (agent),
  };
  if (!porch_agent_proxy_get_running (agent))
    self->state = NULL;
}

/**
 * porch_own_state_format:
 * @self: what is so
 * @now_us: this computer's wall clock
 *
 * Returns: (transfer full): one line, translated: "Online", "Appearing offline until 15:00", "Not
 *   connected, trying again in 12 s"
 */
char *
porch_own_state_format (const PorchOwnState *self, gint64 now_us)
{
  g_autofree char *next_try = NULL;

  g_return_val_if_fail (self != NULL, NULL);

  if (g_strcmp0 (self->state, "connected") == 0)
    return format_connected (self, now_us);
  if (g_strcmp0 (self->state, "connecting") == 0)
    return g_strdup (_ ("Connecting…"));
  if (g_strcmp0 (self->state, "signed-out") == 0)
    return g_strdup (_ ("You are signed out"));
  if (g_strcmp0 (self->state, "no-network") == 0)
    return g_strdup (_ ("Not connected, no network"));
  if (g_strcmp0 (self->state, "waiting") != 0 || self->next_try_us == 0)
    return g_strdup (_ ("Not connected"));

  if (self->next_try_us <= now_us)
    return g_strdup (_ ("Not connected, trying again now"));

  /* Translators: whole seconds, or minutes and seconds as on a clock ("2:05 min"). */
  next_try = porch_format_next_try (self->next_try_us, now_us);

  return g_strdup_printf (_ ("Not connected, trying again in %s"), next_try);
}

/**
 * porch_own_status_describe_appear_offline:
 * @agent: the agent
 *
 * Returns: (transfer none): what appearing offline does on this account's server, translated
 */
const char *
porch_own_status_describe_appear_offline (PorchAgentProxy *agent)
{
  g_return_val_if_fail (PORCH_IS_AGENT_PROXY (agent), NULL);

  return porch_agent_proxy_get_lists_watchers (agent)
             ? _ ("Others do not see that you are here. On this server, those on your list can "
                  "still see that you watch them.")
             : _ ("Others do not see that you are here");
}

/**
 * porch_own_state_get_shown_status:
 * @self: what is so
 *
 * Returns: the status that the own dot shows: what others see, while there is a connection to know
 * it
 */
PorchStatus
porch_own_state_get_shown_status (const PorchOwnState *self)
{
  g_return_val_if_fail (self != NULL, PORCH_STATUS_UNKNOWN);

  return g_strcmp0 (self->state, "connected") == 0 ? self->own_status : PORCH_STATUS_UNKNOWN;
}

/**
 * porch_format_next_try:
 * @next_try_us: a moment to come, this computer's wall clock
 * @now_us: this computer's wall clock
 *
 * Returns: (transfer full): how long it is until then, translated: "12 s", "2:05 min"
 */
char *
porch_format_next_try (gint64 next_try_us, gint64 now_us)
{
  gint64 seconds = MAX ((next_try_us - now_us + G_USEC_PER_SEC - 1) / G_USEC_PER_SEC, 0);

  if (seconds < 60)
    /* Translators: seconds, abbreviated. */
    return g_strdup_printf (_ ("%d s"), (int) seconds);

  /* Translators: minutes and seconds, abbreviated. */
  return g_strdup_printf (_ ("%d:%02d min"), (int) (seconds / 60), (int) (seconds % 60));
}
