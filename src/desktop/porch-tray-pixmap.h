/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * PorchTrayLamp:
 * @PORCH_TRAY_LAMP_LIT: the person is shown as online
 * @PORCH_TRAY_LAMP_UNLIT: the person is shown as offline
 * @PORCH_TRAY_LAMP_CROSSED: nobody can tell: not connected, or signed out
 *
 * What the tray's icon is a picture of.
 */
typedef enum
{
  PORCH_TRAY_LAMP_LIT,
  PORCH_TRAY_LAMP_UNLIT,
  PORCH_TRAY_LAMP_CROSSED,
} PorchTrayLamp;

void porch_tray_pixmap_draw (PorchTrayLamp lamp, guint size, guint8 *argb);
GVariant *porch_tray_pixmap_build (PorchTrayLamp lamp);

G_END_DECLS
