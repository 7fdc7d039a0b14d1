/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* How every test waits: for what it waits for, and never for a time that somebody guessed.
 */

#include "porch-test-wait.h"

/* So long does no machine take, however busy. */
#define PATIENCE_S 20

/* The condition of a wait may be about a file or another process: look again so often. */
#define LOOK_AGAIN_MS 20

typedef struct
{
  const char *where;
  const char *condition;
  guint n_left;
} Patience;

/* Counted in looks rather than by the clock: a machine that stood still is given its time. */
static gboolean
on_look_again_cb (gpointer user_data)
{
  Patience *patience = user_data;

  if (--patience->n_left == 0)
    g_error ("%s: waited in vain for: %s", patience->where, patience->condition);
  return G_SOURCE_CONTINUE;
}

/* Returns: the id of a source that wakes the main loop now and then, and in the end fails the test
 */
guint
porch_test_patience_begin (const char *where, const char *condition)
{
  Patience *patience = g_new (Patience, 1);

  *patience = (Patience){ where, condition, PATIENCE_S * 1000 / LOOK_AGAIN_MS };
  return g_timeout_add_full (G_PRIORITY_DEFAULT, LOOK_AGAIN_MS, on_look_again_cb, patience, g_free);
}

/* The callback of a call whose result the test waits for; user_data is where to put it. */
void
porch_test_take_result (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}
