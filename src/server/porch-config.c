/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* What an administrator may choose: one table of keys, each with what its value may be and what it
 * is where nothing was chosen. The file and the command line both set values through it, so that
 * neither can say what the other could not. Made by main and valid until the server is gone. Where
 * the values come from, PorchConfigFile and main know.
 */

#define G_LOG_DOMAIN "porch-server"

#include "server/porch-config.h"

#include <glib/gstdio.h>
#include <libpq-fe.h>
#include <string.h>

#include "presence/porch-text.h"
#include "protocol/porch-auth-message.h"
#include "protocol/porch-discovery.h"
#include "server/porch-broker.h"

#define SECRET_MAX_BYTES 4096
#define OTHERS_MAY_READ  04
#define CONNECTIONS_MOST 100000
#define LABEL_MAX_BYTES  128
#define HOST_MAX_BYTES   253

typedef struct _Key Key;

/* Puts what text stands for into field; NULL, or what is wrong with it. */
typedef char *(*ParseFunc) (const Key *key, const char *text, gpointer field);

struct _Key
{
  const char *group;
  const char *name;
  ParseFunc parse;
  gsize offset;
  const char *fallback;       /* text; NULL for none */
  const char *const *choices; /* of an enumeration, in its order */
  guint min, max;             /* of a number */
};

/* Where a secret comes from, the first that is there: the file that the administrator named, the
 * service manager's credentials, the environment. Never the command line, which everybody can read.
 */
typedef struct
{
  const char *group;
  const char *file_key;
  const char *credential;
  const char *variable;
  gsize file_offset;
  gsize offset;
} Secret;

#define FIELD(name) G_STRUCT_OFFSET (PorchConfig, name)

static const char *const backend_names[] = { "sqlite", "postgres", NULL };
static const char *const publisher_names[] = { "broker", "pusher", NULL };
static const char *const token_check_names[] = { "jwks", "secret", "user", NULL };
static const char *const log_format_names[] = { "text", "json", NULL };

static char *
parse_string (const Key *key, const char *text, gpointer field)
{
  char **string = field;

  g_free (*string);
  *string = *text != '\0' ? g_strdup (text) : NULL;

  return NULL;
}

/* The name of a column: empty stands for none. */
static char *
parse_column (const Key *key, const char *text, gpointer field)
{
  char **string = field;

  g_free (*string);
  *string = g_strdup (text);

  return NULL;
}

static char *
parse_conninfo (const Key *key, const char *text, gpointer field)
{
  g_autofree char *fault = NULL;
  char *message = NULL;
  PQconninfoOption *options = PQconninfoParse (text, &message);

  /* libpq's own message may quote a password. */
  if (options == NULL)
    fault = g_strdup ("is no connection string of PostgreSQL, as host=/run/postgresql is");
  for (PQconninfoOption *option = options; option != NULL && option->keyword != NULL; option++)
    if (g_str_equal (option->keyword, "password") && option->val != NULL)
      fault = g_strdup ("must not have the password in it: see “postgres-password-file”");
  PQconninfoFree (options);
  PQfreemem (message);

  return fault != NULL ? g_steal_pointer (&fault) : parse_string (key, text, field);
}

static char *
parse_boolean (const Key *key, const char *text, gpointer field)
{
  gboolean is_true = g_str_equal (text, "true");

  if (!is_true && !g_str_equal (text, "false"))
    return g_strdup ("is true or false");

  *(gboolean *) field = is_true;

  return NULL;
}

static char *
parse_number (const Key *key, const char *text, gpointer field)
{
  guint64 number;

  if (!g_ascii_string_to_unsigned (text, 10, key->min, key->max, &number, NULL))
    return g_strdup_printf ("is a number from %u to %u", key->min, key->max);

  *(guint *) field = number;

  return NULL;
}

static char *
parse_choice (const Key *key, const char *text, gpointer field)
{
  g_autofree char *all = NULL;

  for (guint i = 0; key->choices[i] != NULL; i++)
    if (g_str_equal (key->choices[i], text))
      {
        *(guint *) field = i;
        return NULL;
      }

  all = g_strjoinv (", ", (GStrv) key->choices);

  return g_strdup_printf ("is one of: %s", all);
}

static char *
parse_listen (const Key *key, const char *text, gpointer field)
{
  g_autoptr (GSocketConnectable) parsed = g_network_address_parse (text, 0, NULL);
  const char *host = parsed != NULL ? g_network_address_get_hostname (G_NETWORK_ADDRESS (parsed))
                                    : NULL;

  if (host == NULL || (!g_hostname_is_ip_address (host) && !g_str_equal (host, "localhost")))
    return g_strdup ("is a numeric address with a port, as 127.0.0.1:8080 or [::]:443");

  return parse_string (key, text, field);
}

/* An address that clients are told, in its shortest form. */
static char *
parse_url (const Key *key, const char *text, gpointer field)
{
  char *normal = porch_server_address_normalize (text, NULL);
  char **string = field;

  if (normal == NULL)
    return g_strdup ("is an address such as https://presence.example.org");

  g_free (*string);
  *string = normal;

  return NULL;
}

/* What goes into paths and queries as it is. */
static char *
parse_label (const Key *key, const char *text, gpointer field)
{
  if (!porch_text_consists_of (text, PORCH_TEXT_ALPHANUMERIC "-_", LABEL_MAX_BYTES))
    return g_strdup ("has letters, digits, - and _ in it");

  return parse_string (key, text, field);
}

static char *
parse_host (const Key *key, const char *text, gpointer field)
{
  if (!g_hostname_is_ip_address (text)
      && !porch_text_consists_of (text, PORCH_TEXT_ALPHANUMERIC "-.", HOST_MAX_BYTES))
    return g_strdup ("is the name of a host, without https: and port");

  return parse_string (key, text, field);
}

static gboolean
is_origin (const char *text)
{
  g_autoptr (GUri) uri = g_uri_parse (text, G_URI_FLAGS_NONE, NULL);
  const char *scheme = uri != NULL ? g_uri_get_scheme (uri) : NULL;

  return scheme != NULL && (g_str_equal (scheme, "https") || g_str_equal (scheme, "http"))
         && g_uri_get_host (uri) != NULL && *g_uri_get_host (uri) != '\0'
         && *g_uri_get_path (uri) == '\0' && g_uri_get_query (uri) == NULL
         && g_uri_get_fragment (uri) == NULL && g_uri_get_userinfo (uri) == NULL;
}

static GStrv
split_list (const char *text)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) parts = g_strsplit (text, ";", -1);

  for (guint i = 0; parts[i] != NULL; i++)
    if (*g_strstrip (parts[i]) != '\0')
      g_strv_builder_add (builder, parts[i]);

  return g_strv_builder_end (builder);
}

static char *
parse_origins (const Key *key, const char *text, gpointer field)
{
  g_auto (GStrv) origins = split_list (text);
  GStrv *list = field;

  for (guint i = 0; origins[i] != NULL; i++)
    if (!is_origin (origins[i]))
      return g_strdup_printf ("lists origins as https://app.example.org is; “%s” is none",
                              origins[i]);

  g_strfreev (*list);
  *list = g_steal_pointer (&origins);

  return NULL;
}

/* A command and its arguments, quoted as for a shell, which never sees them. */
static char *
parse_command (const Key *key, const char *text, gpointer field)
{
  g_auto (GStrv) command = NULL;
  GStrv *list = field;

  if (!g_shell_parse_argv (text, NULL, &command, NULL) || !g_path_is_absolute (command[0]))
    return g_strdup ("is a command with its whole path, as /usr/sbin/sendmail -t -i");

  g_strfreev (*list);
  *list = g_steal_pointer (&command);

  return NULL;
}

/* What goes into the header of a message as it is. */
static char *
parse_sender (const Key *key, const char *text, gpointer field)
{
  const char *at = strchr (text, '@');

  if (at == NULL || at == text || strchr (at + 1, '@') != NULL
      || !porch_text_consists_of (text, PORCH_TEXT_ALPHANUMERIC "@.-_+", PORCH_EMAIL_MAX_BYTES))
    return g_strdup ("is an email address");

  return parse_string (key, text, field);
}

static char *
parse_networks (const Key *key, const char *text, gpointer field)
{
  g_auto (GStrv) texts = split_list (text);
  g_autoptr (GPtrArray) networks = g_ptr_array_new_with_free_func (g_object_unref);
  GPtrArray **list = field;

  for (guint i = 0; texts[i] != NULL; i++)
    {
      GInetAddressMask *mask = g_inet_address_mask_new_from_string (texts[i], NULL);

      if (mask == NULL)
        return g_strdup_printf ("lists addresses and networks as 10.0.0.0/8 is; “%s” is none",
                                texts[i]);
      g_ptr_array_add (networks, mask);
    }

  g_clear_pointer (list, g_ptr_array_unref);
  *list = g_steal_pointer (&networks);

  return NULL;
}

static char *
parse_log_level (const Key *key, const char *text, gpointer field)
{
  static const struct
  {
    const char *name;
    GLogLevelFlags level;
  } levels[] = {
    { "warning", G_LOG_LEVEL_WARNING },
    { "message", G_LOG_LEVEL_MESSAGE },
    { "info", G_LOG_LEVEL_INFO },
    { "debug", G_LOG_LEVEL_DEBUG },
  };

  for (guint i = 0; i < G_N_ELEMENTS (levels); i++)
    if (g_str_equal (levels[i].name, text))
      {
        *(GLogLevelFlags *) field = levels[i].level;
        return NULL;
      }

  return g_strdup ("is one of: warning, message, info, debug");
}

#define LOOPBACK "127.0.0.0/8;::1"

static const Key keys[] = {
  { "server", "listen", parse_listen, FIELD (listen), "127.0.0.1:8080" },
  { "server", "data", parse_string, FIELD (data_dir) },
  { "server", "name", parse_string, FIELD (name) },
  { "server", "public-url", parse_url, FIELD (public_url) },
  { "server", "tls-certificate", parse_string, FIELD (tls_certificate) },
  { "server", "tls-key", parse_string, FIELD (tls_key) },
  { "server", "allowed-origins", parse_origins, FIELD (allowed_origins), "" },
  { "server", "trusted-proxies", parse_networks, FIELD (trusted_proxies), LOOPBACK },
  { "server", "max-per-address", parse_number, FIELD (max_per_address), "500", .min = 1,
    .max = CONNECTIONS_MOST },
  { "server", "heartbeat", parse_number, FIELD (heartbeat_s), "30", .min = 30, .max = 120 },

  { "sign-in", "allow-signup", parse_boolean, FIELD (allow_signup), "false" },

  { "mail", "sendmail", parse_command, FIELD (sendmail) },
  { "mail", "from", parse_sender, FIELD (mail_from) },

  { "supabase", "url", parse_url, FIELD (supabase_url) },
  { "supabase", "anon-key", parse_string, FIELD (supabase_anon_key) },
  { "supabase", "verify", parse_choice, FIELD (token_check), "jwks", token_check_names },
  { "supabase", "jwt-secret-file", parse_string, FIELD (supabase_jwt_secret_file) },
  { "supabase", "issuer", parse_string, FIELD (supabase_issuer) },
  { "supabase", "audience", parse_string, FIELD (supabase_audience), "authenticated" },

  { "store", "backend", parse_choice, FIELD (store_backend), "sqlite", backend_names },
  { "store", "postgres", parse_conninfo, FIELD (postgres) },
  { "store", "postgres-password-file", parse_string, FIELD (postgres_password_file) },

  { "users", "table", parse_string, FIELD (user_table.table) },
  { "users", "schema", parse_string, FIELD (user_table.schema) },
  { "users", "id", parse_string, FIELD (user_table.id) },
  { "users", "first-name", parse_column, FIELD (user_table.first_name) },
  { "users", "last-name", parse_column, FIELD (user_table.last_name) },
  { "users", "avatar", parse_column, FIELD (user_table.avatar) },
  { "users", "email", parse_column, FIELD (user_table.email) },
  { "users", "last-active", parse_column, FIELD (user_table.last_active) },

  { "publisher", "kind", parse_choice, FIELD (publisher_kind), "broker", publisher_names },
  { "publisher", "max-connections", parse_number, FIELD (max_connections),
    G_STRINGIFY (PORCH_BROKER_CONNECTIONS_MAX), .min = 1, .max = CONNECTIONS_MOST },

  { "pusher", "app-id", parse_label, FIELD (pusher_app_id) },
  { "pusher", "key", parse_label, FIELD (pusher_key) },
  { "pusher", "secret-file", parse_string, FIELD (pusher_secret_file) },
  { "pusher", "cluster", parse_label, FIELD (pusher_cluster) },
  { "pusher", "host", parse_host, FIELD (pusher_host) },
  { "pusher", "port", parse_number, FIELD (pusher_port), "443", .min = 1, .max = 65535 },
  { "pusher", "tls", parse_boolean, FIELD (pusher_tls), "true" },

  { "log", "level", parse_log_level, FIELD (log_level), "message" },
  { "log", "format", parse_choice, FIELD (log_format), "text", log_format_names },
  { "log", "requests", parse_boolean, FIELD (log_requests), "false" },

  { "metrics", "readers", parse_networks, FIELD (metrics_readers), LOOPBACK },
};

static const Secret secrets[] = {
  { "store", "postgres-password-file", "postgres-password", "PORCHLIGHTD_POSTGRES_PASSWORD",
    FIELD (postgres_password_file), FIELD (postgres_password) },
  { "supabase", "jwt-secret-file", "supabase-jwt-secret", "PORCHLIGHTD_SUPABASE_JWT_SECRET",
    FIELD (supabase_jwt_secret_file), FIELD (supabase_jwt_secret) },
  { "pusher", "secret-file", "pusher-secret", "PORCHLIGHTD_PUSHER_SECRET",
    FIELD (pusher_secret_file), FIELD (pusher_secret) },
};

static void
config_fault_free (PorchConfigFault *fault)
{
  g_free (fault->message);
  g_free (fault);
}

/**
 * porch_config_faults_new:
 *
 * Returns: (transfer full) (element-type PorchConfigFault): room for faults
 */
GPtrArray *
porch_config_faults_new (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) config_fault_free);
}

/**
 * porch_config_add_fault:
 * @faults: (element-type PorchConfigFault): where it goes
 * @line: where it is, 0 for no line
 * @format: what is wrong
 * @...: for @format
 */
void
porch_config_add_fault (GPtrArray *faults, guint line, const char *format, ...)
{
  PorchConfigFault *fault = g_new0 (PorchConfigFault, 1);
  va_list args;

  va_start (args, format);
  fault->line = line;
  fault->message = g_strdup_vprintf (format, args);
  va_end (args);
  g_ptr_array_add (faults, fault);
}

/**
 * porch_config_new:
 *
 * Returns: (transfer full): what holds where nothing was chosen
 */
PorchConfig *
porch_config_new (void)
{
  PorchConfig *self = g_new0 (PorchConfig, 1);

  self->lines = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    if (keys[i].fallback != NULL)
      {
        g_autofree char *fault = keys[i].parse (&keys[i], keys[i].fallback,
                                                G_STRUCT_MEMBER_P (self, keys[i].offset));

        g_assert (fault == NULL);
      }

  return self;
}

/**
 * porch_config_free:
 * @self: (nullable): a configuration
 *
 * Frees it, and wipes the secrets in it.
 */
void
porch_config_free (PorchConfig *self)
{
  if (self == NULL)
    return;

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      gpointer *field = (gpointer *) G_STRUCT_MEMBER_P (self, keys[i].offset);

      if (keys[i].parse == parse_string || keys[i].parse == parse_listen
          || keys[i].parse == parse_url || keys[i].parse == parse_label
          || keys[i].parse == parse_host || keys[i].parse == parse_column
          || keys[i].parse == parse_conninfo || keys[i].parse == parse_sender)
        g_free (*field);
      else if (keys[i].parse == parse_origins || keys[i].parse == parse_command)
        g_strfreev (*field);
      else if (keys[i].parse == parse_networks)
        g_clear_pointer ((GPtrArray **) field, g_ptr_array_unref);
    }
  for (guint i = 0; i < G_N_ELEMENTS (secrets); i++)
    porch_secret_free (G_STRUCT_MEMBER (char *, self, secrets[i].offset));
  g_hash_table_unref (self->lines);
  g_free (self);
}

/**
 * porch_config_foreach_key:
 * @func: called for each key that there is, group by group
 * @user_data: for @func
 */
void
porch_config_foreach_key (PorchConfigKeyFunc func, gpointer user_data)
{
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    func (keys[i].group, keys[i].name, keys[i].fallback, user_data);
}

static const Key *
find_key (const char *group, const char *key)
{
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    if (g_str_equal (keys[i].group, group) && (key == NULL || g_str_equal (keys[i].name, key)))
      return &keys[i];

  return NULL;
}

/**
 * porch_config_has_key:
 * @group: a group
 * @key: (nullable): a key; %NULL for any
 *
 * Returns: whether there is such a key
 */
gboolean
porch_config_has_key (const char *group, const char *key)
{
  g_return_val_if_fail (group != NULL, FALSE);

  return find_key (group, key) != NULL;
}

/**
 * porch_config_set:
 * @self: a configuration
 * @group: a group
 * @key: a key that there is in it
 * @text: its value
 * @line: where in the file it is set; 0 for the command line
 * @faults: (element-type PorchConfigFault): where it goes if @text cannot be that
 */
void
porch_config_set (PorchConfig *self,
                  const char *group,
                  const char *key,
                  const char *text,
                  guint line,
                  GPtrArray *faults)
{
  const Key *found = find_key (group, key);
  g_autofree char *fault = NULL;

  g_return_if_fail (self != NULL && found != NULL && text != NULL);

  fault = found->parse (found, text, G_STRUCT_MEMBER_P (self, found->offset));
  if (fault != NULL)
    porch_config_add_fault (faults, line, "“%s” %s", key, fault);
  g_hash_table_insert (self->lines, g_strdup_printf ("%s/%s", group, key), GUINT_TO_POINTER (line));
}

static guint
get_line (PorchConfig *self, const char *name)
{
  return GPOINTER_TO_UINT (g_hash_table_lookup (self->lines, name));
}

static void
check_supabase (PorchConfig *self, GPtrArray *faults)
{
  if (self->supabase_url == NULL)
    return;

  if (self->supabase_anon_key == NULL)
    porch_config_add_fault (faults, get_line (self, "supabase/url"),
                            "A Supabase project needs “anon-key” too");
  if (self->demo > 0)
    porch_config_add_fault (faults, get_line (self, "supabase/url"),
                            "Simulated people sign in here: not with a Supabase project");
  if (self->allow_signup)
    porch_config_add_fault (faults, get_line (self, "sign-in/allow-signup"),
                            "Who may sign up, the Supabase project says");
}

static void
check_mail (PorchConfig *self, GPtrArray *faults)
{
  if (self->sendmail != NULL && self->mail_from == NULL)
    porch_config_add_fault (faults, get_line (self, "mail/sendmail"),
                            "Mail needs “from” in [mail]: whom it comes from");
  if (self->sendmail != NULL && self->supabase_url != NULL)
    porch_config_add_fault (faults, get_line (self, "mail/sendmail"),
                            "Mail to people who sign in, the Supabase project sends");
}

static void
check_store (PorchConfig *self, GPtrArray *faults)
{
  if (self->store_backend == PORCH_STORE_BACKEND_POSTGRES && self->postgres == NULL)
    porch_config_add_fault (faults, get_line (self, "store/backend"),
                            "backend=postgres needs “postgres” in [store]");
}

/* An app is all of its three parts; the third is a secret, which is looked for later. */
static void
check_pusher (PorchConfig *self, GPtrArray *faults)
{
  gboolean is_pusher = self->publisher_kind == PORCH_PUBLISHER_KIND_PUSHER;
  gboolean has_app = self->pusher_app_id != NULL || self->pusher_key != NULL;

  if (self->pusher_cluster != NULL && self->pusher_host != NULL)
    porch_config_add_fault (faults, get_line (self, "pusher/host"),
                            "Either “cluster” or “host” says where Pusher is");
  if (is_pusher && self->pusher_cluster == NULL && self->pusher_host == NULL)
    porch_config_add_fault (faults, get_line (self, "publisher/kind"),
                            "kind=pusher needs “cluster” or “host” in [pusher]");
  if (is_pusher && self->demo > 0)
    porch_config_add_fault (faults, get_line (self, "publisher/kind"),
                            "Simulated people connect here: not with kind=pusher");
  if ((is_pusher || has_app) && self->pusher_app_id == NULL)
    porch_config_add_fault (faults, get_line (self, is_pusher ? "publisher/kind" : "pusher/key"),
                            "The app needs “app-id” in [pusher]");
  if ((is_pusher || has_app) && self->pusher_key == NULL)
    porch_config_add_fault (faults, get_line (self, is_pusher ? "publisher/kind" : "pusher/app-id"),
                            "The app needs “key” in [pusher]");
}

/* The service manager's folder, or the person's own. */
static char *
choose_data_dir (void)
{
  const char *state = g_getenv ("STATE_DIRECTORY");

  return state != NULL && strchr (state, ':') == NULL
             ? g_strdup (state)
             : g_build_filename (g_get_user_data_dir (), "porchlightd", NULL);
}

/**
 * porch_config_check:
 * @self: a configuration
 * @faults: (element-type PorchConfigFault): where it goes if values do not fit together
 *
 * Fills in what depends on where the server runs, and looks at what no value says by itself.
 */
void
porch_config_check (PorchConfig *self, GPtrArray *faults)
{
  g_return_if_fail (self != NULL);

  if (self->data_dir == NULL)
    self->data_dir = choose_data_dir ();
  if (self->name == NULL)
    self->name = g_strdup_printf ("Porchlight on %s", g_get_host_name ());

  if ((self->tls_certificate == NULL) != (self->tls_key == NULL))
    porch_config_add_fault (faults,
                            get_line (self, self->tls_certificate != NULL ? "server/tls-certificate"
                                                                          : "server/tls-key"),
                            "“tls-certificate” and “tls-key” belong together");
  check_supabase (self, faults);
  check_mail (self, faults);
  check_store (self, faults);
  check_pusher (self, faults);
}

/* NULL with a fault where it cannot be had. */
static char *
read_secret_file (const char *path, guint line, GPtrArray *faults)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  GStatBuf status;
  gsize length;

  if (g_stat (path, &status) == 0 && (status.st_mode & OTHERS_MAY_READ) != 0)
    {
      porch_config_add_fault (faults, line, "%s can be read by everybody: chmod o= it", path);
      return NULL;
    }
  if (!g_file_get_contents (path, &text, &length, &error))
    {
      porch_config_add_fault (faults, line, "%s", error->message);
      return NULL;
    }

  g_strchomp (text);
  if (*text == '\0' || length > SECRET_MAX_BYTES || strlen (text) + 2 < length)
    {
      porch_config_add_fault (faults, line, "%s holds no secret", path);
      porch_secret_free (g_steal_pointer (&text));
      return NULL;
    }

  return g_steal_pointer (&text);
}

static char *
read_secret (PorchConfig *self, const Secret *secret, GPtrArray *faults)
{
  const char *directory = g_getenv ("CREDENTIALS_DIRECTORY");
  const char *path = G_STRUCT_MEMBER (char *, self, secret->file_offset);
  g_autofree char *name = g_strconcat (secret->group, "/", secret->file_key, NULL);
  g_autofree char *credential = NULL;
  const char *value;

  if (path != NULL)
    return read_secret_file (path, get_line (self, name), faults);

  if (directory != NULL)
    credential = g_build_filename (directory, secret->credential, NULL);
  if (credential != NULL && g_file_test (credential, G_FILE_TEST_EXISTS))
    return read_secret_file (credential, 0, faults);

  value = g_getenv (secret->variable);

  return value != NULL && *value != '\0' ? g_strdup (value) : NULL;
}

/**
 * porch_config_read_secrets:
 * @self: a configuration that was checked
 * @faults: (element-type PorchConfigFault): where it goes if a secret cannot be had
 *
 * Fetches the secrets from where the administrator keeps them. What is started later finds none of
 * them in its environment.
 *
 * Returns: whether all are there that are needed
 */
gboolean
porch_config_read_secrets (PorchConfig *self, GPtrArray *faults)
{
  guint n_before = faults->len;

  g_return_val_if_fail (self != NULL, FALSE);

  for (guint i = 0; i < G_N_ELEMENTS (secrets); i++)
    {
      char **field = &G_STRUCT_MEMBER (char *, self, secrets[i].offset);

      porch_secret_free (*field);
      *field = read_secret (self, &secrets[i], faults);
      g_unsetenv (secrets[i].variable);
    }
  if (faults->len > n_before)
    return FALSE;

  if (self->supabase_url != NULL && self->token_check == PORCH_TOKEN_CHECK_SECRET
      && self->supabase_jwt_secret == NULL)
    porch_config_add_fault (faults, get_line (self, "supabase/verify"),
                            "verify=secret needs the secret: see “jwt-secret-file”");
  if (self->pusher_key != NULL && self->pusher_secret == NULL)
    porch_config_add_fault (faults, get_line (self, "pusher/key"),
                            "The app needs its secret: see “secret-file”");

  return faults->len == n_before;
}
