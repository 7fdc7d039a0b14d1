/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include "protocol/porch-discovery.h"

G_BEGIN_DECLS

typedef enum
{
  PORCH_SETUP_NAME,
  PORCH_SETUP_SUPABASE_URL,
  PORCH_SETUP_ANON_KEY,
  PORCH_SETUP_API_URL,
  PORCH_SETUP_PUSHER_KEY,
  PORCH_SETUP_PUSHER_CLUSTER,
  PORCH_SETUP_PUSHER_HOST,
  PORCH_SETUP_PUSHER_PORT,
  PORCH_SETUP_PUSHER_TLS,
  PORCH_SETUP_AUTH_ENDPOINT,
  PORCH_SETUP_HEARTBEAT,
  PORCH_SETUP_N_PARTS,
} PorchSetupPart;

/**
 * PorchServerSetup:
 *
 * Where a server's parts are, as a person fills it into a form: text, which may be anything. %NULL
 * or "" where nothing was said.
 */
typedef struct
{
  char *parts[PORCH_SETUP_N_PARTS];
} PorchServerSetup;

/* What is wrong with a part, and what was expected there, in a translated sentence. */
typedef struct
{
  PorchSetupPart part;
  char *sentence;
} PorchSetupProblem;

PorchSetupProblem *porch_setup_problem_new (PorchSetupPart part, const char *sentence);
void porch_setup_problem_free (PorchSetupProblem *problem);

const char *porch_setup_part_to_string (PorchSetupPart part);
gboolean porch_setup_part_from_string (const char *name, PorchSetupPart *part);

PorchServerSetup *porch_server_setup_new (void);
void porch_server_setup_free (PorchServerSetup *setup);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PorchServerSetup, porch_server_setup_free)
gboolean porch_server_setup_set (PorchServerSetup *setup, PorchSetupPart part, const char *text);
PorchServerSetup *porch_server_setup_parse (const char *text, GError **error);
char *porch_server_setup_build_link (const PorchServerSetup *setup);
PorchDiscovery *porch_server_setup_build_discovery (const PorchServerSetup *setup,
                                                    GPtrArray *problems);

G_END_DECLS
