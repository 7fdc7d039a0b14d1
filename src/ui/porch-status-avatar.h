/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include <gtk/gtk.h>

#include "presence/porch-contact.h"

G_BEGIN_DECLS

#define PORCH_TYPE_STATUS_AVATAR (porch_status_avatar_get_type ())

G_DECLARE_FINAL_TYPE (PorchStatusAvatar, porch_status_avatar, PORCH, STATUS_AVATAR, GtkWidget)

GtkWidget *porch_status_avatar_new (void);
PorchContact *porch_status_avatar_get_user (PorchStatusAvatar *self);
void porch_status_avatar_set_user (PorchStatusAvatar *self, PorchContact *user);
const char *porch_status_avatar_get_avatar (PorchStatusAvatar *self);
void porch_status_avatar_set_avatar (PorchStatusAvatar *self, const char *avatar);
const char *porch_status_avatar_get_name (PorchStatusAvatar *self);
void porch_status_avatar_set_name (PorchStatusAvatar *self, const char *name);
PorchStatus porch_status_avatar_get_status (PorchStatusAvatar *self);
void porch_status_avatar_set_status (PorchStatusAvatar *self, PorchStatus status);
gboolean porch_status_avatar_get_show_status (PorchStatusAvatar *self);
void porch_status_avatar_set_show_status (PorchStatusAvatar *self, gboolean show_status);
int porch_status_avatar_get_size (PorchStatusAvatar *self);
void porch_status_avatar_set_size (PorchStatusAvatar *self, int size);

G_END_DECLS
