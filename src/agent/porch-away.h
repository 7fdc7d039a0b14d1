/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include <gio/gio.h>

#include "agent/porch-agent-preferences.h"
#include "presence/porch-clock.h"

G_BEGIN_DECLS

/**
 * PorchAwayReason:
 * @PORCH_AWAY_NOT: the person is here
 * @PORCH_AWAY_TOLD: a program said that they are not
 * @PORCH_AWAY_IDLE: there was no input for long enough
 * @PORCH_AWAY_LOCKED: the screen is locked
 * @PORCH_AWAY_ASLEEP: the computer sleeps, or is about to
 *
 * Why the person is not there. Where there are several reasons the last of these counts.
 */
typedef enum
{
  PORCH_AWAY_NOT,
  PORCH_AWAY_TOLD,
  PORCH_AWAY_IDLE,
  PORCH_AWAY_LOCKED,
  PORCH_AWAY_ASLEEP,
} PorchAwayReason;

#define PORCH_TYPE_AWAY_REASON (porch_away_reason_get_type ())
GType porch_away_reason_get_type (void);

#define PORCH_TYPE_AWAY (porch_away_get_type ())
G_DECLARE_FINAL_TYPE (PorchAway, porch_away, PORCH, AWAY, GObject)

/**
 * PorchAway:
 *
 * Whether the person is there, by all that the desktop and its programs tell.
 *
 * Signals:
 *  "changed": the reason, the threshold or who tells changed
 *  "falling-asleep": the computer waits for porch_away_let_sleep(), 2 s at most; "changed" came
 *    before
 *  "woke-up": the computer slept; "changed" came before
 */

PorchAway *
porch_away_new (GDBusConnection *bus, PorchClock *clock, PorchAgentPreferences *preferences);
void porch_away_start (PorchAway *self);
void porch_away_set_told (PorchAway *self, gboolean idle);
void porch_away_let_sleep (PorchAway *self);

PorchAwayReason porch_away_get_reason (PorchAway *self);
const char *porch_away_get_reason_code (PorchAway *self);
guint porch_away_get_after_minutes (PorchAway *self);
const char *porch_away_get_idle_source (PorchAway *self);
const char *const *porch_away_get_lock_sources (PorchAway *self);

G_END_DECLS
