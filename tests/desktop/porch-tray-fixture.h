/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include <gio/gio.h>

#include "porch-fake-clock.h"
#include "presence/porch-roster.h"

G_BEGIN_DECLS

/* Wednesday, 2024-01-17 12:00:00 UTC */
#define PORCH_TEST_NOW_US (G_GINT64_CONSTANT (1705492800) * G_USEC_PER_SEC)

/* A session bus of its own with two connections, ours and a panel's, and a roster. */
typedef struct
{
  GTestDBus *dbus;
  GDBusConnection *bus;
  GDBusConnection *panel;
  PorchFakeClock *clock;
  PorchServerClock *server_clock;
  PorchRoster *roster;
} PorchTrayFixture;

void porch_tray_fixture_set_up (PorchTrayFixture *self);
void porch_tray_fixture_tear_down (PorchTrayFixture *self);
void porch_tray_fixture_tell (PorchTrayFixture *self, const char *name, PorchStatus status);
GVariant *porch_tray_fixture_call (PorchTrayFixture *self,
                                   const char *path,
                                   const char *interface,
                                   const char *method,
                                   GVariant *parameters,
                                   GError **error);
void porch_tray_fixture_settle (PorchTrayFixture *self);

G_END_DECLS
