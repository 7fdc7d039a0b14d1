/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* The file of contacts: what an export holds an import reads, and nothing else passes.
 */

#include "agent/porch-contact-file.h"

#include "bus/porch-agent-error.h"

#include <string.h>

static void
add_record (GPtrArray *records, const char *id, const char *name, gboolean favourite)
{
  PorchContactRecord *record = g_new0 (PorchContactRecord, 1);

  record->user_id = g_strdup (id);
  record->name = g_strdup (name);
  record->favourite = favourite;
  g_ptr_array_add (records, record);
}

static void
test_round_trip (void)
{
  g_autoptr (GPtrArray) records = g_ptr_array_new_with_free_func (
      (GDestroyNotify) porch_contact_record_free);
  g_autofree char *server = NULL;
  g_autoptr (GError) error = NULL;

  add_record (records, "ann-1", "Ann \"Zoë\"\n李", TRUE);
  add_record (records, "bob-2", NULL, FALSE);
  g_autofree char *json = porch_contact_file_build ("https://porch.example", records);
  g_autoptr (GPtrArray) read = porch_contact_file_parse (json, &server, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (server, ==, "https://porch.example");
  g_assert_cmpuint (read->len, ==, 2);
  const PorchContactRecord *ann = g_ptr_array_index (read, 0);
  g_assert_cmpstr (ann->user_id, ==, "ann-1");
  g_assert_cmpstr (ann->name, ==, "Ann \"Zoë\"\n李");
  g_assert_true (ann->favourite);
  const PorchContactRecord *bob = g_ptr_array_index (read, 1);
  g_assert_null (bob->name);
  g_assert_false (bob->favourite);
}

static void
test_largest_export_is_read (void)
{
  g_autoptr (GPtrArray) records = g_ptr_array_new_with_free_func (
      (GDestroyNotify) porch_contact_record_free);
  g_autofree char *name = g_strnfill (200, 'n');
  g_autofree char *server = NULL;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < PORCH_CONTACT_FILE_MAX_CONTACTS; i++)
    {
      g_autofree char *id = g_strdup_printf ("d05503f0-528c-4fd2-879a-5ae611%06u", i);
      add_record (records, id, name, TRUE);
    }
  g_autofree char *json = porch_contact_file_build ("https://porch.example", records);
  g_assert_cmpuint (strlen (json), <=, PORCH_CONTACT_FILE_MAX_BYTES);
  g_autoptr (GPtrArray) read = porch_contact_file_parse (json, &server, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (read->len, ==, PORCH_CONTACT_FILE_MAX_CONTACTS);

  /* and one more is not */
  add_record (records, "one-more", NULL, FALSE);
  g_autofree char *longer = porch_contact_file_build ("https://porch.example", records);
  g_clear_pointer (&server, g_free);
  g_assert_null (porch_contact_file_parse (longer, &server, &error));
  g_assert_error (error, PORCH_AGENT_ERROR, PORCH_AGENT_ERROR_INVALID_ARGUMENT);
}

static void
assert_refused (const char *json)
{
  g_autofree char *server = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_null (porch_contact_file_parse (json, &server, &error));
  g_assert_error (error, PORCH_AGENT_ERROR, PORCH_AGENT_ERROR_INVALID_ARGUMENT);
  g_assert_null (server);
}

static void
test_refuses (void)
{
  g_autofree char *deep = g_strnfill (100000, '[');

  assert_refused ("");
  assert_refused ("[]");
  assert_refused ("{}");
  assert_refused (deep);
  assert_refused ("{\"porchlightContacts\":2,\"server\":\"https://a\",\"contacts\":[]}");
  assert_refused ("{\"porchlightContacts\":\"1\",\"server\":\"https://a\",\"contacts\":[]}");
  assert_refused ("{\"porchlightContacts\":1,\"contacts\":[]}");
  assert_refused ("{\"porchlightContacts\":1,\"server\":\"https://a\",\"contacts\":{}}");
  assert_refused ("{\"porchlightContacts\":1,\"server\":\"https://a\",\"contacts\":[\"ann\"]}");
  assert_refused ("{\"porchlightContacts\":1,\"server\":\"https://a\",\"contacts\":[{}]}");
  assert_refused ("{\"porchlightContacts\":1,\"server\":\"https://a\","
                  "\"contacts\":[{\"id\":\"good\"},{\"id\":\"../../bad\"}]}");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/agent/contact-file/round-trip", test_round_trip);
  g_test_add_func ("/agent/contact-file/largest-export-is-read", test_largest_export_is_read);
  g_test_add_func ("/agent/contact-file/refuses", test_refuses);

  return g_test_run ();
}
