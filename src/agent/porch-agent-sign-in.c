/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* How people get in, by the bus: the calls Discover to CancelSignIn of app.porchlight.Agent1. Finds
 * out where the server's parts are, sees that there is a keyring before any secret leaves, leads
 * the conversation (PorchSignIn, PorchBrowserSignIn) and hands whoever has proven themselves to
 * PorchAgentService, which keeps the accounts. One conversation at a time.
 */

#define G_LOG_DOMAIN "porch-agent"

#include "agent/porch-agent-sign-in.h"

#include "config.h"

#include "agent/porch-secret-reader.h"
#include "agent/porch-service-error.h"
#include "bus/porch-agent-error.h"
#include "client/porch-browser-sign-in.h"
#include "client/porch-discover.h"
#include "client/porch-setup-check.h"
#include "client/porch-sign-in.h"
#include "protocol/porch-auth-steps.h"

#include <gio/gunixfdlist.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <unistd.h>

/* As long as a browser is waited for. */
#define HALF_WAY_MS (5 * 60 * 1000)

/* A server whose parts are known, and the conversation with its sign-in service. */
typedef struct
{
  char *server;
  PorchDiscovery *discovery;
  PorchHttpClient *http;
  PorchSignIn *sign_in;
  char *email;
  gboolean keep_in_memory;
} Talk;

struct _PorchAgentSignIn
{
  GObject parent_instance;

  PorchDBusAgent1 *skeleton;
  PorchClock *clock;
  PorchKeyring *keyring;

  /* One sign-in at a time, so that two cannot both find nobody signed in. */
  gboolean is_busy;
  GCancellable *under_way; /* gives that one up */
  Talk *half_way;          /* waits for the second step, and not for ever */
  guint half_way_timer;

  /* A browser that is out, or what it came back with before anybody asked. */
  Talk *browser_talk;
  PorchBrowserSignIn *browser;
  GCancellable *browser_cancellable;
  PorchWayIn *browser_way;
  GError *browser_error;
  GDBusMethodInvocation *browser_waiter;
};

G_DEFINE_FINAL_TYPE (PorchAgentSignIn, porch_agent_sign_in, G_TYPE_OBJECT)

enum
{
  SIGNAL_REFUSE,
  SIGNAL_KNOWN_SETUP,
  SIGNAL_ENTERED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* One call, with what it has so far; one function a step, in order down the file. */
typedef struct _Call Call;
struct _Call
{
  PorchAgentSignIn *self;
  GDBusMethodInvocation *invocation;
  char *address;
  PorchServerSetup *setup;
  gboolean is_sign_in;       /* it holds is_busy */
  GCancellable *cancellable; /* of a sign-in; NULL of a question */
  PorchWayKind kind;
  PorchMailKind mail;
  char *secret;
  char *provider;
  gboolean opens;
  Talk *talk;
  void (*next) (Call *call); /* once the server's parts are known */
};

static void
talk_free (Talk *talk)
{
  g_free (talk->server);
  g_clear_pointer (&talk->discovery, porch_discovery_free);
  g_clear_object (&talk->sign_in);
  if (talk->http != NULL)
    g_object_run_dispose (G_OBJECT (talk->http));
  g_clear_object (&talk->http);
  g_free (talk->email);
  g_free (talk);
}

static void
drop_half_way (PorchAgentSignIn *self)
{
  porch_clock_clear_timeout (self->clock, &self->half_way_timer);
  g_clear_pointer (&self->half_way, talk_free);
}

static gboolean
on_half_way_late_cb (gpointer user_data)
{
  PorchAgentSignIn *self = user_data;

  self->half_way_timer = 0;
  drop_half_way (self);
  return G_SOURCE_REMOVE;
}

static void
call_free (Call *call)
{
  if (call->is_sign_in)
    call->self->is_busy = FALSE;
  g_clear_object (&call->self);
  g_clear_pointer (&call->talk, talk_free);
  g_clear_pointer (&call->setup, porch_server_setup_free);
  g_clear_object (&call->cancellable);
  porch_secret_free (call->secret);
  g_free (call->address);
  g_free (call->provider);
  g_free (call);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Call, call_free)

static void
begin_sign_in (Call *call)
{
  PorchAgentSignIn *self = call->self;

  call->is_sign_in = TRUE;
  call->cancellable = g_cancellable_new ();
  self->is_busy = TRUE;
  g_set_object (&self->under_way, call->cancellable);
}

/* Returns: whether the person has given it up; then the call has its answer, which nobody reads */
static gboolean
fail_if_given_up (Call *call)
{
  if (!g_cancellable_is_cancelled (call->cancellable))
    return FALSE;

  g_dbus_method_invocation_return_error_literal (g_steal_pointer (&call->invocation),
                                                 PORCH_AGENT_ERROR, PORCH_AGENT_ERROR_FAILED,
                                                 "The sign-in was given up");
  return TRUE;
}

static void
fail (Call *call, PorchAgentError code, const char *sentence)
{
  if (fail_if_given_up (call))
    return;

  g_dbus_method_invocation_return_error_literal (g_steal_pointer (&call->invocation),
                                                 PORCH_AGENT_ERROR, code, sentence);
}

static void
fail_with (Call *call, const GError *error)
{
  if (!fail_if_given_up (call))
    porch_service_return_error (g_steal_pointer (&call->invocation), error);
}

/* The talk of a call whose server has been found. */
static void
begin_talk (Call *call, const char *server, PorchDiscovery *discovery)
{
  Talk *talk = call->talk;

  talk->server = g_strdup (server);
  talk->discovery = discovery;
  talk->http = porch_http_client_new (call->self->clock);
  talk->sign_in = porch_sign_in_new (talk->http, call->self->clock, discovery);
}

static void
on_keyring_checked_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Call) call = user_data;
  g_autoptr (GError) error = NULL;

  if (!porch_keyring_check_finish (PORCH_KEYRING (source), result, &error)
      && g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED))
    {
      g_debug ("%s", error->message);
      fail (call, PORCH_AGENT_ERROR_NO_SECRET_SERVICE,
            _ ("No keyring answers on this computer, so that you would stay signed in for this "
               "run only."));
      return;
    }

  call->next (g_steal_pointer (&call));
}

/* Before any secret leaves. Takes @call. */
static void
check_keyring (Call *call)
{
  if (!call->is_sign_in || call->talk->keep_in_memory)
    {
      call->next (call);
      return;
    }

  porch_keyring_prompt_again (call->self->keyring);
  porch_keyring_check_async (call->self->keyring, call->cancellable, on_keyring_checked_cb, call);
}

static void
on_server_found_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Call) call = user_data;
  g_autoptr (GError) error = NULL;
  PorchDiscovery *discovery = porch_discover_finish (result, &error);

  if (discovery == NULL)
    {
      fail_with (call, error);
      return;
    }

  begin_talk (call, porch_discover_get_server (result), discovery);
  check_keyring (g_steal_pointer (&call));
}

static GVariant *
build_problems (const GPtrArray *problems)
{
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a(ss)"));

  for (guint i = 0; i < problems->len; i++)
    {
      const PorchSetupProblem *problem = problems->pdata[i];

      g_variant_builder_add (&builder, "(ss)", porch_setup_part_to_string (problem->part),
                             problem->sentence);
    }
  return g_variant_builder_end (&builder);
}

static void describe_server (Call *call);

/* CheckSetup tells of all that is wrong; who wants to sign in, of the first. */
static void
tell_problems (Call *call, const GPtrArray *problems)
{
  const PorchSetupProblem *first = problems->pdata[0];

  if (call->next != describe_server)
    {
      fail (call, PORCH_AGENT_ERROR_INVALID_ADDRESS, first->sentence);
      return;
    }

  g_auto (GVariantDict) found = G_VARIANT_DICT_INIT (NULL);
  g_variant_dict_insert_value (&found, "problems", build_problems (problems));
  g_dbus_method_invocation_return_value (g_steal_pointer (&call->invocation),
                                         g_variant_new ("(@a{sv})", g_variant_dict_end (&found)));
}

static void
on_setup_checked_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Call) call = user_data;
  g_autoptr (GPtrArray) problems = porch_setup_check_finish (result, NULL);

  if (problems == NULL || problems->len == 0)
    check_keyring (g_steal_pointer (&call));
  else
    tell_problems (call, problems);
}

/* Takes @call. */
static void
try_setup (Call *call_pointer)
{
  g_autoptr (Call) call = call_pointer;
  g_autoptr (GPtrArray) problems = g_ptr_array_new_with_free_func (
      (GDestroyNotify) porch_setup_problem_free);
  PorchDiscovery *discovery = porch_server_setup_build_discovery (call->setup, problems);
  g_autofree char *server = NULL;

  if (discovery == NULL)
    {
      tell_problems (call, problems);
      return;
    }

  server = porch_server_address_normalize (discovery->api_url, NULL);
  begin_talk (call, server != NULL ? server : discovery->api_url, discovery);
  PorchClock *clock = call->self->clock;
  GCancellable *cancellable = call->cancellable;
  porch_setup_check_async (clock, discovery, cancellable, on_setup_checked_cb,
                           g_steal_pointer (&call));
}

/* Finds out where the server's parts are, then goes on with @next. A server that was set up by hand
 * says nothing of itself, and was agreed to. Takes @call. */
static void
find_server (Call *call, void (*next) (Call *call))
{
  g_autofree char *server = NULL;
  PorchDiscovery *known = NULL;

  call->next = next;
  if (call->setup != NULL)
    {
      try_setup (call);
      return;
    }

  server = porch_server_address_normalize (call->address, NULL);
  if (server != NULL)
    g_signal_emit (call->self, signals[SIGNAL_KNOWN_SETUP], 0, server, &known);
  if (known == NULL)
    {
      porch_discover_async (call->address, call->cancellable, on_server_found_cb, call);
      return;
    }

  begin_talk (call, server, known);
  check_keyring (call);
}

static const char *
get_host (GHashTable *hosts, const char *url)
{
  g_autoptr (GUri) uri = g_uri_parse (url, G_URI_FLAGS_NONE, NULL);
  char *host = g_strdup (uri != NULL && g_uri_get_host (uri) != NULL ? g_uri_get_host (uri) : url);

  g_hash_table_add (hosts, host);
  return host;
}

static void
on_offer_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Call) call = user_data;
  const PorchDiscovery *discovery = call->talk->discovery;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) ways = porch_sign_in_offer_finish (PORCH_SIGN_IN (source), result, &error);
  g_autoptr (GHashTable) hosts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autofree char *socket_url = porch_discovery_get_socket_url (discovery);
  g_autofree const char **listed = NULL;

  if (ways == NULL)
    {
      fail_with (call, error);
      return;
    }

  const char *const host = get_host (hosts, discovery->supabase_url);
  g_autofree char *auth_host = g_strdup (host);
  get_host (hosts, discovery->api_url);
  get_host (hosts, socket_url);
  listed = (const char **) g_hash_table_get_keys_as_array (hosts, NULL);

  g_auto (GVariantDict) found = G_VARIANT_DICT_INIT (NULL);
  g_variant_dict_insert (&found, "server", "s", call->talk->server);
  g_variant_dict_insert (&found, "name", "s", discovery->name != NULL ? discovery->name : "");
  g_variant_dict_insert (&found, "host", "s", auth_host);
  g_variant_dict_insert (&found, "hosts", "^as", listed);
  g_variant_dict_insert (&found, "ways", "^as", ways);
  g_dbus_method_invocation_return_value (g_steal_pointer (&call->invocation),
                                         g_variant_new ("(@a{sv})", g_variant_dict_end (&found)));
}

/* Takes @call. */
static void
describe_server (Call *call)
{
  porch_sign_in_offer_async (call->talk->sign_in, NULL, on_offer_cb, call);
}

static Call *
call_new (PorchAgentSignIn *self, GDBusMethodInvocation *invocation)
{
  Call *call = g_new0 (Call, 1);

  call->self = g_object_ref (self);
  call->invocation = invocation;
  call->talk = g_new0 (Talk, 1);
  return call;
}

/* Returns: (transfer full): what a form says */
static PorchServerSetup *
read_parts (GVariant *parts)
{
  PorchServerSetup *setup = porch_server_setup_new ();
  GVariantIter iter;
  const char *name, *text;

  g_variant_iter_init (&iter, parts);
  while (g_variant_iter_next (&iter, "{&s&s}", &name, &text))
    {
      PorchSetupPart part;

      if (porch_setup_part_from_string (name, &part))
        porch_server_setup_set (setup, part, text);
    }
  return setup;
}

static void
read_options (Call *call, GVariant *options)
{
  g_autoptr (GVariant) parts = g_variant_lookup_value (options, "setup", G_VARIANT_TYPE ("a{ss}"));

  if (parts != NULL)
    call->setup = read_parts (parts);
  g_variant_lookup (options, "keep-in-memory", "b", &call->talk->keep_in_memory);
  g_variant_lookup (options, "open", "b", &call->opens);
}

static gboolean
on_discover_cb (PorchAgentSignIn *self, GDBusMethodInvocation *invocation, const char *address)
{
  Call *call = call_new (self, invocation);

  call->address = g_strdup (address);
  find_server (call, describe_server);
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static gboolean
on_read_setup_cb (PorchAgentSignIn *self, GDBusMethodInvocation *invocation, const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PorchServerSetup) setup = porch_server_setup_parse (text, &error);
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a{ss}"));

  if (setup == NULL)
    {
      g_dbus_method_invocation_return_error_literal (
          invocation, PORCH_AGENT_ERROR, PORCH_AGENT_ERROR_INVALID_ARGUMENT, error->message);
      return G_DBUS_METHOD_INVOCATION_HANDLED;
    }

  for (guint i = 0; i < PORCH_SETUP_N_PARTS; i++)
    if (setup->parts[i] != NULL)
      g_variant_builder_add (&builder, "{ss}", porch_setup_part_to_string (i), setup->parts[i]);
  porch_dbus_agent1_complete_read_setup (self->skeleton, invocation,
                                         g_variant_builder_end (&builder));
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static gboolean
on_check_setup_cb (PorchAgentSignIn *self, GDBusMethodInvocation *invocation, GVariant *parts)
{
  Call *call = call_new (self, invocation);

  call->setup = read_parts (parts);
  find_server (call, describe_server);
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static void
on_mail_requested_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Call) call = user_data;
  g_autoptr (GError) error = NULL;

  if (porch_sign_in_request_mail_finish (PORCH_SIGN_IN (source), result, &error))
    porch_dbus_agent1_complete_request_mail (call->self->skeleton,
                                             g_steal_pointer (&call->invocation));
  else
    fail_with (call, error);
}

/* Takes @call. */
static void
request_mail (Call *call)
{
  porch_sign_in_request_mail_async (call->talk->sign_in, call->mail, call->talk->email, NULL,
                                    on_mail_requested_cb, call);
}

static gboolean
refuse_email (GDBusMethodInvocation *invocation, const char *email)
{
  if (*email != '\0' && strlen (email) <= PORCH_EMAIL_MAX_BYTES)
    return FALSE;

  g_dbus_method_invocation_return_error_literal (invocation, PORCH_AGENT_ERROR,
                                                 PORCH_AGENT_ERROR_INVALID_CREDENTIALS,
                                                 _ ("The email address is missing or too long."));
  return TRUE;
}

static gboolean
on_request_mail_cb (PorchAgentSignIn *self,
                    GDBusMethodInvocation *invocation,
                    const char *server,
                    const char *email,
                    const char *purpose,
                    GVariant *options)
{
  if (refuse_email (invocation, email))
    return G_DBUS_METHOD_INVOCATION_HANDLED;

  Call *call = call_new (self, invocation);
  call->address = g_strdup (server);
  call->talk->email = g_strdup (email);
  call->mail = g_str_equal (purpose, "reset") ? PORCH_MAIL_PASSWORD : PORCH_MAIL_CODE;
  read_options (call, options);
  find_server (call, request_mail);
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static gboolean
refuse_sign_in (PorchAgentSignIn *self,
                GDBusMethodInvocation *invocation,
                const char *server,
                const char *email)
{
  g_autofree char *refusal = NULL;

  g_signal_emit (self, signals[SIGNAL_REFUSE], 0, server, email, &refusal);
  if (refusal == NULL && self->is_busy)
    refusal = g_strdup (_ ("Another sign-in is under way."));
  if (refusal == NULL)
    return FALSE;

  g_dbus_method_invocation_return_error_literal (invocation, PORCH_AGENT_ERROR,
                                                 PORCH_AGENT_ERROR_INVALID_ARGUMENT, refusal);
  return TRUE;
}

/* The service answers the call. Whoever came by a browser has said their email address nowhere but
 * there. */
static void
let_in (Call *call, PorchAuthSession *session)
{
  PorchAgentSignIn *self = call->self;
  Talk *talk = call->talk;
  const char *email = session->user->email != NULL ? session->user->email : talk->email;
  PorchAgentEntry entry = {
    .server = talk->server,
    .discovery = talk->discovery,
    .email = email != NULL ? email : session->user->id,
    .session = session,
    .keep_in_memory = talk->keep_in_memory,
    .invocation = g_steal_pointer (&call->invocation),
  };

  /* Until porch_agent_sign_in_over(). */
  call->is_sign_in = FALSE;
  g_signal_emit (self, signals[SIGNAL_ENTERED], 0, &entry);
  g_clear_pointer (&entry.session, porch_auth_session_free);
}

static void
on_entered_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Call) call = user_data;
  PorchAgentSignIn *self = call->self;
  g_autoptr (GError) error = NULL;
  PorchAuthSession *session = porch_sign_in_enter_finish (PORCH_SIGN_IN (source), result, &error);

  if (session != NULL)
    {
      let_in (call, session);
      return;
    }

  if (!g_cancellable_is_cancelled (call->cancellable)
      && porch_sign_in_get_is_half_way (call->talk->sign_in))
    {
      drop_half_way (self);
      self->half_way = g_steal_pointer (&call->talk);
      self->half_way_timer = porch_clock_add_timeout (self->clock, HALF_WAY_MS, on_half_way_late_cb,
                                                      self);
    }
  fail_with (call, error);
}

/* Takes @call. */
static void
enter (Call *call)
{
  g_autoptr (PorchWayIn) way = porch_way_in_new (call->kind, call->talk->email, call->secret);

  porch_sign_in_enter_async (call->talk->sign_in, way, call->cancellable, on_entered_cb, call);
}

/* Codes are typed as they are read, in groups. */
static gboolean
normalize_code (Call *call)
{
  char *code = porch_auth_code_normalize (call->secret);

  porch_secret_free (call->secret);
  call->secret = code;
  return code != NULL;
}

static void
on_secret_read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Call) call = user_data;
  g_autoptr (GError) error = NULL;

  call->secret = porch_secret_read_finish (result, &error);
  if (call->secret == NULL || *call->secret == '\0')
    {
      g_debug ("No secret: %s", error != NULL ? error->message : "empty");
      fail (call, PORCH_AGENT_ERROR_INVALID_CREDENTIALS,
            call->kind == PORCH_WAY_EMAIL_CODE ? _ ("The code is missing or too long.")
                                               : _ ("The password is missing or too long."));
      return;
    }
  if (call->kind == PORCH_WAY_EMAIL_CODE && !normalize_code (call))
    {
      fail (call, PORCH_AGENT_ERROR_INVALID_CREDENTIALS, _ ("A code has digits and letters only."));
      return;
    }

  find_server (g_steal_pointer (&call), enter);
}

/* Returns: the descriptor that came with a call, or -1: a caller may name one that it did not send
 */
static int
take_descriptor (GUnixFDList *fds, GVariant *secret)
{
  int handle = g_variant_get_handle (secret);
  gboolean is_there = fds != NULL && handle >= 0 && handle < g_unix_fd_list_get_length (fds);

  return is_there ? g_unix_fd_list_get (fds, handle, NULL) : -1;
}

static void
end_browser (PorchAgentSignIn *self)
{
  g_cancellable_cancel (self->browser_cancellable);
  g_clear_object (&self->browser_cancellable);
  g_clear_object (&self->browser);
  g_clear_pointer (&self->browser_talk, talk_free);
  g_clear_pointer (&self->browser_way, porch_way_in_free);
  g_clear_error (&self->browser_error);
  if (self->browser_waiter != NULL)
    g_dbus_method_invocation_return_error_literal (g_steal_pointer (&self->browser_waiter),
                                                   PORCH_AGENT_ERROR, PORCH_AGENT_ERROR_FAILED,
                                                   _ ("The sign-in in the browser was given up."));
}

static PorchWayKind
read_way (GVariant *options)
{
  const char *way = "password";

  g_variant_lookup (options, "way", "&s", &way);
  if (g_str_equal (way, "code"))
    return PORCH_WAY_EMAIL_CODE;
  if (g_str_equal (way, "new-account"))
    return PORCH_WAY_NEW_ACCOUNT;
  return PORCH_WAY_PASSWORD;
}

static gboolean
on_sign_in_cb (PorchAgentSignIn *self,
               GDBusMethodInvocation *invocation,
               GUnixFDList *fds,
               const char *address,
               const char *email,
               GVariant *password,
               GVariant *options)
{
  int fd = take_descriptor (fds, password);

  if (fd < 0)
    {
      g_dbus_method_invocation_return_error_literal (
          invocation, PORCH_AGENT_ERROR, PORCH_AGENT_ERROR_INVALID_ARGUMENT,
          _ ("The password did not come with the call."));
      return G_DBUS_METHOD_INVOCATION_HANDLED;
    }
  if (refuse_sign_in (self, invocation, address, email) || refuse_email (invocation, email))
    {
      close (fd);
      return G_DBUS_METHOD_INVOCATION_HANDLED;
    }

  end_browser (self);
  drop_half_way (self);
  Call *call = call_new (self, invocation);
  begin_sign_in (call);
  call->address = g_strdup (address);
  call->talk->email = g_strdup (email);
  call->kind = read_way (options);
  read_options (call, options);
  porch_secret_read_async (fd, PORCH_PASSWORD_MAX_BYTES, call->cancellable, on_secret_read_cb,
                           call);
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

/* The browser is back, and somebody asks. */
static void
finish_browser (PorchAgentSignIn *self)
{
  g_autoptr (PorchWayIn) way = g_steal_pointer (&self->browser_way);
  g_autoptr (GError) error = g_steal_pointer (&self->browser_error);
  g_autoptr (Call) call = call_new (self, g_steal_pointer (&self->browser_waiter));

  g_clear_pointer (&call->talk, talk_free);
  call->talk = g_steal_pointer (&self->browser_talk);
  g_clear_object (&self->browser);
  g_clear_object (&self->browser_cancellable);
  if (way == NULL)
    {
      fail_with (call, error);
      return;
    }

  begin_sign_in (call);
  PorchSignIn *sign_in = call->talk->sign_in;
  GCancellable *cancellable = call->cancellable;
  porch_sign_in_enter_async (sign_in, way, cancellable, on_entered_cb, g_steal_pointer (&call));
}

static void
on_browser_back_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PorchAgentSignIn) self = user_data;
  g_autoptr (GError) error = NULL;
  PorchWayIn *way = porch_browser_sign_in_wait_finish (PORCH_BROWSER_SIGN_IN (source), result,
                                                       &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  self->browser_way = way;
  self->browser_error = g_steal_pointer (&error);
  if (self->browser_waiter != NULL)
    finish_browser (self);
}

static void
on_browser_opened_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  /* The person has the address, and can open it by hand. */
  if (!g_app_info_launch_default_for_uri_finish (result, &error))
    g_message ("No browser opens: %s", error->message);
}

/* Takes @call. */
static void
start_browser (Call *call_pointer)
{
  g_autoptr (Call) call = call_pointer;
  PorchAgentSignIn *self = call->self;
  g_autoptr (GError) error = NULL;
  PorchBrowserSignIn *browser;

  if (fail_if_given_up (call))
    return;

  browser = porch_browser_sign_in_new (self->clock, call->talk->discovery, call->provider, &error);
  if (browser == NULL)
    {
      fail_with (call, error);
      return;
    }

  self->browser = browser;
  self->browser_talk = g_steal_pointer (&call->talk);
  self->browser_cancellable = g_cancellable_new ();
  porch_browser_sign_in_wait_async (browser, self->browser_cancellable, on_browser_back_cb,
                                    g_object_ref (self));

  /* By the portal where the agent is in a sandbox, which GIO sees by itself. */
  if (call->opens)
    g_app_info_launch_default_for_uri_async (porch_browser_sign_in_get_address (browser), NULL,
                                             NULL, on_browser_opened_cb, NULL);
  porch_dbus_agent1_complete_start_browser_sign_in (self->skeleton,
                                                    g_steal_pointer (&call->invocation),
                                                    porch_browser_sign_in_get_address (browser));
}

static gboolean
on_start_browser_cb (PorchAgentSignIn *self,
                     GDBusMethodInvocation *invocation,
                     const char *server,
                     const char *provider,
                     GVariant *options)
{
  if (refuse_sign_in (self, invocation, server, ""))
    return G_DBUS_METHOD_INVOCATION_HANDLED;

  end_browser (self);
  drop_half_way (self);
  Call *call = call_new (self, invocation);
  begin_sign_in (call);
  call->address = g_strdup (server);
  call->provider = g_strdup (provider);
  read_options (call, options);
  find_server (call, start_browser);
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static gboolean
on_finish_browser_cb (PorchAgentSignIn *self, GDBusMethodInvocation *invocation)
{
  if (self->browser == NULL || self->browser_waiter != NULL)
    {
      g_dbus_method_invocation_return_error_literal (invocation, PORCH_AGENT_ERROR,
                                                     PORCH_AGENT_ERROR_INVALID_ARGUMENT,
                                                     _ ("No sign-in in a browser was begun."));
      return G_DBUS_METHOD_INVOCATION_HANDLED;
    }

  self->browser_waiter = invocation;
  if (self->browser_way != NULL || self->browser_error != NULL)
    finish_browser (self);
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static void
on_code_read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Call) call = user_data;
  PorchAgentSignIn *self = call->self;

  call->secret = porch_secret_read_finish (result, NULL);
  if (call->secret == NULL || !normalize_code (call))
    {
      fail (call, PORCH_AGENT_ERROR_INVALID_CREDENTIALS, _ ("A code has digits and letters only."));
      return;
    }
  if (self->half_way == NULL)
    {
      fail (call, PORCH_AGENT_ERROR_INVALID_ARGUMENT, _ ("No sign-in waits for a code."));
      return;
    }

  g_clear_pointer (&call->talk, talk_free);
  call->talk = g_steal_pointer (&self->half_way);
  porch_clock_clear_timeout (self->clock, &self->half_way_timer);
  const char *code = call->secret;
  PorchSignIn *sign_in = call->talk->sign_in;
  GCancellable *cancellable = call->cancellable;
  porch_sign_in_confirm_async (sign_in, code, cancellable, on_entered_cb, g_steal_pointer (&call));
}

static gboolean
on_confirm_cb (PorchAgentSignIn *self,
               GDBusMethodInvocation *invocation,
               GUnixFDList *fds,
               GVariant *code)
{
  int fd = take_descriptor (fds, code);

  if (fd < 0 || self->half_way == NULL || self->is_busy)
    {
      if (fd >= 0)
        close (fd);
      g_dbus_method_invocation_return_error_literal (invocation, PORCH_AGENT_ERROR,
                                                     PORCH_AGENT_ERROR_INVALID_ARGUMENT,
                                                     _ ("No sign-in waits for a code."));
      return G_DBUS_METHOD_INVOCATION_HANDLED;
    }

  Call *call = call_new (self, invocation);
  begin_sign_in (call);
  porch_secret_read_async (fd, PORCH_AUTH_CODE_MAX_BYTES, call->cancellable, on_code_read_cb, call);
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static gboolean
on_cancel_cb (PorchAgentSignIn *self, GDBusMethodInvocation *invocation)
{
  g_cancellable_cancel (self->under_way);
  end_browser (self);
  drop_half_way (self);
  porch_dbus_agent1_complete_cancel_sign_in (self->skeleton, invocation);
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static void
porch_agent_sign_in_dispose (GObject *object)
{
  PorchAgentSignIn *self = PORCH_AGENT_SIGN_IN (object);

  if (self->clock != NULL)
    {
      end_browser (self);
      drop_half_way (self);
    }
  g_cancellable_cancel (self->under_way);
  g_clear_object (&self->under_way);
  g_clear_object (&self->skeleton);
  g_clear_object (&self->keyring);
  g_clear_object (&self->clock);

  G_OBJECT_CLASS (porch_agent_sign_in_parent_class)->dispose (object);
}

static void
porch_agent_sign_in_class_init (PorchAgentSignInClass *klass)
{
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = porch_agent_sign_in_dispose;

  signals[SIGNAL_REFUSE] = g_signal_new ("refuse", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                         G_TYPE_STRING, 2, G_TYPE_STRING, G_TYPE_STRING);
  signals[SIGNAL_KNOWN_SETUP] = g_signal_new ("known-setup", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                              NULL, G_TYPE_POINTER, 1, G_TYPE_STRING);
  signals[SIGNAL_ENTERED] = g_signal_new ("entered", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 1, G_TYPE_POINTER);
}

static void
porch_agent_sign_in_init (PorchAgentSignIn *self)
{
}

/**
 * porch_agent_sign_in_new:
 * @skeleton: the agent on the bus
 * @clock: the clock
 * @keyring: where sessions are kept
 *
 * Returns: (transfer full): answers the calls by which people sign in
 */
PorchAgentSignIn *
porch_agent_sign_in_new (PorchDBusAgent1 *skeleton, PorchClock *clock, PorchKeyring *keyring)
{
  static const struct
  {
    const char *signal;
    GCallback callback;
  } handlers[] = {
    { "handle-discover", G_CALLBACK (on_discover_cb) },
    { "handle-read-setup", G_CALLBACK (on_read_setup_cb) },
    { "handle-check-setup", G_CALLBACK (on_check_setup_cb) },
    { "handle-request-mail", G_CALLBACK (on_request_mail_cb) },
    { "handle-sign-in", G_CALLBACK (on_sign_in_cb) },
    { "handle-start-browser-sign-in", G_CALLBACK (on_start_browser_cb) },
    { "handle-finish-browser-sign-in", G_CALLBACK (on_finish_browser_cb) },
    { "handle-confirm-sign-in", G_CALLBACK (on_confirm_cb) },
    { "handle-cancel-sign-in", G_CALLBACK (on_cancel_cb) },
  };

  g_return_val_if_fail (PORCH_DBUS_IS_AGENT1 (skeleton), NULL);
  g_return_val_if_fail (PORCH_IS_CLOCK (clock), NULL);
  g_return_val_if_fail (PORCH_IS_KEYRING (keyring), NULL);

  PorchAgentSignIn *self = g_object_new (PORCH_TYPE_AGENT_SIGN_IN, NULL);
  self->skeleton = g_object_ref (skeleton);
  self->clock = g_object_ref (clock);
  self->keyring = g_object_ref (keyring);
  for (guint i = 0; i < G_N_ELEMENTS (handlers); i++)
    g_signal_connect_object (skeleton, handlers[i].signal, handlers[i].callback, self,
                             G_CONNECT_SWAPPED);
  return self;
}

/**
 * porch_agent_sign_in_over:
 * @self: what answers the calls
 *
 * Whoever "entered" told of has been taken in, or could not be: the next may come.
 */
void
porch_agent_sign_in_over (PorchAgentSignIn *self)
{
  g_return_if_fail (PORCH_IS_AGENT_SIGN_IN (self));

  self->is_busy = FALSE;
}
