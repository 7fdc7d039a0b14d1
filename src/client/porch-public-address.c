/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* Tells whether an address is one of the Internet's, as opposed to one of this computer, of the
 * home or of the company: what somebody else makes us fetch must not come from there.
 */

#define G_LOG_DOMAIN "porch-client"

#include "client/porch-public-address.h"

/* The IANA special-purpose registries (RFC 6890), as far as they are not globally reachable; NAT64
 * and 6to4 carry an IPv4 address that nobody looked at. */
static const char *const special_ranges[] = {
  "0.0.0.0/8",       "10.0.0.0/8",     "100.64.0.0/10",  "127.0.0.0/8",    "169.254.0.0/16",
  "172.16.0.0/12",   "192.0.0.0/24",   "192.0.2.0/24",   "192.168.0.0/16", "198.18.0.0/15",
  "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4",    "240.0.0.0/4",    "::/96",
  "::ffff:0:0/96",   "64:ff9b::/96",   "64:ff9b:1::/48", "100::/64",       "2001::/23",
  "2001:db8::/32",   "2002::/16",      "fc00::/7",       "fe80::/10",      "fec0::/10",
  "ff00::/8",
};

/**
 * porch_address_is_public:
 * @address: an address
 *
 * Returns: whether it is reachable for everybody
 */
gboolean
porch_address_is_public (GInetAddress *address)
{
  static GInetAddressMask *masks[G_N_ELEMENTS (special_ranges)];

  g_return_val_if_fail (G_IS_INET_ADDRESS (address), FALSE);

  for (gsize i = 0; i < G_N_ELEMENTS (special_ranges); i++)
    {
      if (masks[i] == NULL)
        masks[i] = g_inet_address_mask_new_from_string (special_ranges[i], NULL);
      if (g_inet_address_mask_matches (masks[i], address))
        return FALSE;
    }

  return TRUE;
}
