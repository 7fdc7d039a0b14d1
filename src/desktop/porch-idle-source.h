/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * PorchIdleFeatures:
 * @PORCH_IDLE_FEATURE_IDLE: tells when the person has been idle for as long as asked for
 * @PORCH_IDLE_FEATURE_LOCK: tells when the screen is locked
 * @PORCH_IDLE_FEATURE_INHIBITORS: honours by itself what inhibits idling, a film or a call
 *
 * What a source can tell on this desktop.
 */
typedef enum
{
  PORCH_IDLE_FEATURE_IDLE = 1 << 0,
  PORCH_IDLE_FEATURE_LOCK = 1 << 1,
  PORCH_IDLE_FEATURE_INHIBITORS = 1 << 2,
} PorchIdleFeatures;

#define PORCH_TYPE_IDLE_FEATURES (porch_idle_features_get_type ())
GType porch_idle_features_get_type (void);

#define PORCH_TYPE_IDLE_SOURCE (porch_idle_source_get_type ())
G_DECLARE_DERIVABLE_TYPE (PorchIdleSource, porch_idle_source, PORCH, IDLE_SOURCE, GObject)

/**
 * PorchIdleSourceClass:
 * @start: begins to find out what the source can tell; called once
 * @watch: tells from now on when the person has been idle for so many seconds, 0: no longer; called
 *   only while the source has %PORCH_IDLE_FEATURE_IDLE
 *
 * One way to learn from the desktop whether the person is there.
 *
 * Properties, read-only with explicit notify: features (#PorchIdleFeatures, nothing as long as the
 * desktop does not answer, and again when it is gone), idle, locked.
 */
struct _PorchIdleSourceClass
{
  GObjectClass parent_class;

  void (*start) (PorchIdleSource *self);
  void (*watch) (PorchIdleSource *self, guint threshold_s);
};

void porch_idle_source_start (PorchIdleSource *self);
void porch_idle_source_watch (PorchIdleSource *self, guint threshold_s);
const char *porch_idle_source_get_name (PorchIdleSource *self);
PorchIdleFeatures porch_idle_source_get_features (PorchIdleSource *self);
gboolean porch_idle_source_get_idle (PorchIdleSource *self);
gboolean porch_idle_source_get_locked (PorchIdleSource *self);

/* For the sources themselves. */
void porch_idle_source_set_name (PorchIdleSource *self, const char *name);
void porch_idle_source_set_features (PorchIdleSource *self, PorchIdleFeatures features);
void porch_idle_source_set_idle (PorchIdleSource *self, gboolean idle);
void porch_idle_source_set_locked (PorchIdleSource *self, gboolean locked);
guint porch_idle_source_get_threshold_s (PorchIdleSource *self);

G_END_DECLS
