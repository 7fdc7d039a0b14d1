/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#include "server/porch-password.h"

#include <string.h>
#include <time.h>

typedef struct
{
  guint n_answers;
  guint n_right;
  guint n_wrong;
  guint n_busy;
  guint n_cancelled;
  char *hash;
} Tally;

static void
on_verified_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Tally *tally = user_data;
  g_autoptr (GError) error = NULL;
  gboolean is_right;

  tally->n_answers++;
  if (!porch_password_hasher_verify_finish (PORCH_PASSWORD_HASHER (source), result, &is_right,
                                            &error))
    {
      tally->n_busy += g_error_matches (error, PORCH_PASSWORD_ERROR, PORCH_PASSWORD_ERROR_BUSY);
      tally->n_cancelled += g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    }
  else if (is_right)
    tally->n_right++;
  else
    tally->n_wrong++;
}

static void
on_hashed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Tally *tally = user_data;
  g_autoptr (GError) error = NULL;

  tally->hash = porch_password_hasher_hash_finish (PORCH_PASSWORD_HASHER (source), result, &error);
  g_assert_no_error (error);
  tally->n_answers++;
}

static void
wait_for_answers (Tally *tally, guint n)
{
  while (tally->n_answers < n)
    g_main_context_iteration (NULL, TRUE);
}

static void
test_hash_and_verify (void)
{
  g_autoptr (PorchPasswordHasher) hasher = porch_password_hasher_new ();
  g_autofree char *other = porch_password_hash ("correct horse", NULL);
  Tally tally = { 0 };

  porch_password_hasher_hash_async (hasher, "correct horse", NULL, on_hashed_cb, &tally);
  wait_for_answers (&tally, 1);
  g_assert_true (g_str_has_prefix (tally.hash, "$y$"));
  g_assert_null (strstr (tally.hash, "horse"));
  g_assert_cmpstr (tally.hash, !=, other);

  porch_password_hasher_verify_async (hasher, "correct horse", tally.hash, NULL, on_verified_cb,
                                      &tally);
  porch_password_hasher_verify_async (hasher, "correct hors", tally.hash, NULL, on_verified_cb,
                                      &tally);
  porch_password_hasher_verify_async (hasher, "", tally.hash, NULL, on_verified_cb, &tally);
  porch_password_hasher_verify_async (hasher, "correct horse", "no hash", NULL, on_verified_cb,
                                      &tally);
  wait_for_answers (&tally, 5);

  g_assert_cmpuint (tally.n_right, ==, 1);
  g_assert_cmpuint (tally.n_wrong, ==, 3);
  g_free (tally.hash);
}

/* Processor time, since the computer may be doing other things as well. */
static gint64
time_verify (const char *hash)
{
  clock_t start = clock ();

  g_assert_false (porch_password_verify ("a wrong password", hash));

  return clock () - start;
}

static void
test_unknown_user_takes_as_long (void)
{
  g_autofree char *hash = porch_password_hash ("correct horse", NULL);
  gint64 known = G_MAXINT64;
  gint64 unknown = G_MAXINT64;

  for (guint i = 0; i < 5; i++)
    {
      known = MIN (known, time_verify (hash));
      unknown = MIN (unknown, time_verify (NULL));
    }

  g_assert_cmpint (unknown, >, known / 2);
  g_assert_cmpint (unknown, <, known * 2);
}

static void
test_queue_is_bounded (void)
{
  g_autoptr (PorchPasswordHasher) hasher = porch_password_hasher_new ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  guint n_asked = PORCH_PASSWORD_QUEUE_MAX + 20;
  Tally tally = { 0 };

  /* Given more sign-ins than may wait, whose clients then go away */
  for (guint i = 0; i < n_asked; i++)
    porch_password_hasher_verify_async (hasher, "a", NULL, cancellable, on_verified_cb, &tally);
  g_cancellable_cancel (cancellable);
  wait_for_answers (&tally, n_asked);

  /* Then some were refused, and those that waited cost nothing any more */
  g_assert_cmpuint (tally.n_busy + tally.n_cancelled, ==, n_asked);
  g_assert_cmpuint (tally.n_cancelled, >=, PORCH_PASSWORD_QUEUE_MAX);
}

static void
test_refused_when_the_queue_is_full (void)
{
  g_autoptr (PorchPasswordHasher) hasher = porch_password_hasher_new ();
  guint n_asked = PORCH_PASSWORD_QUEUE_MAX + 20;
  Tally tally = { 0 };

  for (guint i = 0; i < n_asked; i++)
    porch_password_hasher_verify_async (hasher, "a", NULL, NULL, on_verified_cb, &tally);
  wait_for_answers (&tally, n_asked);

  g_assert_cmpuint (tally.n_busy, >, 0);
  g_assert_cmpuint (tally.n_wrong, >=, PORCH_PASSWORD_QUEUE_MAX);
  g_assert_cmpuint (tally.n_busy + tally.n_wrong, ==, n_asked);
}

static void
test_check (void)
{
  g_autofree char *longest = g_strnfill (512, 'x');
  g_autofree char *too_long = g_strnfill (513, 'x');
  const char *good[] = { "12345678", "päßwörte", longest };
  const char *bad[] = { "", "1234567", "pä", "\xff\xff\xff\xff\xff\xff\xff\xff\xff", too_long };

  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    g_assert_true (porch_password_check (good[i], NULL));
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (porch_password_check (bad[i], &error));
      g_assert_error (error, PORCH_PASSWORD_ERROR, PORCH_PASSWORD_ERROR_WEAK);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/server/password/hash-and-verify", test_hash_and_verify);
  g_test_add_func ("/server/password/unknown-user-takes-as-long", test_unknown_user_takes_as_long);
  g_test_add_func ("/server/password/queue-is-bounded", test_queue_is_bounded);
  g_test_add_func ("/server/password/refused-when-the-queue-is-full",
                   test_refused_when_the_queue_is_full);
  g_test_add_func ("/server/password/check", test_check);

  return g_test_run ();
}
