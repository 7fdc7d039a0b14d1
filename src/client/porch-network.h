/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include <gio/gio.h>

#include "presence/porch-clock.h"

G_BEGIN_DECLS

#define PORCH_TYPE_NETWORK (porch_network_get_type ())
G_DECLARE_FINAL_TYPE (PorchNetwork, porch_network, PORCH, NETWORK, GObject)

/**
 * PorchNetwork:
 *
 * The way from this computer to one server.
 *
 * Properties, read-only with explicit notify: has-way (boolean, FALSE only where the desktop knows
 * of no network and of no way to the server either), has-portal (boolean: the network wants people
 * to sign in to it first).
 *
 * Signals:
 *  "changed": the network is another one now, at once and as often as the system says so
 *  "usable": after a change, and once it has settled, there is a way to the server
 */

PorchNetwork *porch_network_new (PorchClock *clock, const char *url);
void porch_network_check (PorchNetwork *self);
void porch_network_set_proven (PorchNetwork *self);

gboolean porch_network_get_has_way (PorchNetwork *self);
gboolean porch_network_get_has_portal (PorchNetwork *self);

G_END_DECLS
