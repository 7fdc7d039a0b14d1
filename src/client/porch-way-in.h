/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  PORCH_WAY_PASSWORD,
  PORCH_WAY_EMAIL_CODE,
  PORCH_WAY_BROWSER,
  PORCH_WAY_NEW_ACCOUNT,
} PorchWayKind;

/**
 * PorchWayIn:
 *
 * By what a person proves who they are. Its secrets are wiped when it is freed.
 */
typedef struct
{
  PorchWayKind kind;
  char *email;    /* NULL with a browser */
  char *secret;   /* the password, or the code */
  char *verifier; /* of a code from the browser */
} PorchWayIn;

PorchWayIn *porch_way_in_new (PorchWayKind kind, const char *email, const char *secret);
PorchWayIn *porch_way_in_new_for_browser (const char *auth_code, const char *verifier);
void porch_way_in_free (PorchWayIn *way);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PorchWayIn, porch_way_in_free)
const char *porch_way_in_get_path (const PorchWayIn *way);
char *porch_way_in_build (const PorchWayIn *way);

G_END_DECLS
