/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A code as a person copies it from a message or an authenticator, spaces and all. */
#define PORCH_AUTH_CODE_MAX_BYTES 64

char *porch_auth_mail_request_build (const char *email);
char *porch_auth_code_request_build (const char *email);
char *porch_auth_code_grant_build (const char *email, const char *code);
char *porch_auth_browser_grant_build (const char *auth_code, const char *verifier);
char *porch_auth_new_account_build (const char *email, const char *password, const char *name);

char *porch_auth_missing_factor_parse (const char *bytes, gsize length);
char *porch_auth_challenge_parse (const char *bytes, gsize length, GError **error);
char *porch_auth_factor_answer_build (const char *challenge_id, const char *code);

char *porch_auth_code_normalize (const char *typed);

G_END_DECLS
