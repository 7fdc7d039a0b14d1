/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include "protocol/porch-discovery.h"

G_BEGIN_DECLS

typedef enum
{
  PORCH_LINK_ADD,
  PORCH_LINK_SETUP,
} PorchLinkKind;

/* porchlight://add?server=…&user=…, porchlight://setup?server=… : a link only ever fills a form. */
typedef struct
{
  PorchLinkKind kind;
  char *server;
  char *user_id;
} PorchLink;

PorchLink *porch_link_parse (const char *uri, GError **error);
void porch_link_free (PorchLink *link);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PorchLink, porch_link_free)
char *porch_link_build_add (const char *server, const char *user_id);

G_END_DECLS
