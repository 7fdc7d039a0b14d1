/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Asks the agent something every 5 ms, as long as it runs, and remembers how long the longest
 * answer took. */
typedef struct _PorchStallMeter PorchStallMeter;

PorchStallMeter *porch_stall_meter_start (const char *bus_address);
gint64 porch_stall_meter_stop (PorchStallMeter *self, guint *n_answers);

G_END_DECLS
