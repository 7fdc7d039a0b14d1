/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* What those see of porchlightd who run it: how it stops, its health, its figures, its log. */

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>

#include "porch-test-client.h"
#include "porch-test-daemon.h"
#include "porch-test-raw.h"
#include "porch-test-socket.h"
#include "porch-test-wait.h"
#include "protocol/porch-json.h"

/* Its promise, and what a busy machine adds. */
#define STOP_WITHIN_US (6 * G_TIME_SPAN_SECOND)

static const char *const app_options[] = { "--config", NULL, NULL };

static char *
write_config (const char *text)
{
  char *path = NULL;
  int fd = g_file_open_tmp ("porchlightd-XXXXXX.conf", &path, NULL);

  g_close (fd, NULL);
  g_file_set_contents (path, text, -1, NULL);

  return path;
}

/* A daemon whose app is known to the test. */
static PorchTestDaemon *
start_daemon (char **config_path)
{
  const char *options[G_N_ELEMENTS (app_options)] = { app_options[0] };

  *config_path = write_config ("[pusher]\napp-id=1\nkey=key\n[log]\nlevel=warning\n");
  options[1] = *config_path;
  g_setenv ("PORCHLIGHTD_PUSHER_SECRET", "secret", TRUE);

  return porch_test_daemon_start (options);
}

static PorchTestAnswer *
get (PorchTestDaemon *daemon, const char *path, const char *forwarded_for)
{
  g_autoptr (SoupSession) session = soup_session_new ();
  g_autofree char *uri = g_strconcat (daemon->address, path, NULL);

  return porch_test_call (session, "GET", uri, NULL, "X-Forwarded-For", forwarded_for, NULL);
}

static void
on_ended_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  g_subprocess_wait_check_finish (G_SUBPROCESS (object), result, &error);
  g_assert_no_error (error);
  *(gboolean *) user_data = TRUE;
}

static void
test_clients_are_told_to_come_back (void)
{
  g_autofree char *config = NULL;
  g_autoptr (PorchTestDaemon) daemon = start_daemon (&config);
  g_autoptr (PorchTestSocket) socket = porch_test_socket_new (daemon->address, "key", "protocol=7");
  g_autoptr (PorchTestRaw) idle = porch_test_raw_new (daemon->address);
  gint64 began_us = g_get_monotonic_time ();
  gboolean has_ended = FALSE;

  /* Given a client over a socket, and one whose connection waits for its next request. */
  porch_test_raw_send_text (idle, "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n");
  porch_test_raw_wait_for (idle, "ok\n");

  g_subprocess_wait_check_async (daemon->process, NULL, on_ended_cb, &has_ended);
  g_subprocess_send_signal (daemon->process, SIGTERM);
  porch_test_socket_wait_closed (socket);
  porch_test_raw_wait_for_end (idle);
  porch_test_wait_until (has_ended);

  g_assert_cmpuint (socket->close_code, ==, 4200);
  /* And with both gone it has nobody to wait for. */
  g_assert_cmpint (g_get_monotonic_time () - began_us, <, STOP_WITHIN_US / 2);
  g_clear_object (&daemon->process);
  g_unlink (config);
}

static void
test_request_that_was_begun_is_answered (void)
{
  g_autofree char *config = NULL;
  g_autoptr (PorchTestDaemon) daemon = start_daemon (&config);
  g_autoptr (PorchTestRaw) client = porch_test_raw_new (daemon->address);
  g_autoptr (PorchTestRaw) witness = porch_test_raw_new (daemon->address);
  gboolean has_ended = FALSE;

  porch_test_raw_send_text (witness, "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n");
  porch_test_raw_wait_for (witness, "ok\n");
  porch_test_raw_send_text (client, "POST /api/user/presence HTTP/1.1\r\nHost: a\r\n"
                                    "Content-Length: 19\r\n\r\n{\"status\"");
  g_usleep (20000);

  /* When the server stops in the middle of it. */
  g_subprocess_wait_check_async (daemon->process, NULL, on_ended_cb, &has_ended);
  g_subprocess_send_signal (daemon->process, SIGTERM);
  porch_test_raw_wait_for_end (witness);
  porch_test_raw_send_text (client, ":\"online\"}");
  porch_test_raw_wait_for (client, "No access token");

  g_assert_nonnull (strstr (client->received->str, "Connection: close\r\n"));
  porch_test_raw_wait_for_end (client);
  porch_test_wait_until (has_ended);
  g_clear_object (&daemon->process);
  g_unlink (config);
}

/* Somebody who neither leaves nor says a word is cut off. */
static void
test_stops_within_five_seconds (void)
{
  g_autofree char *config = NULL;
  g_autoptr (PorchTestDaemon) daemon = start_daemon (&config);
  g_autoptr (PorchTestRaw) deaf = porch_test_raw_new (daemon->address);
  gint64 began_us;
  gboolean has_ended = FALSE;

  porch_test_raw_open_websocket (deaf, "/app/key?protocol=7");
  began_us = g_get_monotonic_time ();
  g_subprocess_wait_check_async (daemon->process, NULL, on_ended_cb, &has_ended);
  g_subprocess_send_signal (daemon->process, SIGTERM);
  porch_test_wait_until (has_ended);

  g_assert_cmpint (g_get_monotonic_time () - began_us, <, STOP_WITHIN_US);
  g_clear_object (&daemon->process);
  g_unlink (config);
}

static guint64
get_figure (const char *metrics, const char *name)
{
  g_autofree char *line = g_strdup_printf ("\n%s ", name);
  const char *found = strstr (metrics, line);

  if (found == NULL)
    g_error ("%s is not among the figures", name);

  return g_ascii_strtoull (found + strlen (line), NULL, 10);
}

static void
test_figures (void)
{
  g_autofree char *config = NULL;
  g_autoptr (PorchTestDaemon) daemon = start_daemon (&config);
  g_autoptr (PorchTestSocket) socket = porch_test_socket_new (daemon->address, "key", "protocol=7");
  g_autoptr (PorchTestAnswer) nowhere = get (daemon, "/nowhere", "127.0.0.1");
  g_autoptr (PorchTestAnswer) answer = get (daemon, "/metrics", "127.0.0.1");
  g_autoptr (PorchTestAnswer) stranger = get (daemon, "/metrics", "203.0.113.9");

  g_assert_cmpuint (nowhere->status, ==, 404);
  g_assert_cmpuint (answer->status, ==, 200);
  g_assert_cmpuint (get_figure (answer->text, "porchlightd_broker_connections"), ==, 1);
  g_assert_cmpuint (get_figure (answer->text, "porchlightd_people_online"), ==, 0);
  g_assert_cmpuint (get_figure (answer->text, "porchlightd_http_requests_total{class=\"4xx\"}"), ==,
                    1);
  g_assert_cmpuint (get_figure (answer->text, "process_resident_memory_bytes"), >, 1000000);
  /* Nobody else learns that there are any. */
  g_assert_cmpuint (stranger->status, ==, 404);
  g_unlink (config);
}

/* Prometheus reads a line "# HELP" and one "# TYPE" before each name, and numbers after it. */
static void
test_figures_are_well_formed (void)
{
  g_autofree char *config = NULL;
  g_autoptr (PorchTestDaemon) daemon = start_daemon (&config);
  g_autoptr (PorchTestAnswer) answer = get (daemon, "/metrics", "127.0.0.1");
  g_auto (GStrv) lines = g_strsplit (answer->text, "\n", -1);
  g_autoptr (GRegex) sample = g_regex_new (
      "^([a-z_]+)(\\{[a-z]+=\"[^\"]*\"\\})? [0-9]+(\\.[0-9]+)?$", 0, 0, NULL);
  g_autofree char *type = NULL;

  for (guint i = 0; lines[i] != NULL && *lines[i] != '\0'; i++)
    {
      g_autoptr (GMatchInfo) match = NULL;
      g_autofree char *name = NULL;

      if (g_str_has_prefix (lines[i], "# HELP "))
        continue;
      if (g_str_has_prefix (lines[i], "# TYPE "))
        {
          g_auto (GStrv) words = g_strsplit (lines[i], " ", -1);

          g_free (type);
          type = g_strdup (words[2]);
          g_assert_true (g_str_equal (words[3], "counter") || g_str_equal (words[3], "gauge"));
          continue;
        }
      if (!g_regex_match (sample, lines[i], 0, &match))
        g_error ("Not a sample: %s", lines[i]);
      name = g_match_info_fetch (match, 1);
      g_assert_cmpstr (name, ==, type);
    }
  g_unlink (config);
}

static void
test_health (void)
{
  g_autofree char *config = NULL;
  g_autoptr (PorchTestDaemon) daemon = start_daemon (&config);
  g_autoptr (PorchTestAnswer) answer = get (daemon, "/healthz", "203.0.113.9");

  g_assert_cmpuint (answer->status, ==, 200);
  g_assert_cmpstr (answer->text, ==, "ok\n");
  g_unlink (config);
}

/* Runs porchlightd with a log of its own, asks one thing, and returns what it logged. */
static char *
run_and_log (const char *config_text, const char *path)
{
  g_autofree char *config = write_config (config_text);
  g_autofree char *log_path = write_config ("");
  g_autofree char *data = g_dir_make_tmp ("porchlightd-XXXXXX", NULL);
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (
      G_SUBPROCESS_FLAGS_STDOUT_PIPE);
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GDataInputStream) output = NULL;
  g_autoptr (SoupSession) session = soup_session_new ();
  g_autoptr (PorchTestAnswer) answer = NULL;
  g_autofree char *address = NULL;
  g_autofree char *uri = NULL;
  g_autofree char *remove = NULL;
  char *log = NULL;
  g_autoptr (GError) error = NULL;

  g_subprocess_launcher_set_stderr_file_path (launcher, log_path);
  process = g_subprocess_launcher_spawn (launcher, &error, g_getenv ("PORCHLIGHTD"), "--config",
                                         config, "--data", data, "--listen", "127.0.0.1:0", NULL);
  g_assert_no_error (error);
  output = g_data_input_stream_new (g_subprocess_get_stdout_pipe (process));
  while (address == NULL)
    {
      g_autofree char *line = g_data_input_stream_read_line_utf8 (output, NULL, NULL, NULL);

      g_assert_nonnull (line);
      if (g_str_has_prefix (line, "Address: "))
        address = g_strdup (line + strlen ("Address: "));
    }
  uri = g_strconcat (address, path, NULL);
  answer = porch_test_call (session, "GET", uri, NULL, NULL);
  g_subprocess_send_signal (process, SIGTERM);
  g_subprocess_wait_check (process, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_file_get_contents (log_path, &log, NULL, NULL));

  remove = g_strdup_printf ("rm -r '%s' '%s' '%s'", config, log_path, data);
  g_assert_true (g_spawn_command_line_sync (remove, NULL, NULL, NULL, NULL));

  return log;
}

static void
test_requests_in_a_structured_log (void)
{
  g_autofree char *log = run_and_log ("[log]\nformat=json\nrequests=true\n",
                                      "/nowhere?access_token=hush");
  g_auto (GStrv) lines = g_strsplit (log, "\n", -1);
  gboolean is_found = FALSE;

  for (guint i = 0; lines[i] != NULL && *lines[i] != '\0'; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (JsonNode) root = porch_json_parse_object (lines[i], strlen (lines[i]), &error);
      JsonObject *object;

      g_assert_no_error (error);
      object = json_node_get_object (root);
      g_assert_nonnull (porch_json_get_string (object, "time", 100));
      g_assert_nonnull (porch_json_get_string (object, "level", 100));
      g_assert_nonnull (porch_json_get_string (object, "message", 1000));
      if (porch_json_get_string (object, "path", 1000) == NULL)
        continue;
      is_found = TRUE;
      g_assert_cmpstr (porch_json_get_string (object, "method", 100), ==, "GET");
      g_assert_cmpstr (porch_json_get_string (object, "path", 100), ==, "/nowhere");
      g_assert_cmpstr (porch_json_get_string (object, "status", 100), ==, "404");
      g_assert_cmpstr (porch_json_get_string (object, "address", 100), ==, "127.0.0.1");
      g_assert_nonnull (porch_json_get_string (object, "duration_us", 100));
    }

  g_assert_true (is_found);
  g_assert_null (strstr (log, "hush"));
}

static void
test_log_level (void)
{
  g_autofree char *quiet = run_and_log ("[log]\nlevel=warning\n", "/healthz");
  g_autofree char *usual = run_and_log ("", "/healthz");

  g_assert_cmpstr (quiet, ==, "");
  g_assert_nonnull (strstr (usual, "Stopping"));
  g_assert_null (strstr (usual, "/healthz"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/server/operation/stop/clients-are-told-to-come-back",
                   test_clients_are_told_to_come_back);
  g_test_add_func ("/server/operation/stop/request-that-was-begun-is-answered",
                   test_request_that_was_begun_is_answered);
  g_test_add_func ("/server/operation/stop/within-five-seconds", test_stops_within_five_seconds);
  g_test_add_func ("/server/operation/figures", test_figures);
  g_test_add_func ("/server/operation/figures-are-well-formed", test_figures_are_well_formed);
  g_test_add_func ("/server/operation/health", test_health);
  g_test_add_func ("/server/operation/requests-in-a-structured-log",
                   test_requests_in_a_structured_log);
  g_test_add_func ("/server/operation/log-level", test_log_level);

  return g_test_run ();
}
