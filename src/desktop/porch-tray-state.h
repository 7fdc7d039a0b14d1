/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * PorchTrayState:
 * @PORCH_TRAY_STATE_SIGNED_OUT: nobody is signed in
 * @PORCH_TRAY_STATE_NOT_CONNECTED: there is no connection, so that nothing is known
 * @PORCH_TRAY_STATE_OFFLINE: others see the person as offline
 * @PORCH_TRAY_STATE_ONLINE: others see the person as online
 *
 * What is true of the person whose tray it is.
 */
typedef enum
{
  PORCH_TRAY_STATE_SIGNED_OUT,
  PORCH_TRAY_STATE_NOT_CONNECTED,
  PORCH_TRAY_STATE_OFFLINE,
  PORCH_TRAY_STATE_ONLINE,
} PorchTrayState;

G_END_DECLS
