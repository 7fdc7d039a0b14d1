/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include <glib.h>

/* What each target defines and libFuzzer, or replay-main.c, calls. The bytes need not end in NUL.
 */
int LLVMFuzzerTestOneInput (const guint8 *bytes, gsize length);
