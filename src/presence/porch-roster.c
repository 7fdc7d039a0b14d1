/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* Everybody on a person's list and what is known of their presence: the one place where the status
 * rule is applied. The agent's is fed by the watcher from the network, the window's mirrors the
 * agent's over the bus; who looks at one cannot tell which it is.
 *
 * A list model in order of arrival; sorting is the business of who shows it. One timer wakes at the
 * soonest moment at which somebody stops being online by the passing of time.
 */

#define G_LOG_DOMAIN "porch-presence"

#include "presence/porch-roster.h"

#include "presence/porch-contact-private.h"

struct _PorchRoster
{
  GObject parent_instance;

  PorchServerClock *server_clock;
  /* The contacts in order of arrival, which owns them; by id; and those with a deadline by it. */
  GSequence *contacts;
  GHashTable *by_id;
  GSequence *deadlines;
  guint n_online;

  guint timer;
  gint64 timer_due_us;
};

enum
{
  PROP_0,
  PROP_N_ITEMS,
  PROP_N_ONLINE,
  N_PROPS
};

enum
{
  CONTACT_CHANGED,
  STATUS_CHANGED,
  N_SIGNALS
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

static void porch_roster_list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (PorchRoster,
                               porch_roster,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL,
                                                      porch_roster_list_model_init))

static GType
porch_roster_get_item_type (GListModel *model)
{
  return PORCH_TYPE_CONTACT;
}

static guint
porch_roster_get_n_items (GListModel *model)
{
  return g_sequence_get_length (PORCH_ROSTER (model)->contacts);
}

static gpointer
porch_roster_get_item (GListModel *model, guint position)
{
  PorchRoster *self = PORCH_ROSTER (model);
  GSequenceIter *iter = g_sequence_get_iter_at_pos (self->contacts, position);

  if (g_sequence_iter_is_end (iter))
    return NULL;

  return g_object_ref (g_sequence_get (iter));
}

static void
porch_roster_list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = porch_roster_get_item_type;
  iface->get_n_items = porch_roster_get_n_items;
  iface->get_item = porch_roster_get_item;
}

/* The moment at which time alone changes the status, 0 where it does not. */
static gint64
get_deadline_us (PorchContact *contact)
{
  gint64 expiry_us;

  /* In a mirror it is the agent that decides. */
  if (contact->status != PORCH_STATUS_ONLINE
      || contact->presence.source == PORCH_PRESENCE_SOURCE_STORE)
    return 0;

  expiry_us = porch_presence_get_expiry_us (&contact->presence);

  return contact->grace_ends_us != 0 ? MIN (contact->grace_ends_us, expiry_us) : expiry_us;
}

static int
compare_deadlines (gconstpointer a, gconstpointer b, gpointer user_data)
{
  gint64 deadline_a = get_deadline_us ((PorchContact *) a);
  gint64 deadline_b = get_deadline_us ((PorchContact *) b);

  return (deadline_a > deadline_b) - (deadline_a < deadline_b);
}

static gboolean on_timer_cb (gpointer user_data);

/* A timer that is armed for earlier than needed is left to wake once for nothing: cheaper than
 * arming it again at each heartbeat of the person who is next.
 */
static void
porch_roster_arm_timer (PorchRoster *self)
{
  PorchClock *clock = porch_server_clock_get_clock (self->server_clock);
  GSequenceIter *first = g_sequence_get_begin_iter (self->deadlines);
  gint64 due_us;
  gint64 wait_ms;

  if (g_sequence_iter_is_end (first))
    {
      porch_clock_clear_timeout (clock, &self->timer);
      return;
    }

  due_us = get_deadline_us (g_sequence_get (first));
  if (self->timer != 0 && self->timer_due_us <= due_us)
    return;

  porch_clock_clear_timeout (clock, &self->timer);
  wait_ms = (due_us - porch_server_clock_get_now_us (self->server_clock)) / 1000 + 1;
  self->timer_due_us = due_us;
  self->timer = porch_clock_add_timeout (clock, CLAMP (wait_ms, 1, G_MAXINT32), on_timer_cb, self);
}

static void
porch_roster_place_deadline (PorchRoster *self, PorchContact *contact)
{
  if (get_deadline_us (contact) == 0)
    {
      g_clear_pointer (&contact->deadline, g_sequence_remove);
      return;
    }

  if (contact->deadline == NULL)
    contact->deadline = g_sequence_insert_sorted (self->deadlines, contact, compare_deadlines,
                                                  NULL);
  else
    g_sequence_sort_changed (contact->deadline, compare_deadlines, NULL);
}

static void
porch_roster_count_online (PorchRoster *self, PorchStatus old_status, PorchStatus new_status)
{
  guint n_online = self->n_online;

  n_online -= old_status == PORCH_STATUS_ONLINE;
  n_online += new_status == PORCH_STATUS_ONLINE;

  if (self->n_online == n_online)
    return;

  self->n_online = n_online;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_N_ONLINE]);
}

/* Tells everyone that a contact's presence is not what it was. */
static void
porch_roster_announce (PorchRoster *self,
                       PorchContact *contact,
                       PorchStatus old_status,
                       gint64 old_last_active_us)
{
  g_autoptr (PorchContact) keep = g_object_ref (contact);
  PorchStatus new_status = contact->status;

  porch_roster_count_online (self, old_status, new_status);
  porch_contact_notify_presence (contact, old_status, old_last_active_us);
  g_signal_emit (self, signals[CONTACT_CHANGED], 0, contact);

  if (old_status != new_status)
    g_signal_emit (self, signals[STATUS_CHANGED], 0, contact, old_status, new_status);
}

/* Draws the conclusion from what is known of a contact now, and announces it if it is another, or
 * if the last activity moved of who is not online. Who is online moves it at every heartbeat, which
 * is an event each on the original web app: that costs this comparison and nothing more.
 *
 * Returns: whether anything was announced
 */
static gboolean
porch_roster_conclude (PorchRoster *self, PorchContact *contact, gint64 old_last_active_us)
{
  gint64 now_us = porch_server_clock_get_now_us (self->server_clock);
  PorchStatus old_status = contact->status;
  PorchStatus new_status = porch_presence_evaluate (&contact->presence, now_us);

  if (contact->grace_ends_us != 0 && contact->grace_ends_us <= now_us)
    {
      contact->grace_ends_us = 0;
      contact->owner_gone = TRUE;
    }

  if (contact->owner_gone && new_status == PORCH_STATUS_ONLINE)
    new_status = PORCH_STATUS_OFFLINE;

  if (new_status != PORCH_STATUS_ONLINE)
    {
      contact->online_since_us = 0;
      contact->grace_ends_us = 0;
    }
  else if (old_status == PORCH_STATUS_OFFLINE)
    {
      contact->online_since_us = contact->presence.last_active_us;
    }

  contact->status = new_status;
  contact->last_known_status = new_status;
  contact->known_at_us = 0;
  porch_roster_place_deadline (self, contact);

  if (old_status == new_status
      && (new_status == PORCH_STATUS_ONLINE
          || contact->presence.last_active_us == old_last_active_us))
    return FALSE;

  porch_roster_announce (self, contact, old_status, old_last_active_us);

  return TRUE;
}

static gboolean
on_timer_cb (gpointer user_data)
{
  g_autoptr (PorchRoster) self = g_object_ref (user_data);
  gint64 now_us = porch_server_clock_get_now_us (self->server_clock);

  self->timer = 0;

  while (!g_sequence_is_empty (self->deadlines))
    {
      PorchContact *contact = g_sequence_get (g_sequence_get_begin_iter (self->deadlines));

      if (get_deadline_us (contact) > now_us)
        break;

      porch_roster_conclude (self, contact, contact->presence.last_active_us);
    }

  porch_roster_arm_timer (self);

  return G_SOURCE_REMOVE;
}

/* A clock that was put forward may have brought deadlines nearer than the timer. */
static void
on_offset_changed_cb (PorchRoster *self)
{
  porch_clock_clear_timeout (porch_server_clock_get_clock (self->server_clock), &self->timer);
  porch_roster_arm_timer (self);
}

static void
porch_roster_release_contact (PorchRoster *self, PorchContact *contact)
{
  g_clear_pointer (&contact->deadline, g_sequence_remove);
  contact->position = NULL;
  contact->roster = NULL;
}

static void
porch_roster_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  PorchRoster *self = PORCH_ROSTER (object);

  switch (prop_id)
    {
    case PROP_N_ITEMS:
      g_value_set_uint (value, g_sequence_get_length (self->contacts));
      break;
    case PROP_N_ONLINE:
      g_value_set_uint (value, self->n_online);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
porch_roster_finalize (GObject *object)
{
  PorchRoster *self = PORCH_ROSTER (object);
  GHashTableIter iter;
  gpointer contact;

  g_hash_table_iter_init (&iter, self->by_id);
  while (g_hash_table_iter_next (&iter, NULL, &contact))
    porch_roster_release_contact (self, contact);

  if (self->server_clock != NULL)
    porch_clock_clear_timeout (porch_server_clock_get_clock (self->server_clock), &self->timer);

  g_clear_pointer (&self->by_id, g_hash_table_unref);
  g_clear_pointer (&self->deadlines, g_sequence_free);
  g_clear_pointer (&self->contacts, g_sequence_free);
  g_clear_object (&self->server_clock);

  G_OBJECT_CLASS (porch_roster_parent_class)->finalize (object);
}

static void
porch_roster_class_init (PorchRosterClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->get_property = porch_roster_get_property;
  object_class->finalize = porch_roster_finalize;

  /**
   * PorchRoster:n-items:
   *
   * How many contacts there are.
   */
  properties[PROP_N_ITEMS] = g_param_spec_uint ("n-items", NULL, NULL, 0, G_MAXUINT, 0, flags);

  /**
   * PorchRoster:n-online:
   *
   * How many of them are online.
   */
  properties[PROP_N_ONLINE] = g_param_spec_uint ("n-online", NULL, NULL, 0, G_MAXUINT, 0, flags);

  g_object_class_install_properties (object_class, N_PROPS, properties);

  /**
   * PorchRoster::contact-changed:
   * @self: the roster
   * @contact: the contact
   *
   * Anything about a contact changed: once for each change that was taken in.
   */
  signals[CONTACT_CHANGED] = g_signal_new ("contact-changed", PORCH_TYPE_ROSTER, G_SIGNAL_RUN_LAST,
                                           0, NULL, NULL, NULL, G_TYPE_NONE, 1, PORCH_TYPE_CONTACT);

  /**
   * PorchRoster::status-changed:
   * @self: the roster
   * @contact: the contact
   * @old_status: the status before; %PORCH_STATUS_UNKNOWN when this is the first that was learnt
   * @new_status: the status now
   *
   * Emitted after #PorchRoster::contact-changed. What is learnt first after unknown is nobody's
   * coming or going.
   */
  signals[STATUS_CHANGED] = g_signal_new ("status-changed", PORCH_TYPE_ROSTER, G_SIGNAL_RUN_LAST, 0,
                                          NULL, NULL, NULL, G_TYPE_NONE, 3, PORCH_TYPE_CONTACT,
                                          PORCH_TYPE_STATUS, PORCH_TYPE_STATUS);
}

static void
porch_roster_init (PorchRoster *self)
{
  self->contacts = g_sequence_new (g_object_unref);
  self->by_id = g_hash_table_new (g_str_hash, g_str_equal);
  self->deadlines = g_sequence_new (NULL);
}

/* For the contacts' own setters. */
void
porch_roster_contact_changed (PorchRoster *self, PorchContact *contact)
{
  g_autoptr (PorchContact) keep = g_object_ref (contact);

  g_signal_emit (self, signals[CONTACT_CHANGED], 0, contact);
}

/**
 * porch_roster_new:
 * @server_clock: the clock that the contacts' times are of
 *
 * Returns: (transfer full): an empty roster
 */
PorchRoster *
porch_roster_new (PorchServerClock *server_clock)
{
  PorchRoster *self;

  g_return_val_if_fail (PORCH_IS_SERVER_CLOCK (server_clock), NULL);

  self = g_object_new (PORCH_TYPE_ROSTER, NULL);
  self->server_clock = g_object_ref (server_clock);
  g_signal_connect_object (server_clock, "notify::offset-us", G_CALLBACK (on_offset_changed_cb),
                           self, G_CONNECT_SWAPPED);

  return self;
}

/**
 * porch_roster_get_server_clock:
 * @self: a roster
 *
 * Returns: (transfer none): the clock that the contacts' times are of
 */
PorchServerClock *
porch_roster_get_server_clock (PorchRoster *self)
{
  g_return_val_if_fail (PORCH_IS_ROSTER (self), NULL);

  return self->server_clock;
}

/**
 * porch_roster_lookup:
 * @self: a roster
 * @id: a user id
 *
 * Returns: (transfer none) (nullable): the contact, or %NULL when that person is not on the list
 */
PorchContact *
porch_roster_lookup (PorchRoster *self, const char *id)
{
  g_return_val_if_fail (PORCH_IS_ROSTER (self), NULL);
  g_return_val_if_fail (id != NULL, NULL);

  return g_hash_table_lookup (self->by_id, id);
}

/**
 * porch_roster_get_n_online:
 * @self: a roster
 *
 * Returns: how many contacts are online
 */
guint
porch_roster_get_n_online (PorchRoster *self)
{
  g_return_val_if_fail (PORCH_IS_ROSTER (self), 0);

  return self->n_online;
}

static gboolean
porch_roster_append (PorchRoster *self, PorchContact *contact)
{
  g_return_val_if_fail (contact->roster == NULL, FALSE);

  if (g_hash_table_contains (self->by_id, contact->id))
    return FALSE;

  contact->roster = self;
  contact->position = g_sequence_append (self->contacts, g_object_ref (contact));
  g_hash_table_insert (self->by_id, contact->id, contact);
  self->n_online += contact->status == PORCH_STATUS_ONLINE;

  return TRUE;
}

static void
porch_roster_items_changed (PorchRoster *self, guint position, guint removed, guint added)
{
  g_list_model_items_changed (G_LIST_MODEL (self), position, removed, added);

  if (removed != added)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_N_ITEMS]);
}

/**
 * porch_roster_add:
 * @self: a roster
 * @contact: (transfer none): a contact of no roster yet
 *
 * Appends a contact. One whose id is already on the list is left alone.
 */
void
porch_roster_add (PorchRoster *self, PorchContact *contact)
{
  g_return_if_fail (PORCH_IS_ROSTER (self));
  g_return_if_fail (PORCH_IS_CONTACT (contact));

  if (porch_roster_append (self, contact))
    porch_roster_items_changed (self, g_sequence_get_length (self->contacts) - 1, 0, 1);
}

/**
 * porch_roster_add_many:
 * @self: a roster
 * @contacts: (element-type PorchContact) (transfer none): contacts of no roster yet
 *
 * Appends them with one announcement for all.
 */
void
porch_roster_add_many (PorchRoster *self, GPtrArray *contacts)
{
  guint first;
  guint added = 0;

  g_return_if_fail (PORCH_IS_ROSTER (self));
  g_return_if_fail (contacts != NULL);

  first = g_sequence_get_length (self->contacts);
  for (guint i = 0; i < contacts->len; i++)
    added += porch_roster_append (self, g_ptr_array_index (contacts, i));

  if (added == 0)
    return;

  porch_roster_items_changed (self, first, 0, added);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_N_ONLINE]);
}

/**
 * porch_roster_remove:
 * @self: a roster
 * @id: a user id
 *
 * Returns: whether that person was on the list
 */
gboolean
porch_roster_remove (PorchRoster *self, const char *id)
{
  g_autoptr (PorchContact) contact = NULL;
  GSequenceIter *position;
  guint index;

  g_return_val_if_fail (PORCH_IS_ROSTER (self), FALSE);
  g_return_val_if_fail (id != NULL, FALSE);

  if (!g_hash_table_steal_extended (self->by_id, id, NULL, (gpointer *) &contact))
    return FALSE;

  g_object_ref (contact);
  position = contact->position;
  index = g_sequence_iter_get_position (position);
  porch_roster_release_contact (self, contact);
  g_sequence_remove (position);
  porch_roster_items_changed (self, index, 1, 0);
  porch_roster_count_online (self, contact->status, PORCH_STATUS_UNKNOWN);
  porch_roster_arm_timer (self);

  return TRUE;
}

/**
 * porch_roster_clear:
 * @self: a roster
 *
 * Removes everybody.
 */
void
porch_roster_clear (PorchRoster *self)
{
  guint n_items;
  GHashTableIter iter;
  gpointer contact;

  g_return_if_fail (PORCH_IS_ROSTER (self));

  n_items = g_sequence_get_length (self->contacts);
  if (n_items == 0)
    return;

  g_hash_table_iter_init (&iter, self->by_id);
  while (g_hash_table_iter_next (&iter, NULL, &contact))
    porch_roster_release_contact (self, contact);

  g_hash_table_remove_all (self->by_id);
  g_sequence_remove_range (g_sequence_get_begin_iter (self->contacts),
                           g_sequence_get_end_iter (self->contacts));
  self->n_online = 0;
  porch_roster_arm_timer (self);

  porch_roster_items_changed (self, 0, n_items, 0);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_N_ONLINE]);
}

/**
 * porch_roster_apply:
 * @self: a roster
 * @id: whom it is about
 * @presence: a statement, as it came from the network
 *
 * Takes in a statement: clamps it, drops it if what is known outranks it, and draws the conclusion.
 * A contact that was unknown becomes known by any statement, since it says that we are connected.
 *
 * Returns: whether anything about the contact changed
 */
gboolean
porch_roster_apply (PorchRoster *self, const char *id, const PorchPresence *presence)
{
  PorchContact *contact;
  PorchPresence news;
  gint64 old_last_active_us;
  gboolean changed;

  g_return_val_if_fail (PORCH_IS_ROSTER (self), FALSE);
  g_return_val_if_fail (id != NULL, FALSE);
  g_return_val_if_fail (presence != NULL, FALSE);
  g_return_val_if_fail (presence->status != PORCH_STATUS_UNKNOWN, FALSE);

  contact = porch_roster_lookup (self, id);
  if (contact == NULL)
    return FALSE;

  news = *presence;
  porch_presence_clamp (&news, porch_server_clock_get_now_us (self->server_clock));
  old_last_active_us = contact->presence.last_active_us;

  if (porch_presence_supersedes (&news, &contact->presence, contact->after_gap))
    {
      /* Newer activity proves that whoever was lost from the channel is there. */
      if (news.status == PORCH_STATUS_ONLINE && news.last_active_us > old_last_active_us)
        {
          contact->owner_gone = FALSE;
          contact->grace_ends_us = 0;
        }

      contact->presence = news;
    }

  /* What the store kept is now confirmed, by whatever was said. */
  if (contact->presence.source == PORCH_PRESENCE_SOURCE_STORE)
    contact->presence.source = PORCH_PRESENCE_SOURCE_HTTP;

  contact->after_gap = FALSE;
  changed = porch_roster_conclude (self, contact, old_last_active_us);
  porch_roster_arm_timer (self);

  return changed;
}

/**
 * porch_roster_owner_joined:
 * @self: a roster
 * @id: a person who is a member of their own presence channel
 *
 * They are connected: an absence that was being waited for is over.
 */
void
porch_roster_owner_joined (PorchRoster *self, const char *id)
{
  PorchContact *contact;

  g_return_if_fail (PORCH_IS_ROSTER (self));
  g_return_if_fail (id != NULL);

  contact = porch_roster_lookup (self, id);
  if (contact == NULL || (contact->grace_ends_us == 0 && !contact->owner_gone))
    return;

  contact->grace_ends_us = 0;
  contact->owner_gone = FALSE;
  porch_roster_conclude (self, contact, contact->presence.last_active_us);
  porch_roster_arm_timer (self);
}

/**
 * porch_roster_owner_left:
 * @self: a roster
 * @id: a person who was a member of their own presence channel, and no longer is
 *
 * Unless they come back, or are heard of, within %PORCH_MEMBER_GRACE_US, they are offline.
 */
void
porch_roster_owner_left (PorchRoster *self, const char *id)
{
  PorchContact *contact;

  g_return_if_fail (PORCH_IS_ROSTER (self));
  g_return_if_fail (id != NULL);

  contact = porch_roster_lookup (self, id);
  if (contact == NULL || contact->status != PORCH_STATUS_ONLINE || contact->grace_ends_us != 0)
    return;

  contact->grace_ends_us = porch_server_clock_get_now_us (self->server_clock)
                           + PORCH_MEMBER_GRACE_US;
  porch_roster_place_deadline (self, contact);
  porch_roster_arm_timer (self);
}

static void
porch_roster_make_unknown (PorchRoster *self, PorchContact *contact, gint64 now_us)
{
  PorchStatus old_status = contact->status;

  contact->after_gap = TRUE;
  contact->owner_gone = FALSE;
  contact->grace_ends_us = 0;

  if (old_status == PORCH_STATUS_UNKNOWN)
    return;

  contact->status = PORCH_STATUS_UNKNOWN;
  contact->online_since_us = 0;
  contact->known_at_us = now_us;
  porch_roster_place_deadline (self, contact);
  porch_roster_announce (self, contact, old_status, contact->presence.last_active_us);
}

/**
 * porch_roster_set_unknown:
 * @self: a roster
 *
 * We are not connected: everybody's status is unknown from now on, and what was known last is kept
 * with this moment.
 */
void
porch_roster_set_unknown (PorchRoster *self)
{
  g_autoptr (GPtrArray) contacts = NULL;
  GHashTableIter iter;
  gpointer value;
  gint64 now_us;

  g_return_if_fail (PORCH_IS_ROSTER (self));

  /* A copy, since a handler may add or remove somebody. */
  contacts = g_ptr_array_new_full (g_hash_table_size (self->by_id), g_object_unref);
  g_hash_table_iter_init (&iter, self->by_id);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    g_ptr_array_add (contacts, g_object_ref (value));

  now_us = porch_server_clock_get_now_us (self->server_clock);
  for (guint i = 0; i < contacts->len; i++)
    {
      PorchContact *contact = g_ptr_array_index (contacts, i);

      if (contact->roster == self)
        porch_roster_make_unknown (self, contact, now_us);
    }

  porch_roster_arm_timer (self);
}

/**
 * porch_roster_mirror:
 * @self: a roster
 * @contact: a contact of this roster, or of none yet
 * @state: what another roster, or the store, says of them
 *
 * Takes a conclusion over as it is, without drawing one: the roster never changes such a contact by
 * itself, and any statement from the network outranks it.
 */
void
porch_roster_mirror (PorchRoster *self, PorchContact *contact, const PorchContactState *state)
{
  PorchStatus old_status;
  gint64 old_last_active_us;

  g_return_if_fail (PORCH_IS_ROSTER (self));
  g_return_if_fail (PORCH_IS_CONTACT (contact));
  g_return_if_fail (contact->roster == NULL || contact->roster == self);
  g_return_if_fail (state != NULL);

  old_status = contact->status;
  old_last_active_us = contact->presence.last_active_us;

  if (contact->status == state->status && contact->last_known_status == state->last_known_status
      && contact->presence.last_active_us == state->last_active_us
      && contact->online_since_us == state->online_since_us
      && contact->known_at_us == state->known_at_us)
    return;

  contact->status = state->status;
  contact->last_known_status = state->last_known_status;
  contact->online_since_us = state->online_since_us;
  contact->known_at_us = state->known_at_us;
  contact->presence.status = state->last_known_status;
  contact->presence.last_active_us = state->last_active_us;
  contact->presence.source = PORCH_PRESENCE_SOURCE_STORE;
  contact->after_gap = TRUE;

  if (contact->roster != NULL)
    {
      porch_roster_place_deadline (self, contact);
      porch_roster_announce (self, contact, old_status, old_last_active_us);
    }
}
