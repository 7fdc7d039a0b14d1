/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include <gtk/gtk.h>

#include "bus/porch-agent-proxy.h"
#include "porch-fake-agent.h"

G_BEGIN_DECLS

/* A window on a bus of its own, with only the agent's end of it faked. With PORCH_PICTURES set to a
 * folder porch_stage_take_picture() leaves pictures there, to be looked at. */
typedef struct
{
  GDBusConnection *agent_end;
  GDBusConnection *window_end;
  PorchFakeAgent *fake;
  PorchAgentProxy *agent;
  GtkWidget *window;
  gint64 now_us;
} PorchStage;

void porch_stage_init (int *argc, char ***argv);
int porch_stage_run (void);

void porch_stage_set_up_signed_in (PorchStage *stage, gconstpointer data);
void porch_stage_set_up_signed_out (PorchStage *stage, gconstpointer data);
void porch_stage_tear_down (PorchStage *stage, gconstpointer data);
void porch_stage_open_window (PorchStage *stage);
/* minutes_ago: since they were active; -1 for never */
void porch_stage_add (PorchStage *stage,
                      const char *name,
                      PorchStatus status,
                      double minutes_ago,
                      gboolean favourite);
void porch_stage_add_neighbours (PorchStage *stage);

void porch_stage_run_for (guint ms);
GtkWidget *porch_stage_find (GtkWidget *root, const char *type_name, const char *text);
void porch_stage_take_picture (GtkWidget *window, const char *name);

G_END_DECLS
