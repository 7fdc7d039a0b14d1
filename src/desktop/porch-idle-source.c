/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* What every way to learn whether the person is there has in common: what it can tell, and what it
 * tells now. Owned by PorchIdleMonitor, which chooses among the sources that answer. A source knows
 * neither the others nor what is made of its words.
 */

#define G_LOG_DOMAIN "porch-desktop"

#include "desktop/porch-idle-source.h"

typedef struct
{
  char *name;
  PorchIdleFeatures features;
  gboolean idle;
  gboolean locked;
  guint threshold_s;
} PorchIdleSourcePrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (PorchIdleSource, porch_idle_source, G_TYPE_OBJECT)

G_DEFINE_FLAGS_TYPE (PorchIdleFeatures,
                     porch_idle_features,
                     G_DEFINE_ENUM_VALUE (PORCH_IDLE_FEATURE_IDLE, "idle"),
                     G_DEFINE_ENUM_VALUE (PORCH_IDLE_FEATURE_LOCK, "lock"),
                     G_DEFINE_ENUM_VALUE (PORCH_IDLE_FEATURE_INHIBITORS, "inhibitors"))

enum
{
  PROP_FEATURES = 1,
  PROP_IDLE,
  PROP_LOCKED,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

static PorchIdleSourcePrivate *
get_private (PorchIdleSource *self)
{
  return porch_idle_source_get_instance_private (self);
}

static void
porch_idle_source_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  PorchIdleSourcePrivate *priv = get_private (PORCH_IDLE_SOURCE (object));

  switch (id)
    {
    case PROP_FEATURES:
      g_value_set_flags (value, priv->features);
      break;
    case PROP_IDLE:
      g_value_set_boolean (value, priv->idle);
      break;
    case PROP_LOCKED:
      g_value_set_boolean (value, priv->locked);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
porch_idle_source_finalize (GObject *object)
{
  g_free (get_private (PORCH_IDLE_SOURCE (object))->name);

  G_OBJECT_CLASS (porch_idle_source_parent_class)->finalize (object);
}

static void
porch_idle_source_class_init (PorchIdleSourceClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->get_property = porch_idle_source_get_property;
  object_class->finalize = porch_idle_source_finalize;

  properties[PROP_FEATURES] = g_param_spec_flags ("features", NULL, NULL, PORCH_TYPE_IDLE_FEATURES,
                                                  0, flags);
  properties[PROP_IDLE] = g_param_spec_boolean ("idle", NULL, NULL, FALSE, flags);
  properties[PROP_LOCKED] = g_param_spec_boolean ("locked", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
porch_idle_source_init (PorchIdleSource *self)
{
}

/**
 * porch_idle_source_start:
 * @self: a source, not started yet
 *
 * Begins to find out what the source can tell.
 */
void
porch_idle_source_start (PorchIdleSource *self)
{
  g_return_if_fail (PORCH_IS_IDLE_SOURCE (self));

  PORCH_IDLE_SOURCE_GET_CLASS (self)->start (self);
}

/**
 * porch_idle_source_watch:
 * @self: a source
 * @threshold_s: after how many seconds without input the person is idle; 0: not to be told
 *
 * Counts from the last input, whenever that was.
 */
void
porch_idle_source_watch (PorchIdleSource *self, guint threshold_s)
{
  g_return_if_fail (PORCH_IS_IDLE_SOURCE (self));

  PorchIdleSourcePrivate *priv = get_private (self);
  if (priv->threshold_s == threshold_s)
    return;

  priv->threshold_s = threshold_s;
  porch_idle_source_set_idle (self, FALSE);
  if (priv->features & PORCH_IDLE_FEATURE_IDLE)
    PORCH_IDLE_SOURCE_GET_CLASS (self)->watch (self, threshold_s);
}

/**
 * porch_idle_source_get_name:
 * @self: a source
 *
 * Returns: what to call it
 */
const char *
porch_idle_source_get_name (PorchIdleSource *self)
{
  g_return_val_if_fail (PORCH_IS_IDLE_SOURCE (self), NULL);

  return get_private (self)->name;
}

/**
 * porch_idle_source_get_features:
 * @self: a source
 *
 * Returns: what it can tell now
 */
PorchIdleFeatures
porch_idle_source_get_features (PorchIdleSource *self)
{
  g_return_val_if_fail (PORCH_IS_IDLE_SOURCE (self), 0);

  return get_private (self)->features;
}

/**
 * porch_idle_source_get_idle:
 * @self: a source
 *
 * Returns: whether there was no input for as long as porch_idle_source_watch() asked for
 */
gboolean
porch_idle_source_get_idle (PorchIdleSource *self)
{
  g_return_val_if_fail (PORCH_IS_IDLE_SOURCE (self), FALSE);

  return get_private (self)->idle;
}

/**
 * porch_idle_source_get_locked:
 * @self: a source
 *
 * Returns: whether the screen is locked
 */
gboolean
porch_idle_source_get_locked (PorchIdleSource *self)
{
  g_return_val_if_fail (PORCH_IS_IDLE_SOURCE (self), FALSE);

  return get_private (self)->locked;
}

/**
 * porch_idle_source_set_name:
 * @self: a source
 * @name: what to call it
 *
 * For the source itself, when it is made.
 */
void
porch_idle_source_set_name (PorchIdleSource *self, const char *name)
{
  g_return_if_fail (PORCH_IS_IDLE_SOURCE (self));

  g_free (get_private (self)->name);
  get_private (self)->name = g_strdup (name);
}

/**
 * porch_idle_source_set_features:
 * @self: a source
 * @features: what it can tell now
 *
 * For the source itself. One that can tell nothing any more tells neither idle nor locked; one that
 * can again is asked again for what was watched.
 */
void
porch_idle_source_set_features (PorchIdleSource *self, PorchIdleFeatures features)
{
  g_return_if_fail (PORCH_IS_IDLE_SOURCE (self));

  PorchIdleSourcePrivate *priv = get_private (self);
  PorchIdleFeatures added = features & ~priv->features;
  if (priv->features == features)
    return;

  g_autofree char *names = g_flags_to_string (PORCH_TYPE_IDLE_FEATURES, features);
  g_debug ("%s tells: %s", priv->name, features != 0 ? names : "nothing");

  g_object_freeze_notify (G_OBJECT (self));
  priv->features = features;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_FEATURES]);
  if (!(features & PORCH_IDLE_FEATURE_IDLE))
    porch_idle_source_set_idle (self, FALSE);
  if (!(features & PORCH_IDLE_FEATURE_LOCK))
    porch_idle_source_set_locked (self, FALSE);
  if ((added & PORCH_IDLE_FEATURE_IDLE) && priv->threshold_s != 0)
    PORCH_IDLE_SOURCE_GET_CLASS (self)->watch (self, priv->threshold_s);
  g_object_thaw_notify (G_OBJECT (self));
}

/**
 * porch_idle_source_set_idle:
 * @self: a source
 * @idle: whether there was no input for as long as asked for
 *
 * For the source itself.
 */
void
porch_idle_source_set_idle (PorchIdleSource *self, gboolean idle)
{
  g_return_if_fail (PORCH_IS_IDLE_SOURCE (self));

  PorchIdleSourcePrivate *priv = get_private (self);
  if (priv->idle == idle)
    return;

  g_debug ("%s: %s", priv->name, idle ? "idle" : "active");
  priv->idle = idle;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_IDLE]);
}

/**
 * porch_idle_source_set_locked:
 * @self: a source
 * @locked: whether the screen is locked
 *
 * For the source itself.
 */
void
porch_idle_source_set_locked (PorchIdleSource *self, gboolean locked)
{
  g_return_if_fail (PORCH_IS_IDLE_SOURCE (self));

  PorchIdleSourcePrivate *priv = get_private (self);
  if (priv->locked == locked)
    return;

  g_debug ("%s: %s", priv->name, locked ? "locked" : "unlocked");
  priv->locked = locked;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LOCKED]);
}

/**
 * porch_idle_source_get_threshold_s:
 * @self: a source
 *
 * For the source itself.
 *
 * Returns: what was last asked for, seconds; 0 where nothing is to be told
 */
guint
porch_idle_source_get_threshold_s (PorchIdleSource *self)
{
  g_return_val_if_fail (PORCH_IS_IDLE_SOURCE (self), 0);

  return get_private (self)->threshold_s;
}
