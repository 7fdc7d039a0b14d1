/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* porchlight:// links. */

#include "protocol/porch-link.h"

#include "protocol/porch-json.h"

static void
test_add (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PorchLink) link = porch_link_parse (
      "porchlight://add?server=https%3A%2F%2Fporch.example.org&user=ann%40example.org&utm=1",
      &error);

  g_assert_no_error (error);
  g_assert_cmpint (link->kind, ==, PORCH_LINK_ADD);
  g_assert_cmpstr (link->server, ==, "https://porch.example.org");
  g_assert_cmpstr (link->user_id, ==, "ann@example.org");
}

static void
test_setup (void)
{
  g_autoptr (PorchLink) link = porch_link_parse (
      "porchlight://setup?server=porch.example.org&user=ann", NULL);

  g_assert_cmpint (link->kind, ==, PORCH_LINK_SETUP);
  g_assert_cmpstr (link->server, ==, "https://porch.example.org");
  g_assert_null (link->user_id);
}

static void
test_what_is_built_is_read (void)
{
  g_autofree char *uri = porch_link_build_add ("https://porch.example.org:8443", "a=b;c");
  g_autoptr (PorchLink) link = porch_link_parse (uri, NULL);

  g_assert_cmpstr (link->server, ==, "https://porch.example.org:8443");
  g_assert_cmpstr (link->user_id, ==, "a=b;c");
}

static void
test_what_is_refused (void)
{
  g_autofree char *spaces = g_strnfill (5000, 'a');
  g_autofree char *too_long = g_strconcat ("porchlight://add?server=a.org&user=", spaces, NULL);
  const char *const uris[] = { "",
                               "porchlight:",
                               "porchlight://add",
                               "porchlight://add?user=ann",
                               "porchlight://add?server=a.org",
                               "porchlight://add?server=a.org&user=..%2Fann",
                               "porchlight://add?server=a.org&user=%",
                               "porchlight://add?server=http%3A%2F%2Fa.org&user=ann",
                               "porchlight://add?server=u%40a.org&user=ann",
                               "porchlight://remove?server=a.org&user=ann",
                               "https://add?server=a.org&user=ann",
                               too_long };

  for (guint i = 0; i < G_N_ELEMENTS (uris); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (PorchLink) link = porch_link_parse (uris[i], &error);

      if (link != NULL)
        g_error ("%s: was taken", uris[i]);
      g_assert_error (error, PORCH_PROTOCOL_ERROR, PORCH_PROTOCOL_ERROR_INVALID);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/protocol/link/add", test_add);
  g_test_add_func ("/protocol/link/setup", test_setup);
  g_test_add_func ("/protocol/link/what-is-built-is-read", test_what_is_built_is_read);
  g_test_add_func ("/protocol/link/what-is-refused", test_what_is_refused);

  return g_test_run ();
}
