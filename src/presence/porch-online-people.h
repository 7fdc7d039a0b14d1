/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include "presence/porch-roster.h"

G_BEGIN_DECLS

/**
 * PORCH_ONLINE_NAMES_MAX:
 *
 * How many people a sentence names at most.
 */
#define PORCH_ONLINE_NAMES_MAX 3

/**
 * PORCH_SHORT_NAME_MAX_CHARS:
 *
 * How much of a name stands in a menu, or in a sentence with others.
 */
#define PORCH_SHORT_NAME_MAX_CHARS 40

GPtrArray *porch_online_people_pick (PorchRoster *roster, guint max);
char *porch_online_people_format (PorchRoster *roster);
char *porch_online_names_format (const char *const *names, guint n_online);
char *porch_short_name_format (const char *name);

G_END_DECLS
