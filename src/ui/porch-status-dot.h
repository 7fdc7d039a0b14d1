/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include <gtk/gtk.h>

#include "presence/porch-presence.h"

G_BEGIN_DECLS

/**
 * PorchIndicatorSize:
 * @PORCH_INDICATOR_SIZE_SM: 8 px
 * @PORCH_INDICATOR_SIZE_MD: 12 px
 * @PORCH_INDICATOR_SIZE_LG: 16 px
 *
 * How large a status is drawn.
 */
typedef enum
{
  PORCH_INDICATOR_SIZE_SM,
  PORCH_INDICATOR_SIZE_MD,
  PORCH_INDICATOR_SIZE_LG,
} PorchIndicatorSize;

#define PORCH_TYPE_INDICATOR_SIZE (porch_indicator_size_get_type ())
GType porch_indicator_size_get_type (void);

#define PORCH_TYPE_STATUS_DOT (porch_status_dot_get_type ())

G_DECLARE_FINAL_TYPE (PorchStatusDot, porch_status_dot, PORCH, STATUS_DOT, GtkWidget)

GtkWidget *porch_status_dot_new (void);
PorchStatus porch_status_dot_get_status (PorchStatusDot *self);
void porch_status_dot_set_status (PorchStatusDot *self, PorchStatus status);
PorchIndicatorSize porch_status_dot_get_size (PorchStatusDot *self);
void porch_status_dot_set_size (PorchStatusDot *self, PorchIndicatorSize size);

G_END_DECLS
