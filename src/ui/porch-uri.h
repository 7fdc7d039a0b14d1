/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * PorchUriKind:
 * @PORCH_URI_ADD: a person to add
 * @PORCH_URI_SETUP: a server to sign in to
 *
 * What a porchlight:// link fills in.
 */
typedef enum
{
  PORCH_URI_ADD,
  PORCH_URI_SETUP,
} PorchUriKind;

/**
 * PorchUri:
 * @kind: what it fills in
 * @server: (nullable): the server's address; %NULL in a link that sets a server up by its parts
 * @user: (nullable): the person's id; never %NULL in a link that adds
 *
 * A porchlight:// link, taken apart.
 */
typedef struct
{
  PorchUriKind kind;
  char *server;
  char *user;
} PorchUri;

PorchUri *porch_uri_parse (const char *link);
void porch_uri_free (PorchUri *uri);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PorchUri, porch_uri_free)

G_END_DECLS
