/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* org.gnome.Shell.SearchProvider2: who types "ann" in the overview sees her, with what the list
 * says of her. Owned by PorchAgentSearch. The agent answers because it has everybody in memory and
 * runs anyway: a search starts nothing, for the shell is told so (AutoStart in the .ini file). An
 * identifier is a contact's id. It opens nothing by itself.
 */

#define G_LOG_DOMAIN "porch-desktop"

#include "desktop/porch-search-provider.h"

#include "desktop/porch-shell-search-provider.h"
#include "presence/porch-search.h"

/* The shell shows five or so; the window has the rest. */
#define RESULTS_MAX 20

#define ICON_NOBODY "avatar-default"

struct _PorchSearchProvider
{
  GObject parent_instance;

  PorchDBusShellSearchProvider2 *skeleton;
  PorchRoster *roster;
};

G_DEFINE_FINAL_TYPE (PorchSearchProvider, porch_search_provider, G_TYPE_OBJECT)

enum
{
  SIGNAL_OPEN_PERSON,
  SIGNAL_OPEN_SEARCH,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* Who is online by name, then who is not by when they last were. */
static int
compare_contacts (gconstpointer a, gconstpointer b)
{
  PorchContact *one = *(PorchContact **) a;
  PorchContact *other = *(PorchContact **) b;
  gboolean one_is_online = porch_contact_get_status (one) == PORCH_STATUS_ONLINE;
  gboolean other_is_online = porch_contact_get_status (other) == PORCH_STATUS_ONLINE;
  gint64 one_us = porch_contact_get_last_active_us (one);
  gint64 other_us = porch_contact_get_last_active_us (other);

  if (one_is_online != other_is_online)
    return one_is_online ? -1 : 1;
  if (!one_is_online && one_us != other_us)
    return one_us > other_us ? -1 : 1;
  return g_utf8_collate (porch_contact_get_display_name (one),
                         porch_contact_get_display_name (other));
}

/* Returns: (transfer full): who matches, the best first */
static GPtrArray *
find_contacts (PorchSearchProvider *self, const char *const *words)
{
  GPtrArray *found = g_ptr_array_new_with_free_func (g_object_unref);
  g_autofree char *search = g_strjoinv (" ", (char **) words);
  g_auto (GStrv) terms = porch_search_split (search);

  if (self->roster == NULL || terms == NULL)
    return found;

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->roster)); i++)
    {
      g_autoptr (PorchContact) contact = g_list_model_get_item (G_LIST_MODEL (self->roster), i);
      g_autofree char *folded = porch_search_fold (porch_contact_get_display_name (contact));

      if (porch_search_matches (folded, (const char *const *) terms))
        g_ptr_array_add (found, g_steal_pointer (&contact));
    }
  g_ptr_array_sort (found, compare_contacts);
  return found;
}

/* Returns: (transfer container): their ids, which live as long as @found */
static char **
get_ids (GPtrArray *found)
{
  guint n_ids = MIN (found->len, RESULTS_MAX);
  char **ids = g_new0 (char *, n_ids + 1);

  for (guint i = 0; i < n_ids; i++)
    ids[i] = (char *) porch_contact_get_id (g_ptr_array_index (found, i));
  return ids;
}

static gboolean
on_initial_cb (PorchSearchProvider *self,
               GDBusMethodInvocation *invocation,
               const char *const *terms)
{
  g_autoptr (GPtrArray) found = find_contacts (self, terms);
  g_autofree char **ids = get_ids (found);

  porch_dbus_shell_search_provider2_complete_get_initial_result_set (self->skeleton, invocation,
                                                                     (const char *const *) ids);
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

/* Everybody is in memory: a search anew costs no more than one among the last results, of which
 * RESULTS_MAX may have hidden somebody. */
static gboolean
on_subsearch_cb (PorchSearchProvider *self,
                 GDBusMethodInvocation *invocation,
                 const char *const *previous,
                 const char *const *terms)
{
  return on_initial_cb (self, invocation, terms);
}

static GVariant *
build_icon (PorchContact *contact)
{
  const char *avatar = porch_contact_get_avatar (contact);
  g_autoptr (GIcon) icon = NULL;

  if (avatar != NULL && *avatar != '\0')
    {
      g_autoptr (GFile) file = g_file_new_for_path (avatar);
      icon = g_file_icon_new (file);
    }
  else
    icon = g_themed_icon_new_with_default_fallbacks (ICON_NOBODY);
  return g_icon_serialize (icon);
}

static GVariant *
build_meta (PorchSearchProvider *self, PorchContact *contact)
{
  gint64 now_us = porch_server_clock_get_now_us (porch_roster_get_server_clock (self->roster));
  g_autofree char *status = porch_contact_format_status (contact, now_us);
  g_autoptr (GVariant) icon = build_icon (contact);
  g_auto (GVariantDict) meta = G_VARIANT_DICT_INIT (NULL);

  g_variant_dict_insert (&meta, "id", "s", porch_contact_get_id (contact));
  g_variant_dict_insert (&meta, "name", "s", porch_contact_get_display_name (contact));
  g_variant_dict_insert (&meta, "description", "s", status);
  g_variant_dict_insert_value (&meta, "icon", icon);
  return g_variant_dict_end (&meta);
}

/* Whoever was removed meanwhile is left out. */
static gboolean
on_metas_cb (PorchSearchProvider *self,
             GDBusMethodInvocation *invocation,
             const char *const *identifiers)
{
  g_auto (GVariantBuilder) metas = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("aa{sv}"));

  for (guint i = 0; self->roster != NULL && identifiers[i] != NULL; i++)
    {
      PorchContact *contact = porch_roster_lookup (self->roster, identifiers[i]);

      if (contact != NULL)
        g_variant_builder_add_value (&metas, build_meta (self, contact));
    }
  porch_dbus_shell_search_provider2_complete_get_result_metas (self->skeleton, invocation,
                                                               g_variant_builder_end (&metas));
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static gboolean
on_activate_cb (PorchSearchProvider *self,
                GDBusMethodInvocation *invocation,
                const char *identifier,
                const char *const *terms,
                guint timestamp)
{
  porch_dbus_shell_search_provider2_complete_activate_result (self->skeleton, invocation);
  g_signal_emit (self, signals[SIGNAL_OPEN_PERSON], 0, identifier, timestamp);
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static gboolean
on_launch_cb (PorchSearchProvider *self,
              GDBusMethodInvocation *invocation,
              const char *const *terms,
              guint timestamp)
{
  g_autofree char *search = g_strjoinv (" ", (char **) terms);

  porch_dbus_shell_search_provider2_complete_launch_search (self->skeleton, invocation);
  g_signal_emit (self, signals[SIGNAL_OPEN_SEARCH], 0, search, timestamp);
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static void
porch_search_provider_dispose (GObject *object)
{
  PorchSearchProvider *self = PORCH_SEARCH_PROVIDER (object);
  GDBusInterfaceSkeleton *skeleton = G_DBUS_INTERFACE_SKELETON (self->skeleton);

  if (skeleton != NULL && g_dbus_interface_skeleton_get_connection (skeleton) != NULL)
    g_dbus_interface_skeleton_unexport (skeleton);
  g_clear_object (&self->skeleton);
  g_clear_object (&self->roster);

  G_OBJECT_CLASS (porch_search_provider_parent_class)->dispose (object);
}

static void
porch_search_provider_class_init (PorchSearchProviderClass *klass)
{
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = porch_search_provider_dispose;

  signals[SIGNAL_OPEN_PERSON] = g_signal_new ("open-person", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                              NULL, G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_UINT);
  signals[SIGNAL_OPEN_SEARCH] = g_signal_new ("open-search", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                              NULL, G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_UINT);
}

static void
porch_search_provider_init (PorchSearchProvider *self)
{
  static const struct
  {
    const char *signal;
    GCallback callback;
  } handlers[] = {
    { "handle-get-initial-result-set", G_CALLBACK (on_initial_cb) },
    { "handle-get-subsearch-result-set", G_CALLBACK (on_subsearch_cb) },
    { "handle-get-result-metas", G_CALLBACK (on_metas_cb) },
    { "handle-activate-result", G_CALLBACK (on_activate_cb) },
    { "handle-launch-search", G_CALLBACK (on_launch_cb) },
  };

  self->skeleton = porch_dbus_shell_search_provider2_skeleton_new ();
  for (guint i = 0; i < G_N_ELEMENTS (handlers); i++)
    g_signal_connect_object (self->skeleton, handlers[i].signal, handlers[i].callback, self,
                             G_CONNECT_SWAPPED);
}

/**
 * porch_search_provider_new:
 *
 * Returns: (transfer full): a provider that finds nobody, not yet on the bus
 */
PorchSearchProvider *
porch_search_provider_new (void)
{
  return g_object_new (PORCH_TYPE_SEARCH_PROVIDER, NULL);
}

/**
 * porch_search_provider_export:
 * @self: a provider; once only
 * @bus: the session bus
 * @error: return location
 *
 * Returns: whether it is on the bus
 */
gboolean
porch_search_provider_export (PorchSearchProvider *self, GDBusConnection *bus, GError **error)
{
  g_return_val_if_fail (PORCH_IS_SEARCH_PROVIDER (self), FALSE);
  g_return_val_if_fail (G_IS_DBUS_CONNECTION (bus), FALSE);

  return g_dbus_interface_skeleton_export (G_DBUS_INTERFACE_SKELETON (self->skeleton), bus,
                                           PORCH_SEARCH_PROVIDER_PATH, error);
}

/**
 * porch_search_provider_set_roster:
 * @self: a provider
 * @roster: (nullable): whose people it finds; %NULL without an account
 */
void
porch_search_provider_set_roster (PorchSearchProvider *self, PorchRoster *roster)
{
  g_return_if_fail (PORCH_IS_SEARCH_PROVIDER (self));
  g_return_if_fail (roster == NULL || PORCH_IS_ROSTER (roster));

  g_set_object (&self->roster, roster);
}
