/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

void porch_test_take_result (GObject *source, GAsyncResult *result, gpointer user_data);
guint porch_test_patience_begin (const char *where, const char *condition);

/* Runs the main loop until it is so; a test that waits in vain fails, and says where and for what.
 */
#define porch_test_wait_until(condition)                                                           \
  G_STMT_START                                                                                     \
  {                                                                                                \
    guint patience_id = porch_test_patience_begin (G_STRLOC, #condition);                          \
    while (!(condition))                                                                           \
      g_main_context_iteration (NULL, TRUE);                                                       \
    g_source_remove (patience_id);                                                                 \
  }                                                                                                \
  G_STMT_END

G_END_DECLS
