/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* Contacts between the agent's roster and D-Bus, both ways. Owned by nobody: PorchAgentService
 * builds, PorchAgentProxy applies.
 */

#define G_LOG_DOMAIN "porch-bus"

#include "bus/porch-contact-wire.h"

enum
{
  FLAG_FAVOURITE = 1 << 0,
  FLAG_MISSING = 1 << 1,
};

/* The bits of the flags that are a number: the PorchNotifyRule. */
#define NOTIFY_RULE_SHIFT 2
#define NOTIFY_RULE_MASK  7u

static PorchStatus
status_from_wire (guint32 status)
{
  return status <= PORCH_STATUS_ONLINE ? (PorchStatus) status : PORCH_STATUS_UNKNOWN;
}

/* A rule of a newer agent is none that this program can show. */
static PorchNotifyRule
notify_rule_from_wire (guint32 flags)
{
  guint32 rule = (flags >> NOTIFY_RULE_SHIFT) & NOTIFY_RULE_MASK;

  return rule <= PORCH_NOTIFY_ALSO_LEAVES ? (PorchNotifyRule) rule : PORCH_NOTIFY_DEFAULT;
}

/**
 * porch_contact_wire_build:
 * @contact: a contact
 *
 * Returns: (transfer floating): what Account1 tells of @contact
 */
GVariant *
porch_contact_wire_build (PorchContact *contact)
{
  g_return_val_if_fail (PORCH_IS_CONTACT (contact), NULL);

  const char *name = porch_contact_get_name (contact);
  const char *avatar = porch_contact_get_avatar (contact);
  guint32 flags = (porch_contact_get_favourite (contact) ? FLAG_FAVOURITE : 0)
                  | (porch_contact_get_missing (contact) ? FLAG_MISSING : 0)
                  | (guint32) porch_contact_get_notify_rule (contact) << NOTIFY_RULE_SHIFT;

  return g_variant_new (
      PORCH_CONTACT_WIRE_TYPE, porch_contact_get_id (contact), name != NULL ? name : "",
      avatar != NULL ? avatar : "", (guint32) porch_contact_get_status (contact),
      (guint32) porch_contact_get_last_known_status (contact),
      porch_contact_get_last_active_us (contact), porch_contact_get_online_since_us (contact),
      porch_contact_get_known_at_us (contact), flags);
}

/**
 * porch_contact_wire_apply:
 * @roster: a mirror of the agent's roster
 * @changed: an array of %PORCH_CONTACT_WIRE_TYPE
 *
 * Repeats in @roster what the agent told; contacts that @roster lacks are added, all in one go.
 */
void
porch_contact_wire_apply (PorchRoster *roster, GVariant *changed)
{
  g_return_if_fail (PORCH_IS_ROSTER (roster));
  g_return_if_fail (g_variant_is_of_type (changed, G_VARIANT_TYPE ("a" PORCH_CONTACT_WIRE_TYPE)));

  g_autoptr (GPtrArray) added = g_ptr_array_new_with_free_func (g_object_unref);
  GVariantIter iter;
  const char *id, *name, *avatar;
  guint32 status, last_known_status, flags;
  gint64 last_active_us, online_since_us, known_at_us;

  g_variant_iter_init (&iter, changed);
  while (g_variant_iter_next (&iter, "(&s&s&suuxxxu)", &id, &name, &avatar, &status,
                              &last_known_status, &last_active_us, &online_since_us, &known_at_us,
                              &flags))
    {
      PorchContactState state = {
        .status = status_from_wire (status),
        .last_known_status = status_from_wire (last_known_status),
        .last_active_us = last_active_us,
        .online_since_us = online_since_us,
        .known_at_us = known_at_us,
      };
      PorchContact *contact = porch_roster_lookup (roster, id);

      if (contact == NULL)
        {
          contact = porch_contact_new (id);
          g_ptr_array_add (added, contact);
        }

      porch_contact_set_name (contact, *name != '\0' ? name : NULL);
      porch_contact_set_avatar (contact, *avatar != '\0' ? avatar : NULL);
      porch_contact_set_favourite (contact, (flags & FLAG_FAVOURITE) != 0);
      porch_contact_set_missing (contact, (flags & FLAG_MISSING) != 0);
      porch_contact_set_notify_rule (contact, notify_rule_from_wire (flags));
      porch_roster_mirror (roster, contact, &state);
    }

  if (added->len > 0)
    porch_roster_add_many (roster, added);
}

/**
 * porch_contact_wire_replace:
 * @roster: a mirror of the agent's roster
 * @contacts: an array of %PORCH_CONTACT_WIRE_TYPE, of all contacts that there are
 *
 * Like porch_contact_wire_apply(), and removes from @roster whom @contacts does not name.
 */
void
porch_contact_wire_replace (PorchRoster *roster, GVariant *contacts)
{
  g_return_if_fail (PORCH_IS_ROSTER (roster));

  g_autoptr (GHashTable) ids = NULL;
  GVariantIter iter;
  const char *id;

  /* The first fill removes nobody. */
  if (g_list_model_get_n_items (G_LIST_MODEL (roster)) == 0)
    {
      porch_contact_wire_apply (roster, contacts);
      return;
    }

  ids = g_hash_table_new (g_str_hash, g_str_equal);
  g_variant_iter_init (&iter, contacts);
  while (g_variant_iter_next (&iter, "(&s&s&suuxxxu)", &id, NULL, NULL, NULL, NULL, NULL, NULL,
                              NULL, NULL))
    g_hash_table_add (ids, (gpointer) id);

  for (guint i = g_list_model_get_n_items (G_LIST_MODEL (roster)); i > 0; i--)
    {
      g_autoptr (PorchContact) contact = g_list_model_get_item (G_LIST_MODEL (roster), i - 1);

      if (!g_hash_table_contains (ids, porch_contact_get_id (contact)))
        porch_roster_remove (roster, porch_contact_get_id (contact));
    }

  porch_contact_wire_apply (roster, contacts);
}
