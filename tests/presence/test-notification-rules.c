/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* Of whom, when and in which words a person is told, one test for each sentence of the rules. */

#include "presence/porch-notification-rules.h"

#include "porch-fake-clock.h"

/* Wednesday, 2024-01-17 12:00:00 UTC; the tests run in UTC. */
#define NOON_US   (G_GINT64_CONSTANT (1705492800) * G_USEC_PER_SEC)
#define SECOND_MS 1000
#define MINUTE_MS (60 * SECOND_MS)
#define HOUR_MS   (60 * MINUTE_MS)

typedef struct
{
  PorchFakeClock *clock;
  PorchServerClock *server_clock;
  PorchRoster *roster;
  PorchNotificationRules *rules;

  /* What was told, in order: "1: Ann is online", "-1" for its withdrawal. */
  GString *told;
  char *body;
  guint n_told;
} Fixture;

static void
on_notify_people_cb (Fixture *self, const PorchNotification *notification)
{
  g_string_append_printf (self->told, "%u: %s\n", notification->id, notification->title);
  g_free (self->body);
  self->body = g_strdup (notification->body);
  self->n_told++;
}

static void
on_withdraw_cb (Fixture *self, guint id)
{
  g_string_append_printf (self->told, "-%u\n", id);
}

static void
add (Fixture *self, const char *name, PorchNotifyRule rule)
{
  g_autoptr (PorchContact) contact = porch_contact_new (name);

  porch_contact_set_notify_rule (contact, rule);
  porch_roster_add (self->roster, contact);
}

static void
say (Fixture *self, const char *name, PorchStatus status)
{
  /* Statements of the same microsecond would be one. */
  porch_fake_clock_advance_ms (self->clock, 1);

  PorchPresence presence = {
    .status = status,
    .last_active_us = porch_server_clock_get_now_us (self->server_clock),
    .source = PORCH_PRESENCE_SOURCE_EVENT,
  };
  porch_roster_apply (self->roster, name, &presence);
}

static void
come (Fixture *self, const char *name)
{
  say (self, name, PORCH_STATUS_ONLINE);
}

static void
leave (Fixture *self, const char *name)
{
  say (self, name, PORCH_STATUS_OFFLINE);
}

static void
pass_ms (Fixture *self, gint64 ms)
{
  porch_fake_clock_advance_ms (self->clock, ms);
}

static void
gather (Fixture *self)
{
  pass_ms (self, PORCH_NOTIFY_GATHER_MS + 1);
}

/* What was told since the last call */
static void
assert_told (Fixture *self, const char *expected)
{
  g_assert_cmpstr (self->told->str, ==, expected);
  g_string_truncate (self->told, 0);
}

static void
set_up (Fixture *self, gconstpointer data)
{
  self->clock = porch_fake_clock_new (NOON_US);
  self->server_clock = porch_server_clock_new (PORCH_CLOCK (self->clock));
  self->roster = porch_roster_new (self->server_clock);
  self->rules = porch_notification_rules_new (self->roster, PORCH_CLOCK (self->clock));
  self->told = g_string_new (NULL);
  g_signal_connect_swapped (self->rules, "notify-people", G_CALLBACK (on_notify_people_cb), self);
  g_signal_connect_swapped (self->rules, "withdraw", G_CALLBACK (on_withdraw_cb), self);
}

/* Everybody is known to be offline, and has been for a while. */
static void
set_up_with (Fixture *self, const char *const *names, PorchNotifyRule rule)
{
  for (guint i = 0; names[i] != NULL; i++)
    {
      add (self, names[i], rule);
      leave (self, names[i]);
    }
  pass_ms (self, MINUTE_MS);
}

#define SET_UP_WITH(self, rule, ...)                                                               \
  set_up_with (self, (const char *const[]){ __VA_ARGS__, NULL }, rule)

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_object_unref (self->rules);
  g_object_unref (self->roster);
  g_object_unref (self->server_clock);
  g_assert_cmpuint (porch_fake_clock_get_n_timers (self->clock), ==, 0);
  g_object_unref (self->clock);
  g_string_free (self->told, TRUE);
  g_free (self->body);
}

static void
test_always (Fixture *self, gconstpointer data)
{
  SET_UP_WITH (self, PORCH_NOTIFY_ALWAYS, "Ann");

  come (self, "Ann");
  gather (self);
  assert_told (self, "1: Ann is online\n");
  g_assert_cmpstr (self->body, ==, "");

  leave (self, "Ann");
  assert_told (self, "-1\n");
  pass_ms (self, MINUTE_MS);
  come (self, "Ann");
  gather (self);
  assert_told (self, "2: Ann is online\n");
}

static void
test_once (Fixture *self, gconstpointer data)
{
  SET_UP_WITH (self, PORCH_NOTIFY_ONCE, "Ann");

  come (self, "Ann");
  gather (self);
  assert_told (self, "1: Ann is online\n");
  g_assert_cmpint (porch_contact_get_notify_rule (porch_roster_lookup (self->roster, "Ann")), ==,
                   PORCH_NOTIFY_DEFAULT);

  leave (self, "Ann");
  pass_ms (self, MINUTE_MS);
  come (self, "Ann");
  gather (self);
  assert_told (self, "-1\n");
}

static void
test_also_leaves (Fixture *self, gconstpointer data)
{
  SET_UP_WITH (self, PORCH_NOTIFY_ALSO_LEAVES, "Ann");

  come (self, "Ann");
  gather (self);
  leave (self, "Ann");
  pass_ms (self, PORCH_NOTIFY_FLAP_US / 1000 - SECOND_MS);
  assert_told (self, "1: Ann is online\n-1\n");

  pass_ms (self, SECOND_MS + PORCH_NOTIFY_GATHER_MS + 1);
  assert_told (self, "2: Ann went offline\n");

  /* Which is no longer true once she is back. */
  pass_ms (self, MINUTE_MS);
  come (self, "Ann");
  assert_told (self, "-2\n");
}

static void
test_never (Fixture *self, gconstpointer data)
{
  porch_notification_rules_set_default (self->rules, PORCH_NOTIFY_EVERYBODY);
  SET_UP_WITH (self, PORCH_NOTIFY_NEVER, "Ann");

  come (self, "Ann");
  gather (self);
  leave (self, "Ann");
  pass_ms (self, MINUTE_MS);
  assert_told (self, "");
}

static void
test_default (Fixture *self, gconstpointer data)
{
  static const struct
  {
    PorchNotifyDefault value;
    const char *told;
    const char *taken_back;
  } cases[] = {
    { PORCH_NOTIFY_NOBODY, "", "" },
    { PORCH_NOTIFY_FAVOURITES, "1: Ben is online\n", "-1\n" },
    { PORCH_NOTIFY_EVERYBODY, "2: Ann and Ben are online\n", "-2\n" },
  };
  SET_UP_WITH (self, PORCH_NOTIFY_DEFAULT, "Ann", "Ben");
  porch_contact_set_favourite (porch_roster_lookup (self->roster, "Ben"), TRUE);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      porch_notification_rules_set_default (self->rules, cases[i].value);
      come (self, "Ann");
      come (self, "Ben");
      gather (self);
      assert_told (self, cases[i].told);
      leave (self, "Ann");
      leave (self, "Ben");
      pass_ms (self, MINUTE_MS);
      assert_told (self, cases[i].taken_back);
    }
}

static void
test_several_are_one (Fixture *self, gconstpointer data)
{
  SET_UP_WITH (self, PORCH_NOTIFY_ALWAYS, "Ann", "Ben", "Cleo", "Dan");

  come (self, "Ann");
  pass_ms (self, SECOND_MS);
  come (self, "Ben");
  pass_ms (self, SECOND_MS);
  come (self, "Cleo");
  pass_ms (self, SECOND_MS);
  assert_told (self, "1: Ann, Ben and Cleo are online\n");

  come (self, "Dan");
  gather (self);
  assert_told (self, "2: Dan is online\n");
}

static void
test_crowd_is_one (Fixture *self, gconstpointer data)
{
  for (guint i = 0; i < 500; i++)
    {
      g_autofree char *name = g_strdup_printf ("P%03u", i);
      add (self, name, PORCH_NOTIFY_ALWAYS);
      leave (self, name);
    }
  pass_ms (self, MINUTE_MS);

  for (guint i = 0; i < 500; i++)
    {
      g_autofree char *name = g_strdup_printf ("P%03u", i);
      come (self, name);
    }
  gather (self);
  assert_told (self, "1: P000, P001 and 498 others are online\n");
  g_assert_true (g_str_has_prefix (self->body, "P000, P001, P002, P003"));
  g_assert_true (g_str_has_suffix (self->body, "P011, …"));

  /* And their going is one correction, not 499. */
  for (guint i = 0; i < 499; i++)
    {
      g_autofree char *name = g_strdup_printf ("P%03u", i);
      leave (self, name);
    }
  gather (self);
  assert_told (self, "1: P499 is online\n");
}

static void
test_group_shrinks (Fixture *self, gconstpointer data)
{
  SET_UP_WITH (self, PORCH_NOTIFY_ALWAYS, "Ann", "Ben");
  come (self, "Ann");
  come (self, "Ben");
  gather (self);
  assert_told (self, "1: Ann and Ben are online\n");

  leave (self, "Ann");
  gather (self);
  assert_told (self, "1: Ben is online\n");
  leave (self, "Ben");
  assert_told (self, "-1\n");
}

static void
test_closed_is_not_corrected (Fixture *self, gconstpointer data)
{
  SET_UP_WITH (self, PORCH_NOTIFY_ALWAYS, "Ann", "Ben");
  come (self, "Ann");
  come (self, "Ben");
  gather (self);
  assert_told (self, "1: Ann and Ben are online\n");

  porch_notification_rules_forget (self->rules, 1);
  leave (self, "Ann");
  leave (self, "Ben");
  gather (self);
  assert_told (self, "");
}

static void
test_first_known_is_silent (Fixture *self, gconstpointer data)
{
  add (self, "Ann", PORCH_NOTIFY_ALWAYS);

  come (self, "Ann");
  gather (self);
  assert_told (self, "");
}

static void
test_reconnect_is_silent (Fixture *self, gconstpointer data)
{
  SET_UP_WITH (self, PORCH_NOTIFY_ALSO_LEAVES, "Ann", "Ben");
  come (self, "Ben");
  gather (self);
  assert_told (self, "1: Ben is online\n");

  porch_roster_set_unknown (self->roster);
  pass_ms (self, HOUR_MS);
  assert_told (self, "");
  come (self, "Ann");
  come (self, "Ben");
  gather (self);
  assert_told (self, "");

  /* What is no longer true goes, in silence too. */
  porch_roster_set_unknown (self->roster);
  pass_ms (self, SECOND_MS);
  leave (self, "Ann");
  leave (self, "Ben");
  pass_ms (self, MINUTE_MS);
  assert_told (self, "-1\n");
}

static void
test_coming_lost_in_a_gap_is_silent (Fixture *self, gconstpointer data)
{
  SET_UP_WITH (self, PORCH_NOTIFY_ALWAYS, "Ann");

  come (self, "Ann");
  pass_ms (self, SECOND_MS);
  porch_roster_set_unknown (self->roster);
  gather (self);
  assert_told (self, "");
}

/* A server that restarts believes everybody offline until they are heard of. */
static void
test_return_right_after_a_gap_is_silent (Fixture *self, gconstpointer data)
{
  SET_UP_WITH (self, PORCH_NOTIFY_ALWAYS, "Ann");
  come (self, "Ann");
  gather (self);
  porch_roster_set_unknown (self->roster);
  pass_ms (self, SECOND_MS);
  leave (self, "Ann");
  assert_told (self, "1: Ann is online\n-1\n");

  pass_ms (self, 5 * SECOND_MS);
  come (self, "Ann");
  gather (self);
  assert_told (self, "");
}

static void
test_resume_is_silent (Fixture *self, gconstpointer data)
{
  SET_UP_WITH (self, PORCH_NOTIFY_ALSO_LEAVES, "Ann");
  come (self, "Ann");
  gather (self);
  assert_told (self, "1: Ann is online\n");

  /* Asleep for an hour, then told what is: she is there all the same. */
  porch_fake_clock_suspend_ms (self->clock, HOUR_MS);
  porch_roster_set_unknown (self->roster);
  pass_ms (self, SECOND_MS);
  come (self, "Ann");
  gather (self);
  assert_told (self, "");

  /* Her time may run out before it is noticed that there is no connection. */
  pass_ms (self, PORCH_ONLINE_WINDOW_US / 1000);
  porch_roster_set_unknown (self->roster);
  pass_ms (self, SECOND_MS);
  come (self, "Ann");
  pass_ms (self, MINUTE_MS);
  assert_told (self, "-1\n");
}

static void
test_flap_is_silent (Fixture *self, gconstpointer data)
{
  SET_UP_WITH (self, PORCH_NOTIFY_ALSO_LEAVES, "Ann");
  come (self, "Ann");
  gather (self);
  assert_told (self, "1: Ann is online\n");

  leave (self, "Ann");
  pass_ms (self, PORCH_NOTIFY_FLAP_US / 1000 - 10);
  come (self, "Ann");
  gather (self);
  pass_ms (self, MINUTE_MS);
  assert_told (self, "-1\n");
}

static void
test_short_visit_is_silent (Fixture *self, gconstpointer data)
{
  SET_UP_WITH (self, PORCH_NOTIFY_ALSO_LEAVES, "Ann");

  come (self, "Ann");
  pass_ms (self, SECOND_MS);
  leave (self, "Ann");
  gather (self);
  assert_told (self, "");

  /* She was never there, so that a visit that lasts is news however soon. */
  come (self, "Ann");
  gather (self);
  assert_told (self, "1: Ann is online\n");
}

static void
test_removed_contact_is_withdrawn (Fixture *self, gconstpointer data)
{
  SET_UP_WITH (self, PORCH_NOTIFY_ALWAYS, "Ann", "Ben");
  come (self, "Ann");
  gather (self);
  come (self, "Ben");
  assert_told (self, "1: Ann is online\n");

  porch_roster_remove (self->roster, "Ann");
  porch_roster_remove (self->roster, "Ben");
  gather (self);
  assert_told (self, "-1\n");
}

static const PorchQuietHours nights
    = { .days = PORCH_QUIET_ALL_DAYS, .from_min = 22 * 60, .to_min = 7 * 60, .summary = TRUE };

static void
test_quiet_hours_end_with_a_summary (Fixture *self, gconstpointer data)
{
  SET_UP_WITH (self, PORCH_NOTIFY_ALSO_LEAVES, "Ann", "Ben", "Cleo");
  porch_notification_rules_set_quiet_hours (self->rules, &nights);

  pass_ms (self, 17 * HOUR_MS); /* five in the morning */
  come (self, "Ann");
  pass_ms (self, MINUTE_MS);
  come (self, "Ben");
  pass_ms (self, MINUTE_MS);
  leave (self, "Ben");
  pass_ms (self, MINUTE_MS);
  for (guint i = 0; i < 57 + 58; i++)
    {
      come (self, "Ann");
      pass_ms (self, MINUTE_MS);
    }
  assert_told (self, "");

  /* Ben was there only meanwhile. */
  come (self, "Ann");
  pass_ms (self, 2 * MINUTE_MS);
  assert_told (self, "1: Ann is online\n");
  g_assert_cmpstr (self->body, ==, "Came online during your quiet hours.");

  come (self, "Cleo");
  gather (self);
  assert_told (self, "2: Cleo is online\n");
  g_assert_cmpstr (self->body, ==, "");
}

static void
test_quiet_hours_without_summary (Fixture *self, gconstpointer data)
{
  PorchQuietHours hours = nights;
  SET_UP_WITH (self, PORCH_NOTIFY_ONCE, "Ann");
  hours.summary = FALSE;
  porch_notification_rules_set_quiet_hours (self->rules, &hours);

  pass_ms (self, 18 * HOUR_MS + 55 * MINUTE_MS);
  come (self, "Ann");
  pass_ms (self, 4 * MINUTE_MS);
  come (self, "Ann");
  pass_ms (self, 3 * MINUTE_MS);
  assert_told (self, "");

  /* Who was asked about once and never told is asked about still. */
  g_assert_cmpint (porch_contact_get_notify_rule (porch_roster_lookup (self->roster, "Ann")), ==,
                   PORCH_NOTIFY_ONCE);
}

static gint64
at (int day, int hour, int minute)
{
  return NOON_US + (((gint64) day * 24 + hour - 12) * 60 + minute) * G_TIME_SPAN_MINUTE;
}

/* Days after Wednesday, 17 January. */
static void
test_quiet_hours_by_weekday (void)
{
  const PorchQuietHours friday_night = { .days = 1 << 4,
                                         .from_min = 22 * 60,
                                         .to_min = 7 * 60 + 30 };
  const PorchQuietHours sunday_noon = { .days = 1 << 6, .from_min = 12 * 60, .to_min = 14 * 60 };
  const PorchQuietHours whole_sunday = { .days = 1 << 6 };
  const PorchQuietHours never = PORCH_QUIET_HOURS_NONE;
  const struct
  {
    const PorchQuietHours *hours;
    gint64 now_us;
    gint64 end_us;
  } cases[] = {
    { &friday_night, at (1, 23, 0), 0 },
    { &friday_night, at (2, 21, 59), 0 },
    { &friday_night, at (2, 22, 0), at (3, 7, 30) },
    { &friday_night, at (3, 7, 29), at (3, 7, 30) },
    { &friday_night, at (3, 7, 30), 0 },
    { &friday_night, at (3, 23, 0), 0 },
    { &sunday_noon, at (4, 11, 59), 0 },
    { &sunday_noon, at (4, 12, 0), at (4, 14, 0) },
    { &sunday_noon, at (4, 14, 0), 0 },
    { &sunday_noon, at (5, 12, 0), 0 },
    { &whole_sunday, at (3, 23, 59), 0 },
    { &whole_sunday, at (4, 0, 0), at (5, 0, 0) },
    { &whole_sunday, at (4, 23, 59), at (5, 0, 0) },
    { &whole_sunday, at (5, 0, 0), 0 },
    { &never, at (0, 23, 0), 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_cmpint (porch_quiet_hours_get_end_us (cases[i].hours, cases[i].now_us), ==,
                     cases[i].end_us);
}

static void
test_quiet_hours_of_a_stranger (void)
{
  g_assert_false (porch_quiet_hours_is_valid (&(PorchQuietHours){ .days = 128 }));
  g_assert_false (porch_quiet_hours_is_valid (&(PorchQuietHours){ .from_min = 1440 }));
  g_assert_false (porch_quiet_hours_is_valid (&(PorchQuietHours){ .to_min = 1440 }));
  g_assert_true (porch_quiet_hours_is_valid (&nights));
}

static void
test_names_of_rules (void)
{
  for (int i = PORCH_NOTIFY_DEFAULT; i <= PORCH_NOTIFY_ALSO_LEAVES; i++)
    {
      PorchNotifyRule rule;
      const char *name = porch_notify_rule_to_string ((PorchNotifyRule) i);
      g_assert_true (porch_notify_rule_from_string (name, &rule));
      g_assert_cmpint (rule, ==, i);
    }
  g_assert_false (porch_notify_rule_from_string ("sometimes", &(PorchNotifyRule){ 0 }));
  g_assert_false (porch_notify_default_from_string ("", &(PorchNotifyDefault){ 0 }));
}

#define ADD(path, function)                                                                        \
  g_test_add ("/presence/notification-rules/" path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  ADD ("always-tells-each-time", test_always);
  ADD ("once-tells-once", test_once);
  ADD ("also-leaves-tells-of-both", test_also_leaves);
  ADD ("never-outranks-everybody", test_never);
  ADD ("default-is-nobody-favourites-or-everybody", test_default);
  ADD ("several-within-three-seconds-are-one", test_several_are_one);
  ADD ("a-crowd-is-one", test_crowd_is_one);
  ADD ("a-group-says-what-is-left-of-it", test_group_shrinks);
  ADD ("what-was-closed-does-not-come-back", test_closed_is_not_corrected);
  ADD ("what-is-learnt-first-is-silent", test_first_known_is_silent);
  ADD ("reconnect-is-silent", test_reconnect_is_silent);
  ADD ("a-coming-lost-in-a-gap-is-silent", test_coming_lost_in_a_gap_is_silent);
  ADD ("a-return-right-after-a-gap-is-silent", test_return_right_after_a_gap_is_silent);
  ADD ("resume-is-silent", test_resume_is_silent);
  ADD ("a-flap-is-silent", test_flap_is_silent);
  ADD ("a-short-visit-is-silent", test_short_visit_is_silent);
  ADD ("a-removed-contact-is-withdrawn", test_removed_contact_is_withdrawn);
  ADD ("quiet-hours-end-with-a-summary", test_quiet_hours_end_with_a_summary);
  ADD ("quiet-hours-without-summary", test_quiet_hours_without_summary);
  g_test_add_func ("/presence/notify-rule/quiet-hours-by-weekday", test_quiet_hours_by_weekday);
  g_test_add_func ("/presence/notify-rule/quiet-hours-of-a-stranger",
                   test_quiet_hours_of_a_stranger);
  g_test_add_func ("/presence/notify-rule/names", test_names_of_rules);

  return g_test_run ();
}
