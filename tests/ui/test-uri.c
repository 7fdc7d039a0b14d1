/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* Links, well meant and not. */

#include "ui/porch-uri.h"

static void
test_add (void)
{
  g_autoptr (PorchUri) uri = porch_uri_parse (
      "porchlight://add?server=https%3A%2F%2Fporch.example.org&user=ann");

  g_assert_nonnull (uri);
  g_assert_cmpint (uri->kind, ==, PORCH_URI_ADD);
  g_assert_cmpstr (uri->server, ==, "https://porch.example.org");
  g_assert_cmpstr (uri->user, ==, "ann");
}

static void
test_setup (void)
{
  g_autoptr (PorchUri) uri = porch_uri_parse ("porchlight://setup?server=porch.example.org");

  g_assert_nonnull (uri);
  g_assert_cmpint (uri->kind, ==, PORCH_URI_SETUP);
  g_assert_cmpstr (uri->server, ==, "porch.example.org");
}

static void
test_refused (void)
{
  static const char *const refused[] = {
    "",
    "ann",
    "https://add?user=ann",
    "porchlight:add?user=ann",
    "porchlight://add",
    "porchlight://add?server=porch.example.org",
    "porchlight://add?user=",
    "porchlight://add?user=ann%0Aben",
    "porchlight://add?user=%E2%80%AEnna",
    "porchlight://add?user=%FF",
    "porchlight://setup?user=ann",
    "porchlight://quit?user=ann",
  };
  g_autofree char *endless = g_strnfill (5000, 'a');
  g_autofree char *too_long = g_strconcat ("porchlight://add?user=", endless, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (refused); i++)
    {
      g_test_message ("%s", refused[i]);
      g_assert_null (porch_uri_parse (refused[i]));
    }
  g_assert_null (porch_uri_parse (too_long));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/ui/uri/add", test_add);
  g_test_add_func ("/ui/uri/setup", test_setup);
  g_test_add_func ("/ui/uri/refused", test_refused);

  return g_test_run ();
}
