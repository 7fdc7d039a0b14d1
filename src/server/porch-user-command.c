/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* "porchlightd user …": who has an account. Works on the store itself, whether or not a server
 * runs; one that does notices within seconds whose sessions ended. Called by main, which knows the
 * configuration.
 */

#define G_LOG_DOMAIN "porch-server"

#include "server/porch-user-command.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "presence/porch-contact.h"
#include "protocol/porch-auth-message.h"
#include "protocol/porch-json.h"
#include "presence/porch-text.h"
#include "protocol/porch-timestamp.h"
#include "server/porch-avatar.h"
#include "server/porch-open-store.h"
#include "server/porch-password-prompt.h"
#include "server/porch-password.h"
#include "server/porch-secrets.h"

#define EXIT_USAGE 2

typedef struct
{
  const char *name;
  int (*run) (int argc, char **argv, const PorchConfig *config);
} Verb;

static int
fail (const GError *error)
{
  g_printerr ("porchlightd: %s\n", error->message);

  return EXIT_FAILURE;
}

static int
fail_usage (const char *message)
{
  g_printerr ("porchlightd: %s. Try \"porchlightd user --help\".\n", message);

  return EXIT_USAGE;
}

/* Takes the options out of argv. On --help the process ends here. */
static gboolean
parse_options (int *argc, char ***argv, const char *arguments, const GOptionEntry *entries)
{
  g_autoptr (GOptionContext) context = g_option_context_new (arguments);
  g_autofree char *program = g_strconcat ("porchlightd user ", (*argv)[0], NULL);
  g_autoptr (GError) error = NULL;

  g_set_prgname (program);
  if (entries != NULL)
    g_option_context_add_main_entries (context, entries, NULL);
  if (g_option_context_parse (context, argc, argv, &error))
    return TRUE;

  fail_usage (error->message);
  return FALSE;
}

/* The one argument that is left; NULL after saying what is wrong with it. */
static char *
take_email (int argc, char **argv)
{
  char *email = argc == 2 ? porch_email_normalize (argv[1]) : NULL;

  if (argc != 2)
    fail_usage ("One email address is needed");
  else if (email == NULL)
    fail_usage ("That is no email address");

  return email;
}

static PorchStore *
open_store (const PorchConfig *config, GError **error)
{
  g_autoptr (PorchClock) clock = porch_clock_new ();
  g_autofree char *instance = g_uuid_string_random ();
  g_autoptr (PorchSecrets) secrets = NULL;

  if (!porch_secrets_prepare_data_dir (config->data_dir, error))
    return NULL;

  secrets = porch_secrets_load (config->data_dir, g_get_real_time (), error);

  return secrets != NULL ? porch_open_store (clock, config, secrets, instance, error) : NULL;
}

static void
on_done_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

/* Returns when the store has answered the one call that is under way. */
static void
wait_for (GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
}

static PorchStoreUser *
find_user (PorchStore *store, const char *email, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  PorchStoreUser *user;

  porch_store_get_user_by_email_async (store, email, NULL, on_done_cb, &result);
  wait_for (&result);
  user = porch_store_get_user_by_email_finish (store, result, error);
  if (user == NULL)
    g_prefix_error (error, "%s: ", email);

  return user;
}

static char *
get_full_name (const PorchStoreUser *user)
{
  return g_strstrip (g_strdup_printf ("%s %s", user->first_name, user->last_name));
}

/* The last word is the last name, as where a name comes in one piece over the wire. */
static gboolean
set_name (PorchStoreUser *user, const char *name)
{
  g_autofree char *clean = g_utf8_validate (name, -1, NULL) ? porch_text_clean (name, strlen (name))
                                                            : NULL;
  char *space;

  if (clean == NULL || g_utf8_strlen (clean, -1) > PORCH_NAME_MAX_CHARS)
    return FALSE;

  space = strrchr (clean, ' ');
  if (space != NULL)
    *space = '\0';
  user->last_name = g_strdup (space != NULL ? space + 1 : "");
  user->first_name = g_steal_pointer (&clean);

  return TRUE;
}

static gboolean
set_password_from_input (PorchStoreUser *user, GError **error)
{
  char *password = porch_password_prompt_new_password (STDIN_FILENO, error);

  if (password == NULL)
    return FALSE;

  porch_secret_free (user->password_hash);
  user->password_hash = porch_password_hash (password, error);
  porch_secret_free (password);

  return user->password_hash != NULL;
}

static gboolean
remove_user (PorchStore *store, const PorchStoreUser *user, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  porch_store_remove_user_async (store, user->id, g_get_real_time (), NULL, on_done_cb, &result);
  wait_for (&result);

  return porch_store_remove_user_finish (store, result, error);
}

/* With the picture or not at all. */
static gboolean
store_user (PorchStore *store,
            const PorchStoreUser *user,
            const char *content_type,
            GBytes *avatar,
            GError **error)
{
  g_autoptr (GAsyncResult) added = NULL;
  g_autoptr (GAsyncResult) pictured = NULL;

  porch_store_add_user_async (store, user, NULL, on_done_cb, &added);
  wait_for (&added);
  if (!porch_store_add_user_finish (store, added, error))
    return FALSE;
  if (avatar == NULL)
    return TRUE;

  porch_store_set_avatar_async (store, user->id, content_type, avatar, NULL, on_done_cb, &pictured);
  wait_for (&pictured);
  if (porch_store_set_avatar_finish (store, pictured, error))
    return TRUE;

  remove_user (store, user, NULL);

  return FALSE;
}

static int
run_add (int argc, char **argv, const PorchConfig *config)
{
  g_autofree char *name = NULL;
  g_autofree char *avatar_path = NULL;
  const GOptionEntry entries[] = {
    { "name", 'n', 0, G_OPTION_ARG_STRING, &name, "What others see", "\"First Last\"" },
    { "avatar", 'a', 0, G_OPTION_ARG_FILENAME, &avatar_path, "A PNG, JPEG or WebP picture",
      "FILE" },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (PorchStoreUser) user = g_new0 (PorchStoreUser, 1);
  g_autoptr (PorchStore) store = NULL;
  g_autoptr (PorchStoreUser) known = NULL;
  g_autoptr (GBytes) avatar = NULL;
  const char *content_type = NULL;
  g_autoptr (GError) error = NULL;

  if (!parse_options (&argc, &argv, "EMAIL", entries))
    return EXIT_USAGE;
  user->email = take_email (argc, argv);
  if (user->email == NULL)
    return EXIT_USAGE;
  if (name == NULL || !set_name (user, name))
    return fail_usage ("--name is needed, with up to 200 letters");

  if (avatar_path != NULL)
    {
      avatar = porch_avatar_load (avatar_path, &content_type, &error);
      if (avatar == NULL)
        return fail (error);
    }

  store = open_store (config, &error);
  if (store == NULL)
    return fail (error);

  /* Before a password is typed in vain. */
  known = find_user (store, user->email, NULL);
  if (known != NULL)
    {
      g_printerr ("porchlightd: there is a user with the address %s already\n", user->email);
      return EXIT_FAILURE;
    }

  user->id = g_uuid_string_random ();
  user->created_at_us = g_get_real_time ();
  if (!set_password_from_input (user, &error)
      || !store_user (store, user, content_type, avatar, &error))
    return fail (error);

  g_print ("Added %s, id %s\n", user->email, user->id);
  return EXIT_SUCCESS;
}

static void
print_json (GPtrArray *users)
{
  g_autoptr (JsonBuilder) builder = json_builder_new_immutable ();
  g_autofree char *json = NULL;

  json_builder_begin_array (builder);
  for (guint i = 0; i < users->len; i++)
    {
      PorchStoreUser *user = g_ptr_array_index (users, i);
      g_autofree char *created_at = porch_timestamp_format (user->created_at_us);
      g_autofree char *last_active = porch_timestamp_format (user->last_active_us);

      json_builder_begin_object (builder);
      json_builder_set_member_name (builder, "id");
      json_builder_add_string_value (builder, user->id);
      json_builder_set_member_name (builder, "email");
      json_builder_add_string_value (builder, user->email);
      json_builder_set_member_name (builder, "firstName");
      json_builder_add_string_value (builder, user->first_name);
      json_builder_set_member_name (builder, "lastName");
      json_builder_add_string_value (builder, user->last_name);
      json_builder_set_member_name (builder, "avatar");
      json_builder_add_string_value (builder, user->avatar);
      json_builder_set_member_name (builder, "createdAt");
      json_builder_add_string_value (builder, created_at);
      json_builder_set_member_name (builder, "lastActive");
      json_builder_add_string_value (builder, last_active);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);

  json = porch_json_builder_to_string (builder);
  g_print ("%s\n", json);
}

static void
print_table (GPtrArray *users)
{
  for (guint i = 0; i < users->len; i++)
    {
      PorchStoreUser *user = g_ptr_array_index (users, i);
      g_autofree char *full_name = get_full_name (user);
      g_autofree char *name = porch_text_clean (full_name, strlen (full_name));

      g_print ("%s  %s  %s\n", user->id, user->email, name != NULL ? name : "");
    }
}

static int
run_list (int argc, char **argv, const PorchConfig *config)
{
  gboolean as_json = FALSE;
  const GOptionEntry entries[] = {
    { "json", 'j', 0, G_OPTION_ARG_NONE, &as_json, "Print JSON", NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (PorchStore) store = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GPtrArray) users = NULL;
  g_autoptr (GError) error = NULL;

  if (!parse_options (&argc, &argv, NULL, entries))
    return EXIT_USAGE;
  if (argc != 1)
    return fail_usage ("\"list\" takes no arguments");

  store = open_store (config, &error);
  if (store == NULL)
    return fail (error);

  porch_store_search_users_async (store, NULL, G_MAXUINT, NULL, on_done_cb, &result);
  wait_for (&result);
  users = porch_store_search_users_finish (store, result, &error);
  if (users == NULL)
    return fail (error);

  if (as_json)
    print_json (users);
  else
    print_table (users);

  /* Half a list on a full disk is no success. */
  if (fflush (stdout) != 0 || ferror (stdout))
    {
      g_printerr ("porchlightd: The list cannot be written: %s\n", g_strerror (errno));
      return EXIT_FAILURE;
    }

  return EXIT_SUCCESS;
}

typedef gboolean (*UserAction) (PorchStore *store, const PorchStoreUser *user, GError **error);

/* Does something to the person whose email address is the command's one argument, and hands the
 * address back.
 */
static int
act_on_user (int argc, char **argv, const PorchConfig *config, UserAction act, char **email)
{
  g_autoptr (PorchStore) store = NULL;
  g_autoptr (PorchStoreUser) user = NULL;
  g_autoptr (GError) error = NULL;

  if (!parse_options (&argc, &argv, "EMAIL", NULL))
    return EXIT_USAGE;
  *email = take_email (argc, argv);
  if (*email == NULL)
    return EXIT_USAGE;

  store = open_store (config, &error);
  if (store == NULL)
    return fail (error);

  user = find_user (store, *email, &error);
  if (user == NULL || !act (store, user, &error))
    return fail (error);

  return EXIT_SUCCESS;
}

static int
run_remove (int argc, char **argv, const PorchConfig *config)
{
  g_autofree char *email = NULL;
  int code = act_on_user (argc, argv, config, remove_user, &email);

  if (code == EXIT_SUCCESS)
    g_print ("Removed %s\n", email);
  return code;
}

static gboolean
store_password (PorchStore *store, const PorchStoreUser *user, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  porch_store_set_password_async (store, user->id, user->password_hash, g_get_real_time (), NULL,
                                  on_done_cb, &result);
  wait_for (&result);

  return porch_store_set_password_finish (store, result, error);
}

static int
run_set_password (int argc, char **argv, const PorchConfig *config)
{
  g_autoptr (PorchStore) store = NULL;
  g_autoptr (PorchStoreUser) user = NULL;
  g_autofree char *email = NULL;
  g_autoptr (GError) error = NULL;

  if (!parse_options (&argc, &argv, "EMAIL", NULL))
    return EXIT_USAGE;
  email = take_email (argc, argv);
  if (email == NULL)
    return EXIT_USAGE;

  store = open_store (config, &error);
  if (store == NULL)
    return fail (error);

  user = find_user (store, email, &error);
  if (user == NULL || !set_password_from_input (user, &error)
      || !store_password (store, user, &error))
    return fail (error);

  g_print ("Changed the password of %s, who has to sign in again everywhere\n", email);
  return EXIT_SUCCESS;
}

static gboolean
remove_factors (PorchStore *store, const PorchStoreUser *user, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  porch_store_remove_factors_async (store, user->id, NULL, NULL, on_done_cb, &result);
  wait_for (&result);
  if (porch_store_remove_factors_finish (store, result, error))
    return TRUE;

  if (g_error_matches (*error, PORCH_STORE_ERROR, PORCH_STORE_ERROR_NOT_FOUND))
    {
      g_clear_error (error);
      g_set_error (error, PORCH_STORE_ERROR, PORCH_STORE_ERROR_NOT_FOUND,
                   "%s has no authenticator app", user->email);
    }

  return FALSE;
}

static int
run_reset_factors (int argc, char **argv, const PorchConfig *config)
{
  g_autofree char *email = NULL;
  int code = act_on_user (argc, argv, config, remove_factors, &email);

  if (code == EXIT_SUCCESS)
    g_print ("%s signs in without an authenticator app from now on\n", email);
  return code;
}

static const Verb verbs[] = {
  { "add", run_add },
  { "list", run_list },
  { "remove", run_remove },
  { "set-password", run_set_password },
  { "reset-factors", run_reset_factors },
};

static void
print_help (void)
{
  g_print ("Usage:\n"
           "  porchlightd [--data DIR] user add EMAIL --name \"First Last\" [--avatar FILE]\n"
           "  porchlightd [--data DIR] user list [--json]\n"
           "  porchlightd [--data DIR] user remove EMAIL\n"
           "  porchlightd [--data DIR] user set-password EMAIL\n"
           "  porchlightd [--data DIR] user reset-factors EMAIL\n"
           "\n"
           "A password is asked for on the terminal, or read as one line from standard input.\n"
           "All of this works while the server runs.\n");
}

/**
 * porch_user_command_run:
 * @argc: how many arguments
 * @argv: the arguments from "user" on
 * @config: what the administrator chose
 *
 * Runs "porchlightd user …" and says what came of it. Blocks.
 *
 * Returns: 0 when it was done, 1 when it failed, 2 when the command was not understood
 */
int
porch_user_command_run (int argc, char **argv, const PorchConfig *config)
{
  g_return_val_if_fail (argc > 0 && argv != NULL, EXIT_USAGE);
  g_return_val_if_fail (config != NULL, EXIT_USAGE);

  if (argc == 1)
    return fail_usage ("What to do is missing: add, list, remove, set-password or reset-factors");

  if (g_str_equal (argv[1], "--help") || g_str_equal (argv[1], "-h"))
    {
      print_help ();
      return EXIT_SUCCESS;
    }

  for (guint i = 0; i < G_N_ELEMENTS (verbs); i++)
    if (g_str_equal (argv[1], verbs[i].name))
      return verbs[i].run (argc - 1, argv + 1, config);

  return fail_usage ("There is no such command");
}
