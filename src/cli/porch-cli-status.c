/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* porchlight status and porchlight watch: who is there, as lines for a person or as JSON for a
 * program. Both only look.
 */

#define G_LOG_DOMAIN "porch-cli"

#include "cli/porch-cli.h"

#include "config.h"

#include "cli/porch-cli-text.h"
#include "presence/porch-last-active.h"

#include <glib-unix.h>
#include <glib/gi18n.h>
#include <json-glib/json-glib.h>
#include <stdio.h>

/* Where the second column begins: names are seldom longer. */
#define NAME_COLUMNS 26

static void
add_string (JsonBuilder *builder, const char *member, const char *value)
{
  json_builder_set_member_name (builder, member);
  json_builder_add_string_value (builder, value);
}

static void
add_boolean (JsonBuilder *builder, const char *member, gboolean value)
{
  json_builder_set_member_name (builder, member);
  json_builder_add_boolean_value (builder, value);
}

/* RFC 3339 in UTC, null for never */
static void
add_time (JsonBuilder *builder, const char *member, gint64 time_us)
{
  json_builder_set_member_name (builder, member);
  g_autoptr (GDateTime) seconds = time_us > 0
                                      ? g_date_time_new_from_unix_utc (time_us / G_TIME_SPAN_SECOND)
                                      : NULL;
  if (seconds == NULL)
    {
      json_builder_add_null_value (builder);
      return;
    }

  g_autofree char *text = g_date_time_format_iso8601 (seconds);
  json_builder_add_string_value (builder, text);
}

static void
add_contact (JsonBuilder *builder, PorchContact *contact)
{
  add_string (builder, "id", porch_contact_get_id (contact));
  add_string (builder, "name", porch_contact_get_display_name (contact));
  add_string (builder, "status", porch_status_to_string (porch_contact_get_status (contact)));
  add_string (builder, "lastKnownStatus",
              porch_status_to_string (porch_contact_get_last_known_status (contact)));
  add_time (builder, "lastActive", porch_contact_get_last_active_us (contact));
  add_time (builder, "onlineSince", porch_contact_get_online_since_us (contact));
  add_time (builder, "knownAt", porch_contact_get_known_at_us (contact));
  add_boolean (builder, "favourite", porch_contact_get_favourite (contact));
  add_boolean (builder, "missing", porch_contact_get_missing (contact));
}

static void
print_json (JsonBuilder *builder, gboolean pretty)
{
  g_autoptr (JsonNode) root = json_builder_get_root (builder);
  g_autofree char *text = json_to_string (root, pretty);

  g_print ("%s\n", text);
  fflush (stdout);
}

static gboolean
is_connected (PorchAgentProxy *agent)
{
  return g_str_equal (porch_agent_proxy_get_state (agent), "connected");
}

/* What others see may have changed unseen while there is no connection. */
static PorchStatus
get_own_status (PorchAgentProxy *agent)
{
  return is_connected (agent) ? porch_agent_proxy_get_own_status (agent) : PORCH_STATUS_UNKNOWN;
}

static void
add_account (JsonBuilder *builder, PorchAgentProxy *agent)
{
  json_builder_begin_object (builder);
  add_string (builder, "id", porch_agent_proxy_get_id (agent));
  add_string (builder, "email", porch_agent_proxy_get_email (agent));
  add_string (builder, "name", porch_agent_proxy_get_name (agent));
  add_string (builder, "server", porch_agent_proxy_get_server (agent));
  add_string (builder, "serverName", porch_agent_proxy_get_server_name (agent));
  add_string (builder, "state", porch_agent_proxy_get_state (agent));
  add_string (builder, "errorCode", porch_agent_proxy_get_error_code (agent));
  add_string (builder, "error", porch_agent_proxy_get_error_message (agent));
  add_string (builder, "errorDetail", porch_agent_proxy_get_error_detail (agent));
  add_string (builder, "ownError", porch_agent_proxy_get_own_error (agent));
  add_time (builder, "nextTry", porch_agent_proxy_get_next_try_us (agent));
  add_string (builder, "status", porch_status_to_string (get_own_status (agent)));
  add_time (builder, "lastActive", porch_agent_proxy_get_own_last_active_us (agent));
  add_boolean (builder, "appearOffline", porch_agent_proxy_get_appear_offline (agent));
  add_time (builder, "appearOfflineUntil", porch_agent_proxy_get_appear_offline_until_us (agent));
  json_builder_end_object (builder);
}

/* agent: (nullable): none runs */
static void
print_status_json (PorchAgentProxy *agent, GPtrArray *contacts)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  add_boolean (builder, "running", agent != NULL);
  add_string (builder, "away", agent != NULL ? porch_agent_proxy_get_away (agent) : "");
  json_builder_set_member_name (builder, "account");
  if (agent != NULL && porch_agent_proxy_get_has_account (agent))
    add_account (builder, agent);
  else
    json_builder_add_null_value (builder);

  json_builder_set_member_name (builder, "contacts");
  json_builder_begin_array (builder);
  for (guint i = 0; i < contacts->len; i++)
    {
      json_builder_begin_object (builder);
      add_contact (builder, g_ptr_array_index (contacts, i));
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  print_json (builder, TRUE);
}

static void
print_line (const char *name, const char *status, const char *id)
{
  g_autofree char *printable = porch_cli_make_printable (name);
  int padding = NAME_COLUMNS - (int) porch_cli_count_columns (printable);

  g_print ("%s%*s%s", printable, MAX (padding, 2), "", status);
  if (id != NULL)
    g_print ("  (%s)", id);
  g_print ("\n");
}

static const char *
get_offline_sentence (const char *away)
{
  if (g_str_equal (away, "idle"))
    return _ ("Offline: there was no input for a while");
  if (g_str_equal (away, "locked"))
    return _ ("Offline: the screen is locked");
  if (g_str_equal (away, "told"))
    return _ ("Offline: “porchlight idle on” was said");

  return _ ("Offline");
}

static char *
format_appearing_offline (PorchAgentProxy *agent)
{
  gint64 until_us = porch_agent_proxy_get_appear_offline_until_us (agent);

  if (until_us == 0)
    return g_strdup (_ ("You appear offline"));

  g_autofree char *until = porch_last_active_format_time (until_us, g_get_real_time ());

  /* Translators: a time of day, with a date where it is not today */
  return g_strdup_printf (_ ("You appear offline until %s"), until);
}

static char *
format_own_status (PorchAgentProxy *agent)
{
  if (porch_agent_proxy_get_appear_offline (agent))
    return format_appearing_offline (agent);

  switch (get_own_status (agent))
    {
    case PORCH_STATUS_ONLINE:
      return g_strdup (_ ("Online"));
    case PORCH_STATUS_OFFLINE:
      return g_strdup (get_offline_sentence (porch_agent_proxy_get_away (agent)));
    case PORCH_STATUS_UNKNOWN:
      break;
    }
  return g_strdup (is_connected (agent) ? _ ("Not known") : _ ("Not connected"));
}

static void
print_sources (PorchAgentProxy *agent)
{
  g_auto (GStrv) locks = porch_agent_proxy_dup_lock_sources (agent);
  g_autofree char *lock = g_strjoinv (", ", locks);
  const char *idle = porch_agent_proxy_get_idle_source (agent);

  /* Translators: %s are names of interfaces */
  g_print (_ ("Away by: %s\n"), *idle != '\0' ? idle : _ ("nobody tells"));
  g_print (_ ("Locked by: %s\n"), *lock != '\0' ? lock : _ ("nobody tells"));
}

static void
print_autostart (PorchAgentProxy *agent)
{
  const char *way = porch_agent_proxy_get_start_at_login_way (agent);

  if (g_str_equal (porch_agent_proxy_get_start_at_login (agent), "on"))
    /* Translators: %s is "systemd", "autostart-file" or "portal" */
    g_print (_ ("Starts at log-in: yes (%s)\n"), way);
  else
    g_print ("%s\n", _ ("Starts at log-in: no"));
}

static void
print_account (PorchAgentProxy *agent, gboolean verbose)
{
  const char *name = porch_agent_proxy_get_name (agent);
  const char *email = porch_agent_proxy_get_email (agent);
  g_autofree char *status = format_own_status (agent);

  print_line (*name != '\0' ? name : email, status,
              verbose ? porch_agent_proxy_get_id (agent) : NULL);

  if (*porch_agent_proxy_get_error_message (agent) != '\0')
    g_print ("%s\n", porch_agent_proxy_get_error_message (agent));
  if (*porch_agent_proxy_get_own_error (agent) != '\0')
    g_print ("%s\n", porch_agent_proxy_get_own_error (agent));
  if (!verbose)
    return;

  /* Translators: an email address, and the address of a server */
  g_print (_ ("Signed in as %s at %s\n"), email, porch_agent_proxy_get_server (agent));
  g_print (_ ("Connection: %s\n"), porch_agent_proxy_get_state (agent));
  print_sources (agent);
  print_autostart (agent);
  if (*porch_agent_proxy_get_error_detail (agent) != '\0')
    {
      g_autofree char *detail = porch_cli_make_printable (
          porch_agent_proxy_get_error_detail (agent));
      g_print (_ ("Details: %s\n"), detail);
    }
}

static void
print_status (PorchAgentProxy *agent, GPtrArray *contacts, gboolean verbose)
{
  gint64 now_us = porch_server_clock_get_now_us (porch_agent_proxy_get_server_clock (agent));

  print_account (agent, verbose);
  if (contacts->len > 0)
    g_print ("\n");
  for (guint i = 0; i < contacts->len; i++)
    {
      PorchContact *contact = g_ptr_array_index (contacts, i);
      g_autofree char *status = porch_contact_format_status (contact, now_us);

      print_line (porch_contact_get_display_name (contact), status,
                  verbose ? porch_contact_get_id (contact) : NULL);
    }
}

/* Who is there first, then who was, by name. */
static int
compare_contacts (gconstpointer a, gconstpointer b)
{
  PorchContact *first = *(PorchContact *const *) a;
  PorchContact *second = *(PorchContact *const *) b;
  int first_online = porch_contact_get_last_known_status (first) == PORCH_STATUS_ONLINE;
  int second_online = porch_contact_get_last_known_status (second) == PORCH_STATUS_ONLINE;

  if (first_online != second_online)
    return second_online - first_online;
  return g_utf8_collate (porch_contact_get_display_name (first),
                         porch_contact_get_display_name (second));
}

static GPtrArray *
list_contacts (PorchAgentProxy *agent)
{
  GListModel *roster = G_LIST_MODEL (porch_agent_proxy_get_roster (agent));
  GPtrArray *contacts = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < g_list_model_get_n_items (roster); i++)
    g_ptr_array_add (contacts, g_list_model_get_item (roster, i));
  g_ptr_array_sort (contacts, compare_contacts);
  return contacts;
}

/**
 * porch_cli_status:
 * @argc: how many arguments
 * @argv: the arguments
 *
 * porchlight status [--json] [--verbose]
 *
 * Returns: what to exit with
 */
PorchCliExit
porch_cli_status (int argc, char **argv)
{
  gboolean json = FALSE;
  gboolean verbose = FALSE;
  const GOptionEntry entries[] = {
    { "json", 'j', 0, G_OPTION_ARG_NONE, &json, N_ ("Print JSON"), NULL },
    { "verbose", 'v', 0, G_OPTION_ARG_NONE, &verbose, N_ ("Print ids and details too"), NULL },
    { NULL },
  };
  if (!porch_cli_parse (&argc, &argv, entries, NULL, 0, 0))
    return PORCH_CLI_USAGE;

  g_autoptr (PorchAgentProxy) agent = NULL;
  PorchCliExit code = porch_cli_connect (FALSE, !json, &agent);
  if (agent == NULL)
    {
      g_autoptr (GPtrArray) nobody = g_ptr_array_new ();
      if (json)
        print_status_json (NULL, nobody);
      return code;
    }

  g_autoptr (GPtrArray) contacts = list_contacts (agent);
  if (json)
    print_status_json (agent, contacts);
  else
    print_status (agent, contacts, verbose);

  if (porch_agent_proxy_get_has_account (agent)
      && !g_str_equal (porch_agent_proxy_get_state (agent), "signed-out"))
    return PORCH_CLI_OK;

  g_printerr ("porchlight: %s\n", _ ("Nobody is signed in."));
  return PORCH_CLI_SIGNED_OUT;
}

static void
print_change_json (PorchContact *contact, gint64 now_us)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  add_time (builder, "time", now_us);
  add_contact (builder, contact);
  json_builder_end_object (builder);
  print_json (builder, FALSE);
}

static void
print_change (PorchContact *contact)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *time = g_date_time_format (now, "%H:%M:%S");
  g_autofree char *name = porch_cli_make_printable (porch_contact_get_display_name (contact));

  switch (porch_contact_get_status (contact))
    {
    case PORCH_STATUS_ONLINE:
      /* Translators: a time, and a person's name */
      g_print (_ ("%s  %s is online\n"), time, name);
      break;
    case PORCH_STATUS_OFFLINE:
      /* Translators: a time, and a person's name */
      g_print (_ ("%s  %s is offline\n"), time, name);
      break;
    case PORCH_STATUS_UNKNOWN:
      /* Translators: a time, and a person's name */
      g_print (_ ("%s  %s is out of sight\n"), time, name);
      break;
    }
  fflush (stdout);
}

static void
on_status_changed_cb (PorchRoster *roster,
                      PorchContact *contact,
                      PorchStatus old_status,
                      PorchStatus new_status,
                      gpointer user_data)
{
  const gboolean *json = user_data;

  if (*json)
    print_change_json (contact,
                       porch_server_clock_get_now_us (porch_roster_get_server_clock (roster)));
  else
    print_change (contact);
}

static gboolean
on_signal_cb (gpointer user_data)
{
  g_main_loop_quit (user_data);
  return G_SOURCE_REMOVE;
}

static gboolean
on_output_closed_cb (int fd, GIOCondition condition, gpointer user_data)
{
  g_main_loop_quit (user_data);
  return G_SOURCE_REMOVE;
}

/**
 * porch_cli_watch:
 * @argc: how many arguments
 * @argv: the arguments
 *
 * porchlight watch [--json]
 *
 * Returns: what to exit with, when interrupted or when nobody reads any more
 */
PorchCliExit
porch_cli_watch (int argc, char **argv)
{
  gboolean json = FALSE;
  const GOptionEntry entries[] = {
    { "json", 'j', 0, G_OPTION_ARG_NONE, &json, N_ ("Print a line of JSON for each change"), NULL },
    { NULL },
  };
  if (!porch_cli_parse (&argc, &argv, entries, NULL, 0, 0))
    return PORCH_CLI_USAGE;

  g_autoptr (PorchAgentProxy) agent = NULL;
  PorchCliExit code = porch_cli_connect (FALSE, TRUE, &agent);
  if (agent == NULL)
    return code;

  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_signal_connect (porch_agent_proxy_get_roster (agent), "status-changed",
                    G_CALLBACK (on_status_changed_cb), &json);
  g_unix_signal_add (SIGINT, on_signal_cb, loop);
  g_unix_signal_add (SIGTERM, on_signal_cb, loop);
  g_unix_fd_add (fileno (stdout), G_IO_ERR | G_IO_HUP, on_output_closed_cb, loop);
  g_main_loop_run (loop);
  return PORCH_CLI_OK;
}
