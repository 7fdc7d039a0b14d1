/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* A person on somebody's list: who they are, and what is known of their presence. Made by the agent
 * from its database and by the window from the bus, held by a PorchRoster, which alone changes the
 * presence. It never asks a clock or a server.
 */

#define G_LOG_DOMAIN "porch-presence"

#include "config.h"

#include "presence/porch-contact-private.h"

#include <glib/gi18n-lib.h>

#include "presence/porch-last-active.h"
#include "presence/porch-text.h"

/* Room for one character more than are kept, however long each is. */
#define NAME_MAX_BYTES ((PORCH_NAME_MAX_CHARS + 1) * 4)

enum
{
  PROP_0,
  PROP_ID,
  PROP_NAME,
  PROP_DISPLAY_NAME,
  PROP_AVATAR,
  PROP_FAVOURITE,
  PROP_NOTIFY_RULE,
  PROP_MISSING,
  PROP_STATUS,
  PROP_LAST_ACTIVE_US,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (PorchContact, porch_contact, G_TYPE_OBJECT)

static char *
clean_name (const char *name)
{
  g_autofree char *valid = NULL;
  g_autofree char *clean = NULL;
  g_autofree char *start = NULL;

  if (name == NULL)
    return NULL;

  valid = g_utf8_make_valid (name, -1);
  clean = porch_text_clean (valid, NAME_MAX_BYTES);
  if (clean == NULL || g_utf8_strlen (clean, -1) <= PORCH_NAME_MAX_CHARS)
    return g_steal_pointer (&clean);

  start = g_utf8_substring (clean, 0, PORCH_NAME_MAX_CHARS);

  return g_strconcat (start, "…", NULL);
}

static void
porch_contact_changed (PorchContact *self)
{
  if (self->roster != NULL)
    porch_roster_contact_changed (self->roster, self);
}

/* Called by the roster once a statement was taken in. */
void
porch_contact_notify_presence (PorchContact *self,
                               PorchStatus old_status,
                               gint64 old_last_active_us)
{
  g_object_freeze_notify (G_OBJECT (self));

  if (self->status != old_status)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATUS]);
  if (self->presence.last_active_us != old_last_active_us)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LAST_ACTIVE_US]);

  g_object_thaw_notify (G_OBJECT (self));
}

static void
porch_contact_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  PorchContact *self = PORCH_CONTACT (object);

  switch (prop_id)
    {
    case PROP_ID:
      g_value_set_string (value, self->id);
      break;
    case PROP_NAME:
      g_value_set_string (value, self->name);
      break;
    case PROP_DISPLAY_NAME:
      g_value_set_string (value, porch_contact_get_display_name (self));
      break;
    case PROP_AVATAR:
      g_value_set_string (value, self->avatar);
      break;
    case PROP_FAVOURITE:
      g_value_set_boolean (value, self->favourite);
      break;
    case PROP_NOTIFY_RULE:
      g_value_set_enum (value, self->notify_rule);
      break;
    case PROP_MISSING:
      g_value_set_boolean (value, self->missing);
      break;
    case PROP_STATUS:
      g_value_set_enum (value, self->status);
      break;
    case PROP_LAST_ACTIVE_US:
      g_value_set_int64 (value, self->presence.last_active_us);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
porch_contact_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  PorchContact *self = PORCH_CONTACT (object);

  switch (prop_id)
    {
    case PROP_ID:
      self->id = g_value_dup_string (value);
      break;
    case PROP_NAME:
      porch_contact_set_name (self, g_value_get_string (value));
      break;
    case PROP_AVATAR:
      porch_contact_set_avatar (self, g_value_get_string (value));
      break;
    case PROP_FAVOURITE:
      porch_contact_set_favourite (self, g_value_get_boolean (value));
      break;
    case PROP_NOTIFY_RULE:
      porch_contact_set_notify_rule (self, g_value_get_enum (value));
      break;
    case PROP_MISSING:
      porch_contact_set_missing (self, g_value_get_boolean (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
porch_contact_finalize (GObject *object)
{
  PorchContact *self = PORCH_CONTACT (object);

  g_clear_pointer (&self->id, g_free);
  g_clear_pointer (&self->name, g_free);
  g_clear_pointer (&self->avatar, g_free);

  G_OBJECT_CLASS (porch_contact_parent_class)->finalize (object);
}

/* Who the person is, and what was chosen for them. */
static void
porch_contact_class_init_person (void)
{
  const GParamFlags readable = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;
  const GParamFlags writable = readable | G_PARAM_WRITABLE;

  /**
   * PorchContact:id:
   *
   * The person's user id on the server.
   */
  properties[PROP_ID] = g_param_spec_string (
      "id", NULL, NULL, NULL, G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);

  /**
   * PorchContact:name: (nullable)
   *
   * The name as the server tells it, made one harmless line.
   */
  properties[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, NULL, writable);

  /**
   * PorchContact:display-name:
   *
   * The name, or the id where no name is known.
   */
  properties[PROP_DISPLAY_NAME] = g_param_spec_string ("display-name", NULL, NULL, NULL, readable);

  /**
   * PorchContact:avatar: (nullable)
   *
   * The file of the picture in the agent's cache.
   */
  properties[PROP_AVATAR] = g_param_spec_string ("avatar", NULL, NULL, NULL, writable);

  /**
   * PorchContact:favourite:
   *
   * Whether the person is shown first.
   */
  properties[PROP_FAVOURITE] = g_param_spec_boolean ("favourite", NULL, NULL, FALSE, writable);

  /**
   * PorchContact:notify-rule:
   *
   * What to tell of the person.
   */
  properties[PROP_NOTIFY_RULE] = g_param_spec_enum (
      "notify-rule", NULL, NULL, PORCH_TYPE_NOTIFY_RULE, PORCH_NOTIFY_DEFAULT, writable);

  /**
   * PorchContact:missing:
   *
   * Whether the server no longer knows this person.
   */
  properties[PROP_MISSING] = g_param_spec_boolean ("missing", NULL, NULL, FALSE, writable);
}

/* How they are. */
static void
porch_contact_class_init_presence (void)
{
  const GParamFlags readable = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  /**
   * PorchContact:status:
   *
   * The status now.
   */
  properties[PROP_STATUS] = g_param_spec_enum ("status", NULL, NULL, PORCH_TYPE_STATUS,
                                               PORCH_STATUS_UNKNOWN, readable);

  /**
   * PorchContact:last-active-us:
   *
   * When the person was last active: server's clock, Unix microseconds, 0 for never.
   */
  properties[PROP_LAST_ACTIVE_US] = g_param_spec_int64 ("last-active-us", NULL, NULL, 0, G_MAXINT64,
                                                        0, readable);
}

static void
porch_contact_class_init (PorchContactClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = porch_contact_get_property;
  object_class->set_property = porch_contact_set_property;
  object_class->finalize = porch_contact_finalize;

  porch_contact_class_init_person ();
  porch_contact_class_init_presence ();
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
porch_contact_init (PorchContact *self)
{
}

/**
 * porch_contact_new:
 * @id: the person's user id
 *
 * Returns: (transfer full): a contact of whom nothing else is known yet
 */
PorchContact *
porch_contact_new (const char *id)
{
  g_return_val_if_fail (id != NULL, NULL);

  return g_object_new (PORCH_TYPE_CONTACT, "id", id, NULL);
}

/**
 * porch_contact_get_id:
 * @self: a contact
 *
 * Returns: (transfer none): the user id
 */
const char *
porch_contact_get_id (PorchContact *self)
{
  g_return_val_if_fail (PORCH_IS_CONTACT (self), NULL);

  return self->id;
}

/**
 * porch_contact_get_name:
 * @self: a contact
 *
 * Returns: (transfer none) (nullable): the name, or %NULL where none was told
 */
const char *
porch_contact_get_name (PorchContact *self)
{
  g_return_val_if_fail (PORCH_IS_CONTACT (self), NULL);

  return self->name;
}

/**
 * porch_contact_get_display_name:
 * @self: a contact
 *
 * Returns: (transfer none): the name, or the id where no name is known
 */
const char *
porch_contact_get_display_name (PorchContact *self)
{
  g_return_val_if_fail (PORCH_IS_CONTACT (self), NULL);

  return self->name != NULL ? self->name : self->id;
}

/**
 * porch_contact_set_name:
 * @self: a contact
 * @name: (nullable): what the server calls the person
 *
 * The name is made one line as porch_text_clean() does, and what is longer than
 * %PORCH_NAME_MAX_CHARS is cut.
 */
void
porch_contact_set_name (PorchContact *self, const char *name)
{
  g_autofree char *clean = NULL;

  g_return_if_fail (PORCH_IS_CONTACT (self));

  clean = clean_name (name);

  if (g_strcmp0 (self->name, clean) == 0)
    return;

  g_free (self->name);
  self->name = g_steal_pointer (&clean);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_NAME]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_DISPLAY_NAME]);
  porch_contact_changed (self);
}

/**
 * porch_contact_get_avatar:
 * @self: a contact
 *
 * Returns: (transfer none) (nullable): the picture's file in the agent's cache
 */
const char *
porch_contact_get_avatar (PorchContact *self)
{
  g_return_val_if_fail (PORCH_IS_CONTACT (self), NULL);

  return self->avatar;
}

/**
 * porch_contact_set_avatar:
 * @self: a contact
 * @avatar: (nullable): the picture's file in the agent's cache
 */
void
porch_contact_set_avatar (PorchContact *self, const char *avatar)
{
  g_return_if_fail (PORCH_IS_CONTACT (self));

  if (g_strcmp0 (self->avatar, avatar) == 0)
    return;

  g_free (self->avatar);
  self->avatar = g_strdup (avatar);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_AVATAR]);
  porch_contact_changed (self);
}

/**
 * porch_contact_get_favourite:
 * @self: a contact
 *
 * Returns: whether the person is shown first
 */
gboolean
porch_contact_get_favourite (PorchContact *self)
{
  g_return_val_if_fail (PORCH_IS_CONTACT (self), FALSE);

  return self->favourite;
}

/**
 * porch_contact_set_favourite:
 * @self: a contact
 * @favourite: whether the person is shown first
 */
void
porch_contact_set_favourite (PorchContact *self, gboolean favourite)
{
  g_return_if_fail (PORCH_IS_CONTACT (self));

  favourite = !!favourite;
  if (self->favourite == (guint) favourite)
    return;

  self->favourite = favourite;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_FAVOURITE]);
  porch_contact_changed (self);
}

/**
 * porch_contact_get_notify_rule:
 * @self: a contact
 *
 * Returns: what to tell of the person
 */
PorchNotifyRule
porch_contact_get_notify_rule (PorchContact *self)
{
  g_return_val_if_fail (PORCH_IS_CONTACT (self), PORCH_NOTIFY_DEFAULT);

  return self->notify_rule;
}

/**
 * porch_contact_set_notify_rule:
 * @self: a contact
 * @rule: what to tell of the person
 */
void
porch_contact_set_notify_rule (PorchContact *self, PorchNotifyRule rule)
{
  g_return_if_fail (PORCH_IS_CONTACT (self));

  if (self->notify_rule == rule)
    return;

  self->notify_rule = rule;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_NOTIFY_RULE]);
  porch_contact_changed (self);
}

/**
 * porch_contact_get_missing:
 * @self: a contact
 *
 * Returns: whether the server no longer knows this person
 */
gboolean
porch_contact_get_missing (PorchContact *self)
{
  g_return_val_if_fail (PORCH_IS_CONTACT (self), FALSE);

  return self->missing;
}

/**
 * porch_contact_set_missing:
 * @self: a contact
 * @missing: whether the server no longer knows this person
 */
void
porch_contact_set_missing (PorchContact *self, gboolean missing)
{
  g_return_if_fail (PORCH_IS_CONTACT (self));

  missing = !!missing;
  if (self->missing == (guint) missing)
    return;

  self->missing = missing;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_MISSING]);
  porch_contact_changed (self);
}

/**
 * porch_contact_get_status:
 * @self: a contact
 *
 * Returns: the status now
 */
PorchStatus
porch_contact_get_status (PorchContact *self)
{
  g_return_val_if_fail (PORCH_IS_CONTACT (self), PORCH_STATUS_UNKNOWN);

  return self->status;
}

/**
 * porch_contact_get_last_known_status:
 * @self: a contact
 *
 * Returns: the status before it became unknown, the same as porch_contact_get_status() otherwise
 */
PorchStatus
porch_contact_get_last_known_status (PorchContact *self)
{
  g_return_val_if_fail (PORCH_IS_CONTACT (self), PORCH_STATUS_UNKNOWN);

  return self->last_known_status;
}

/**
 * porch_contact_get_last_active_us:
 * @self: a contact
 *
 * Returns: when the person was last active: server's clock, Unix microseconds, 0 for never
 */
gint64
porch_contact_get_last_active_us (PorchContact *self)
{
  g_return_val_if_fail (PORCH_IS_CONTACT (self), 0);

  return self->presence.last_active_us;
}

/**
 * porch_contact_get_online_since_us:
 * @self: a contact
 *
 * Returns: since when the person is online: server's clock, Unix microseconds; 0 when they are not,
 *   and when it was not seen to begin
 */
gint64
porch_contact_get_online_since_us (PorchContact *self)
{
  g_return_val_if_fail (PORCH_IS_CONTACT (self), 0);

  return self->online_since_us;
}

/**
 * porch_contact_get_known_at_us:
 * @self: a contact
 *
 * Returns: when the status was last known to be true, while it is unknown: server's clock, Unix
 *   microseconds; 0 otherwise, and where nothing was ever known
 */
gint64
porch_contact_get_known_at_us (PorchContact *self)
{
  g_return_val_if_fail (PORCH_IS_CONTACT (self), 0);

  return self->known_at_us;
}

/**
 * porch_contact_format_status:
 * @self: a contact
 * @now_us: the server's clock, Unix microseconds
 *
 * Returns: (transfer full): "Online", "Last active 5m ago", "Online as of 14:02" or what else the
 *   status is in words, translated
 */
char *
porch_contact_format_status (PorchContact *self, gint64 now_us)
{
  g_autofree char *time = NULL;

  g_return_val_if_fail (PORCH_IS_CONTACT (self), NULL);

  if (self->missing)
    return g_strdup (_ ("No longer on this server"));

  if (self->status == PORCH_STATUS_ONLINE)
    return g_strdup (_ ("Online"));

  if (self->last_known_status == PORCH_STATUS_ONLINE && self->known_at_us > 0)
    {
      time = porch_last_active_format_time (self->known_at_us, now_us);

      /* Translators: a time; the person was online then, and nothing is known since. */
      return g_strdup_printf (_ ("Online as of %s"), time);
    }

  if (self->last_known_status == PORCH_STATUS_UNKNOWN && self->presence.last_active_us == 0)
    return g_strdup (_ ("Not known yet"));

  return porch_last_active_format (self->presence.last_active_us, now_us);
}

/**
 * porch_contact_format_status_long:
 * @self: a contact
 * @now_us: the server's clock, Unix microseconds
 *
 * Returns: (transfer full): porch_contact_format_status(), with since when the person is online
 *   where that was seen: "Online since 09:12"
 */
char *
porch_contact_format_status_long (PorchContact *self, gint64 now_us)
{
  g_autofree char *time = NULL;

  g_return_val_if_fail (PORCH_IS_CONTACT (self), NULL);

  if (self->missing || self->status != PORCH_STATUS_ONLINE || self->online_since_us == 0)
    return porch_contact_format_status (self, now_us);

  time = porch_last_active_format_time (self->online_since_us, now_us);

  /* Translators: a time of day. */
  return g_strdup_printf (_ ("Online since %s"), time);
}
