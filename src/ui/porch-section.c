/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* The heading of a section of the list, which is an item of the list itself: its title, how many it
 * holds, and whether it is collapsed. Owned by PorchContactList, which alone sets the count.
 */

#define G_LOG_DOMAIN "porch-ui"

#include "config.h"

#include "ui/porch-section.h"

#include <glib/gi18n-lib.h>

struct _PorchSection
{
  GObject parent_instance;

  PorchSectionKind kind;
  guint count;
  gboolean collapsed;
};

enum
{
  PROP_0,
  PROP_COUNT,
  PROP_COLLAPSED,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (PorchSection, porch_section, G_TYPE_OBJECT)

static void
porch_section_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  PorchSection *self = PORCH_SECTION (object);

  switch (prop_id)
    {
    case PROP_COUNT:
      g_value_set_uint (value, self->count);
      break;
    case PROP_COLLAPSED:
      g_value_set_boolean (value, self->collapsed);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
porch_section_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  PorchSection *self = PORCH_SECTION (object);

  switch (prop_id)
    {
    case PROP_COUNT:
      porch_section_set_count (self, g_value_get_uint (value));
      break;
    case PROP_COLLAPSED:
      porch_section_set_collapsed (self, g_value_get_boolean (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
porch_section_class_init (PorchSectionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->get_property = porch_section_get_property;
  object_class->set_property = porch_section_set_property;

  /**
   * PorchSection:count:
   *
   * How many contacts the section has.
   */
  properties[PROP_COUNT] = g_param_spec_uint ("count", NULL, NULL, 0, G_MAXUINT, 0, flags);

  /**
   * PorchSection:collapsed:
   *
   * Whether the person wants only the heading.
   */
  properties[PROP_COLLAPSED] = g_param_spec_boolean ("collapsed", NULL, NULL, FALSE, flags);

  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
porch_section_init (PorchSection *self)
{
}

/**
 * porch_section_new:
 * @kind: which one
 *
 * Returns: (transfer full): an empty section
 */
PorchSection *
porch_section_new (PorchSectionKind kind)
{
  PorchSection *self = g_object_new (PORCH_TYPE_SECTION, NULL);

  self->kind = kind;

  return self;
}

/**
 * porch_section_get_kind:
 * @self: a section
 *
 * Returns: which one it is
 */
PorchSectionKind
porch_section_get_kind (PorchSection *self)
{
  g_return_val_if_fail (PORCH_IS_SECTION (self), PORCH_SECTION_OFFLINE);

  return self->kind;
}

/**
 * porch_section_get_id:
 * @self: a section
 *
 * Returns: (transfer none): the name by which settings remember it
 */
const char *
porch_section_get_id (PorchSection *self)
{
  static const char *const ids[PORCH_N_SECTIONS] = { "favourites", "online", "offline" };

  g_return_val_if_fail (PORCH_IS_SECTION (self), NULL);

  return ids[self->kind];
}

/**
 * porch_section_get_title:
 * @self: a section
 *
 * Returns: (transfer none): its heading, translated
 */
const char *
porch_section_get_title (PorchSection *self)
{
  static const char *const titles[PORCH_N_SECTIONS] = {
    /* Translators: headings over people */
    NC_ ("section", "Favourites"), NC_ ("section", "Online"), NC_ ("section", "Offline")
  };

  g_return_val_if_fail (PORCH_IS_SECTION (self), NULL);

  return g_dpgettext2 (GETTEXT_PACKAGE, "section", titles[self->kind]);
}

/**
 * porch_section_get_count:
 * @self: a section
 *
 * Returns: how many contacts it has
 */
guint
porch_section_get_count (PorchSection *self)
{
  g_return_val_if_fail (PORCH_IS_SECTION (self), 0);

  return self->count;
}

/**
 * porch_section_set_count:
 * @self: a section
 * @count: how many contacts it has
 */
void
porch_section_set_count (PorchSection *self, guint count)
{
  g_return_if_fail (PORCH_IS_SECTION (self));

  if (self->count == count)
    return;

  self->count = count;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_COUNT]);
}

/**
 * porch_section_get_collapsed:
 * @self: a section
 *
 * Returns: whether only the heading is wanted
 */
gboolean
porch_section_get_collapsed (PorchSection *self)
{
  g_return_val_if_fail (PORCH_IS_SECTION (self), FALSE);

  return self->collapsed;
}

/**
 * porch_section_set_collapsed:
 * @self: a section
 * @collapsed: whether only the heading is wanted
 */
void
porch_section_set_collapsed (PorchSection *self, gboolean collapsed)
{
  g_return_if_fail (PORCH_IS_SECTION (self));

  collapsed = !!collapsed;
  if (self->collapsed == collapsed)
    return;

  self->collapsed = collapsed;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_COLLAPSED]);
}
