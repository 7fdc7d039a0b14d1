/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define PORCH_TYPE_CODE_STEP (porch_code_step_get_type ())
G_DECLARE_FINAL_TYPE (PorchCodeStep, porch_code_step, PORCH, CODE_STEP, GtkWidget)

/**
 * PorchCodeStep:
 *
 * Signals:
 *  "submitted" (const char *code): the person has entered a code
 *  "again": they want another message
 */

void porch_code_step_ask (PorchCodeStep *self, const char *title, const char *text, gboolean again);
const char *porch_code_step_get_code (PorchCodeStep *self);
void porch_code_step_set_error (PorchCodeStep *self, const char *error);
void porch_code_step_set_busy (PorchCodeStep *self, gboolean busy);

G_END_DECLS
