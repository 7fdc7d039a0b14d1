/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#include <glib/gstdio.h>
#include <string.h>

#include "server/porch-config-file.h"

typedef struct
{
  PorchConfig *config;
  GPtrArray *faults;
  char *folder;
  char *path;
} Fixture;

static void
fixture_set_up (Fixture *fixture, gconstpointer user_data)
{
  fixture->config = porch_config_new ();
  fixture->faults = porch_config_faults_new ();
  fixture->folder = g_dir_make_tmp ("porch-config-XXXXXX", NULL);
  fixture->path = g_build_filename (fixture->folder, "porchlightd.conf", NULL);
}

static void
fixture_tear_down (Fixture *fixture, gconstpointer user_data)
{
  g_unlink (fixture->path);
  g_rmdir (fixture->folder);
  porch_config_free (fixture->config);
  g_ptr_array_unref (fixture->faults);
  g_free (fixture->folder);
  g_free (fixture->path);
}

static void
read_text (Fixture *fixture, const char *text)
{
  g_autoptr (GError) error = NULL;

  g_file_set_contents (fixture->path, text, -1, &error);
  g_assert_no_error (error);
  porch_config_file_read (fixture->path, fixture->config, fixture->faults);
  porch_config_check (fixture->config, fixture->faults);
}

static void
assert_fault (Fixture *fixture, guint index, guint line, const char *part)
{
  const PorchConfigFault *fault;

  g_assert_cmpuint (index, <, fixture->faults->len);
  fault = g_ptr_array_index (fixture->faults, index);
  g_assert_cmpuint (fault->line, ==, line);
  if (strstr (fault->message, part) == NULL)
    g_error ("“%s” is not in: %s", part, fault->message);
}

static void
test_defaults (Fixture *fixture, gconstpointer user_data)
{
  read_text (fixture, "");

  g_assert_cmpuint (fixture->faults->len, ==, 0);
  g_assert_cmpstr (fixture->config->listen, ==, "127.0.0.1:8080");
  g_assert_cmpuint (fixture->config->heartbeat_s, ==, 30);
  g_assert_cmpuint (fixture->config->trusted_proxies->len, ==, 2);
  g_assert_false (fixture->config->allow_signup);
  g_assert_nonnull (fixture->config->name);
  g_assert_true (g_str_has_suffix (fixture->config->data_dir, "/porchlightd"));
}

static void
test_postgres (Fixture *fixture, gconstpointer user_data)
{
  read_text (fixture, "[store]\n"
                      "backend=postgres\n"
                      "postgres=host=/run/postgresql dbname=porchlight\n"
                      "[users]\n"
                      "table=User\n"
                      "avatar=\n");

  g_assert_cmpuint (fixture->faults->len, ==, 0);
  g_assert_cmpstr (fixture->config->postgres, ==, "host=/run/postgresql dbname=porchlight");
  g_assert_cmpstr (fixture->config->user_table.table, ==, "User");
  g_assert_cmpstr (fixture->config->user_table.avatar, ==, "");
  g_assert_null (fixture->config->user_table.last_active);
}

static void
test_postgres_faults (Fixture *fixture, gconstpointer user_data)
{
  read_text (fixture, "[store]\n"
                      "postgres=host=db password=secret\n"
                      "backend=postgres\n");

  assert_fault (fixture, 0, 2, "password-file");
  g_assert_null (strstr (((PorchConfigFault *) fixture->faults->pdata[0])->message, "secret"));
  assert_fault (fixture, 1, 3, "needs “postgres”");
}

static void
test_values (Fixture *fixture, gconstpointer user_data)
{
  read_text (fixture, "# a remark\n"
                      "[server]\n"
                      "  listen = [::]:443  \n"
                      "name=The\\soffice\n"
                      "public-url=https://presence.example.org/\n"
                      "allowed-origins=https://a.example; http://localhost:3000\n"
                      "trusted-proxies=10.0.0.0/8\n"
                      "\r\n"
                      "[pusher]\n"
                      "tls=false\n"
                      "port=6001\n"
                      "[log]\n"
                      "level=debug\n"
                      "format=json\n");

  g_assert_cmpuint (fixture->faults->len, ==, 0);
  g_assert_cmpstr (fixture->config->listen, ==, "[::]:443");
  g_assert_cmpstr (fixture->config->name, ==, "The office");
  g_assert_cmpstr (fixture->config->public_url, ==, "https://presence.example.org");
  g_assert_cmpuint (g_strv_length (fixture->config->allowed_origins), ==, 2);
  g_assert_cmpstr (fixture->config->allowed_origins[1], ==, "http://localhost:3000");
  g_assert_cmpuint (fixture->config->trusted_proxies->len, ==, 1);
  g_assert_false (fixture->config->pusher_tls);
  g_assert_cmpuint (fixture->config->pusher_port, ==, 6001);
  g_assert_cmpint (fixture->config->log_level, ==, G_LOG_LEVEL_DEBUG);
  g_assert_cmpint (fixture->config->log_format, ==, PORCH_LOG_FORMAT_JSON);
}

static void
test_all_faults_at_once (Fixture *fixture, gconstpointer user_data)
{
  read_text (fixture, "stray=1\n"
                      "[server]\n"
                      "listen=everywhere\n"
                      "heartbeat=5\n"
                      "hartbeat=30\n"
                      "no equals sign\n"
                      "name=one\n"
                      "name=two\n"
                      "allowed-origins=https://a.example/path\n"
                      "[sevrer]\n"
                      "listen=127.0.0.1:1\n"
                      "[sign-in]\n"
                      "allow-signup=yes\n"
                      "[log\n"
                      "\xff\xfe\n"
                      "[publisher]\n"
                      "kind=carrier-pigeon\n"
                      "[metrics]\n"
                      "readers=10.0.0.0/99\n"
                      "[server]\n"
                      "tls-key=/key.pem\n");

  assert_fault (fixture, 0, 1, "in no group");
  assert_fault (fixture, 1, 3, "“listen” is a numeric address");
  assert_fault (fixture, 2, 4, "“heartbeat” is a number from 30 to 120");
  assert_fault (fixture, 3, 5, "no key “hartbeat” in [server]");
  assert_fault (fixture, 4, 6, "neither a group nor KEY=VALUE");
  assert_fault (fixture, 5, 8, "“name” was set before");
  assert_fault (fixture, 6, 9, "“https://a.example/path” is none");
  assert_fault (fixture, 7, 10, "no group [sevrer]");
  assert_fault (fixture, 8, 13, "“allow-signup” is true or false");
  assert_fault (fixture, 9, 14, "A group is written as");
  assert_fault (fixture, 10, 15, "not UTF-8");
  assert_fault (fixture, 11, 17, "“kind” is one of: broker, pusher");
  assert_fault (fixture, 12, 19, "“10.0.0.0/99” is none");
  assert_fault (fixture, 13, 21, "belong together");
  g_assert_cmpuint (fixture->faults->len, ==, 14);
  g_assert_cmpstr (fixture->config->listen, ==, "127.0.0.1:8080");
}

static void
test_mail (Fixture *fixture, gconstpointer user_data)
{
  read_text (fixture, "[mail]\n"
                      "sendmail=/usr/sbin/sendmail -t \"-i\"\n"
                      "from=porch@example.org\n");

  g_assert_cmpuint (fixture->faults->len, ==, 0);
  g_assert_cmpuint (g_strv_length (fixture->config->sendmail), ==, 3);
  g_assert_cmpstr (fixture->config->sendmail[2], ==, "-i");
  g_assert_cmpstr (fixture->config->mail_from, ==, "porch@example.org");
}

static void
test_mail_faults (Fixture *fixture, gconstpointer user_data)
{
  read_text (fixture, "[mail]\n"
                      "sendmail=sendmail -t\n"
                      "from=porch@example.org, all@example.org\n");

  assert_fault (fixture, 0, 2, "its whole path");
  assert_fault (fixture, 1, 3, "is an email address");
}

static void
test_what_belongs_together (Fixture *fixture, gconstpointer user_data)
{
  read_text (fixture, "[supabase]\n"
                      "url=https://abc.supabase.co\n"
                      "[publisher]\n"
                      "kind=pusher\n"
                      "[pusher]\n"
                      "app-id=1\n");

  assert_fault (fixture, 0, 2, "anon-key");
  assert_fault (fixture, 1, 4, "“cluster” or “host”");
  assert_fault (fixture, 2, 4, "needs “key”");
  g_assert_cmpuint (fixture->faults->len, ==, 3);
}

static void
test_missing_file (Fixture *fixture, gconstpointer user_data)
{
  porch_config_file_read (fixture->path, fixture->config, fixture->faults);

  assert_fault (fixture, 0, 0, "porchlightd.conf");
}

static void
test_secret_in_the_file (Fixture *fixture, gconstpointer user_data)
{
  read_text (fixture, "[supabase]\njwt-secret=hunter2\nhunter2\n");

  g_assert_cmpuint (fixture->faults->len, ==, 2);
  for (guint i = 0; i < fixture->faults->len; i++)
    g_assert_null (
        strstr (((PorchConfigFault *) g_ptr_array_index (fixture->faults, i))->message, "hunter2"));
}

static char *
write_secret (Fixture *fixture, const char *name, const char *text, int mode)
{
  char *path = g_build_filename (fixture->folder, name, NULL);
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, text, -1, &error);
  g_assert_no_error (error);
  g_chmod (path, mode);

  return path;
}

static void
test_secret_from_a_file (Fixture *fixture, gconstpointer user_data)
{
  g_autofree char *path = write_secret (fixture, "secret", "squeamish ossifrage\n", 0640);

  porch_config_set (fixture->config, "supabase", "url", "https://abc.supabase.co", 2,
                    fixture->faults);
  porch_config_set (fixture->config, "supabase", "verify", "secret", 3, fixture->faults);
  g_assert_false (porch_config_read_secrets (fixture->config, fixture->faults));
  assert_fault (fixture, 0, 3, "jwt-secret-file");

  porch_config_set (fixture->config, "supabase", "jwt-secret-file", path, 4, fixture->faults);
  g_assert_true (porch_config_read_secrets (fixture->config, fixture->faults));
  g_assert_cmpstr (fixture->config->supabase_jwt_secret, ==, "squeamish ossifrage");

  g_chmod (path, 0644);
  g_assert_false (porch_config_read_secrets (fixture->config, fixture->faults));
  assert_fault (fixture, 1, 4, "can be read by everybody");
  g_unlink (path);
}

static void
test_secret_from_the_service_manager (Fixture *fixture, gconstpointer user_data)
{
  g_autofree char *path = write_secret (fixture, "pusher-secret", "from a credential", 0400);

  g_setenv ("PORCHLIGHTD_PUSHER_SECRET", "from the environment", TRUE);
  g_assert_true (porch_config_read_secrets (fixture->config, fixture->faults));
  g_assert_cmpstr (fixture->config->pusher_secret, ==, "from the environment");
  g_assert_null (g_getenv ("PORCHLIGHTD_PUSHER_SECRET"));

  g_setenv ("CREDENTIALS_DIRECTORY", fixture->folder, TRUE);
  g_assert_true (porch_config_read_secrets (fixture->config, fixture->faults));
  g_assert_cmpstr (fixture->config->pusher_secret, ==, "from a credential");
  g_unsetenv ("CREDENTIALS_DIRECTORY");
  g_unlink (path);
}

typedef struct
{
  char *example;
  char *manual;
  char *group; /* the last one that was looked at */
} Documents;

static char *
read_data_file (const char *name)
{
  g_autofree char *path = g_build_filename (g_getenv ("G_TEST_SRCDIR"), "..", "data", name, NULL);
  g_autoptr (GError) error = NULL;
  char *text;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);

  return text;
}

/* The part of a text that is about one group. */
static char *
find_section (const char *text, const char *heading, const char *next_heading)
{
  const char *start = strstr (text, heading);
  const char *end;

  if (start == NULL)
    g_error ("%s is not documented", heading);
  start += strlen (heading);
  end = strstr (start, next_heading);

  return end != NULL ? g_strndup (start, end - start) : g_strdup (start);
}

static void
check_key (const char *group, const char *key, const char *fallback, gpointer user_data)
{
  Documents *documents = user_data;
  g_autofree char *heading = g_strdup_printf ("\n[%s]\n", group);
  g_autofree char *example = find_section (documents->example, heading, "\n[");
  g_autofree char *line = g_strdup_printf ("\n#%s=", key);
  g_auto (GStrv) heading_parts = g_strsplit (group, "-", -1);
  g_autofree char *escaped_group = g_strjoinv ("\\-", heading_parts);
  g_autofree char *manual_heading = g_strdup_printf ("\n.SH [%s]\n", escaped_group);
  g_autofree char *manual = find_section (documents->manual, manual_heading, "\n.SH");
  g_auto (GStrv) key_parts = g_strsplit (key, "-", -1);
  g_autofree char *escaped_key = g_strjoinv ("\\-", key_parts);
  g_autofree char *tag = g_strdup_printf (".TP\n.B %s\n", escaped_key);

  if (strstr (example, line) == NULL)
    g_error ("porchlightd.conf has no %s in [%s]", key, group);
  if (strstr (manual, tag) == NULL && !g_str_has_prefix (key, "tls-"))
    g_error ("porchlightd.conf.5 has no %s in [%s]", key, group);
  if (fallback != NULL && *fallback != '\0')
    {
      g_autofree char *from_tag = find_section (manual, tag, "\n.TP");
      g_autofree char *says = g_strdup_printf ("Default: %s.", fallback);

      if (strstr (from_tag, says) == NULL)
        g_error ("porchlightd.conf.5 does not say of %s in [%s]: %s", key, group, says);
    }
}

static void
test_every_key_is_documented (Fixture *fixture, gconstpointer user_data)
{
  g_autofree char *example = read_data_file ("porchlightd.conf");
  g_autofree char *manual = read_data_file ("porchlightd.conf.5");
  Documents documents = { .example = example, .manual = manual };

  porch_config_foreach_key (check_key, &documents);
}

/* The number of the line that begins so. */
static guint
count_lines (const char *text, const char *line)
{
  const char *end = strstr (text, line);
  guint n = 2;

  g_assert_nonnull (end);
  for (const char *at = text; at < end; at++)
    n += *at == '\n';

  return n;
}

/* With its marks taken off, all of it is a configuration. */
static void
test_the_example_is_right (Fixture *fixture, gconstpointer user_data)
{
  g_autofree char *example = read_data_file ("porchlightd.conf");
  g_autoptr (GRegex) mark = g_regex_new ("^#([a-z-]+=)", G_REGEX_MULTILINE, 0, NULL);
  g_autofree char *text = g_regex_replace (mark, example, -1, 0, "\\1", 0, NULL);

  read_text (fixture, text);

  /* The example shows both: a server is in a cluster or at a host, and people sign in here, by mail
   * too, or at a project. */
  assert_fault (fixture, 0, count_lines (text, "\nsendmail="), "the Supabase project sends");
  assert_fault (fixture, 1, count_lines (text, "\nhost="), "Either “cluster” or “host”");
  g_assert_cmpuint (fixture->faults->len, ==, 2);
}

static void
add (const char *name, void (*test) (Fixture *, gconstpointer))
{
  g_autofree char *path = g_strconcat ("/server/config/", name, NULL);

  g_test_add (path, Fixture, NULL, fixture_set_up, test, fixture_tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  add ("defaults", test_defaults);
  add ("values", test_values);
  add ("postgres", test_postgres);
  add ("postgres-faults", test_postgres_faults);
  add ("all-faults-at-once", test_all_faults_at_once);
  add ("mail", test_mail);
  add ("mail-faults", test_mail_faults);
  add ("what-belongs-together", test_what_belongs_together);
  add ("missing-file", test_missing_file);
  add ("secret-in-the-file-is-not-repeated", test_secret_in_the_file);
  add ("secret-from-a-file", test_secret_from_a_file);
  add ("secret-from-the-service-manager", test_secret_from_the_service_manager);
  add ("every-key-is-documented", test_every_key_is_documented);
  add ("the-example-is-right", test_the_example_is_right);

  return g_test_run ();
}
