/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* Links, which anyone may have put on a page. */

#include "fuzz.h"

#include "protocol/porch-link.h"

int
LLVMFuzzerTestOneInput (const guint8 *bytes, gsize length)
{
  g_autofree char *uri = g_strndup ((const char *) bytes, length);
  g_autoptr (PorchLink) link = porch_link_parse (uri, NULL);
  g_autoptr (PorchLink) again = NULL;
  g_autofree char *text = NULL;

  if (link == NULL)
    return 0;

  g_assert_true (porch_url_is_acceptable (link->server, "https", "http"));
  if (link->kind != PORCH_LINK_ADD)
    return 0;

  text = porch_link_build_add (link->server, link->user_id);
  again = porch_link_parse (text, NULL);
  g_assert_nonnull (again);
  g_assert_cmpstr (link->server, ==, again->server);
  g_assert_cmpstr (link->user_id, ==, again->user_id);
  return 0;
}
