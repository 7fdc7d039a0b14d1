/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* Decides what of a roster's comings and goings the person is told (look.md, Notifications): of
 * whom, when, and in one sentence for all who come together. Owned by the agent, one for each
 * account that is used. It shows nothing, and knows no bus.
 *
 * A status counts once it has settled: online after the moment in which others are gathered,
 * offline after the grace for flaps. What is learnt first after unknown settles at once and in
 * silence, since nobody saw it happen.
 */

#define G_LOG_DOMAIN "porch-presence"

#include "config.h"

#include "presence/porch-notification-rules.h"

#include <glib/gi18n-lib.h>

#include "presence/porch-online-people.h"

/* The names of a crowd stand in the body; more of them than this help nobody. */
#define BODY_NAMES_MAX 12

/* The wall clock may be set while quiet hours are waited out. */
#define QUIET_CHECK_MS (10 * 60 * 1000)

struct _PorchNotificationRules
{
  GObject parent_instance;

  PorchRoster *roster;
  PorchClock *clock;
  PorchNotifyDefault value;
  PorchQuietHours quiet_hours;

  /* Person by user id: everybody whose status is known or was. */
  GHashTable *people;

  /* Who came, who has left for good, and who came in quiet hours, in that order (of Person). */
  GPtrArray *coming;
  GPtrArray *leaving;
  GPtrArray *silenced;
  guint gather_timeout_id;
  guint quiet_timeout_id;

  /* Who may yet come back, the one who left first in front (of Person). */
  GQueue leavers;
  guint leavers_timeout_id;

  /* PorchNotification by id: what is shown; and the ids of those that say too much by now. */
  GHashTable *shown;
  GHashTable *stale;
  guint last_id;
};

G_DEFINE_FINAL_TYPE (PorchNotificationRules, porch_notification_rules, G_TYPE_OBJECT)

enum
{
  SIGNAL_NOTIFY_PEOPLE,
  SIGNAL_WITHDRAW,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

typedef struct
{
  PorchContact *contact;
  gboolean is_settled_online;
  gint64 left_at_us; /* monotonic; while settled as online and yet offline */
  GList *leaver;     /* their place among the leavers */
  gboolean is_coming;
  gboolean is_leaving;
  guint shown_id; /* the notification that names them, 0 for none */
} Person;

static void
person_free (Person *person)
{
  g_object_unref (person->contact);
  g_free (person);
}

static void
notification_free (PorchNotification *notification)
{
  g_free (notification->title);
  g_free (notification->body);
  g_ptr_array_unref (notification->contacts);
  g_free (notification);
}

static Person *
lookup_person (PorchNotificationRules *self, PorchContact *contact)
{
  return g_hash_table_lookup (self->people, porch_contact_get_id (contact));
}

static Person *
ensure_person (PorchNotificationRules *self, PorchContact *contact)
{
  Person *person = lookup_person (self, contact);

  /* Removed and added again, they are another contact of the same id. */
  if (person != NULL)
    {
      g_set_object (&person->contact, contact);
      return person;
    }

  person = g_new0 (Person, 1);
  person->contact = g_object_ref (contact);
  g_hash_table_insert (self->people, g_strdup (porch_contact_get_id (contact)), person);
  return person;
}

static gboolean
is_wanted (PorchNotificationRules *self, Person *person, PorchStatus status)
{
  switch (porch_contact_get_notify_rule (person->contact))
    {
    case PORCH_NOTIFY_NEVER:
      return FALSE;
    case PORCH_NOTIFY_ONCE:
    case PORCH_NOTIFY_ALWAYS:
      return status == PORCH_STATUS_ONLINE;
    case PORCH_NOTIFY_ALSO_LEAVES:
      return TRUE;
    case PORCH_NOTIFY_DEFAULT:
      break;
    }

  if (status != PORCH_STATUS_ONLINE || self->value == PORCH_NOTIFY_NOBODY)
    return FALSE;
  return self->value == PORCH_NOTIFY_EVERYBODY || porch_contact_get_favourite (person->contact);
}

static char *
format_left (const char *const *names, guint n_people)
{
  g_autofree char *first = porch_short_name_format (names[0]);
  g_autofree char *second = n_people > 1 ? porch_short_name_format (names[1]) : NULL;
  g_autofree char *third = n_people == 3 ? porch_short_name_format (names[2]) : NULL;

  switch (n_people)
    {
    case 1:
      /* Translators: a person's name */
      return g_strdup_printf (_ ("%s went offline"), first);
    case 2:
      /* Translators: two names */
      return g_strdup_printf (_ ("%s and %s went offline"), first, second);
    case 3:
      /* Translators: three names */
      return g_strdup_printf (_ ("%s, %s and %s went offline"), first, second, third);
    default:
      /* Translators: two names, and how many more people: two or more */
      return g_strdup_printf (ngettext ("%s, %s and %u other went offline",
                                        "%s, %s and %u others went offline", n_people - 2),
                              first, second, n_people - 2);
    }
}

static char *
format_names (GPtrArray *contacts)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < MIN (contacts->len, BODY_NAMES_MAX); i++)
    g_ptr_array_add (names, porch_short_name_format (
                                porch_contact_get_display_name (g_ptr_array_index (contacts, i))));
  if (contacts->len > BODY_NAMES_MAX)
    g_ptr_array_add (names, g_strdup ("…"));
  g_ptr_array_add (names, NULL);
  /* Translators: what stands between names in a list */
  return g_strjoinv (C_ ("between names", ", "), (char **) names->pdata);
}

/* The names that did not fit into the sentence, and why it comes so late. */
static char *
format_body (const PorchNotification *notification)
{
  gboolean is_crowd = notification->contacts->len > PORCH_ONLINE_NAMES_MAX;
  g_autofree char *names = is_crowd ? format_names (notification->contacts) : g_strdup ("");

  if (!notification->after_quiet_hours)
    return g_steal_pointer (&names);
  return g_strconcat (_ ("Came online during your quiet hours."), is_crowd ? "\n" : "", names,
                      NULL);
}

static void
word_notification (PorchNotification *notification)
{
  GPtrArray *contacts = notification->contacts;
  const char *names[PORCH_ONLINE_NAMES_MAX + 1] = { NULL };

  for (guint i = 0; i < MIN (contacts->len, PORCH_ONLINE_NAMES_MAX); i++)
    names[i] = porch_contact_get_display_name (g_ptr_array_index (contacts, i));

  g_free (notification->title);
  g_free (notification->body);
  notification->title = notification->status == PORCH_STATUS_ONLINE
                            ? porch_online_names_format (names, contacts->len)
                            : format_left (names, contacts->len);
  notification->body = format_body (notification);
}

static void
withdraw (PorchNotificationRules *self, guint id)
{
  porch_notification_rules_forget (self, id);
  g_signal_emit (self, signals[SIGNAL_WITHDRAW], 0, id);
}

static gboolean on_gather_timeout_cb (gpointer user_data);

static void
arm_gather (PorchNotificationRules *self)
{
  if (self->gather_timeout_id == 0)
    self->gather_timeout_id = porch_clock_add_timeout (self->clock, PORCH_NOTIFY_GATHER_MS,
                                                       on_gather_timeout_cb, self);
}

/* What is shown of this person is no longer true: it goes, or soon says so of the others only. */
static void
take_back (PorchNotificationRules *self, Person *person)
{
  guint id = person->shown_id;
  PorchNotification *notification = g_hash_table_lookup (self->shown, GUINT_TO_POINTER (id));

  person->shown_id = 0;
  if (notification == NULL)
    return;

  g_ptr_array_remove (notification->contacts, person->contact);
  if (notification->contacts->len == 0)
    {
      withdraw (self, id);
      return;
    }

  g_hash_table_add (self->stale, GUINT_TO_POINTER (id));
  arm_gather (self);
}

/* people: (element-type Person): those of whom to tell, at least one */
static void
tell (PorchNotificationRules *self,
      GPtrArray *people,
      PorchStatus status,
      gboolean after_quiet_hours)
{
  PorchNotification *notification = g_new0 (PorchNotification, 1);

  notification->id = ++self->last_id;
  notification->status = status;
  notification->after_quiet_hours = after_quiet_hours;
  notification->contacts = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < people->len; i++)
    {
      Person *person = g_ptr_array_index (people, i);

      take_back (self, person);
      person->shown_id = notification->id;
      g_ptr_array_add (notification->contacts, g_object_ref (person->contact));
      if (porch_contact_get_notify_rule (person->contact) == PORCH_NOTIFY_ONCE)
        porch_contact_set_notify_rule (person->contact, PORCH_NOTIFY_DEFAULT);
    }

  word_notification (notification);
  g_hash_table_insert (self->shown, GUINT_TO_POINTER (notification->id), notification);
  g_signal_emit (self, signals[SIGNAL_NOTIFY_PEOPLE], 0, notification);
}

static GPtrArray *
keep_wanted (PorchNotificationRules *self, GPtrArray *people, PorchStatus status)
{
  GPtrArray *wanted = g_ptr_array_new ();

  for (guint i = 0; i < people->len; i++)
    {
      Person *person = g_ptr_array_index (people, i);

      if (porch_contact_get_status (person->contact) == status && is_wanted (self, person, status))
        g_ptr_array_add (wanted, person);
    }
  return wanted;
}

static gboolean on_quiet_timeout_cb (gpointer user_data);

static void
arm_quiet_end (PorchNotificationRules *self, gint64 end_us)
{
  gint64 left_ms = (end_us - porch_clock_get_real_us (self->clock)) / 1000 + 1;

  if (self->quiet_timeout_id == 0)
    self->quiet_timeout_id = porch_clock_add_timeout (
        self->clock, CLAMP (left_ms, 1, QUIET_CHECK_MS), on_quiet_timeout_cb, self);
}

static gint64
get_quiet_end_us (PorchNotificationRules *self)
{
  return porch_quiet_hours_get_end_us (&self->quiet_hours, porch_clock_get_real_us (self->clock));
}

/* What was kept back is told, once it is quiet no longer. */
static void
end_quiet (PorchNotificationRules *self)
{
  gint64 end_us = get_quiet_end_us (self);

  if (self->silenced->len == 0)
    return;
  if (end_us != 0)
    {
      arm_quiet_end (self, end_us);
      return;
    }

  g_autoptr (GPtrArray) people = keep_wanted (self, self->silenced, PORCH_STATUS_ONLINE);
  g_ptr_array_set_size (self->silenced, 0);
  if (people->len > 0 && self->quiet_hours.summary)
    tell (self, people, PORCH_STATUS_ONLINE, TRUE);
}

static gboolean
on_quiet_timeout_cb (gpointer user_data)
{
  PorchNotificationRules *self = user_data;

  self->quiet_timeout_id = 0;
  end_quiet (self);
  return G_SOURCE_REMOVE;
}

static void
silence (PorchNotificationRules *self, GPtrArray *people, gint64 quiet_end_us)
{
  if (!self->quiet_hours.summary)
    return;

  for (guint i = 0; i < people->len; i++)
    if (!g_ptr_array_find (self->silenced, g_ptr_array_index (people, i), NULL))
      g_ptr_array_add (self->silenced, g_ptr_array_index (people, i));
  arm_quiet_end (self, quiet_end_us);
}

static void
tell_gathered (PorchNotificationRules *self, GPtrArray *gathered, PorchStatus status)
{
  g_autoptr (GPtrArray) people = keep_wanted (self, gathered, status);
  gint64 quiet_end_us = get_quiet_end_us (self);

  g_ptr_array_set_size (gathered, 0);
  if (people->len == 0)
    return;

  if (quiet_end_us == 0)
    tell (self, people, status, FALSE);
  else if (status == PORCH_STATUS_ONLINE)
    silence (self, people, quiet_end_us);
}

/* A crowd that goes costs one correction, and not one each. */
static void
correct_stale (PorchNotificationRules *self)
{
  g_autoptr (GHashTable) stale = g_steal_pointer (&self->stale);
  GHashTableIter iter;
  gpointer id;

  self->stale = g_hash_table_new (NULL, NULL);
  g_hash_table_iter_init (&iter, stale);
  while (g_hash_table_iter_next (&iter, &id, NULL))
    {
      PorchNotification *notification = g_hash_table_lookup (self->shown, id);

      if (notification == NULL)
        continue;
      word_notification (notification);
      g_signal_emit (self, signals[SIGNAL_NOTIFY_PEOPLE], 0, notification);
    }
}

static gboolean
on_gather_timeout_cb (gpointer user_data)
{
  PorchNotificationRules *self = user_data;

  self->gather_timeout_id = 0;
  for (guint i = 0; i < self->coming->len; i++)
    {
      Person *person = g_ptr_array_index (self->coming, i);
      person->is_coming = FALSE;
      person->is_settled_online = TRUE;
    }
  for (guint i = 0; i < self->leaving->len; i++)
    {
      Person *person = g_ptr_array_index (self->leaving, i);
      person->is_leaving = FALSE;
    }
  correct_stale (self);
  tell_gathered (self, self->coming, PORCH_STATUS_ONLINE);
  tell_gathered (self, self->leaving, PORCH_STATUS_OFFLINE);
  return G_SOURCE_REMOVE;
}

static gboolean on_leavers_timeout_cb (gpointer user_data);

static void
arm_leavers (PorchNotificationRules *self)
{
  Person *first = g_queue_peek_head (&self->leavers);

  if (first == NULL || self->leavers_timeout_id != 0)
    return;

  gint64 left_us = first->left_at_us + PORCH_NOTIFY_FLAP_US
                   - porch_clock_get_monotonic_us (self->clock);
  self->leavers_timeout_id = porch_clock_add_timeout (
      self->clock, (guint) CLAMP ((left_us + 999) / 1000, 1, PORCH_NOTIFY_FLAP_US / 1000),
      on_leavers_timeout_cb, self);
}

static gboolean
on_leavers_timeout_cb (gpointer user_data)
{
  PorchNotificationRules *self = user_data;
  gint64 gone_before_us = porch_clock_get_monotonic_us (self->clock) - PORCH_NOTIFY_FLAP_US;

  self->leavers_timeout_id = 0;
  while (!g_queue_is_empty (&self->leavers))
    {
      Person *person = g_queue_peek_head (&self->leavers);

      if (person->left_at_us > gone_before_us)
        break;
      g_queue_pop_head (&self->leavers);
      person->leaver = NULL;
      person->is_settled_online = FALSE;
      person->is_leaving = TRUE;
      g_ptr_array_add (self->leaving, person);
      arm_gather (self);
    }
  arm_leavers (self);
  return G_SOURCE_REMOVE;
}

/* Whatever was to be told of them is not; Returns: whether their coming was */
static gboolean
drop_pending (PorchNotificationRules *self, Person *person)
{
  gboolean was_coming = person->is_coming;

  if (person->is_coming)
    g_ptr_array_remove (self->coming, person);
  if (person->is_leaving)
    g_ptr_array_remove (self->leaving, person);
  person->is_coming = FALSE;
  person->is_leaving = FALSE;
  if (person->leaver != NULL)
    g_queue_delete_link (&self->leavers, g_steal_pointer (&person->leaver));
  return was_coming;
}

static void
come (PorchNotificationRules *self, Person *person)
{
  gint64 gone_us = porch_clock_get_monotonic_us (self->clock) - person->left_at_us;

  drop_pending (self, person);
  take_back (self, person);
  if (person->is_settled_online && gone_us < PORCH_NOTIFY_FLAP_US)
    return;

  person->is_settled_online = FALSE;
  person->is_coming = TRUE;
  g_ptr_array_add (self->coming, person);
  arm_gather (self);
}

static void
leave (PorchNotificationRules *self, Person *person)
{
  take_back (self, person);
  if (drop_pending (self, person) || !person->is_settled_online)
    return;

  person->left_at_us = porch_clock_get_monotonic_us (self->clock);
  if (!is_wanted (self, person, PORCH_STATUS_OFFLINE))
    return;

  g_queue_push_tail (&self->leavers, person);
  person->leaver = g_queue_peek_tail_link (&self->leavers);
  arm_leavers (self);
}

static void
on_status_changed_cb (PorchNotificationRules *self,
                      PorchContact *contact,
                      PorchStatus old_status,
                      PorchStatus new_status,
                      PorchRoster *roster)
{
  Person *person = ensure_person (self, contact);

  if (new_status == PORCH_STATUS_UNKNOWN)
    drop_pending (self, person);
  else if (old_status == PORCH_STATUS_UNKNOWN)
    {
      PorchNotification *shown = g_hash_table_lookup (self->shown,
                                                      GUINT_TO_POINTER (person->shown_id));

      /* Who was online before the gap and comes back right after it was never gone. */
      if (new_status == PORCH_STATUS_ONLINE)
        person->is_settled_online = TRUE;
      else
        person->left_at_us = porch_clock_get_monotonic_us (self->clock);
      if (shown != NULL && shown->status != new_status)
        take_back (self, person);
    }
  else if (new_status == PORCH_STATUS_ONLINE)
    come (self, person);
  else
    leave (self, person);
}

static void
on_items_changed_cb (PorchNotificationRules *self,
                     guint position,
                     guint removed,
                     guint added,
                     GListModel *roster)
{
  GHashTableIter iter;
  gpointer id, value;

  if (removed == 0)
    return;

  g_hash_table_iter_init (&iter, self->people);
  while (g_hash_table_iter_next (&iter, &id, &value))
    if (porch_roster_lookup (self->roster, id) == NULL)
      {
        drop_pending (self, value);
        g_ptr_array_remove (self->silenced, value);
        take_back (self, value);
        g_hash_table_iter_remove (&iter);
      }
}

static void
porch_notification_rules_dispose (GObject *object)
{
  PorchNotificationRules *self = PORCH_NOTIFICATION_RULES (object);

  if (self->clock != NULL)
    {
      porch_clock_clear_timeout (self->clock, &self->gather_timeout_id);
      porch_clock_clear_timeout (self->clock, &self->leavers_timeout_id);
      porch_clock_clear_timeout (self->clock, &self->quiet_timeout_id);
    }
  g_queue_clear (&self->leavers);

  G_OBJECT_CLASS (porch_notification_rules_parent_class)->dispose (object);
}

static void
porch_notification_rules_finalize (GObject *object)
{
  PorchNotificationRules *self = PORCH_NOTIFICATION_RULES (object);

  g_ptr_array_unref (self->coming);
  g_ptr_array_unref (self->leaving);
  g_ptr_array_unref (self->silenced);
  g_hash_table_unref (self->people);
  g_hash_table_unref (self->shown);
  g_hash_table_unref (self->stale);
  g_clear_object (&self->roster);
  g_clear_object (&self->clock);

  G_OBJECT_CLASS (porch_notification_rules_parent_class)->finalize (object);
}

static void
porch_notification_rules_class_init (PorchNotificationRulesClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GType type = G_TYPE_FROM_CLASS (klass);

  object_class->dispose = porch_notification_rules_dispose;
  object_class->finalize = porch_notification_rules_finalize;

  signals[SIGNAL_NOTIFY_PEOPLE] = g_signal_new ("notify-people", type, G_SIGNAL_RUN_LAST, 0, NULL,
                                                NULL, NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
  signals[SIGNAL_WITHDRAW] = g_signal_new ("withdraw", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                           G_TYPE_NONE, 1, G_TYPE_UINT);
}

static void
porch_notification_rules_init (PorchNotificationRules *self)
{
  self->people = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                        (GDestroyNotify) person_free);
  self->coming = g_ptr_array_new ();
  self->leaving = g_ptr_array_new ();
  self->silenced = g_ptr_array_new ();
  self->shown = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) notification_free);
  self->stale = g_hash_table_new (NULL, NULL);
}

/**
 * porch_notification_rules_new:
 * @roster: whose comings and goings
 * @clock: the clock
 *
 * Returns: (transfer full): rules that tell of nobody, but those who have a rule of their own
 */
PorchNotificationRules *
porch_notification_rules_new (PorchRoster *roster, PorchClock *clock)
{
  g_return_val_if_fail (PORCH_IS_ROSTER (roster), NULL);
  g_return_val_if_fail (PORCH_IS_CLOCK (clock), NULL);

  PorchNotificationRules *self = g_object_new (PORCH_TYPE_NOTIFICATION_RULES, NULL);
  self->roster = g_object_ref (roster);
  self->clock = g_object_ref (clock);
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (roster)); i++)
    {
      g_autoptr (PorchContact) contact = g_list_model_get_item (G_LIST_MODEL (roster), i);
      Person *person = ensure_person (self, contact);
      person->is_settled_online = porch_contact_get_status (contact) == PORCH_STATUS_ONLINE;
    }
  g_signal_connect_object (roster, "status-changed", G_CALLBACK (on_status_changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (roster, "items-changed", G_CALLBACK (on_items_changed_cb), self,
                           G_CONNECT_SWAPPED);
  return self;
}

/**
 * porch_notification_rules_set_default:
 * @self: rules
 * @value: what to tell of a contact that has no rule of its own
 */
void
porch_notification_rules_set_default (PorchNotificationRules *self, PorchNotifyDefault value)
{
  g_return_if_fail (PORCH_IS_NOTIFICATION_RULES (self));

  self->value = value;
}

/**
 * porch_notification_rules_set_quiet_hours:
 * @self: rules
 * @hours: when to tell nothing, valid
 */
void
porch_notification_rules_set_quiet_hours (PorchNotificationRules *self,
                                          const PorchQuietHours *hours)
{
  g_return_if_fail (PORCH_IS_NOTIFICATION_RULES (self));
  g_return_if_fail (hours != NULL && porch_quiet_hours_is_valid (hours));

  if (porch_quiet_hours_equal (&self->quiet_hours, hours))
    return;

  self->quiet_hours = *hours;
  porch_clock_clear_timeout (self->clock, &self->quiet_timeout_id);
  end_quiet (self);
}

/**
 * porch_notification_rules_forget:
 * @self: rules
 * @id: a notification that is shown no longer: the person closed it, or it went by itself
 */
void
porch_notification_rules_forget (PorchNotificationRules *self, guint id)
{
  g_return_if_fail (PORCH_IS_NOTIFICATION_RULES (self));

  PorchNotification *notification = g_hash_table_lookup (self->shown, GUINT_TO_POINTER (id));
  if (notification == NULL)
    return;

  for (guint i = 0; i < notification->contacts->len; i++)
    {
      Person *person = lookup_person (self, g_ptr_array_index (notification->contacts, i));
      if (person != NULL && person->shown_id == id)
        person->shown_id = 0;
    }
  g_hash_table_remove (self->shown, GUINT_TO_POINTER (id));
}

/**
 * porch_notification_rules_withdraw_all:
 * @self: rules
 *
 * Nothing of what is shown is of interest any longer.
 */
void
porch_notification_rules_withdraw_all (PorchNotificationRules *self)
{
  g_return_if_fail (PORCH_IS_NOTIFICATION_RULES (self));

  g_autoptr (GList) ids = g_hash_table_get_keys (self->shown);
  for (GList *id = ids; id != NULL; id = id->next)
    withdraw (self, GPOINTER_TO_UINT (id->data));
}
