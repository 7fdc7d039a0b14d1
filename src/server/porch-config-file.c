/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* Reads porchlightd.conf into a PorchConfig. The grammar is GKeyFile's, which stops at the first
 * thing that it does not understand and knows no lines: this one goes on, and says of each fault
 * where it is. What a value may be PorchConfig knows. Called by main, before anything is started.
 */

#define G_LOG_DOMAIN "porch-server"

#include "server/porch-config-file.h"

#include <string.h>

#define FILE_MAX_BYTES (256 * 1024)

typedef struct
{
  PorchConfig *config;
  GPtrArray *faults;
  GHashTable *seen; /* "group/key" */
  char *group;      /* NULL before the first, and in one that is not known */
  gboolean is_unknown_group;
} Reader;

static void
read_group (Reader *reader, guint line, const char *text)
{
  gsize length = strlen (text);

  g_clear_pointer (&reader->group, g_free);
  reader->is_unknown_group = TRUE;
  if (length < 3 || text[length - 1] != ']')
    {
      porch_config_add_fault (reader->faults, line, "A group is written as [server] is");
      return;
    }

  reader->group = g_strndup (text + 1, length - 2);
  if (porch_config_has_key (reader->group, NULL))
    reader->is_unknown_group = FALSE;
  else
    porch_config_add_fault (reader->faults, line, "There is no group [%s]", reader->group);
}

/* The value as GKeyFile reads it: with \n and its like resolved. */
static char *
decode_value (const char *line_text)
{
  g_autoptr (GKeyFile) key_file = g_key_file_new ();
  g_autofree char *text = g_strconcat ("[group]\n", line_text, NULL);
  g_auto (GStrv) keys = NULL;

  if (!g_key_file_load_from_data (key_file, text, -1, G_KEY_FILE_NONE, NULL))
    return NULL;
  keys = g_key_file_get_keys (key_file, "group", NULL, NULL);

  return keys != NULL && keys[0] != NULL ? g_key_file_get_string (key_file, "group", keys[0], NULL)
                                         : NULL;
}

static void
read_value (Reader *reader, guint line, const char *text)
{
  const char *equals = strchr (text, '=');
  g_autofree char *key = NULL;
  g_autofree char *value = NULL;
  g_autofree char *name = NULL;

  if (equals == NULL || equals == text)
    {
      porch_config_add_fault (reader->faults, line, "This line is neither a group nor KEY=VALUE");
      return;
    }
  if (reader->is_unknown_group)
    {
      if (reader->group == NULL)
        porch_config_add_fault (reader->faults, line, "This line is in no group");
      return;
    }

  key = g_strchomp (g_strndup (text, equals - text));
  name = g_strconcat (reader->group, "/", key, NULL);
  if (!porch_config_has_key (reader->group, key))
    porch_config_add_fault (reader->faults, line, "There is no key “%s” in [%s]", key,
                            reader->group);
  else if (!g_hash_table_add (reader->seen, g_strdup (name)))
    porch_config_add_fault (reader->faults, line, "“%s” was set before", key);
  else if ((value = decode_value (text)) == NULL)
    porch_config_add_fault (reader->faults, line, "The value of “%s” cannot be read", key);
  else
    porch_config_set (reader->config, reader->group, key, value, line, reader->faults);
}

static void
read_lines (Reader *reader, const char *text)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++)
    {
      const char *line = g_strstrip (lines[i]);

      if (*line == '\0' || *line == '#')
        continue;
      if (!g_utf8_validate (line, -1, NULL))
        porch_config_add_fault (reader->faults, i + 1, "This line is not UTF-8");
      else if (*line == '[')
        read_group (reader, i + 1, line);
      else
        read_value (reader, i + 1, line);
    }
}

/**
 * porch_config_file_read:
 * @path: a file
 * @config: where its values go
 * @faults: (element-type PorchConfigFault): where everything goes that is wrong with it
 *
 * Reads a whole configuration file, whatever is wrong with parts of it.
 */
void
porch_config_file_read (const char *path, PorchConfig *config, GPtrArray *faults)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  Reader reader = { .config = config, .faults = faults, .seen = seen, .is_unknown_group = TRUE };
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  gsize length;

  g_return_if_fail (path != NULL && config != NULL && faults != NULL);

  if (!g_file_get_contents (path, &text, &length, &error))
    porch_config_add_fault (faults, 0, "%s", error->message);
  else if (length > FILE_MAX_BYTES || strlen (text) != length)
    porch_config_add_fault (faults, 0, "This is no configuration file");
  else
    read_lines (&reader, text);

  g_free (reader.group);
}
