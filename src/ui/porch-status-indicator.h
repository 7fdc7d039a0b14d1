/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include "presence/porch-contact.h"
#include "ui/porch-status-dot.h"

G_BEGIN_DECLS

#define PORCH_TYPE_STATUS_INDICATOR (porch_status_indicator_get_type ())

G_DECLARE_FINAL_TYPE (PorchStatusIndicator,
                      porch_status_indicator,
                      PORCH,
                      STATUS_INDICATOR,
                      GtkWidget)

GtkWidget *porch_status_indicator_new (void);
PorchContact *porch_status_indicator_get_user (PorchStatusIndicator *self);
void porch_status_indicator_set_user (PorchStatusIndicator *self, PorchContact *user);
gboolean porch_status_indicator_get_show_label (PorchStatusIndicator *self);
void porch_status_indicator_set_show_label (PorchStatusIndicator *self, gboolean show_label);
gboolean porch_status_indicator_get_show_last_active (PorchStatusIndicator *self);
void porch_status_indicator_set_show_last_active (PorchStatusIndicator *self,
                                                  gboolean show_last_active);
PorchIndicatorSize porch_status_indicator_get_size (PorchStatusIndicator *self);
void porch_status_indicator_set_size (PorchStatusIndicator *self, PorchIndicatorSize size);

G_END_DECLS
