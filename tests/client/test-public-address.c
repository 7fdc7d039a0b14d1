/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#include "client/porch-public-address.h"

static void
assert_public (const char *text, gboolean is_public)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (text);

  g_assert_nonnull (address);
  if (porch_address_is_public (address) != is_public)
    g_error ("%s", text);
}

static void
test_public (void)
{
  const char *const addresses[] = { "1.1.1.1",     "93.184.216.34", "172.15.255.255",
                                    "172.32.0.1",  "100.63.0.1",    "100.128.0.1",
                                    "192.167.0.1", "223.255.255.1", "2606:4700::1111",
                                    "2a00:1450::1" };

  for (guint i = 0; i < G_N_ELEMENTS (addresses); i++)
    assert_public (addresses[i], TRUE);
}

static void
test_private (void)
{
  const char *const addresses[] = { "0.0.0.0",
                                    "10.1.2.3",
                                    "100.64.0.1",
                                    "127.0.0.1",
                                    "127.255.255.254",
                                    "169.254.169.254",
                                    "172.16.0.1",
                                    "172.31.255.1",
                                    "192.0.0.1",
                                    "192.168.1.1",
                                    "198.18.0.1",
                                    "224.0.0.251",
                                    "240.0.0.1",
                                    "::",
                                    "::1",
                                    "::ffff:8.8.8.8",
                                    "::ffff:127.0.0.1",
                                    "::127.0.0.1",
                                    "64:ff9b::7f00:1",
                                    "fc00::1",
                                    "fd12:3456::1",
                                    "fe80::1",
                                    "fec0::1",
                                    "ff02::1",
                                    "2002:7f00:1::",
                                    "255.255.255.255" };

  for (guint i = 0; i < G_N_ELEMENTS (addresses); i++)
    assert_public (addresses[i], FALSE);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/client/public-address/public", test_public);
  g_test_add_func ("/client/public-address/private", test_private);

  return g_test_run ();
}
