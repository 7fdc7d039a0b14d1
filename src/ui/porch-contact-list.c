/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* The list on the screen, as a model: the roster's contacts in their sections, sorted, with each
 * section's heading as an item before them. When a contact changes exactly its row is taken out and
 * put in where it belongs, in O(log n); GTK's own sort and filter models look at every item
 * instead, and do not see a changed property. A search is a filter of it. Owned by PorchWindow. It
 * knows no widget: a row tells it by porch_contact_list_hold() that it must not move for now.
 */

#define G_LOG_DOMAIN "porch-ui"

#include "ui/porch-contact-list.h"

#include "presence/porch-search.h"

/* More than this many arriving or leaving at once are sorted as a whole. */
#define BULK 32

/* A contact as it is sorted: what it looked like then, not what it looks like now. */
typedef struct
{
  PorchContact *contact;
  PorchSectionKind kind;
  gboolean is_online;
  gint64 last_active_us;
  char *name;
  /* Made from the name when first needed: most offline contacts differ by time already. */
  char *collate_key;
  char *search_key;
  /* NULL while the search hides it. */
  GSequenceIter *iter;
  guint n_holds;
  gboolean is_stale;
} Entry;

struct _PorchContactList
{
  GObject parent_instance;

  PorchRoster *roster;
  /* The roster as it was before its last "items-changed", which does not say who was removed. */
  GPtrArray *known;
  GHashTable *entries;

  PorchSection *sections[PORCH_N_SECTIONS];
  GSequence *sorted[PORCH_N_SECTIONS];

  /* Else who is offline is sorted by when they last were active. */
  gboolean sorts_by_name;

  char *search;
  GStrv terms;
  PorchContact *moving;

  /* Who was let go after a change was put off, to be placed when the list view is not at work. */
  GPtrArray *released;
  guint settle_id;
};

enum
{
  PROP_0,
  PROP_ROSTER,
  PROP_SEARCH,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

static void porch_contact_list_list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (PorchContactList,
                               porch_contact_list,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL,
                                                      porch_contact_list_list_model_init))

static void
entry_free (Entry *entry)
{
  g_object_unref (entry->contact);
  g_free (entry->name);
  g_free (entry->collate_key);
  g_free (entry->search_key);
  g_free (entry);
}

static const char *
entry_get_collate_key (Entry *entry)
{
  if (entry->collate_key == NULL)
    {
      g_autofree char *folded = g_utf8_casefold (entry->name, -1);

      entry->collate_key = g_utf8_collate_key (folded, -1);
    }

  return entry->collate_key;
}

static const char *
entry_get_search_key (Entry *entry)
{
  if (entry->search_key == NULL)
    entry->search_key = porch_search_fold (entry->name);

  return entry->search_key;
}

/* Who is online by name, then who is not by when they last were, unless that is 0 for all; who
 * never was comes last. */
static int
compare_entries (gconstpointer a, gconstpointer b, gpointer user_data)
{
  Entry *first = (Entry *) a;
  Entry *second = (Entry *) b;
  int order;

  if (first->is_online != second->is_online)
    return first->is_online ? -1 : 1;
  if (!first->is_online && first->last_active_us != second->last_active_us)
    return first->last_active_us > second->last_active_us ? -1 : 1;

  order = strcmp (entry_get_collate_key (first), entry_get_collate_key (second));
  if (order != 0)
    return order;

  return strcmp (porch_contact_get_id (first->contact), porch_contact_get_id (second->contact));
}

static int
compare_entry_pointers (gconstpointer a, gconstpointer b, gpointer user_data)
{
  return compare_entries (*(Entry *const *) a, *(Entry *const *) b, user_data);
}

/* While nothing is known people stay where they were: a lost connection turns the list grey and
 * does not shuffle it. */
static gboolean
is_online_for_order (PorchContact *contact)
{
  return !porch_contact_get_missing (contact)
         && porch_contact_get_last_known_status (contact) == PORCH_STATUS_ONLINE;
}

/* Takes over what the contact is sorted by, and returns whether anything of it is new. */
static gboolean
entry_refresh (PorchContactList *self, Entry *entry)
{
  gboolean is_online = is_online_for_order (entry->contact);
  gint64 last_active_us = is_online || self->sorts_by_name
                              ? 0
                              : porch_contact_get_last_active_us (entry->contact);
  const char *name = porch_contact_get_display_name (entry->contact);
  PorchSectionKind kind = is_online ? PORCH_SECTION_ONLINE : PORCH_SECTION_OFFLINE;
  gboolean changed;

  if (porch_contact_get_favourite (entry->contact))
    kind = PORCH_SECTION_FAVOURITES;

  changed = entry->kind != kind || entry->is_online != is_online
            || entry->last_active_us != last_active_us;
  entry->kind = kind;
  entry->is_online = is_online;
  entry->last_active_us = last_active_us;

  if (g_strcmp0 (entry->name, name) != 0)
    {
      g_free (entry->name);
      entry->name = g_strdup (name);
      g_clear_pointer (&entry->collate_key, g_free);
      g_clear_pointer (&entry->search_key, g_free);
      changed = TRUE;
    }

  return changed;
}

static gboolean
porch_contact_list_matches (PorchContactList *self, Entry *entry)
{
  return self->terms == NULL
         || porch_search_matches (entry_get_search_key (entry), (const char *const *) self->terms);
}

/* A search shows what it finds, collapsed or not. */
static gboolean
porch_contact_list_is_open (PorchContactList *self, PorchSectionKind kind)
{
  return self->terms != NULL || !porch_section_get_collapsed (self->sections[kind]);
}

static guint
porch_contact_list_get_n_rows (PorchContactList *self, PorchSectionKind kind)
{
  guint count = porch_section_get_count (self->sections[kind]);

  if (count == 0)
    return 0;

  return 1 + (porch_contact_list_is_open (self, kind) ? count : 0);
}

static guint
porch_contact_list_get_start (PorchContactList *self, PorchSectionKind kind)
{
  guint start = 0;

  for (PorchSectionKind before = 0; before < kind; before++)
    start += porch_contact_list_get_n_rows (self, before);

  return start;
}

/* With a section's first contact its heading comes, with the last it goes: @count is how many
 * contacts the section has besides @index. */
static void
porch_contact_list_emit (PorchContactList *self,
                         PorchSectionKind kind,
                         guint index,
                         guint others,
                         gboolean added)
{
  guint position = porch_contact_list_get_start (self, kind);
  guint n_rows = porch_contact_list_is_open (self, kind) ? 1 : 0;

  if (others == 0)
    n_rows++;
  else
    position += 1 + index;

  if (n_rows > 0)
    g_list_model_items_changed (G_LIST_MODEL (self), position, added ? 0 : n_rows,
                                added ? n_rows : 0);
}

static void
porch_contact_list_insert (PorchContactList *self, Entry *entry)
{
  PorchSection *section = self->sections[entry->kind];
  guint others = porch_section_get_count (section);

  if (!porch_contact_list_matches (self, entry))
    return;

  entry->iter = g_sequence_insert_sorted (self->sorted[entry->kind], entry, compare_entries, NULL);
  porch_section_set_count (section, others + 1);
  porch_contact_list_emit (self, entry->kind, g_sequence_iter_get_position (entry->iter), others,
                           TRUE);
}

static void
porch_contact_list_remove (PorchContactList *self, Entry *entry, PorchSectionKind kind)
{
  PorchSection *section = self->sections[kind];
  guint others = porch_section_get_count (section) - 1;
  guint index;

  if (entry->iter == NULL)
    return;

  index = g_sequence_iter_get_position (entry->iter);
  g_sequence_remove (g_steal_pointer (&entry->iter));
  porch_section_set_count (section, others);
  porch_contact_list_emit (self, kind, index, others, FALSE);
}

static gboolean
is_in_order (Entry *entry)
{
  if (!g_sequence_iter_is_begin (entry->iter)
      && compare_entries (g_sequence_get (g_sequence_iter_prev (entry->iter)), entry, NULL) > 0)
    return FALSE;

  GSequenceIter *next = g_sequence_iter_next (entry->iter);

  return g_sequence_iter_is_end (next) || compare_entries (entry, g_sequence_get (next), NULL) < 0;
}

/* Puts an entry whose contact has changed where it belongs now. */
static void
porch_contact_list_place (PorchContactList *self, Entry *entry)
{
  PorchSectionKind old_kind = entry->kind;

  entry->is_stale = FALSE;
  if (!entry_refresh (self, entry))
    return;

  if (entry->iter != NULL && entry->kind == old_kind && porch_contact_list_matches (self, entry)
      && is_in_order (entry))
    return;

  self->moving = entry->contact;
  porch_contact_list_remove (self, entry, old_kind);
  porch_contact_list_insert (self, entry);
  self->moving = NULL;
}

static void
on_contact_changed_cb (PorchContactList *self, PorchContact *contact)
{
  Entry *entry = g_hash_table_lookup (self->entries, contact);

  if (entry == NULL)
    return;

  if (entry->n_holds > 0)
    entry->is_stale = TRUE;
  else
    porch_contact_list_place (self, entry);
}

static gboolean
settle_cb (gpointer user_data)
{
  PorchContactList *self = user_data;
  g_autoptr (GPtrArray) released = g_steal_pointer (&self->released);

  self->released = g_ptr_array_new_with_free_func (g_object_unref);
  self->settle_id = 0;

  for (guint i = 0; i < released->len; i++)
    {
      Entry *entry = g_hash_table_lookup (self->entries, released->pdata[i]);

      if (entry != NULL && entry->n_holds == 0 && entry->is_stale)
        porch_contact_list_place (self, entry);
    }

  return G_SOURCE_REMOVE;
}

static Entry *
porch_contact_list_add_entry (PorchContactList *self, PorchContact *contact)
{
  Entry *entry = g_new0 (Entry, 1);

  entry->contact = g_object_ref (contact);
  entry_refresh (self, entry);
  g_hash_table_insert (self->entries, contact, entry);

  return entry;
}

/* Sorts everything afresh: for the first fill, a search and another order. */
static void
porch_contact_list_rebuild (PorchContactList *self, guint old_n_items)
{
  GPtrArray *found[PORCH_N_SECTIONS];

  for (PorchSectionKind kind = 0; kind < PORCH_N_SECTIONS; kind++)
    {
      found[kind] = g_ptr_array_new ();
      g_sequence_remove_range (g_sequence_get_begin_iter (self->sorted[kind]),
                               g_sequence_get_end_iter (self->sorted[kind]));
    }

  for (guint i = 0; i < self->known->len; i++)
    {
      Entry *entry = g_hash_table_lookup (self->entries, self->known->pdata[i]);

      entry->iter = NULL;
      if (entry->n_holds == 0)
        {
          entry->is_stale = FALSE;
          entry_refresh (self, entry);
        }
      if (porch_contact_list_matches (self, entry))
        g_ptr_array_add (found[entry->kind], entry);
    }

  for (PorchSectionKind kind = 0; kind < PORCH_N_SECTIONS; kind++)
    {
      g_ptr_array_sort_with_data (found[kind], compare_entry_pointers, NULL);
      for (guint i = 0; i < found[kind]->len; i++)
        {
          Entry *entry = found[kind]->pdata[i];

          entry->iter = g_sequence_append (self->sorted[kind], entry);
        }
      porch_section_set_count (self->sections[kind], found[kind]->len);
      g_ptr_array_unref (found[kind]);
    }

  g_list_model_items_changed (G_LIST_MODEL (self), 0, old_n_items,
                              g_list_model_get_n_items (G_LIST_MODEL (self)));
}

static void
porch_contact_list_forget (PorchContactList *self, PorchContact *contact, gboolean quietly)
{
  Entry *entry = g_hash_table_lookup (self->entries, contact);

  if (!quietly)
    porch_contact_list_remove (self, entry, entry->kind);
  g_hash_table_remove (self->entries, contact);
}

static void
on_roster_items_changed_cb (PorchContactList *self, guint position, guint removed, guint added)
{
  guint old_n_items = g_list_model_get_n_items (G_LIST_MODEL (self));
  gboolean in_bulk = removed > BULK || added > BULK;
  g_autoptr (GPtrArray) arrived = g_ptr_array_new ();

  /* In bulk the sequences are stale until the rebuild below, which nobody can see in between. */
  for (guint i = 0; i < removed; i++)
    porch_contact_list_forget (self, self->known->pdata[position + i], in_bulk);
  if (removed > 0)
    g_ptr_array_remove_range (self->known, position, removed);

  for (guint i = 0; i < added; i++)
    {
      PorchContact *contact = g_list_model_get_item (G_LIST_MODEL (self->roster), position + i);

      g_ptr_array_insert (self->known, position + i, contact);
      g_ptr_array_add (arrived, contact);
      porch_contact_list_add_entry (self, contact);
    }

  if (in_bulk)
    {
      porch_contact_list_rebuild (self, old_n_items);
      return;
    }

  for (guint i = 0; i < arrived->len; i++)
    porch_contact_list_insert (self, g_hash_table_lookup (self->entries, arrived->pdata[i]));
}

static void
on_section_collapsed_cb (PorchContactList *self, GParamSpec *pspec, PorchSection *section)
{
  PorchSectionKind kind = porch_section_get_kind (section);
  guint count = porch_section_get_count (section);
  gboolean collapsed = porch_section_get_collapsed (section);

  if (self->terms != NULL || count == 0)
    return;

  g_list_model_items_changed (G_LIST_MODEL (self), porch_contact_list_get_start (self, kind) + 1,
                              collapsed ? count : 0, collapsed ? 0 : count);
}

static GType
porch_contact_list_get_item_type (GListModel *model)
{
  return G_TYPE_OBJECT;
}

static guint
porch_contact_list_get_n_items (GListModel *model)
{
  return porch_contact_list_get_start (PORCH_CONTACT_LIST (model), PORCH_N_SECTIONS);
}

static gpointer
porch_contact_list_get_item (GListModel *model, guint position)
{
  PorchContactList *self = PORCH_CONTACT_LIST (model);

  for (PorchSectionKind kind = 0; kind < PORCH_N_SECTIONS; kind++)
    {
      guint n_rows = porch_contact_list_get_n_rows (self, kind);

      if (position >= n_rows)
        {
          position -= n_rows;
          continue;
        }

      if (position == 0)
        return g_object_ref (self->sections[kind]);

      Entry *entry = g_sequence_get (g_sequence_get_iter_at_pos (self->sorted[kind], position - 1));

      return g_object_ref (entry->contact);
    }

  return NULL;
}

static void
porch_contact_list_list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = porch_contact_list_get_item_type;
  iface->get_n_items = porch_contact_list_get_n_items;
  iface->get_item = porch_contact_list_get_item;
}

static void
porch_contact_list_constructed (GObject *object)
{
  PorchContactList *self = PORCH_CONTACT_LIST (object);

  G_OBJECT_CLASS (porch_contact_list_parent_class)->constructed (object);

  g_signal_connect_object (self->roster, "contact-changed", G_CALLBACK (on_contact_changed_cb),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->roster, "items-changed", G_CALLBACK (on_roster_items_changed_cb),
                           self, G_CONNECT_SWAPPED);
  on_roster_items_changed_cb (self, 0, 0, g_list_model_get_n_items (G_LIST_MODEL (self->roster)));
}

static void
porch_contact_list_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  PorchContactList *self = PORCH_CONTACT_LIST (object);

  switch (prop_id)
    {
    case PROP_ROSTER:
      g_value_set_object (value, self->roster);
      break;
    case PROP_SEARCH:
      g_value_set_string (value, self->search);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
porch_contact_list_set_property (GObject *object,
                                 guint prop_id,
                                 const GValue *value,
                                 GParamSpec *pspec)
{
  PorchContactList *self = PORCH_CONTACT_LIST (object);

  switch (prop_id)
    {
    case PROP_ROSTER:
      self->roster = g_value_dup_object (value);
      break;
    case PROP_SEARCH:
      porch_contact_list_set_search (self, g_value_get_string (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
porch_contact_list_finalize (GObject *object)
{
  PorchContactList *self = PORCH_CONTACT_LIST (object);

  g_clear_handle_id (&self->settle_id, g_source_remove);
  g_ptr_array_unref (self->released);
  for (PorchSectionKind kind = 0; kind < PORCH_N_SECTIONS; kind++)
    {
      g_sequence_free (self->sorted[kind]);
      g_object_unref (self->sections[kind]);
    }
  g_hash_table_unref (self->entries);
  g_ptr_array_unref (self->known);
  g_object_unref (self->roster);
  g_strfreev (self->terms);
  g_free (self->search);

  G_OBJECT_CLASS (porch_contact_list_parent_class)->finalize (object);
}

static void
porch_contact_list_class_init (PorchContactListClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->constructed = porch_contact_list_constructed;
  object_class->get_property = porch_contact_list_get_property;
  object_class->set_property = porch_contact_list_set_property;
  object_class->finalize = porch_contact_list_finalize;

  /**
   * PorchContactList:roster:
   *
   * Whose contacts these are.
   */
  properties[PROP_ROSTER] = g_param_spec_object ("roster", NULL, NULL, PORCH_TYPE_ROSTER,
                                                 G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY
                                                     | G_PARAM_STATIC_STRINGS);

  /**
   * PorchContactList:search: (nullable)
   *
   * Words that all must be in the name of whoever is shown.
   */
  properties[PROP_SEARCH] = g_param_spec_string ("search", NULL, NULL, NULL,
                                                 G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY
                                                     | G_PARAM_STATIC_STRINGS);

  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
porch_contact_list_init (PorchContactList *self)
{
  self->known = g_ptr_array_new_with_free_func (g_object_unref);
  self->released = g_ptr_array_new_with_free_func (g_object_unref);
  self->entries = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) entry_free);

  for (PorchSectionKind kind = 0; kind < PORCH_N_SECTIONS; kind++)
    {
      self->sorted[kind] = g_sequence_new (NULL);
      self->sections[kind] = porch_section_new (kind);
      g_signal_connect_object (self->sections[kind], "notify::collapsed",
                               G_CALLBACK (on_section_collapsed_cb), self, G_CONNECT_SWAPPED);
    }
}

/**
 * porch_contact_list_new:
 * @roster: the contacts
 *
 * Returns: (transfer full): a model of #PorchSection and #PorchContact, in the order of the screen
 */
PorchContactList *
porch_contact_list_new (PorchRoster *roster)
{
  g_return_val_if_fail (PORCH_IS_ROSTER (roster), NULL);

  return g_object_new (PORCH_TYPE_CONTACT_LIST, "roster", roster, NULL);
}

/**
 * porch_contact_list_get_section:
 * @self: a contact list
 * @kind: which section
 *
 * Returns: (transfer none): its heading, in the model only while it has contacts
 */
PorchSection *
porch_contact_list_get_section (PorchContactList *self, PorchSectionKind kind)
{
  g_return_val_if_fail (PORCH_IS_CONTACT_LIST (self), NULL);
  g_return_val_if_fail (kind < PORCH_N_SECTIONS, NULL);

  return self->sections[kind];
}

/**
 * porch_contact_list_get_search:
 * @self: a contact list
 *
 * Returns: (transfer none) (nullable): what was asked for last
 */
const char *
porch_contact_list_get_search (PorchContactList *self)
{
  g_return_val_if_fail (PORCH_IS_CONTACT_LIST (self), NULL);

  return self->search;
}

/**
 * porch_contact_list_set_search:
 * @self: a contact list
 * @search: (nullable): words that must all be in the name; nothing shows everybody
 *
 * Case and accents do not matter. While there is a search collapsed sections are open.
 */
void
porch_contact_list_set_search (PorchContactList *self, const char *search)
{
  guint old_n_items;

  g_return_if_fail (PORCH_IS_CONTACT_LIST (self));

  if (g_strcmp0 (self->search, search) == 0)
    return;

  old_n_items = g_list_model_get_n_items (G_LIST_MODEL (self));
  g_free (self->search);
  self->search = g_strdup (search);
  g_clear_pointer (&self->terms, g_strfreev);
  self->terms = porch_search_split (search);

  porch_contact_list_rebuild (self, old_n_items);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SEARCH]);
}

/**
 * porch_contact_list_set_sorts_by_name:
 * @self: a contact list
 * @by_name: whether who is offline is sorted by name as who is online is, and not by when they last
 *   were active
 */
void
porch_contact_list_set_sorts_by_name (PorchContactList *self, gboolean by_name)
{
  g_return_if_fail (PORCH_IS_CONTACT_LIST (self));

  if (self->sorts_by_name == by_name)
    return;

  self->sorts_by_name = by_name;
  porch_contact_list_rebuild (self, g_list_model_get_n_items (G_LIST_MODEL (self)));
}

/**
 * porch_contact_list_get_searching:
 * @self: a contact list
 *
 * Returns: whether some contacts may be hidden by a search
 */
gboolean
porch_contact_list_get_searching (PorchContactList *self)
{
  g_return_val_if_fail (PORCH_IS_CONTACT_LIST (self), FALSE);

  return self->terms != NULL;
}

/**
 * porch_contact_list_hold:
 * @self: a contact list
 * @contact: a contact in it
 *
 * Keeps a contact where it is while somebody points at it, whatever becomes of it meanwhile. Each
 * call asks for one porch_contact_list_release().
 */
void
porch_contact_list_hold (PorchContactList *self, PorchContact *contact)
{
  Entry *entry;

  g_return_if_fail (PORCH_IS_CONTACT_LIST (self));

  entry = g_hash_table_lookup (self->entries, contact);
  if (entry != NULL)
    entry->n_holds++;
}

/**
 * porch_contact_list_release:
 * @self: a contact list
 * @contact: a contact that was held; it may have been removed since
 *
 * If a move was put off it is made from the main loop, before the next frame: a row may be let go
 * while the list view is amid an "items-changed".
 */
void
porch_contact_list_release (PorchContactList *self, PorchContact *contact)
{
  Entry *entry;

  g_return_if_fail (PORCH_IS_CONTACT_LIST (self));

  entry = g_hash_table_lookup (self->entries, contact);
  if (entry == NULL || entry->n_holds == 0)
    return;

  if (--entry->n_holds > 0 || !entry->is_stale)
    return;

  g_ptr_array_add (self->released, g_object_ref (contact));
  if (self->settle_id == 0)
    self->settle_id = g_idle_add_full (G_PRIORITY_HIGH_IDLE, settle_cb, self, NULL);
}

/**
 * porch_contact_list_get_moving:
 * @self: a contact list
 *
 * Returns: (transfer none) (nullable): the contact that the "items-changed" being emitted moves
 * from one place to another, so that its new row can show that something happened to it
 */
PorchContact *
porch_contact_list_get_moving (PorchContactList *self)
{
  g_return_val_if_fail (PORCH_IS_CONTACT_LIST (self), NULL);

  return self->moving;
}
