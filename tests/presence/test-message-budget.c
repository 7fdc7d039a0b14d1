/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#include "presence/porch-message-budget.h"

static void
test_as_the_design_counts (void)
{
  g_assert_cmpuint (porch_message_budget_per_day (30), ==, 2880);
  g_assert_cmpuint (porch_message_budget_per_day (60), ==, 1440);
  g_assert_cmpuint (porch_message_budget_per_day (120), ==, 720);

  g_assert_cmpuint (porch_message_budget_people (30, PORCH_FREE_MESSAGES), ==, 69);
  g_assert_cmpuint (porch_message_budget_people (60, PORCH_FREE_MESSAGES), ==, 138);
  g_assert_cmpuint (porch_message_budget_people (120, PORCH_FREE_MESSAGES), ==, 277);
}

static void
test_slower_than_a_day (void)
{
  g_assert_cmpuint (porch_message_budget_per_day (100000), ==, 0);
  g_assert_cmpuint (porch_message_budget_people (100000, PORCH_FREE_MESSAGES), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/presence/message-budget/as-the-design-counts", test_as_the_design_counts);
  g_test_add_func ("/presence/message-budget/slower-than-a-day", test_slower_than_a_day);

  return g_test_run ();
}
