/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* Makes a certificate for localhost and 127.0.0.1 that signs itself, for tests of TLS. Nothing of
 * it is in the tree, so that nothing of it can run out or leak.
 */

#include "porch-test-certificate.h"

#include <arpa/inet.h>
#include <gnutls/x509.h>

static void
check (int result)
{
  if (result < 0)
    g_error ("GnuTLS: %s", gnutls_strerror (result));
}

static void
save (const gnutls_datum_t *pem, const char *path)
{
  g_autoptr (GError) error = NULL;

  g_file_set_contents_full (path, (const char *) pem->data, pem->size, G_FILE_SET_CONTENTS_NONE,
                            0600, &error);
  g_assert_no_error (error);
}

static void
describe (gnutls_x509_crt_t certificate)
{
  const guint8 serial[] = { 0x01 };
  struct in_addr loopback = { .s_addr = htonl (INADDR_LOOPBACK) };
  gint64 now_s = g_get_real_time () / G_TIME_SPAN_SECOND;

  check (gnutls_x509_crt_set_version (certificate, 3));
  check (gnutls_x509_crt_set_serial (certificate, serial, sizeof serial));
  check (gnutls_x509_crt_set_activation_time (certificate, now_s - 3600));
  check (gnutls_x509_crt_set_expiration_time (certificate, now_s + 24 * 3600));
  check (gnutls_x509_crt_set_dn (certificate, "CN=localhost", NULL));
  check (gnutls_x509_crt_set_subject_alt_name (certificate, GNUTLS_SAN_DNSNAME, "localhost", 9,
                                               GNUTLS_FSAN_SET));
  check (gnutls_x509_crt_set_subject_alt_name (certificate, GNUTLS_SAN_IPADDRESS, &loopback,
                                               sizeof loopback, GNUTLS_FSAN_APPEND));
  check (gnutls_x509_crt_set_basic_constraints (certificate, 1, -1));
}

/* Both paths are (transfer full) files in the folder. */
void
porch_test_certificate_write (const char *folder, char **certificate_path, char **key_path)
{
  gnutls_x509_privkey_t key;
  gnutls_x509_crt_t certificate;
  gnutls_datum_t pem = { 0 };

  *certificate_path = g_build_filename (folder, "certificate.pem", NULL);
  *key_path = g_build_filename (folder, "key.pem", NULL);

  check (gnutls_x509_privkey_init (&key));
  check (gnutls_x509_privkey_generate (key, GNUTLS_PK_ECDSA,
                                       GNUTLS_CURVE_TO_BITS (GNUTLS_ECC_CURVE_SECP256R1), 0));
  check (gnutls_x509_privkey_export2 (key, GNUTLS_X509_FMT_PEM, &pem));
  save (&pem, *key_path);
  gnutls_free (pem.data);

  check (gnutls_x509_crt_init (&certificate));
  describe (certificate);
  check (gnutls_x509_crt_set_key (certificate, key));
  check (gnutls_x509_crt_sign2 (certificate, certificate, key, GNUTLS_DIG_SHA256, 0));
  check (gnutls_x509_crt_export2 (certificate, GNUTLS_X509_FMT_PEM, &pem));
  save (&pem, *certificate_path);
  gnutls_free (pem.data);

  gnutls_x509_crt_deinit (certificate);
  gnutls_x509_privkey_deinit (key);
}
