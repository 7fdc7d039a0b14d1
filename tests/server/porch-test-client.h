/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include <json-glib/json-glib.h>
#include <libsoup/soup.h>

G_BEGIN_DECLS

typedef struct
{
  guint status;
  char *text;
  JsonNode *root; /* NULL where the body is no JSON object */
  SoupMessageHeaders *headers;
} PorchTestAnswer;

PorchTestAnswer *porch_test_call (SoupSession *session,
                                  const char *method,
                                  const char *uri,
                                  const char *body,
                                  ...) G_GNUC_NULL_TERMINATED;
PorchTestAnswer *porch_test_call_valist (SoupSession *session,
                                         const char *method,
                                         const char *uri,
                                         const char *body,
                                         va_list headers);
void porch_test_answer_free (PorchTestAnswer *answer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PorchTestAnswer, porch_test_answer_free)
const char *porch_test_answer_get (PorchTestAnswer *answer, const char *member);

G_END_DECLS
