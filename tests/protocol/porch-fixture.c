/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* What real servers and clients send, as files in tests/protocol/fixtures. */

#include "porch-fixture.h"

/**
 * porch_fixture_read:
 * @name: a file in tests/protocol/fixtures
 * @length: (out) (optional): return location for its length
 *
 * Returns: (transfer full): what is in it
 */
char *
porch_fixture_read (const char *name, gsize *length)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "protocol", "fixtures", name, NULL);
  g_autoptr (GError) error = NULL;
  char *contents = NULL;

  g_file_get_contents (path, &contents, length, &error);
  g_assert_no_error (error);
  return contents;
}
