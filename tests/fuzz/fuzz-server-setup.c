/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* What an administrator, or somebody who pretends to be one, hands out: a link or a file. Whatever
 * it says, a set-up that passes has addresses that may be asked, and the link made of it says the
 * same.
 */

#include "fuzz.h"

#include "protocol/porch-server-setup.h"

int
LLVMFuzzerTestOneInput (const guint8 *bytes, gsize length)
{
  g_autofree char *text = g_strndup ((const char *) bytes, length);
  g_autoptr (PorchServerSetup) setup = porch_server_setup_parse (text, NULL);
  g_autoptr (GPtrArray) problems = g_ptr_array_new_with_free_func (
      (GDestroyNotify) porch_setup_problem_free);
  g_autoptr (PorchDiscovery) discovery = NULL;
  g_autofree char *url = NULL;

  if (setup == NULL)
    return 0;

  discovery = porch_server_setup_build_discovery (setup, problems);
  g_assert_true ((discovery == NULL) == (problems->len > 0));
  if (discovery == NULL)
    return 0;

  url = porch_discovery_get_socket_url (discovery);
  g_assert_true (porch_url_is_acceptable (discovery->supabase_url, "https", "http"));
  g_assert_true (porch_url_is_acceptable (discovery->api_url, "https", "http"));
  g_assert_true (porch_url_is_acceptable (url, "wss", "ws"));
  return 0;
}
