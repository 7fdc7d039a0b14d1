/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* The settings (GSettings): what a person chose on this computer. The agent keeps to the ones that
 * are about the whole of it (PorchAgentPreferences), the window to its own. Also found in a build
 * tree that was never installed, where GSettings by itself would end the program.
 */

#define G_LOG_DOMAIN "porch-bus"

#include "bus/porch-settings.h"

#include "config.h"

/* Where the build compiles the schema, seen from the folder of the program. */
#define BUILD_TREE_SCHEMAS "../../data"

static GSettingsSchema *
look_up_in_build_tree (GSettingsSchemaSource *parent)
{
  g_autofree char *program = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *folder = NULL;
  g_autofree char *schemas = NULL;
  g_autoptr (GSettingsSchemaSource) source = NULL;

  if (program == NULL)
    return NULL;

  folder = g_path_get_dirname (program);
  schemas = g_build_filename (folder, BUILD_TREE_SCHEMAS, NULL);
  source = g_settings_schema_source_new_from_directory (schemas, parent, TRUE, NULL);

  return source != NULL ? g_settings_schema_source_lookup (source, PORCH_APPLICATION_ID, FALSE)
                        : NULL;
}

/**
 * porch_settings_new:
 *
 * Returns: (transfer full) (nullable): the settings, or %NULL where their schema is not installed,
 *   when nothing is remembered
 */
GSettings *
porch_settings_new (void)
{
  GSettingsSchemaSource *source = g_settings_schema_source_get_default ();
  g_autoptr (GSettingsSchema) schema = NULL;

  if (source != NULL)
    schema = g_settings_schema_source_lookup (source, PORCH_APPLICATION_ID, TRUE);
  if (schema == NULL)
    schema = look_up_in_build_tree (source);
  if (schema == NULL)
    {
      g_warning ("The settings schema %s is not installed", PORCH_APPLICATION_ID);
      return NULL;
    }

  return g_settings_new_full (schema, NULL, NULL);
}
