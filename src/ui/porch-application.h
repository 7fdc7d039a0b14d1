/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define PORCH_TYPE_APPLICATION (porch_application_get_type ())

G_DECLARE_FINAL_TYPE (PorchApplication, porch_application, PORCH, APPLICATION, AdwApplication)

PorchApplication *porch_application_new (void);

G_END_DECLS
