/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* JSON from strangers, and JSON for them. Every byte of JSON that comes in passes
 * porch_json_parse(): a scan without recursion holds it to RFC 8259 and to our bounds before
 * json-glib may build a tree of it, because json-glib 1.6 recurses without a limit, takes half of
 * JavaScript for JSON (single quotes, assignments, hexadecimal, comments), wraps numbers that
 * overflow and ends a string at an escaped NUL. It knows nothing of what the JSON means.
 */

#define G_LOG_DOMAIN "porch-protocol"

#include "protocol/porch-json.h"

#include <math.h>
#include <string.h>

/* A longer number is no number that any of our peers sends. */
#define NUMBER_MAX_BYTES 64
/* Any integer of so many digits fits in 64 bits. */
#define INTEGER_MAX_DIGITS 18

G_DEFINE_QUARK (porch - protocol - error - quark, porch_protocol_error)

G_STATIC_ASSERT (PORCH_JSON_MAX_DEPTH <= 64);

/* What the grammar allows next, white space aside. */
typedef enum
{
  EXPECT_VALUE,
  EXPECT_VALUE_OR_END,
  EXPECT_KEY,
  EXPECT_KEY_OR_END,
  EXPECT_COLON,
  EXPECT_COMMA_OR_END,
  EXPECT_NOTHING,
} Expectation;

typedef struct
{
  const char *at;
  const char *end;
  Expectation expectation;
  guint depth;
  guint64 objects; /* bit n: what is open at depth n is an object, not an array */
  guint n_members[PORCH_JSON_MAX_DEPTH];
} Scan;

static void
scan_spaces (Scan *scan)
{
  while (scan->at < scan->end
         && (*scan->at == ' ' || *scan->at == '\t' || *scan->at == '\n' || *scan->at == '\r'))
    scan->at++;
}

/* The four digits after \u; -1 where they are not. */
static int
scan_hex_unit (Scan *scan)
{
  int unit = 0;

  if (scan->end - scan->at < 4)
    return -1;

  for (guint i = 0; i < 4; i++)
    {
      int digit = g_ascii_xdigit_value (*scan->at++);

      if (digit < 0)
        return -1;
      unit = unit * 16 + digit;
    }

  return unit;
}

static gboolean
scan_escape (Scan *scan)
{
  int unit;

  if (scan->at == scan->end)
    return FALSE;

  if (*scan->at != 'u')
    return *scan->at != '\0' && strchr ("\"\\/bfnrt", *scan->at++) != NULL;

  scan->at++;
  unit = scan_hex_unit (scan);
  /* A NUL would cut the string short behind everyone's back. */
  if (unit <= 0)
    return FALSE;
  if (unit < 0xd800 || unit > 0xdfff)
    return TRUE;

  /* A high surrogate and then a low one, or it is no character. */
  if (unit > 0xdbff || scan->end - scan->at < 6 || scan->at[0] != '\\' || scan->at[1] != 'u')
    return FALSE;
  scan->at += 2;
  unit = scan_hex_unit (scan);
  return unit >= 0xdc00 && unit <= 0xdfff;
}

static gboolean
scan_string (Scan *scan)
{
  scan->at++;

  while (scan->at < scan->end)
    {
      guchar byte = *scan->at++;

      if (byte == '"')
        return TRUE;
      if (byte < 0x20)
        return FALSE;
      if (byte == '\\' && !scan_escape (scan))
        return FALSE;
    }

  return FALSE;
}

static guint
scan_digits (Scan *scan)
{
  const char *start = scan->at;

  while (scan->at < scan->end && g_ascii_isdigit (*scan->at))
    scan->at++;

  return MIN (scan->at - start, G_MAXUINT);
}

static gboolean
number_is_finite (const char *start, gsize length)
{
  char number[NUMBER_MAX_BYTES + 1];

  memcpy (number, start, length);
  number[length] = '\0';
  return isfinite (g_ascii_strtod (number, NULL));
}

static gboolean
scan_number (Scan *scan)
{
  const char *start = scan->at;
  const char *integer;
  guint integer_digits;
  gboolean is_integer = TRUE;

  if (*scan->at == '-')
    scan->at++;
  integer = scan->at;
  integer_digits = scan_digits (scan);
  if (integer_digits == 0 || (integer_digits > 1 && *integer == '0'))
    return FALSE;

  if (scan->at < scan->end && *scan->at == '.')
    {
      is_integer = FALSE;
      scan->at++;
      if (scan_digits (scan) == 0)
        return FALSE;
    }
  if (scan->at < scan->end && (*scan->at == 'e' || *scan->at == 'E'))
    {
      is_integer = FALSE;
      scan->at++;
      if (scan->at < scan->end && (*scan->at == '+' || *scan->at == '-'))
        scan->at++;
      if (scan_digits (scan) == 0)
        return FALSE;
    }

  if (is_integer)
    return integer_digits <= INTEGER_MAX_DIGITS;
  return scan->at - start <= NUMBER_MAX_BYTES && number_is_finite (start, scan->at - start);
}

static gboolean
scan_word (Scan *scan, const char *word)
{
  gsize length = strlen (word);

  if ((gsize) (scan->end - scan->at) < length || memcmp (scan->at, word, length) != 0)
    return FALSE;

  scan->at += length;
  return TRUE;
}

static void
scan_value_ended (Scan *scan)
{
  scan->expectation = scan->depth == 0 ? EXPECT_NOTHING : EXPECT_COMMA_OR_END;
}

static gboolean
scan_open (Scan *scan, GError **error)
{
  gboolean is_object = *scan->at++ == '{';

  if (scan->depth == PORCH_JSON_MAX_DEPTH)
    {
      g_set_error (error, PORCH_PROTOCOL_ERROR, PORCH_PROTOCOL_ERROR_TOO_DEEP,
                   "JSON is nested deeper than %d", PORCH_JSON_MAX_DEPTH);
      return FALSE;
    }

  if (is_object)
    scan->objects |= G_GUINT64_CONSTANT (1) << scan->depth;
  else
    scan->objects &= ~(G_GUINT64_CONSTANT (1) << scan->depth);
  scan->n_members[scan->depth] = 0;
  scan->depth++;
  scan->expectation = is_object ? EXPECT_KEY_OR_END : EXPECT_VALUE_OR_END;
  return TRUE;
}

static gboolean
scan_is_in_object (Scan *scan)
{
  return (scan->objects >> (scan->depth - 1) & 1) != 0;
}

static gboolean
scan_close (Scan *scan)
{
  if (*scan->at++ != (scan_is_in_object (scan) ? '}' : ']'))
    return FALSE;

  scan->depth--;
  scan_value_ended (scan);
  return TRUE;
}

static gboolean
scan_name (Scan *scan, GError **error)
{
  if (*scan->at != '"' || !scan_string (scan))
    return FALSE;

  scan->expectation = EXPECT_COLON;
  if (++scan->n_members[scan->depth - 1] <= PORCH_JSON_MAX_MEMBERS)
    return TRUE;

  g_set_error (error, PORCH_PROTOCOL_ERROR, PORCH_PROTOCOL_ERROR_TOO_LARGE,
               "JSON has an object of more than %d members", PORCH_JSON_MAX_MEMBERS);
  return FALSE;
}

static gboolean
scan_scalar (Scan *scan)
{
  gboolean is_scalar;

  switch (*scan->at)
    {
    case '"':
      is_scalar = scan_string (scan);
      break;
    case 't':
      is_scalar = scan_word (scan, "true");
      break;
    case 'f':
      is_scalar = scan_word (scan, "false");
      break;
    case 'n':
      is_scalar = scan_word (scan, "null");
      break;
    default:
      is_scalar = scan_number (scan);
      break;
    }

  scan_value_ended (scan);
  return is_scalar;
}

/* One step of the grammar. FALSE without an error is a syntax error at scan->at. */
static gboolean
scan_step (Scan *scan, GError **error)
{
  char byte = *scan->at;

  switch (scan->expectation)
    {
    case EXPECT_VALUE_OR_END:
      if (byte == ']')
        return scan_close (scan);
      G_GNUC_FALLTHROUGH;
    case EXPECT_VALUE:
      return byte == '{' || byte == '[' ? scan_open (scan, error) : scan_scalar (scan);

    case EXPECT_KEY_OR_END:
      if (byte == '}')
        return scan_close (scan);
      G_GNUC_FALLTHROUGH;
    case EXPECT_KEY:
      return scan_name (scan, error);

    case EXPECT_COLON:
      scan->at++;
      scan->expectation = EXPECT_VALUE;
      return byte == ':';

    case EXPECT_COMMA_OR_END:
      if (byte != ',')
        return scan_close (scan);
      scan->at++;
      scan->expectation = scan_is_in_object (scan) ? EXPECT_KEY : EXPECT_VALUE;
      return TRUE;

    case EXPECT_NOTHING:
    default:
      return FALSE;
    }
}

static gboolean
json_scan (const char *bytes, gsize length, GError **error)
{
  Scan scan = { .at = bytes, .end = bytes + length, .expectation = EXPECT_VALUE };
  GError *local_error = NULL;

  for (scan_spaces (&scan); scan.at < scan.end; scan_spaces (&scan))
    {
      if (scan_step (&scan, &local_error))
        continue;

      if (local_error != NULL)
        g_propagate_error (error, local_error);
      else
        g_set_error (error, PORCH_PROTOCOL_ERROR, PORCH_PROTOCOL_ERROR_SYNTAX,
                     "Not JSON at byte %" G_GSIZE_FORMAT, (gsize) (scan.at - bytes));
      return FALSE;
    }

  if (scan.expectation == EXPECT_NOTHING)
    return TRUE;

  g_set_error_literal (error, PORCH_PROTOCOL_ERROR, PORCH_PROTOCOL_ERROR_SYNTAX,
                       "JSON ends too early");
  return FALSE;
}

static JsonNode *
json_lookup (JsonObject *object, const char *member)
{
  return object != NULL ? json_object_get_member (object, member) : NULL;
}

static JsonNode *
json_lookup_value (JsonObject *object, const char *member, GType type)
{
  JsonNode *node = json_lookup (object, member);

  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != type)
    return NULL;

  return node;
}

/**
 * porch_protocol_error_set_invalid:
 * @error: return location
 * @message: what is wrong, without a word of what came
 *
 * Sets %PORCH_PROTOCOL_ERROR_INVALID: JSON as it should be, but not what was due.
 */
void
porch_protocol_error_set_invalid (GError **error, const char *message)
{
  g_set_error_literal (error, PORCH_PROTOCOL_ERROR, PORCH_PROTOCOL_ERROR_INVALID, message);
}

/**
 * porch_json_parse_bounded:
 * @bytes: (array length=length): what came; need not end in NUL
 * @length: how many bytes
 * @max_bytes: how many are accepted
 * @error: return location for an error of %PORCH_PROTOCOL_ERROR
 *
 * Same as porch_json_parse(), for a person's own file, which may be longer than what a stranger may
 * send.
 *
 * Returns: (transfer full): the value
 */
JsonNode *
porch_json_parse_bounded (const char *bytes, gsize length, gsize max_bytes, GError **error)
{
  g_autoptr (JsonParser) parser = NULL;
  g_autoptr (GError) parser_error = NULL;

  g_return_val_if_fail (bytes != NULL || length == 0, NULL);

  if (length > max_bytes)
    {
      g_set_error (error, PORCH_PROTOCOL_ERROR, PORCH_PROTOCOL_ERROR_TOO_LARGE,
                   "JSON is longer than %" G_GSIZE_FORMAT " bytes", max_bytes);
      return NULL;
    }
  if (!json_scan (bytes, length, error))
    return NULL;
  if (!g_utf8_validate_len (bytes, length, NULL))
    {
      g_set_error_literal (error, PORCH_PROTOCOL_ERROR, PORCH_PROTOCOL_ERROR_SYNTAX,
                           "JSON is not UTF-8");
      return NULL;
    }

  parser = json_parser_new ();
  if (!json_parser_load_from_data (parser, bytes, length, &parser_error))
    {
      /* Its own message would quote what came, which may be a secret. */
      g_set_error_literal (error, PORCH_PROTOCOL_ERROR, PORCH_PROTOCOL_ERROR_SYNTAX, "Not JSON");
      return NULL;
    }

  return json_parser_steal_root (parser);
}

/**
 * porch_json_parse:
 * @bytes: (array length=length): what came; need not end in NUL
 * @length: how many bytes
 * @error: return location for an error of %PORCH_PROTOCOL_ERROR
 *
 * Reads one JSON value (RFC 8259) of at most %PORCH_JSON_MAX_BYTES, %PORCH_JSON_MAX_DEPTH and
 * %PORCH_JSON_MAX_MEMBERS an object, and nothing but it. Stricter than the RFC in what C and 64
 * bits cannot hold: no escaped NUL, no lone surrogate, no integer of more than 18 digits, no number
 * that is infinite. Of two members of one name the later one counts.
 *
 * Returns: (transfer full): the value
 */
JsonNode *
porch_json_parse (const char *bytes, gsize length, GError **error)
{
  return porch_json_parse_bounded (bytes, length, PORCH_JSON_MAX_BYTES, error);
}

/**
 * porch_json_parse_object:
 * @bytes: (array length=length): what came; need not end in NUL
 * @length: how many bytes
 * @error: return location for an error of %PORCH_PROTOCOL_ERROR
 *
 * Same as porch_json_parse(), for the many formats that are an object.
 *
 * Returns: (transfer full): a node that holds an object
 */
JsonNode *
porch_json_parse_object (const char *bytes, gsize length, GError **error)
{
  g_autoptr (JsonNode) node = porch_json_parse (bytes, length, error);

  if (node == NULL)
    return NULL;

  if (!JSON_NODE_HOLDS_OBJECT (node))
    {
      porch_protocol_error_set_invalid (error, "JSON is not an object");
      return NULL;
    }

  return g_steal_pointer (&node);
}

/**
 * porch_json_has:
 * @object: (nullable): an object
 * @member: the name of a member
 *
 * Returns: whether the member is there and not null
 */
gboolean
porch_json_has (JsonObject *object, const char *member)
{
  JsonNode *node = json_lookup (object, member);

  return node != NULL && !JSON_NODE_HOLDS_NULL (node);
}

/**
 * porch_json_get_string:
 * @object: (nullable): an object
 * @member: the name of a member
 * @max_bytes: the longest string to take
 *
 * Returns: (transfer none) (nullable): the string, or %NULL where there is none or a longer one
 */
const char *
porch_json_get_string (JsonObject *object, const char *member, gsize max_bytes)
{
  JsonNode *node = json_lookup_value (object, member, G_TYPE_STRING);
  const char *string = node != NULL ? json_node_get_string (node) : NULL;

  return string != NULL && strlen (string) <= max_bytes ? string : NULL;
}

/**
 * porch_json_dup_id:
 * @object: (nullable): an object
 * @member: the name of a member
 * @max_bytes: the longest id to take
 *
 * Reads an id that some servers send as a string and some as an integer.
 *
 * Returns: (transfer full) (nullable): the id as a string, never empty
 */
char *
porch_json_dup_id (JsonObject *object, const char *member, gsize max_bytes)
{
  const char *string = porch_json_get_string (object, member, max_bytes);
  gint64 number;

  if (string != NULL)
    return *string != '\0' ? g_strdup (string) : NULL;
  if (porch_json_get_int (object, member, G_MININT64, G_MAXINT64, &number))
    return g_strdup_printf ("%" G_GINT64_FORMAT, number);

  return NULL;
}

/**
 * porch_json_get_int:
 * @object: (nullable): an object
 * @member: the name of a member
 * @min: the least value to take
 * @max: the greatest value to take
 * @value: (out): return location, untouched on failure
 *
 * Returns: whether the member is an integer between @min and @max
 */
gboolean
porch_json_get_int (JsonObject *object, const char *member, gint64 min, gint64 max, gint64 *value)
{
  JsonNode *node = json_lookup_value (object, member, G_TYPE_INT64);
  gint64 number;

  g_return_val_if_fail (value != NULL, FALSE);

  if (node == NULL)
    return FALSE;

  number = json_node_get_int (node);
  if (number < min || number > max)
    return FALSE;

  *value = number;
  return TRUE;
}

/**
 * porch_json_get_boolean:
 * @object: (nullable): an object
 * @member: the name of a member
 * @fallback: what counts where there is no boolean
 *
 * Returns: the member, or @fallback
 */
gboolean
porch_json_get_boolean (JsonObject *object, const char *member, gboolean fallback)
{
  JsonNode *node = json_lookup_value (object, member, G_TYPE_BOOLEAN);

  return node != NULL ? json_node_get_boolean (node) : fallback;
}

/**
 * porch_json_get_object:
 * @object: (nullable): an object
 * @member: the name of a member
 *
 * Returns: (transfer none) (nullable): the object inside, or %NULL where there is none
 */
JsonObject *
porch_json_get_object (JsonObject *object, const char *member)
{
  JsonNode *node = json_lookup (object, member);

  return node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

/**
 * porch_json_get_array:
 * @object: (nullable): an object
 * @member: the name of a member
 * @max_length: the longest array to take
 *
 * Returns: (transfer none) (nullable): the array, or %NULL where there is none or a longer one
 */
JsonArray *
porch_json_get_array (JsonObject *object, const char *member, guint max_length)
{
  JsonNode *node = json_lookup (object, member);
  JsonArray *array;

  if (node == NULL || !JSON_NODE_HOLDS_ARRAY (node))
    return NULL;

  array = json_node_get_array (node);
  return json_array_get_length (array) <= max_length ? array : NULL;
}

/**
 * porch_json_append_string:
 * @json: where to write
 * @text: (nullable): any text; what is not UTF-8 in it is replaced
 *
 * Appends @text as a JSON string, or null.
 */
void
porch_json_append_string (GString *json, const char *text)
{
  g_autofree char *valid = NULL;
  const char *start;

  g_return_if_fail (json != NULL);

  if (text == NULL)
    {
      g_string_append (json, "null");
      return;
    }
  if (!g_utf8_validate (text, -1, NULL))
    text = valid = g_utf8_make_valid (text, -1);

  g_string_append_c (json, '"');
  start = text;
  for (const char *at = text;; at++)
    {
      guchar byte = *at;

      if (byte >= 0x20 && byte != '"' && byte != '\\')
        continue;

      g_string_append_len (json, start, at - start);
      start = at + 1;
      if (byte == '\0')
        break;
      if (byte < 0x20)
        g_string_append_printf (json, "\\u%04x", byte);
      else
        {
          g_string_append_c (json, '\\');
          g_string_append_c (json, byte);
        }
    }
  g_string_append_c (json, '"');
}

/**
 * porch_json_append_name:
 * @json: where to write, an object that is open
 * @name: the name of a member
 *
 * Appends the comma, if one is due, the name and the colon; the value comes next.
 */
void
porch_json_append_name (GString *json, const char *name)
{
  g_return_if_fail (json != NULL && json->len > 0);

  /* No value ends in an opening brace, so this one opened the object. */
  if (json->str[json->len - 1] != '{')
    g_string_append_c (json, ',');
  porch_json_append_string (json, name);
  g_string_append_c (json, ':');
}

/**
 * porch_json_append_string_member:
 * @json: where to write, an object that is open
 * @name: the name of the member
 * @text: (nullable): its value
 */
void
porch_json_append_string_member (GString *json, const char *name, const char *text)
{
  porch_json_append_name (json, name);
  porch_json_append_string (json, text);
}

/**
 * porch_json_append_int_member:
 * @json: where to write, an object that is open
 * @name: the name of the member
 * @value: its value
 */
void
porch_json_append_int_member (GString *json, const char *name, gint64 value)
{
  porch_json_append_name (json, name);
  g_string_append_printf (json, "%" G_GINT64_FORMAT, value);
}

/**
 * porch_json_append_boolean_member:
 * @json: where to write, an object that is open
 * @name: the name of the member
 * @value: its value
 */
void
porch_json_append_boolean_member (GString *json, const char *name, gboolean value)
{
  porch_json_append_name (json, name);
  g_string_append (json, value ? "true" : "false");
}

static void
append_double (GString *json, double value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  /* "-0" would come back as an integer, which has no sign of its own. */
  if (value == 0)
    value = 0;
  g_string_append (json, isfinite (value) ? g_ascii_dtostr (text, sizeof text, value) : "null");
}

static void
append_value (GString *json, JsonNode *node)
{
  GType type = json_node_get_value_type (node);

  if (type == G_TYPE_STRING)
    porch_json_append_string (json, json_node_get_string (node));
  else if (type == G_TYPE_BOOLEAN)
    g_string_append (json, json_node_get_boolean (node) ? "true" : "false");
  else if (type == G_TYPE_DOUBLE)
    append_double (json, json_node_get_double (node));
  else
    g_string_append_printf (json, "%" G_GINT64_FORMAT, json_node_get_int (node));
}

static void append_node (GString *json, JsonNode *node);

static void
append_array (GString *json, JsonArray *array)
{
  g_string_append_c (json, '[');
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      if (i > 0)
        g_string_append_c (json, ',');
      append_node (json, json_array_get_element (array, i));
    }
  g_string_append_c (json, ']');
}

static void
append_object (GString *json, JsonObject *object)
{
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;

  g_string_append_c (json, '{');
  json_object_iter_init_ordered (&iter, object);
  while (json_object_iter_next_ordered (&iter, &name, &node))
    {
      porch_json_append_name (json, name);
      append_node (json, node);
    }
  g_string_append_c (json, '}');
}

static void
append_node (GString *json, JsonNode *node)
{
  switch (json_node_get_node_type (node))
    {
    case JSON_NODE_OBJECT:
      append_object (json, json_node_get_object (node));
      break;
    case JSON_NODE_ARRAY:
      append_array (json, json_node_get_array (node));
      break;
    case JSON_NODE_VALUE:
      append_value (json, node);
      break;
    case JSON_NODE_NULL:
    default:
      g_string_append (json, "null");
      break;
    }
}

/**
 * porch_json_to_string:
 * @node: a value
 *
 * Not json_to_string(), whose version 1.6 writes 1e18 as "1e+18.0", which is no JSON: one
 * stranger's number would break a frame for everyone else.
 *
 * Returns: (transfer full): its text, on one line
 */
char *
porch_json_to_string (JsonNode *node)
{
  GString *json;

  g_return_val_if_fail (node != NULL, NULL);

  json = g_string_new (NULL);
  append_node (json, node);
  return g_string_free (json, FALSE);
}

/**
 * porch_json_builder_to_string:
 * @builder: a builder whose root is closed
 *
 * Returns: (transfer full): the text of what was built, on one line
 */
char *
porch_json_builder_to_string (JsonBuilder *builder)
{
  g_autoptr (JsonNode) root = NULL;

  g_return_val_if_fail (JSON_IS_BUILDER (builder), NULL);

  root = json_builder_get_root (builder);
  return porch_json_to_string (root);
}
