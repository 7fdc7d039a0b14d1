/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* The person's keyring, as it really is: the Secret Service of gnome-keyring on a bus of its own,
 * there, locked and away.
 */

#include "desktop/porch-keyring.h"

#include "porch-test-desktop.h"

#define COLLECTION "/org/freedesktop/secrets/aliases/default"

typedef struct
{
  const char *account;
  PorchKeyring *keyring;
} Fixture;

/* libsecret asks on the session bus of the process, and keeps it: there is one for all tests. */
static PorchTestDesktop *desktop;

static void
set_up (Fixture *fixture, gconstpointer account)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusConnection) bus = g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, &error);

  g_assert_no_error (error);
  g_dbus_connection_set_exit_on_close (bus, FALSE);
  fixture->account = account;
  fixture->keyring = porch_keyring_new (bus);
}

static void
tear_down (Fixture *fixture, gconstpointer account)
{
  g_assert_finalize_object (fixture->keyring);
}

static PorchAuthSession *
load (Fixture *fixture, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  porch_token_store_load_async (PORCH_TOKEN_STORE (fixture->keyring), fixture->account, NULL,
                                porch_test_take_result, &result);
  porch_test_wait_until (result != NULL);
  return porch_token_store_load_finish (PORCH_TOKEN_STORE (fixture->keyring), result, error);
}

static gboolean
save (Fixture *fixture, const char *refresh_token, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  PorchAuthUser user = { .id = (char *) "ann", .email = (char *) "ann@porch.example" };
  const PorchAuthSession session = {
    .access_token = (char *) "access",
    .refresh_token = (char *) refresh_token,
    .expires_at_us = 1700000000 * G_TIME_SPAN_SECOND,
    .expires_in_s = 3600,
    .user = &user,
  };

  porch_token_store_save_async (PORCH_TOKEN_STORE (fixture->keyring), fixture->account, &session,
                                NULL, porch_test_take_result, &result);
  porch_test_wait_until (result != NULL);
  return porch_token_store_save_finish (PORCH_TOKEN_STORE (fixture->keyring), result, error);
}

static gboolean
clear (Fixture *fixture, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  porch_token_store_clear_async (PORCH_TOKEN_STORE (fixture->keyring), fixture->account, NULL,
                                 porch_test_take_result, &result);
  porch_test_wait_until (result != NULL);
  return porch_token_store_clear_finish (PORCH_TOKEN_STORE (fixture->keyring), result, error);
}

static gboolean
check (Fixture *fixture, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  porch_keyring_check_async (fixture->keyring, NULL, porch_test_take_result, &result);
  porch_test_wait_until (result != NULL);
  return porch_keyring_check_finish (fixture->keyring, result, error);
}

static void
lock (void)
{
  const char *const collections[] = { COLLECTION, NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_sync (
      desktop->bus, "org.freedesktop.secrets", "/org/freedesktop/secrets",
      "org.freedesktop.Secret.Service", "Lock", g_variant_new ("(^ao)", collections), NULL,
      G_DBUS_CALL_FLAGS_NONE, -1, NULL, &error);

  g_assert_no_error (error);
}

static void
test_keeps (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (check (fixture, &error));
  g_assert_no_error (error);

  /* nothing there is no error */
  g_assert_null (load (fixture, &error));
  g_assert_no_error (error);

  /* what is saved is loaded, the newest alone */
  g_assert_true (save (fixture, "first", &error));
  g_assert_true (save (fixture, "second", &error));
  g_autoptr (PorchAuthSession) session = load (fixture, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (session->access_token, ==, "access");
  g_assert_cmpstr (session->refresh_token, ==, "second");
  g_assert_cmpint (session->expires_at_us, ==, 1700000000 * G_TIME_SPAN_SECOND);

  /* and what is cleared is gone, twice too */
  g_assert_true (clear (fixture, &error));
  g_assert_true (clear (fixture, &error));
  g_assert_no_error (error);
  g_assert_null (load (fixture, &error));
  g_assert_no_error (error);
}

static void
test_locked_is_asked_again_later (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  /* given a session in a keyring that is locked, and nobody who could show a prompt */
  g_assert_true (save (fixture, "kept", &error));
  lock ();

  /* then it is neither there nor gone, however often one asks */
  for (guint i = 0; i < 3; i++)
    {
      g_assert_null (load (fixture, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_PENDING);
      g_clear_error (&error);
    }
  g_assert_false (save (fixture, "newer", &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_PENDING);
  g_clear_error (&error);

  /* when the keyring is open again, then the session is what it was */
  porch_test_desktop_stop_keyring (desktop);
  porch_test_desktop_start_keyring (desktop);
  g_autoptr (PorchAuthSession) session = load (fixture, &error);
  g_assert_no_error (error);
  g_assert_nonnull (session);
  g_assert_cmpstr (session->refresh_token, ==, "kept");
}

static void
test_away_is_told_from_locked (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (check (fixture, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED);
  g_clear_error (&error);
  g_assert_false (save (fixture, "nowhere", &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED);
  g_clear_error (&error);

  /* when one comes, then it is used */
  porch_test_desktop_start_keyring (desktop);
  g_assert_true (check (fixture, &error));
  g_assert_true (save (fixture, "somewhere", &error));
  g_assert_no_error (error);
}

#define test(name, func)                                                                           \
  g_test_add ("/desktop/keyring/" name, Fixture, name, set_up, func, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  if (!porch_test_desktop_has_keyring_program ())
    {
      g_print ("1..0 # SKIP gnome-keyring-daemon is not installed\n");
      return 77;
    }

  desktop = porch_test_desktop_new (FALSE);

  /* In this order: a keyring comes in the first. */
  test ("away-is-told-from-locked", test_away_is_told_from_locked);
  test ("keeps", test_keeps);
  test ("locked-is-asked-again-later", test_locked_is_asked_again_later);

  int status = g_test_run ();
  porch_test_desktop_end (desktop);
  return status;
}
