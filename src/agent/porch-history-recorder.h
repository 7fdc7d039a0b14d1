/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include "presence/porch-roster.h"
#include "store/porch-agent-store.h"

G_BEGIN_DECLS

#define PORCH_TYPE_HISTORY_RECORDER (porch_history_recorder_get_type ())
G_DECLARE_FINAL_TYPE (PorchHistoryRecorder,
                      porch_history_recorder,
                      PORCH,
                      HISTORY_RECORDER,
                      GObject)

PorchHistoryRecorder *porch_history_recorder_new (PorchAgentStore *store,
                                                  PorchRoster *roster,
                                                  const char *account,
                                                  PorchHistoryKeep keep);
void porch_history_recorder_start (PorchHistoryRecorder *self);
void porch_history_recorder_stop (PorchHistoryRecorder *self);
void porch_history_recorder_set_keep (PorchHistoryRecorder *self, PorchHistoryKeep keep);
void porch_history_recorder_pause (PorchHistoryRecorder *self);
void porch_history_recorder_resume (PorchHistoryRecorder *self);

void porch_history_recorder_load_async (PorchHistoryRecorder *self,
                                        const char *user_id,
                                        gint64 since_us,
                                        gint64 until_us,
                                        GCancellable *cancellable,
                                        GAsyncReadyCallback callback,
                                        gpointer user_data);
GArray *porch_history_recorder_load_finish (PorchHistoryRecorder *self,
                                            GAsyncResult *result,
                                            GError **error);
void porch_history_recorder_delete_async (PorchHistoryRecorder *self,
                                          GAsyncReadyCallback callback,
                                          gpointer user_data);
gboolean porch_history_recorder_delete_finish (PorchHistoryRecorder *self,
                                               GAsyncResult *result,
                                               GError **error);

G_END_DECLS
