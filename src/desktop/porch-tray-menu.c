/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* The tray's menu as a model on the bus (com.canonical.dbusmenu, version 3); the panel draws it.
 * Owned by PorchTray, which says when something may have changed. Nothing is built before a panel
 * asks; then changes are told once, and not again before the panel has fetched what was told.
 *
 * A person's entry keeps its id while they come and go, so that a click on an entry that is being
 * taken away still opens the page of whom it named.
 */

#define G_LOG_DOMAIN "porch-desktop"

#include "desktop/porch-tray-menu.h"

#include "config.h"

#include "desktop/porch-dbusmenu.h"
#include "presence/porch-online-people.h"

#include <glib/gi18n-lib.h>

#define DBUSMENU_VERSION 3

/* The fixed entries' ids; people follow. */
enum
{
  ID_ROOT,
  ID_OPEN,
  ID_PEOPLE_SEPARATOR,
  ID_NOTE,
  ID_MORE,
  ID_VERBS_SEPARATOR,
  ID_APPEAR_OFFLINE,
  ID_PREFERENCES,
  ID_QUIT,
  ID_FIRST_PERSON = 100
};

/* People whose ids are remembered: those in the menu and as many who left it lately. */
#define PEOPLE_KEPT_MAX 64

typedef struct
{
  int id;
  char *user_id;
} Person;

typedef struct
{
  int id;
  GVariant *properties;
} Item;

struct _PorchTrayMenu
{
  GObject parent_instance;

  PorchDBusMenu *skeleton;
  PorchRoster *roster;
  PorchTrayState state;
  gboolean appear_offline;

  /* The entries (Item) in their order, as of @revision. */
  GPtrArray *items;
  guint revision;

  /* Whether a panel has @items, and which revision it fetched last. */
  gboolean is_shown;
  guint fetched_revision;

  /* Person, seen last at the end. */
  GPtrArray *people;
  int next_person_id;
};

G_DEFINE_FINAL_TYPE (PorchTrayMenu, porch_tray_menu, G_TYPE_OBJECT)

enum
{
  SIGNAL_OPEN_WINDOW,
  SIGNAL_OPEN_PERSON,
  SIGNAL_OPEN_PREFERENCES,
  SIGNAL_TOGGLE_APPEAR_OFFLINE,
  SIGNAL_QUIT,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
person_free (Person *person)
{
  g_free (person->user_id);
  g_free (person);
}

static void
item_free (Item *item)
{
  g_variant_unref (item->properties);
  g_free (item);
}

static int
get_person_id (PorchTrayMenu *self, const char *user_id)
{
  Person *person = NULL;

  for (guint i = 0; i < self->people->len && person == NULL; i++)
    if (g_str_equal (((Person *) g_ptr_array_index (self->people, i))->user_id, user_id))
      person = g_ptr_array_steal_index (self->people, i);

  if (person == NULL)
    {
      person = g_new0 (Person, 1);
      person->id = self->next_person_id++;
      person->user_id = g_strdup (user_id);
    }
  g_ptr_array_add (self->people, person);
  if (self->people->len > PEOPLE_KEPT_MAX)
    g_ptr_array_remove_index (self->people, 0);
  return person->id;
}

static const char *
get_user_id (PorchTrayMenu *self, int id)
{
  for (guint i = 0; i < self->people->len; i++)
    {
      const Person *person = g_ptr_array_index (self->people, i);
      if (person->id == id)
        return person->user_id;
    }
  return NULL;
}

/* Takes @properties. */
static void
add_item (GPtrArray *items, int id, GVariantDict *properties)
{
  Item *item = g_new0 (Item, 1);

  item->id = id;
  item->properties = g_variant_ref_sink (g_variant_dict_end (properties));
  g_ptr_array_add (items, item);
}

/* An underscore would underline what follows it. */
static char *
escape_label (const char *text)
{
  GString *label = g_string_new (text);

  g_string_replace (label, "_", "__", 0);
  return g_string_free (label, FALSE);
}

static void
add_label (GPtrArray *items, int id, const char *text, gboolean enabled)
{
  g_auto (GVariantDict) properties = G_VARIANT_DICT_INIT (NULL);
  g_autofree char *label = escape_label (text);

  g_variant_dict_insert (&properties, "label", "s", label);
  if (!enabled)
    g_variant_dict_insert (&properties, "enabled", "b", FALSE);
  add_item (items, id, &properties);
}

static void
add_separator (GPtrArray *items, int id)
{
  g_auto (GVariantDict) properties = G_VARIANT_DICT_INIT (NULL);

  g_variant_dict_insert (&properties, "type", "s", "separator");
  add_item (items, id, &properties);
}

static void
add_appear_offline (PorchTrayMenu *self, GPtrArray *items)
{
  g_auto (GVariantDict) properties = G_VARIANT_DICT_INIT (NULL);

  g_variant_dict_insert (&properties, "label", "s", _ ("Appear offline"));
  g_variant_dict_insert (&properties, "toggle-type", "s", "checkmark");
  g_variant_dict_insert (&properties, "toggle-state", "i", self->appear_offline ? 1 : 0);
  if (self->state == PORCH_TRAY_STATE_SIGNED_OUT)
    g_variant_dict_insert (&properties, "enabled", "b", FALSE);
  add_item (items, ID_APPEAR_OFFLINE, &properties);
}

static void
add_people (PorchTrayMenu *self, GPtrArray *items)
{
  g_autoptr (GPtrArray) people = porch_online_people_pick (self->roster,
                                                           PORCH_TRAY_MENU_PEOPLE_MAX);
  guint n_online = porch_roster_get_n_online (self->roster);

  for (guint i = 0; i < people->len; i++)
    {
      PorchContact *contact = g_ptr_array_index (people, i);
      g_autofree char *name = porch_short_name_format (porch_contact_get_display_name (contact));

      add_label (items, get_person_id (self, porch_contact_get_id (contact)), name, TRUE);
    }

  if (n_online > people->len)
    {
      guint n_more = n_online - people->len;
      g_autofree char *label = g_strdup_printf (
          /* Translators: how many more people are online than the menu names */
          ngettext ("%u more…", "%u more…", n_more), n_more);

      add_label (items, ID_MORE, label, TRUE);
    }
  if (n_online == 0)
    add_label (items, ID_NOTE, _ ("Nobody is online"), FALSE);
}

static GPtrArray *
build_items (PorchTrayMenu *self)
{
  GPtrArray *items = g_ptr_array_new_with_free_func ((GDestroyNotify) item_free);

  add_label (items, ID_OPEN, _ ("Open Porchlight"), TRUE);
  add_separator (items, ID_PEOPLE_SEPARATOR);
  if (self->state == PORCH_TRAY_STATE_SIGNED_OUT || self->roster == NULL)
    add_label (items, ID_NOTE, _ ("You are signed out"), FALSE);
  else if (self->state == PORCH_TRAY_STATE_NOT_CONNECTED)
    add_label (items, ID_NOTE, _ ("Not connected"), FALSE);
  else
    add_people (self, items);
  add_separator (items, ID_VERBS_SEPARATOR);
  add_appear_offline (self, items);
  add_label (items, ID_PREFERENCES, _ ("Preferences"), TRUE);
  add_label (items, ID_QUIT, _ ("Quit"), TRUE);
  return items;
}

static gboolean
have_same_ids (GPtrArray *a, GPtrArray *b)
{
  if (a->len != b->len)
    return FALSE;

  for (guint i = 0; i < a->len; i++)
    if (((Item *) g_ptr_array_index (a, i))->id != ((Item *) g_ptr_array_index (b, i))->id)
      return FALSE;
  return TRUE;
}

/* Both dictionaries come of the same calls in the same order. */
static void
tell_changed_properties (PorchTrayMenu *self, GPtrArray *old_items)
{
  g_auto (GVariantBuilder) updated = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a(ia{sv})"));
  g_auto (GVariantBuilder) removed = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a(ias)"));
  guint n_updated = 0;

  for (guint i = 0; i < self->items->len; i++)
    {
      const Item *item = g_ptr_array_index (self->items, i);
      const Item *old_item = g_ptr_array_index (old_items, i);
      if (g_variant_equal (item->properties, old_item->properties))
        continue;

      g_variant_builder_add (&updated, "(i@a{sv})", item->id, item->properties);
      n_updated++;

      /* The only property that comes and goes. */
      if (g_variant_lookup (old_item->properties, "enabled", "b", NULL)
          && !g_variant_lookup (item->properties, "enabled", "b", NULL))
        {
          const char *const names[] = { "enabled", NULL };
          g_variant_builder_add (&removed, "(i^as)", item->id, names);
        }
    }

  if (n_updated > 0)
    porch_dbus_menu_emit_items_properties_updated (self->skeleton, g_variant_builder_end (&updated),
                                                   g_variant_builder_end (&removed));
}

/* Builds the entries anew: other ones make another revision, other properties are told at once. */
static void
rebuild (PorchTrayMenu *self)
{
  g_autoptr (GPtrArray) old_items = self->items;

  self->items = build_items (self);
  if (old_items != NULL && have_same_ids (old_items, self->items))
    tell_changed_properties (self, old_items);
  else
    self->revision++;
}

static const Item *
find_item (PorchTrayMenu *self, int id)
{
  for (guint i = 0; i < self->items->len; i++)
    {
      const Item *item = g_ptr_array_index (self->items, i);
      if (item->id == id)
        return item;
    }
  return NULL;
}

/* Returns: (transfer full): those of @properties that @names has, or all where it is empty */
static GVariant *
filter_properties (GVariant *properties, const char *const *names)
{
  if (names == NULL || names[0] == NULL)
    return g_variant_ref (properties);

  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);
  GVariantIter iter;
  const char *name;
  GVariant *value;

  g_variant_iter_init (&iter, properties);
  while (g_variant_iter_loop (&iter, "{&sv}", &name, &value))
    if (g_strv_contains (names, name))
      g_variant_builder_add (&builder, "{sv}", name, value);
  return g_variant_ref_sink (g_variant_builder_end (&builder));
}

/* Returns: (transfer full): the properties of an entry or of the root, or %NULL for none such */
static GVariant *
get_properties (PorchTrayMenu *self, int id, const char *const *names)
{
  const Item *item = find_item (self, id);
  if (item != NULL)
    return filter_properties (item->properties, names);
  if (id != ID_ROOT)
    return NULL;

  g_auto (GVariantDict) root = G_VARIANT_DICT_INIT (NULL);
  g_variant_dict_insert (&root, "children-display", "s", "submenu");
  g_autoptr (GVariant) properties = g_variant_ref_sink (g_variant_dict_end (&root));
  return filter_properties (properties, names);
}

static GVariant *
build_layout (PorchTrayMenu *self, int id, gboolean with_children, const char *const *names)
{
  g_auto (GVariantBuilder) children = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("av"));
  g_autoptr (GVariant) properties = get_properties (self, id, names);

  for (guint i = 0; id == ID_ROOT && with_children && i < self->items->len; i++)
    {
      int child_id = ((Item *) g_ptr_array_index (self->items, i))->id;

      g_variant_builder_add (&children, "v", build_layout (self, child_id, FALSE, names));
    }
  return g_variant_new ("(i@a{sv}av)", id, properties, &children);
}

static void
return_no_such_entry (GDBusMethodInvocation *invocation, int id)
{
  g_dbus_method_invocation_return_error (invocation, G_DBUS_ERROR, G_DBUS_ERROR_INVALID_ARGS,
                                         "There is no entry %d", id);
}

static gboolean
on_get_layout_cb (PorchTrayMenu *self,
                  GDBusMethodInvocation *invocation,
                  int parent_id,
                  int depth,
                  const char *const *names)
{
  rebuild (self);
  if (parent_id != ID_ROOT && find_item (self, parent_id) == NULL)
    {
      return_no_such_entry (invocation, parent_id);
      return G_DBUS_METHOD_INVOCATION_HANDLED;
    }

  self->is_shown = TRUE;
  self->fetched_revision = self->revision;
  porch_dbus_menu_complete_get_layout (self->skeleton, invocation, self->revision,
                                       build_layout (self, parent_id, depth != 0, names));
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

/* For all that names entries which a panel can only know from a layout. */
static void
ensure_items (PorchTrayMenu *self)
{
  if (self->items == NULL)
    rebuild (self);
}

static void
add_group_properties (PorchTrayMenu *self,
                      GVariantBuilder *builder,
                      int id,
                      const char *const *names)
{
  g_autoptr (GVariant) properties = get_properties (self, id, names);

  g_variant_builder_add (builder, "(i@a{sv})", id, properties);
}

/* Goes through our entries, not through the question's ids, so that the answer is no longer than
 * the menu. */
static gboolean
on_get_group_properties_cb (PorchTrayMenu *self,
                            GDBusMethodInvocation *invocation,
                            GVariant *ids,
                            const char *const *names)
{
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a(ia{sv})"));
  g_autoptr (GHashTable) wanted = g_hash_table_new (NULL, NULL);
  gsize n_ids;
  const gint32 *asked = g_variant_get_fixed_array (ids, &n_ids, sizeof (gint32));

  for (gsize i = 0; i < n_ids; i++)
    g_hash_table_add (wanted, GINT_TO_POINTER (asked[i]));

  ensure_items (self);
  if (n_ids == 0 || g_hash_table_contains (wanted, GINT_TO_POINTER (ID_ROOT)))
    add_group_properties (self, &builder, ID_ROOT, names);
  for (guint i = 0; i < self->items->len; i++)
    {
      int id = ((Item *) g_ptr_array_index (self->items, i))->id;

      if (n_ids == 0 || g_hash_table_contains (wanted, GINT_TO_POINTER (id)))
        add_group_properties (self, &builder, id, names);
    }
  porch_dbus_menu_complete_get_group_properties (self->skeleton, invocation,
                                                 g_variant_builder_end (&builder));
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

/* What an entry has that does not say otherwise. Returns: (transfer floating) (nullable) */
static GVariant *
get_default (const char *name)
{
  if (g_str_equal (name, "enabled") || g_str_equal (name, "visible"))
    return g_variant_new_boolean (TRUE);
  if (g_str_equal (name, "type"))
    return g_variant_new_string ("standard");
  if (g_str_equal (name, "toggle-state"))
    return g_variant_new_int32 (-1);
  if (g_str_equal (name, "label") || g_str_equal (name, "icon-name")
      || g_str_equal (name, "toggle-type") || g_str_equal (name, "children-display"))
    return g_variant_new_string ("");
  if (g_str_equal (name, "disposition"))
    return g_variant_new_string ("normal");
  return NULL;
}

static gboolean
on_get_property_cb (PorchTrayMenu *self,
                    GDBusMethodInvocation *invocation,
                    int id,
                    const char *name)
{
  ensure_items (self);
  g_autoptr (GVariant) properties = get_properties (self, id, NULL);
  if (properties == NULL)
    {
      return_no_such_entry (invocation, id);
      return G_DBUS_METHOD_INVOCATION_HANDLED;
    }

  g_autoptr (GVariant) value = g_variant_lookup_value (properties, name, NULL);
  if (value == NULL)
    {
      value = get_default (name);
      if (value != NULL)
        g_variant_ref_sink (value);
    }
  if (value != NULL)
    porch_dbus_menu_complete_get_property (self->skeleton, invocation,
                                           g_variant_new_variant (value));
  else
    g_dbus_method_invocation_return_error (invocation, G_DBUS_ERROR, G_DBUS_ERROR_INVALID_ARGS,
                                           "An entry has no %s", name);
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static void
choose (PorchTrayMenu *self, int id)
{
  const char *user_id = get_user_id (self, id);

  if (user_id != NULL)
    {
      g_autofree char *chosen = g_strdup (user_id);
      g_signal_emit (self, signals[SIGNAL_OPEN_PERSON], 0, chosen);
      return;
    }

  switch (id)
    {
    case ID_OPEN:
    case ID_MORE:
      g_signal_emit (self, signals[SIGNAL_OPEN_WINDOW], 0);
      break;
    case ID_APPEAR_OFFLINE:
      if (self->state != PORCH_TRAY_STATE_SIGNED_OUT)
        g_signal_emit (self, signals[SIGNAL_TOGGLE_APPEAR_OFFLINE], 0);
      break;
    case ID_PREFERENCES:
      g_signal_emit (self, signals[SIGNAL_OPEN_PREFERENCES], 0);
      break;
    case ID_QUIT:
      g_signal_emit (self, signals[SIGNAL_QUIT], 0);
      break;
    default:
      break;
    }
}

static gboolean
is_known (PorchTrayMenu *self, int id)
{
  ensure_items (self);
  return id == ID_ROOT || find_item (self, id) != NULL || get_user_id (self, id) != NULL;
}

static gboolean
on_event_cb (PorchTrayMenu *self,
             GDBusMethodInvocation *invocation,
             int id,
             const char *event,
             GVariant *data,
             guint timestamp)
{
  if (!is_known (self, id))
    {
      return_no_such_entry (invocation, id);
      return G_DBUS_METHOD_INVOCATION_HANDLED;
    }

  porch_dbus_menu_complete_event (self->skeleton, invocation);
  if (g_str_equal (event, "clicked"))
    choose (self, id);
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static gboolean
on_event_group_cb (PorchTrayMenu *self, GDBusMethodInvocation *invocation, GVariant *events)
{
  g_auto (GVariantBuilder) errors = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("ai"));
  GVariantIter iter;
  int id;
  const char *event;
  int clicked = ID_ROOT;

  g_variant_iter_init (&iter, events);
  while (g_variant_iter_next (&iter, "(i&svu)", &id, &event, NULL, NULL))
    {
      if (!is_known (self, id))
        g_variant_builder_add (&errors, "i", id);
      else if (g_str_equal (event, "clicked"))
        clicked = id;
    }

  porch_dbus_menu_complete_event_group (self->skeleton, invocation,
                                        g_variant_builder_end (&errors));
  /* A person has one pointer; the last click is the one they mean. */
  choose (self, clicked);
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

/* Returns: whether the panel has to fetch the layout before it shows it */
static gboolean
prepare_to_show (PorchTrayMenu *self)
{
  rebuild (self);
  return self->revision != self->fetched_revision;
}

static gboolean
on_about_to_show_cb (PorchTrayMenu *self, GDBusMethodInvocation *invocation, int id)
{
  porch_dbus_menu_complete_about_to_show (self->skeleton, invocation,
                                          id == ID_ROOT && prepare_to_show (self));
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static gboolean
on_about_to_show_group_cb (PorchTrayMenu *self, GDBusMethodInvocation *invocation, GVariant *ids)
{
  g_auto (GVariantBuilder) needed = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("ai"));
  g_auto (GVariantBuilder) errors = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("ai"));
  gsize n_ids;
  const gint32 *asked = g_variant_get_fixed_array (ids, &n_ids, sizeof (gint32));
  gboolean asked_for_root = FALSE;

  for (gsize i = 0; i < n_ids; i++)
    {
      if (asked[i] == ID_ROOT)
        asked_for_root = TRUE;
      else if (!is_known (self, asked[i]))
        g_variant_builder_add (&errors, "i", asked[i]);
    }
  if (asked_for_root && prepare_to_show (self))
    g_variant_builder_add (&needed, "i", ID_ROOT);

  porch_dbus_menu_complete_about_to_show_group (
      self->skeleton, invocation, g_variant_builder_end (&needed), g_variant_builder_end (&errors));
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static void
porch_tray_menu_dispose (GObject *object)
{
  PorchTrayMenu *self = PORCH_TRAY_MENU (object);
  GDBusInterfaceSkeleton *skeleton = G_DBUS_INTERFACE_SKELETON (self->skeleton);

  if (skeleton != NULL && g_dbus_interface_skeleton_get_connection (skeleton) != NULL)
    g_dbus_interface_skeleton_unexport (skeleton);
  g_clear_object (&self->roster);

  G_OBJECT_CLASS (porch_tray_menu_parent_class)->dispose (object);
}

static void
porch_tray_menu_finalize (GObject *object)
{
  PorchTrayMenu *self = PORCH_TRAY_MENU (object);

  g_clear_object (&self->skeleton);
  g_clear_pointer (&self->items, g_ptr_array_unref);
  g_ptr_array_unref (self->people);

  G_OBJECT_CLASS (porch_tray_menu_parent_class)->finalize (object);
}

static void
porch_tray_menu_class_init (PorchTrayMenuClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GType type = G_TYPE_FROM_CLASS (klass);

  object_class->dispose = porch_tray_menu_dispose;
  object_class->finalize = porch_tray_menu_finalize;

  signals[SIGNAL_OPEN_WINDOW] = g_signal_new ("open-window", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                              NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_OPEN_PERSON] = g_signal_new ("open-person", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                              NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[SIGNAL_OPEN_PREFERENCES] = g_signal_new ("open-preferences", type, G_SIGNAL_RUN_LAST, 0,
                                                   NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_TOGGLE_APPEAR_OFFLINE] = g_signal_new (
      "toggle-appear-offline", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_QUIT] = g_signal_new ("quit", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                       G_TYPE_NONE, 0);
}

static void
connect_methods (PorchTrayMenu *self)
{
  static const struct
  {
    const char *signal;
    GCallback callback;
  } methods[] = {
    { "handle-get-layout", G_CALLBACK (on_get_layout_cb) },
    { "handle-get-group-properties", G_CALLBACK (on_get_group_properties_cb) },
    { "handle-get-property", G_CALLBACK (on_get_property_cb) },
    { "handle-event", G_CALLBACK (on_event_cb) },
    { "handle-event-group", G_CALLBACK (on_event_group_cb) },
    { "handle-about-to-show", G_CALLBACK (on_about_to_show_cb) },
    { "handle-about-to-show-group", G_CALLBACK (on_about_to_show_group_cb) },
  };

  for (guint i = 0; i < G_N_ELEMENTS (methods); i++)
    g_signal_connect_object (self->skeleton, methods[i].signal, methods[i].callback, self,
                             G_CONNECT_SWAPPED);
}

static void
porch_tray_menu_init (PorchTrayMenu *self)
{
  const char *const no_paths[] = { NULL };

  self->people = g_ptr_array_new_with_free_func ((GDestroyNotify) person_free);
  self->next_person_id = ID_FIRST_PERSON;
  self->skeleton = porch_dbus_menu_skeleton_new ();
  porch_dbus_menu_set_version (self->skeleton, DBUSMENU_VERSION);
  porch_dbus_menu_set_status (self->skeleton, "normal");
  porch_dbus_menu_set_icon_theme_path (self->skeleton, no_paths);
  /* Translators: "rtl" where your language is written from right to left, else "ltr" */
  porch_dbus_menu_set_text_direction (
      self->skeleton, g_str_equal (C_ ("text direction", "ltr"), "rtl") ? "rtl" : "ltr");
  connect_methods (self);
}

/**
 * porch_tray_menu_new:
 *
 * Returns: (transfer full): a menu of somebody who is signed out
 */
PorchTrayMenu *
porch_tray_menu_new (void)
{
  return g_object_new (PORCH_TYPE_TRAY_MENU, NULL);
}

/**
 * porch_tray_menu_export:
 * @self: a menu
 * @bus: the session bus
 * @path: its object path
 * @error: return location
 *
 * Returns: whether it is on the bus
 */
gboolean
porch_tray_menu_export (PorchTrayMenu *self, GDBusConnection *bus, const char *path, GError **error)
{
  g_return_val_if_fail (PORCH_IS_TRAY_MENU (self), FALSE);

  return g_dbus_interface_skeleton_export (G_DBUS_INTERFACE_SKELETON (self->skeleton), bus, path,
                                           error);
}

/**
 * porch_tray_menu_set_roster:
 * @self: a menu
 * @roster: (nullable): whose people it names; %NULL without an account
 *
 * To be followed by porch_tray_menu_update().
 */
void
porch_tray_menu_set_roster (PorchTrayMenu *self, PorchRoster *roster)
{
  g_return_if_fail (PORCH_IS_TRAY_MENU (self));
  g_return_if_fail (roster == NULL || PORCH_IS_ROSTER (roster));

  g_set_object (&self->roster, roster);
}

/**
 * porch_tray_menu_set_own:
 * @self: a menu
 * @state: what is true of the person
 * @appear_offline: whether they chose to appear offline
 *
 * To be followed by porch_tray_menu_update().
 */
void
porch_tray_menu_set_own (PorchTrayMenu *self, PorchTrayState state, gboolean appear_offline)
{
  g_return_if_fail (PORCH_IS_TRAY_MENU (self));

  self->state = state;
  self->appear_offline = appear_offline;
}

/**
 * porch_tray_menu_update:
 * @self: a menu
 *
 * Something may have changed: tells the panel, where one has the menu. Does nothing where none has,
 * or where it was told already and has not come to look.
 */
void
porch_tray_menu_update (PorchTrayMenu *self)
{
  g_return_if_fail (PORCH_IS_TRAY_MENU (self));

  if (!self->is_shown)
    return;

  /* Not only what is new since a moment ago: a panel may have ignored what AboutToShow said. */
  rebuild (self);
  if (self->revision == self->fetched_revision)
    return;

  self->is_shown = FALSE;
  porch_dbus_menu_emit_layout_updated (self->skeleton, self->revision, ID_ROOT);
}
