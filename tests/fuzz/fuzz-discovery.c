/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* No document and no typed address leads anywhere but to an encrypted or a local address. */

#include "fuzz.h"

#include <string.h>

#include "protocol/porch-discovery.h"

static void
check_document (const char *bytes, gsize length)
{
  g_autoptr (PorchDiscovery) discovery = porch_discovery_parse (bytes, length, NULL);
  g_autoptr (PorchDiscovery) copy = NULL;
  g_autoptr (PorchDiscovery) again = NULL;
  g_autofree char *text = NULL;
  g_autofree char *socket_url = NULL;

  if (discovery == NULL)
    return;

  g_assert_true (porch_url_is_acceptable (discovery->supabase_url, "https", "http"));
  g_assert_true (porch_url_is_acceptable (discovery->api_url, "https", "http"));
  socket_url = porch_discovery_get_socket_url (discovery);
  g_assert_true (porch_url_is_acceptable (socket_url, "wss", "ws"));

  copy = porch_discovery_copy (discovery);
  text = porch_discovery_build (copy);
  again = porch_discovery_parse (text, strlen (text), NULL);
  g_assert_nonnull (again);
  g_assert_true (porch_discovery_equal (discovery, again));
}

static void
check_typed (const char *bytes, gsize length)
{
  g_autofree char *typed = g_strndup (bytes, length);
  g_autofree char *origin = porch_server_address_normalize (typed, NULL);
  g_autofree char *again = NULL;

  if (origin == NULL)
    return;

  g_assert_true (porch_url_is_acceptable (origin, "https", "http"));
  again = porch_server_address_normalize (origin, NULL);
  g_assert_cmpstr (origin, ==, again);
}

int
LLVMFuzzerTestOneInput (const guint8 *bytes, gsize length)
{
  check_document ((const char *) bytes, length);
  check_typed ((const char *) bytes, length);
  return 0;
}
