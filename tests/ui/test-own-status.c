/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* The one line that tells what is true of oneself. */

#include "ui/porch-own-status.h"

/* 2024-01-17 12:00 UTC. */
#define NOW (G_GINT64_CONSTANT (1705492800) * G_USEC_PER_SEC)

static void
assert_line (const PorchOwnState *own, const char *expected)
{
  g_autofree char *line = porch_own_state_format (own, NOW);

  g_assert_cmpstr (line, ==, expected);
}

static void
test_online (void)
{
  PorchOwnState own = { .state = "connected", .own_status = PORCH_STATUS_ONLINE };

  assert_line (&own, "Online");
  g_assert_cmpint (porch_own_state_get_shown_status (&own), ==, PORCH_STATUS_ONLINE);
}

static void
test_appearing_offline (void)
{
  PorchOwnState own = { .state = "connected",
                        .own_status = PORCH_STATUS_OFFLINE,
                        .appear_offline = TRUE };

  assert_line (&own, "Appearing offline");

  own.appear_offline_until_us = NOW + 3 * G_TIME_SPAN_HOUR;
  assert_line (&own, "Appearing offline until 15:00");
}

/* What others see counts, not what was chosen. */
static void
test_chosen_but_not_so (void)
{
  PorchOwnState own = { .state = "connected",
                        .own_status = PORCH_STATUS_ONLINE,
                        .appear_offline = TRUE };

  assert_line (&own, "Still shown as online");

  own = (PorchOwnState){ .state = "connected", .own_status = PORCH_STATUS_OFFLINE };
  assert_line (&own, "Shown as offline");

  own.away = "idle";
  assert_line (&own, "Shown as offline while you are away");
}

static void
test_cannot_be_confirmed (void)
{
  PorchOwnState own = { .state = "connected",
                        .own_status = PORCH_STATUS_ONLINE,
                        .own_error = "Your own presence can't be confirmed" };

  assert_line (&own, "Your own presence can't be confirmed");
}

static void
test_not_connected (void)
{
  PorchOwnState own = { .state = "waiting",
                        .own_status = PORCH_STATUS_ONLINE,
                        .next_try_us = NOW + 12 * G_USEC_PER_SEC };

  assert_line (&own, "Not connected, trying again in 12 s");
  g_assert_cmpint (porch_own_state_get_shown_status (&own), ==, PORCH_STATUS_UNKNOWN);

  own.next_try_us = NOW + 125 * G_USEC_PER_SEC;
  assert_line (&own, "Not connected, trying again in 2:05 min");
  own.next_try_us = NOW;
  assert_line (&own, "Not connected, trying again now");
  own.state = "no-network";
  assert_line (&own, "Not connected, no network");
  own.state = NULL;
  assert_line (&own, "Not connected");
  own.state = "connecting";
  assert_line (&own, "Connecting…");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/ui/own-status/online", test_online);
  g_test_add_func ("/ui/own-status/appearing-offline", test_appearing_offline);
  g_test_add_func ("/ui/own-status/chosen-but-not-so", test_chosen_but_not_so);
  g_test_add_func ("/ui/own-status/cannot-be-confirmed", test_cannot_be_confirmed);
  g_test_add_func ("/ui/own-status/not-connected", test_not_connected);

  return g_test_run ();
}
