/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* Text that strangers chose (names, messages of servers), made fit for one line of a window, a
 * terminal or a log. Markup stays as it is: whoever shows text as markup escapes it.
 */

#define G_LOG_DOMAIN "porch-presence"

#include "presence/porch-text.h"

#include <string.h>

/* What turns the text around it: the embeddings, overrides and isolates of the bidirectional
 * algorithm (UAX #9). Right-to-left letters and the marks beside them need none of these.
 */
static gboolean
is_bidi_control (gunichar character)
{
  return (character >= 0x202a && character <= 0x202e)
         || (character >= 0x2066 && character <= 0x2069);
}

static gboolean
is_break (gunichar character)
{
  return g_unichar_isspace (character) || character == 0x2028 || character == 0x2029;
}

/**
 * porch_text_clean:
 * @text: (nullable): what came, UTF-8
 * @max_bytes: the most to keep
 *
 * Makes one line of @text: any white space becomes one space, control characters and those that
 * turn the direction of text around are left out, and what is longer than @max_bytes is cut between
 * two characters.
 *
 * Returns: (transfer full) (nullable): the line, or %NULL where nothing is left that shows
 */
char *
porch_text_clean (const char *text, gsize max_bytes)
{
  g_autoptr (GString) clean = NULL;
  gboolean space_is_due = FALSE;
  gboolean is_visible = FALSE;

  if (text == NULL)
    return NULL;

  clean = g_string_sized_new (MIN (strlen (text), max_bytes));
  for (const char *at = text; *at != '\0'; at = g_utf8_next_char (at))
    {
      gunichar character = g_utf8_get_char (at);

      if (is_break (character))
        {
          space_is_due = clean->len > 0;
          continue;
        }
      if (g_unichar_iscntrl (character) || is_bidi_control (character))
        continue;

      if (clean->len + space_is_due + g_unichar_to_utf8 (character, NULL) > max_bytes)
        break;
      if (space_is_due)
        g_string_append_c (clean, ' ');
      g_string_append_unichar (clean, character);
      space_is_due = FALSE;
      is_visible |= !g_unichar_iszerowidth (character);
    }

  return is_visible ? g_string_free (g_steal_pointer (&clean), FALSE) : NULL;
}

/**
 * porch_text_consists_of:
 * @text: (nullable): what came
 * @allowed: every character that may be in it
 * @max_bytes: the longest text to take
 *
 * Returns: whether @text is there, not empty, not too long, and of nothing but @allowed
 */
gboolean
porch_text_consists_of (const char *text, const char *allowed, gsize max_bytes)
{
  gsize length = text != NULL ? strspn (text, allowed) : 0;

  return length > 0 && length <= max_bytes && text[length] == '\0';
}

/**
 * porch_text_is_visible_ascii:
 * @text: (nullable): what came
 *
 * Returns: whether @text can go into a header or a URL: not empty, and nothing in it but visible
 *   ASCII
 */
gboolean
porch_text_is_visible_ascii (const char *text)
{
  if (text == NULL || *text == '\0')
    return FALSE;

  for (const char *at = text; *at != '\0'; at++)
    if (!g_ascii_isgraph (*at))
      return FALSE;

  return TRUE;
}
