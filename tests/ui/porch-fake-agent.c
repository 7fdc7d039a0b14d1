/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* The agent's end of the bus, for tests of the window. Contacts are kept in a real roster and told
 * as the agent tells them; a sign-in succeeds with the password "right", and other words of the
 * form bring about the errors that they name.
 */

#include "porch-fake-agent.h"

#include <gio/gunixfdlist.h>
#include <gio/gunixinputstream.h>

#include "bus/porch-agent-proxy.h"
#include "bus/porch-contact-wire.h"

#define ACCOUNT_PATH PORCH_AGENT_PATH "/account/1"

struct _PorchFakeAgent
{
  GObject parent_instance;

  GDBusConnection *bus;
  guint name_id;
  PorchDBusAgent1 *agent;
  PorchDBusAccount1 *account;
  PorchRoster *roster;
  GArray *history;
  char *password;
};

G_DEFINE_FINAL_TYPE (PorchFakeAgent, porch_fake_agent, G_TYPE_OBJECT)

static void
fail (GDBusMethodInvocation *invocation, PorchAgentError code, const char *message)
{
  g_dbus_method_invocation_return_error_literal (invocation, PORCH_AGENT_ERROR, code, message);
}

static const char *const many_ways[] = { "password",       "code",           "reset", "new-account",
                                         "browser:github", "browser:google", NULL };
static const char *const usual_ways[] = { "password", NULL };

static gboolean
on_discover_cb (PorchFakeAgent *self, GDBusMethodInvocation *invocation, const char *address)
{
  static const struct
  {
    const char *word;
    PorchAgentError code;
    const char *message;
  } troubles[] = {
    { "unreachable", PORCH_AGENT_ERROR_UNREACHABLE,
      "No answer from unreachable.example.org. Check the address and your network." },
    { "website", PORCH_AGENT_ERROR_NOT_PORCHLIGHT,
      "website.example.org is not a Porchlight server." },
    { "tls", PORCH_AGENT_ERROR_TLS,
      "The connection to tls.example.org is not secure: its certificate is not valid." },
  };
  GVariantDict server;

  for (guint i = 0; i < G_N_ELEMENTS (troubles); i++)
    {
      if (strstr (address, troubles[i].word) != NULL)
        {
          fail (invocation, troubles[i].code, troubles[i].message);
          return TRUE;
        }
    }

  g_variant_dict_init (&server, NULL);
  g_variant_dict_insert (&server, "server", "s", "https://porch.example.org");
  g_variant_dict_insert (&server, "name", "s", "Maple Street");
  g_variant_dict_insert (&server, "host", "s",
                         strstr (address, "elsewhere") != NULL ? "auth.example.net"
                                                               : "porch.example.org");
  g_variant_dict_insert (&server, "ways", "^as",
                         strstr (address, "many") != NULL ? many_ways : usual_ways);
  porch_dbus_agent1_complete_discover (self->agent, invocation, g_variant_dict_end (&server));

  return TRUE;
}

static char *
read_password (GUnixFDList *fds)
{
  g_autoptr (GError) error = NULL;
  int fd = g_unix_fd_list_get (fds, 0, &error);
  g_autoptr (GInputStream) stream = g_unix_input_stream_new (fd, TRUE);
  char buffer[256] = { 0 };
  gsize length;

  g_assert_no_error (error);
  g_input_stream_read_all (stream, buffer, sizeof buffer - 1, &length, NULL, &error);
  g_assert_no_error (error);

  return g_strdup (buffer);
}

static gboolean
on_sign_in_cb (PorchFakeAgent *self,
               GDBusMethodInvocation *invocation,
               GUnixFDList *fds,
               const char *server,
               const char *email,
               GVariant *password,
               GVariant *options)
{
  gboolean keep_in_memory = FALSE;

  g_free (self->password);
  self->password = read_password (fds);
  g_variant_lookup (options, "keep-in-memory", "b", &keep_in_memory);

  if (g_str_equal (self->password, "keyring") && !keep_in_memory)
    fail (invocation, PORCH_AGENT_ERROR_NO_SECRET_SERVICE, "There is no keyring.");
  else if (g_str_equal (self->password, "second"))
    fail (invocation, PORCH_AGENT_ERROR_SECOND_FACTOR, "Enter the code.");
  else if (g_str_equal (self->password, "captcha"))
    fail (invocation, PORCH_AGENT_ERROR_CAPTCHA, "This server wants a captcha.");
  else if (g_str_equal (self->password, "000000"))
    fail (invocation, PORCH_AGENT_ERROR_INVALID_CREDENTIALS, "This code is wrong.");
  else if (g_str_equal (self->password, "often"))
    fail (invocation, PORCH_AGENT_ERROR_RATE_LIMIT, "Too many tries. Wait a minute.");
  else if (g_str_equal (self->password, "wrong"))
    fail (invocation, PORCH_AGENT_ERROR_INVALID_CREDENTIALS,
          "The email address or the password is not right.");
  else
    {
      porch_dbus_account1_set_state (self->account, "connected");
      porch_dbus_agent1_set_accounts (self->agent, (const char *[]){ ACCOUNT_PATH, NULL });
      porch_dbus_agent1_complete_sign_in (self->agent, invocation, NULL, ACCOUNT_PATH);
    }

  return TRUE;
}

static gboolean
on_request_mail_cb (PorchFakeAgent *self,
                    GDBusMethodInvocation *invocation,
                    const char *server,
                    const char *email,
                    const char *purpose,
                    GVariant *options)
{
  porch_dbus_agent1_complete_request_mail (self->agent, invocation);
  return TRUE;
}

static gboolean
on_confirm_sign_in_cb (PorchFakeAgent *self,
                       GDBusMethodInvocation *invocation,
                       GUnixFDList *fds,
                       GVariant *code)
{
  g_free (self->password);
  self->password = read_password (fds);
  if (g_str_equal (self->password, "000000"))
    {
      fail (invocation, PORCH_AGENT_ERROR_INVALID_CREDENTIALS, "This code is wrong.");
      return TRUE;
    }

  porch_dbus_account1_set_state (self->account, "connected");
  porch_dbus_agent1_set_accounts (self->agent, (const char *[]){ ACCOUNT_PATH, NULL });
  porch_dbus_agent1_complete_confirm_sign_in (self->agent, invocation, NULL, ACCOUNT_PATH);
  return TRUE;
}

static gboolean
on_cancel_sign_in_cb (PorchFakeAgent *self, GDBusMethodInvocation *invocation)
{
  porch_dbus_agent1_complete_cancel_sign_in (self->agent, invocation);
  return TRUE;
}

static gboolean
on_read_setup_cb (PorchFakeAgent *self, GDBusMethodInvocation *invocation, const char *text)
{
  GVariantBuilder parts = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a{ss}"));

  g_variant_builder_add (&parts, "{ss}", "supabase", "https://abcd.supabase.co");
  g_variant_builder_add (&parts, "{ss}", "key", "sb_publishable_q7ZpT3");
  g_variant_builder_add (&parts, "{ss}", "api", "https://app.example.org");
  g_variant_builder_add (&parts, "{ss}", "pusher", "0123456789abcdef");
  g_variant_builder_add (&parts, "{ss}", "cluster", "eu");
  porch_dbus_agent1_complete_read_setup (self->agent, invocation, g_variant_builder_end (&parts));
  return TRUE;
}

/* A key that is not "right" is wrong. */
static gboolean
on_check_setup_cb (PorchFakeAgent *self, GDBusMethodInvocation *invocation, GVariant *parts)
{
  const char *const hosts[] = { "abcd.supabase.co", "app.example.org", "ws-eu.pusher.com", NULL };
  GVariantDict server;
  const char *key = "";

  g_variant_dict_init (&server, NULL);
  g_variant_lookup (parts, "key", "&s", &key);
  if (g_str_equal (key, "right"))
    {
      g_variant_dict_insert (&server, "server", "s", "https://app.example.org");
      g_variant_dict_insert (&server, "name", "s", "");
      g_variant_dict_insert (&server, "host", "s", "abcd.supabase.co");
      g_variant_dict_insert (&server, "hosts", "^as", hosts);
      g_variant_dict_insert (&server, "ways", "^as", many_ways);
    }
  else
    {
      g_variant_dict_insert_value (
          &server, "problems",
          g_variant_new_parsed ("[('key', 'The sign-in service refuses this key. The project’s "
                                "anon (or publishable) key is expected here.')]"));
    }
  porch_dbus_agent1_complete_check_setup (self->agent, invocation, g_variant_dict_end (&server));
  return TRUE;
}

static gboolean
on_get_contacts_cb (PorchFakeAgent *self, GDBusMethodInvocation *invocation)
{
  GVariantBuilder contacts;

  g_variant_builder_init (&contacts, G_VARIANT_TYPE ("a" PORCH_CONTACT_WIRE_TYPE));
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->roster)); i++)
    {
      g_autoptr (PorchContact) contact = g_list_model_get_item (G_LIST_MODEL (self->roster), i);

      g_variant_builder_add_value (&contacts, porch_contact_wire_build (contact));
    }
  porch_dbus_account1_complete_get_contacts (self->account, invocation,
                                             g_variant_builder_end (&contacts));

  return TRUE;
}

static void
tell_changed (PorchFakeAgent *self, PorchContact *contact)
{
  GVariant *changed = porch_contact_wire_build (contact);

  porch_dbus_account1_emit_contacts_changed (
      self->account, g_variant_new_array (G_VARIANT_TYPE (PORCH_CONTACT_WIRE_TYPE), &changed, 1),
      (const char *[]){ NULL });
}

static gboolean
on_remove_contact_cb (PorchFakeAgent *self, GDBusMethodInvocation *invocation, const char *user_id)
{
  porch_roster_remove (self->roster, user_id);
  porch_dbus_account1_emit_contacts_changed (
      self->account, g_variant_new_array (G_VARIANT_TYPE (PORCH_CONTACT_WIRE_TYPE), NULL, 0),
      (const char *[]){ user_id, NULL });
  porch_dbus_account1_complete_remove_contact (self->account, invocation);

  return TRUE;
}

static gboolean
on_add_contact_cb (PorchFakeAgent *self, GDBusMethodInvocation *invocation, const char *user_id)
{
  if (g_str_has_prefix (user_id, "00000000"))
    {
      fail (invocation, PORCH_AGENT_ERROR_NO_SUCH_USER, "The server knows nobody by this id.");
      return TRUE;
    }

  tell_changed (self, porch_fake_agent_add (self, user_id, NULL, NULL));
  porch_dbus_account1_complete_add_contact (self->account, invocation);

  return TRUE;
}

static gboolean
on_set_favourite_cb (PorchFakeAgent *self,
                     GDBusMethodInvocation *invocation,
                     const char *user_id,
                     gboolean favourite)
{
  PorchContact *contact = porch_roster_lookup (self->roster, user_id);

  porch_contact_set_favourite (contact, favourite);
  porch_dbus_account1_complete_set_favourite (self->account, invocation);

  return TRUE;
}

static gboolean
on_set_notify_cb (PorchFakeAgent *self,
                  GDBusMethodInvocation *invocation,
                  const char *user_id,
                  const char *name)
{
  PorchNotifyRule rule;

  g_assert_true (porch_notify_rule_from_string (name, &rule));
  porch_contact_set_notify_rule (porch_roster_lookup (self->roster, user_id), rule);
  porch_dbus_account1_complete_set_notify (self->account, invocation);

  return TRUE;
}

static gboolean
on_set_notify_default_cb (PorchFakeAgent *self,
                          GDBusMethodInvocation *invocation,
                          const char *people)
{
  porch_dbus_account1_set_notify_default (self->account, people);
  porch_dbus_account1_complete_set_notify_default (self->account, invocation);

  return TRUE;
}

static gboolean
on_set_quiet_hours_cb (PorchFakeAgent *self, GDBusMethodInvocation *invocation, GVariant *hours)
{
  porch_dbus_account1_set_quiet_hours (self->account, hours);
  porch_dbus_account1_complete_set_quiet_hours (self->account, invocation);

  return TRUE;
}

/* All that there is, whatever time was asked for. */
static gboolean
on_history_cb (PorchFakeAgent *self,
               GDBusMethodInvocation *invocation,
               const char *user_id,
               gint64 since_us,
               gint64 until_us)
{
  GVariantBuilder intervals;

  g_variant_builder_init (&intervals, G_VARIANT_TYPE ("a(uxx)"));
  for (guint i = 0; i < self->history->len; i++)
    {
      const PorchInterval *interval = &g_array_index (self->history, PorchInterval, i);
      g_variant_builder_add (&intervals, "(uxx)", interval->status, interval->start_us,
                             interval->end_us);
    }
  porch_dbus_account1_complete_history (self->account, invocation,
                                        g_variant_builder_end (&intervals));

  return TRUE;
}

static gboolean
on_set_history_keep_cb (PorchFakeAgent *self, GDBusMethodInvocation *invocation, const char *keep)
{
  porch_dbus_account1_set_history_keep (self->account, keep);
  porch_dbus_account1_complete_set_history_keep (self->account, invocation);

  return TRUE;
}

static gboolean
on_delete_history_cb (PorchFakeAgent *self, GDBusMethodInvocation *invocation)
{
  g_array_set_size (self->history, 0);
  porch_dbus_account1_complete_delete_history (self->account, invocation);

  return TRUE;
}

static gboolean
on_search_cb (PorchFakeAgent *self, GDBusMethodInvocation *invocation, const char *query)
{
  GVariantBuilder people;

  g_variant_builder_init (&people, G_VARIANT_TYPE ("a(sss)"));
  if (g_str_has_prefix (query, "ann"))
    {
      g_variant_builder_add (&people, "(sss)", "ann", "Ann Marsh", "");
      g_variant_builder_add (&people, "(sss)", "anna", "Anna Lindqvist", "");
      g_variant_builder_add (&people, "(sss)", "anneliese",
                             "Anneliese Freifrau von Hohenstein-Wiesengrund", "");
    }
  porch_dbus_account1_complete_search (self->account, invocation, g_variant_builder_end (&people));

  return TRUE;
}

static gboolean
on_set_away_after_minutes_cb (PorchFakeAgent *self,
                              GDBusMethodInvocation *invocation,
                              guint minutes)
{
  porch_dbus_agent1_set_away_after_minutes (self->agent, minutes);
  porch_dbus_agent1_complete_set_away_after_minutes (self->agent, invocation);

  return TRUE;
}

static gboolean
on_set_start_at_login_cb (PorchFakeAgent *self, GDBusMethodInvocation *invocation, gboolean enabled)
{
  /* Its desktop says no. */
  if (g_strcmp0 (porch_dbus_agent1_get_start_at_login_way (self->agent), "portal") == 0)
    {
      fail (invocation, PORCH_AGENT_ERROR_FAILED, "Your desktop does not let Porchlight do that.");
      return TRUE;
    }

  porch_dbus_agent1_set_start_at_login (self->agent, enabled ? "on" : "off");
  porch_dbus_agent1_complete_set_start_at_login (self->agent, invocation);

  return TRUE;
}

static gboolean
on_stay_in_background_cb (PorchFakeAgent *self, GDBusMethodInvocation *invocation)
{
  /* Its desktop wants no program that it does not start itself. */
  if (g_strcmp0 (porch_dbus_agent1_get_start_at_login (self->agent), "on") != 0)
    fail (invocation, PORCH_AGENT_ERROR_FAILED, "Your desktop does not let Porchlight do that.");
  else
    porch_dbus_agent1_complete_stay_in_background (self->agent, invocation);

  return TRUE;
}

static gboolean
on_set_appear_offline_cb (PorchFakeAgent *self,
                          GDBusMethodInvocation *invocation,
                          gboolean offline,
                          gint64 until_us)
{
  porch_dbus_account1_set_appear_offline (self->account, offline);
  porch_dbus_account1_set_appear_offline_until (self->account, until_us);
  porch_dbus_account1_set_own_status (self->account,
                                      offline ? PORCH_STATUS_OFFLINE : PORCH_STATUS_ONLINE);
  porch_dbus_account1_complete_set_appear_offline (self->account, invocation);

  return TRUE;
}

static gboolean
on_try_now_cb (PorchFakeAgent *self, GDBusMethodInvocation *invocation)
{
  porch_dbus_account1_set_state (self->account, "connecting");
  porch_dbus_account1_complete_try_now (self->account, invocation);

  return TRUE;
}

static gboolean
on_sign_out_cb (PorchFakeAgent *self, GDBusMethodInvocation *invocation, gboolean forget)
{
  porch_dbus_account1_set_state (self->account, "signed-out");
  if (forget)
    porch_dbus_agent1_set_accounts (self->agent, (const char *[]){ NULL });
  porch_dbus_account1_complete_sign_out (self->account, invocation);

  return TRUE;
}

static void
on_contact_changed_cb (PorchFakeAgent *self, PorchContact *contact)
{
  tell_changed (self, contact);
}

static void
porch_fake_agent_finalize (GObject *object)
{
  PorchFakeAgent *self = PORCH_FAKE_AGENT (object);

  g_bus_unown_name (self->name_id);
  g_dbus_interface_skeleton_unexport (G_DBUS_INTERFACE_SKELETON (self->agent));
  g_dbus_interface_skeleton_unexport (G_DBUS_INTERFACE_SKELETON (self->account));
  g_signal_handlers_disconnect_by_data (self->agent, self);
  g_signal_handlers_disconnect_by_data (self->account, self);
  g_signal_handlers_disconnect_by_data (self->roster, self);
  g_object_unref (self->agent);
  g_object_unref (self->account);
  g_object_unref (self->roster);
  g_object_unref (self->bus);
  g_array_unref (self->history);
  g_free (self->password);

  G_OBJECT_CLASS (porch_fake_agent_parent_class)->finalize (object);
}

static void
porch_fake_agent_class_init (PorchFakeAgentClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = porch_fake_agent_finalize;
}

static void
porch_fake_agent_init (PorchFakeAgent *self)
{
  g_autoptr (PorchClock) clock = porch_clock_new ();
  g_autoptr (PorchServerClock) server_clock = porch_server_clock_new (clock);

  self->roster = porch_roster_new (server_clock);
  self->history = g_array_new (FALSE, FALSE, sizeof (PorchInterval));
  self->agent = porch_dbus_agent1_skeleton_new ();
  self->account = porch_dbus_account1_skeleton_new ();

  g_signal_connect_swapped (self->agent, "handle-discover", G_CALLBACK (on_discover_cb), self);
  g_signal_connect_swapped (self->agent, "handle-sign-in", G_CALLBACK (on_sign_in_cb), self);
  g_signal_connect_swapped (self->agent, "handle-request-mail", G_CALLBACK (on_request_mail_cb),
                            self);
  g_signal_connect_swapped (self->agent, "handle-confirm-sign-in",
                            G_CALLBACK (on_confirm_sign_in_cb), self);
  g_signal_connect_swapped (self->agent, "handle-cancel-sign-in", G_CALLBACK (on_cancel_sign_in_cb),
                            self);
  g_signal_connect_swapped (self->agent, "handle-read-setup", G_CALLBACK (on_read_setup_cb), self);
  g_signal_connect_swapped (self->agent, "handle-check-setup", G_CALLBACK (on_check_setup_cb),
                            self);
  g_signal_connect_swapped (self->account, "handle-get-contacts", G_CALLBACK (on_get_contacts_cb),
                            self);
  g_signal_connect_swapped (self->account, "handle-add-contact", G_CALLBACK (on_add_contact_cb),
                            self);
  g_signal_connect_swapped (self->account, "handle-remove-contact",
                            G_CALLBACK (on_remove_contact_cb), self);
  g_signal_connect_swapped (self->account, "handle-set-favourite", G_CALLBACK (on_set_favourite_cb),
                            self);
  g_signal_connect_swapped (self->account, "handle-set-notify", G_CALLBACK (on_set_notify_cb),
                            self);
  g_signal_connect_swapped (self->account, "handle-set-notify-default",
                            G_CALLBACK (on_set_notify_default_cb), self);
  g_signal_connect_swapped (self->account, "handle-set-quiet-hours",
                            G_CALLBACK (on_set_quiet_hours_cb), self);
  g_signal_connect_swapped (self->account, "handle-history", G_CALLBACK (on_history_cb), self);
  g_signal_connect_swapped (self->account, "handle-set-history-keep",
                            G_CALLBACK (on_set_history_keep_cb), self);
  g_signal_connect_swapped (self->account, "handle-delete-history",
                            G_CALLBACK (on_delete_history_cb), self);
  g_signal_connect_swapped (self->account, "handle-search", G_CALLBACK (on_search_cb), self);
  g_signal_connect_swapped (self->account, "handle-set-appear-offline",
                            G_CALLBACK (on_set_appear_offline_cb), self);
  g_signal_connect_swapped (self->account, "handle-try-now", G_CALLBACK (on_try_now_cb), self);
  g_signal_connect_swapped (self->account, "handle-sign-out", G_CALLBACK (on_sign_out_cb), self);
  g_signal_connect_swapped (self->roster, "contact-changed", G_CALLBACK (on_contact_changed_cb),
                            self);

  g_signal_connect_swapped (self->agent, "handle-set-away-after-minutes",
                            G_CALLBACK (on_set_away_after_minutes_cb), self);
  g_signal_connect_swapped (self->agent, "handle-set-start-at-login",
                            G_CALLBACK (on_set_start_at_login_cb), self);
  g_signal_connect_swapped (self->agent, "handle-stay-in-background",
                            G_CALLBACK (on_stay_in_background_cb), self);

  porch_dbus_agent1_set_version (self->agent, "test");
  porch_dbus_agent1_set_away_after_minutes (self->agent, 10);
  porch_dbus_agent1_set_start_at_login (self->agent, "off");
  porch_dbus_account1_set_id (self->account, "me");
  porch_dbus_account1_set_name (self->account, "Robin Ashe");
  porch_dbus_account1_set_email (self->account, "robin@example.org");
  porch_dbus_account1_set_server (self->account, "https://porch.example.org");
  porch_dbus_account1_set_server_name (self->account, "Maple Street");
  porch_dbus_account1_set_avatar (self->account, "");
  porch_dbus_account1_set_state (self->account, "connected");
  porch_dbus_account1_set_error_code (self->account, "");
  porch_dbus_account1_set_error_message (self->account, "");
  porch_dbus_account1_set_error_detail (self->account, "");
  porch_dbus_account1_set_own_error (self->account, "");
  porch_dbus_account1_set_own_status (self->account, PORCH_STATUS_ONLINE);
  porch_dbus_account1_set_can_search (self->account, TRUE);
  porch_dbus_account1_set_notify_default (self->account, "nobody");
  porch_dbus_account1_set_history_keep (self->account, "off");
  porch_dbus_account1_set_quiet_hours (self->account,
                                       g_variant_new ("(uuub)", 0, 22 * 60, 7 * 60, TRUE));
}

PorchFakeAgent *
porch_fake_agent_new (GDBusConnection *bus, gboolean has_account)
{
  PorchFakeAgent *self = g_object_new (PORCH_TYPE_FAKE_AGENT, NULL);
  g_autoptr (GError) error = NULL;

  self->bus = g_object_ref (bus);
  porch_dbus_agent1_set_accounts (self->agent,
                                  (const char *[]){ has_account ? ACCOUNT_PATH : NULL, NULL });
  g_dbus_interface_skeleton_export (G_DBUS_INTERFACE_SKELETON (self->account), bus, ACCOUNT_PATH,
                                    &error);
  g_assert_no_error (error);
  g_dbus_interface_skeleton_export (G_DBUS_INTERFACE_SKELETON (self->agent), bus, PORCH_AGENT_PATH,
                                    &error);
  g_assert_no_error (error);
  self->name_id = g_bus_own_name_on_connection (
      bus, PORCH_AGENT_BUS_NAME, G_BUS_NAME_OWNER_FLAGS_NONE, NULL, NULL, NULL, NULL);

  return self;
}

PorchDBusAgent1 *
porch_fake_agent_get_agent (PorchFakeAgent *self)
{
  return self->agent;
}

PorchDBusAccount1 *
porch_fake_agent_get_account (PorchFakeAgent *self)
{
  return self->account;
}

PorchRoster *
porch_fake_agent_get_roster (PorchFakeAgent *self)
{
  return self->roster;
}

/* The password that was read from the descriptor last. */
const char *
porch_fake_agent_get_password (PorchFakeAgent *self)
{
  return self->password;
}

PorchContact *
porch_fake_agent_add (PorchFakeAgent *self,
                      const char *id,
                      const char *name,
                      const PorchContactState *state)
{
  g_autoptr (PorchContact) contact = porch_contact_new (id);

  porch_contact_set_name (contact, name);
  porch_roster_add (self->roster, contact);
  if (state != NULL)
    porch_roster_mirror (self->roster, contact, state);

  return porch_roster_lookup (self->roster, id);
}

/* Many contacts, each third of them online. */
void
porch_fake_agent_add_crowd (PorchFakeAgent *self, guint n_contacts, gint64 now_us)
{
  static const char *const first[] = { "Ada", "Ben", "Cleo", "Dina", "Emil", "Fay", "Gus", "Hana" };
  static const char *const last[] = {
    "Marsh", "Okafor", "Lind", "Rossi", "Park", "Novak", "Silva"
  };

  for (guint i = 0; i < n_contacts; i++)
    {
      g_autofree char *id = g_strdup_printf ("user-%05u", i);
      g_autofree char *name = g_strdup_printf ("%s %s %u", first[i % G_N_ELEMENTS (first)],
                                               last[i / 3 % G_N_ELEMENTS (last)], i);
      PorchStatus status = i % 3 == 0 ? PORCH_STATUS_ONLINE : PORCH_STATUS_OFFLINE;
      PorchContactState state = {
        .status = status,
        .last_known_status = status,
        .last_active_us = now_us - (status == PORCH_STATUS_ONLINE ? 1 : i) * G_TIME_SPAN_MINUTE,
      };

      porch_fake_agent_add (self, id, name, &state);
    }
}

/* What is answered to whoever asks for anybody's history. */
GArray *
porch_fake_agent_get_history (PorchFakeAgent *self)
{
  return self->history;
}
