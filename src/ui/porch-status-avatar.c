/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* A person's picture, or their initials, with their status over its corner. A widget of its own for
 * any .ui. One node and one dot, because a list draws hundreds: the node is an "avatar" to the
 * stylesheet, which gives it libadwaita's shape and colours. It follows the contact that it is
 * given; where there is none (oneself), avatar, name and status are set.
 */

#define G_LOG_DOMAIN "porch-ui"

#include "config.h"

#include "ui/porch-status-avatar.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "ui/porch-avatar-cache.h"
#include "ui/porch-status-dot.h"

#define DEFAULT_SIZE 40

/* As many as the stylesheet has for avatars. */
#define N_COLORS 14

struct _PorchStatusAvatar
{
  GtkWidget parent_instance;

  GtkWidget *dot;

  PorchContact *user;
  char *avatar;
  char *name;
  char *initials;
  guint color;
  int size;

  GdkTexture *picture;
  GCancellable *loading;
};

enum
{
  PROP_0,
  PROP_USER,
  PROP_AVATAR,
  PROP_NAME,
  PROP_STATUS,
  PROP_SHOW_STATUS,
  PROP_SIZE,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (PorchStatusAvatar, porch_status_avatar, GTK_TYPE_WIDGET)

/* The first letters of the first and the last word. */
static char *
extract_initials (const char *name)
{
  g_autofree char *composed = NULL;
  g_autofree char *upper = NULL;
  g_autoptr (GString) initials = g_string_new (NULL);
  const char *last_space;

  if (name == NULL)
    return NULL;

  composed = g_utf8_normalize (name, -1, G_NORMALIZE_DEFAULT_COMPOSE);
  if (composed == NULL)
    return NULL;
  upper = g_utf8_strup (g_strstrip (composed), -1);
  if (*upper == '\0')
    return NULL;

  g_string_append_unichar (initials, g_utf8_get_char (upper));
  last_space = strrchr (upper, ' ');
  if (last_space != NULL && last_space[1] != '\0')
    g_string_append_unichar (initials, g_utf8_get_char (last_space + 1));

  return g_string_free (g_steal_pointer (&initials), FALSE);
}

static int
porch_status_avatar_get_pixels (PorchStatusAvatar *self)
{
  return self->size * gtk_widget_get_scale_factor (GTK_WIDGET (self));
}

static void
porch_status_avatar_set_picture (PorchStatusAvatar *self, GdkTexture *picture)
{
  if (!g_set_object (&self->picture, picture))
    return;

  if (picture != NULL)
    gtk_widget_add_css_class (GTK_WIDGET (self), "image");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), "image");
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
on_picture_loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PorchStatusAvatar) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GdkTexture) picture = porch_avatar_cache_load_finish (PORCH_AVATAR_CACHE (source),
                                                                   result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  if (picture == NULL)
    g_debug ("No picture: %s", error->message);
  g_clear_object (&self->loading);
  porch_status_avatar_set_picture (self, picture);
}

/* Shows the picture at once where it is decoded already, else the initials until it is. */
static void
porch_status_avatar_load (PorchStatusAvatar *self)
{
  PorchAvatarCache *cache = porch_avatar_cache_get_default ();
  GdkTexture *picture = NULL;

  g_cancellable_cancel (self->loading);
  g_clear_object (&self->loading);

  if (self->avatar != NULL && gtk_widget_get_mapped (GTK_WIDGET (self)))
    {
      int pixels = porch_status_avatar_get_pixels (self);

      picture = porch_avatar_cache_lookup (cache, self->avatar, pixels);
      if (picture == NULL)
        {
          self->loading = g_cancellable_new ();
          porch_avatar_cache_load_async (cache, self->avatar, pixels, self->loading,
                                         on_picture_loaded_cb, g_object_ref (self));
        }
    }

  porch_status_avatar_set_picture (self, picture);
}

static void
porch_status_avatar_update_label (PorchStatusAvatar *self)
{
  g_autofree char *label = NULL;

  if (self->name == NULL)
    return;

  switch (porch_status_avatar_get_status (self))
    {
    case PORCH_STATUS_ONLINE:
      /* Translators: a person's name. */
      label = g_strdup_printf (_ ("%s, online"), self->name);
      break;
    case PORCH_STATUS_OFFLINE:
      /* Translators: a person's name. */
      label = g_strdup_printf (_ ("%s, offline"), self->name);
      break;
    case PORCH_STATUS_UNKNOWN:
    default:
      label = g_strdup (self->name);
      break;
    }
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
}

static void
porch_status_avatar_set_color (PorchStatusAvatar *self, guint color)
{
  g_autofree char *old_class = g_strdup_printf ("color%u", self->color);
  g_autofree char *new_class = g_strdup_printf ("color%u", color);

  if (self->color == color)
    return;

  gtk_widget_remove_css_class (GTK_WIDGET (self), old_class);
  gtk_widget_add_css_class (GTK_WIDGET (self), new_class);
  self->color = color;
}

static void
on_user_notify_cb (PorchStatusAvatar *self)
{
  porch_status_avatar_set_name (self, porch_contact_get_display_name (self->user));
  porch_status_avatar_set_avatar (self, porch_contact_get_avatar (self->user));
  porch_status_avatar_set_status (self, porch_contact_get_status (self->user));
}

static void
porch_status_avatar_snapshot_picture (PorchStatusAvatar *self, GtkSnapshot *snapshot)
{
  graphene_rect_t bounds = GRAPHENE_RECT_INIT (0, 0, self->size, self->size);
  GskRoundedRect circle;

  gsk_rounded_rect_init_from_rect (&circle, &bounds, self->size / 2.f);
  gtk_snapshot_push_rounded_clip (snapshot, &circle);
  gtk_snapshot_append_texture (snapshot, self->picture, &bounds);
  gtk_snapshot_pop (snapshot);
}

static void
porch_status_avatar_snapshot_initials (PorchStatusAvatar *self, GtkSnapshot *snapshot)
{
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (GTK_WIDGET (self),
                                                                   self->initials);
  g_autoptr (PangoAttrList) attributes = pango_attr_list_new ();
  GdkRGBA color;
  int width, height;

  /* The picture stays as large as it is when the text grows, so the letters do, too. */
  pango_attr_list_insert (attributes,
                          pango_attr_size_new_absolute (self->size * 2 / 5 * PANGO_SCALE));
  pango_layout_set_attributes (layout, attributes);
  pango_layout_get_pixel_size (layout, &width, &height);

  gtk_style_context_get_color (gtk_widget_get_style_context (GTK_WIDGET (self)), &color);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (roundf ((self->size - width) / 2.f),
                                                          roundf ((self->size - height) / 2.f)));
  gtk_snapshot_append_layout (snapshot, layout, &color);
  gtk_snapshot_restore (snapshot);
}

static void
porch_status_avatar_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  PorchStatusAvatar *self = PORCH_STATUS_AVATAR (widget);

  if (self->picture != NULL)
    porch_status_avatar_snapshot_picture (self, snapshot);
  else if (self->initials != NULL)
    porch_status_avatar_snapshot_initials (self, snapshot);

  gtk_widget_snapshot_child (widget, self->dot, snapshot);
}

static void
porch_status_avatar_measure (GtkWidget *widget,
                             GtkOrientation orientation,
                             int for_size,
                             int *minimum,
                             int *natural,
                             int *minimum_baseline,
                             int *natural_baseline)
{
  PorchStatusAvatar *self = PORCH_STATUS_AVATAR (widget);

  *minimum = *natural = self->size;
}

/* Puts the middle of the dot on the circle, half way round its lower quarter at the end side. */
static void
porch_status_avatar_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  PorchStatusAvatar *self = PORCH_STATUS_AVATAR (widget);
  GtkRequisition dot_size;
  double radius = self->size / 2.0;
  double along = radius + radius * G_SQRT2 / 2.0;
  double x = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL ? self->size - along : along;

  if (!gtk_widget_should_layout (self->dot))
    return;

  gtk_widget_get_preferred_size (self->dot, NULL, &dot_size);
  gtk_widget_size_allocate (self->dot,
                            &(GtkAllocation){ .x = (int) round (x - dot_size.width / 2.0),
                                              .y = (int) round (along - dot_size.height / 2.0),
                                              .width = dot_size.width,
                                              .height = dot_size.height },
                            -1);
}

static void
porch_status_avatar_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (porch_status_avatar_parent_class)->map (widget);

  porch_status_avatar_load (PORCH_STATUS_AVATAR (widget));
}

static void
porch_status_avatar_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  PorchStatusAvatar *self = PORCH_STATUS_AVATAR (object);

  switch (prop_id)
    {
    case PROP_USER:
      g_value_set_object (value, self->user);
      break;
    case PROP_AVATAR:
      g_value_set_string (value, self->avatar);
      break;
    case PROP_NAME:
      g_value_set_string (value, self->name);
      break;
    case PROP_STATUS:
      g_value_set_enum (value, porch_status_avatar_get_status (self));
      break;
    case PROP_SHOW_STATUS:
      g_value_set_boolean (value, porch_status_avatar_get_show_status (self));
      break;
    case PROP_SIZE:
      g_value_set_int (value, self->size);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
porch_status_avatar_set_property (GObject *object,
                                  guint prop_id,
                                  const GValue *value,
                                  GParamSpec *pspec)
{
  PorchStatusAvatar *self = PORCH_STATUS_AVATAR (object);

  switch (prop_id)
    {
    case PROP_USER:
      porch_status_avatar_set_user (self, g_value_get_object (value));
      break;
    case PROP_AVATAR:
      porch_status_avatar_set_avatar (self, g_value_get_string (value));
      break;
    case PROP_NAME:
      porch_status_avatar_set_name (self, g_value_get_string (value));
      break;
    case PROP_STATUS:
      porch_status_avatar_set_status (self, g_value_get_enum (value));
      break;
    case PROP_SHOW_STATUS:
      porch_status_avatar_set_show_status (self, g_value_get_boolean (value));
      break;
    case PROP_SIZE:
      porch_status_avatar_set_size (self, g_value_get_int (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
porch_status_avatar_dispose (GObject *object)
{
  PorchStatusAvatar *self = PORCH_STATUS_AVATAR (object);

  g_cancellable_cancel (self->loading);
  g_clear_object (&self->loading);
  if (self->user != NULL)
    g_signal_handlers_disconnect_by_data (self->user, self);
  g_clear_object (&self->user);
  g_clear_object (&self->picture);
  g_clear_pointer (&self->dot, gtk_widget_unparent);

  G_OBJECT_CLASS (porch_status_avatar_parent_class)->dispose (object);
}

static void
porch_status_avatar_finalize (GObject *object)
{
  PorchStatusAvatar *self = PORCH_STATUS_AVATAR (object);

  g_free (self->avatar);
  g_free (self->name);
  g_free (self->initials);

  G_OBJECT_CLASS (porch_status_avatar_parent_class)->finalize (object);
}

static void
porch_status_avatar_class_init (PorchStatusAvatarClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->get_property = porch_status_avatar_get_property;
  object_class->set_property = porch_status_avatar_set_property;
  object_class->dispose = porch_status_avatar_dispose;
  object_class->finalize = porch_status_avatar_finalize;
  widget_class->map = porch_status_avatar_map;
  widget_class->measure = porch_status_avatar_measure;
  widget_class->size_allocate = porch_status_avatar_size_allocate;
  widget_class->snapshot = porch_status_avatar_snapshot;

  /**
   * PorchStatusAvatar:user: (nullable)
   *
   * Whose picture, name and status are shown; the three properties follow it.
   */
  properties[PROP_USER] = g_param_spec_object ("user", NULL, NULL, PORCH_TYPE_CONTACT, flags);

  /**
   * PorchStatusAvatar:avatar: (nullable)
   *
   * The picture's file in the agent's cache.
   */
  properties[PROP_AVATAR] = g_param_spec_string ("avatar", NULL, NULL, NULL, flags);

  /**
   * PorchStatusAvatar:name: (nullable)
   *
   * The name that the initials and the colour are made of.
   */
  properties[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, NULL, flags);

  /**
   * PorchStatusAvatar:status:
   *
   * What the dot says.
   */
  properties[PROP_STATUS] = g_param_spec_enum ("status", NULL, NULL, PORCH_TYPE_STATUS,
                                               PORCH_STATUS_UNKNOWN, flags);

  /**
   * PorchStatusAvatar:show-status:
   *
   * Whether there is a dot: somebody found on the server, not on the list, has no known status.
   */
  properties[PROP_SHOW_STATUS] = g_param_spec_boolean ("show-status", NULL, NULL, TRUE, flags);

  /**
   * PorchStatusAvatar:size:
   *
   * The side of the picture in pixels.
   */
  properties[PROP_SIZE] = g_param_spec_int ("size", NULL, NULL, 16, 256, DEFAULT_SIZE, flags);

  g_object_class_install_properties (object_class, N_PROPS, properties);

  gtk_widget_class_set_css_name (widget_class, "avatar");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
porch_status_avatar_init (PorchStatusAvatar *self)
{
  self->size = DEFAULT_SIZE;
  self->dot = porch_status_dot_new ();
  gtk_widget_set_parent (self->dot, GTK_WIDGET (self));
  gtk_widget_set_halign (GTK_WIDGET (self), GTK_ALIGN_CENTER);
  gtk_widget_set_valign (GTK_WIDGET (self), GTK_ALIGN_CENTER);

  g_signal_connect (self, "notify::scale-factor", G_CALLBACK (porch_status_avatar_load), NULL);
}

/**
 * porch_status_avatar_new:
 *
 * Returns: (transfer floating): a picture of nobody yet
 */
GtkWidget *
porch_status_avatar_new (void)
{
  return g_object_new (PORCH_TYPE_STATUS_AVATAR, NULL);
}

/**
 * porch_status_avatar_get_user:
 * @self: an avatar
 *
 * Returns: (transfer none) (nullable): who is shown
 */
PorchContact *
porch_status_avatar_get_user (PorchStatusAvatar *self)
{
  g_return_val_if_fail (PORCH_IS_STATUS_AVATAR (self), NULL);

  return self->user;
}

/**
 * porch_status_avatar_set_user:
 * @self: an avatar
 * @user: (nullable): whom to show and follow
 */
void
porch_status_avatar_set_user (PorchStatusAvatar *self, PorchContact *user)
{
  g_return_if_fail (PORCH_IS_STATUS_AVATAR (self));
  g_return_if_fail (user == NULL || PORCH_IS_CONTACT (user));

  if (self->user == user)
    return;

  if (self->user != NULL)
    g_signal_handlers_disconnect_by_data (self->user, self);
  g_set_object (&self->user, user);
  if (user != NULL)
    {
      g_signal_connect_swapped (user, "notify", G_CALLBACK (on_user_notify_cb), self);
      on_user_notify_cb (self);
    }

  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_USER]);
}

/**
 * porch_status_avatar_get_avatar:
 * @self: an avatar
 *
 * Returns: (transfer none) (nullable) (type filename): the picture's file
 */
const char *
porch_status_avatar_get_avatar (PorchStatusAvatar *self)
{
  g_return_val_if_fail (PORCH_IS_STATUS_AVATAR (self), NULL);

  return self->avatar;
}

/**
 * porch_status_avatar_set_avatar:
 * @self: an avatar
 * @avatar: (nullable) (type filename): a picture in the agent's cache; none where it is %NULL or
 *   empty
 */
void
porch_status_avatar_set_avatar (PorchStatusAvatar *self, const char *avatar)
{
  g_return_if_fail (PORCH_IS_STATUS_AVATAR (self));

  if (avatar != NULL && *avatar == '\0')
    avatar = NULL;
  if (g_strcmp0 (self->avatar, avatar) == 0)
    return;

  g_free (self->avatar);
  self->avatar = g_strdup (avatar);
  porch_status_avatar_load (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_AVATAR]);
}

/**
 * porch_status_avatar_get_name:
 * @self: an avatar
 *
 * Returns: (transfer none) (nullable): the person's name
 */
const char *
porch_status_avatar_get_name (PorchStatusAvatar *self)
{
  g_return_val_if_fail (PORCH_IS_STATUS_AVATAR (self), NULL);

  return self->name;
}

/**
 * porch_status_avatar_set_name:
 * @self: an avatar
 * @name: (nullable): the person's name
 */
void
porch_status_avatar_set_name (PorchStatusAvatar *self, const char *name)
{
  g_return_if_fail (PORCH_IS_STATUS_AVATAR (self));

  if (g_strcmp0 (self->name, name) == 0)
    return;

  g_free (self->name);
  self->name = g_strdup (name);
  g_free (self->initials);
  self->initials = extract_initials (name);
  porch_status_avatar_set_color (self, name != NULL ? g_str_hash (name) % N_COLORS + 1 : N_COLORS);
  porch_status_avatar_update_label (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_NAME]);
}

/**
 * porch_status_avatar_get_status:
 * @self: an avatar
 *
 * Returns: what the dot says
 */
PorchStatus
porch_status_avatar_get_status (PorchStatusAvatar *self)
{
  g_return_val_if_fail (PORCH_IS_STATUS_AVATAR (self), PORCH_STATUS_UNKNOWN);

  return porch_status_dot_get_status (PORCH_STATUS_DOT (self->dot));
}

/**
 * porch_status_avatar_set_status:
 * @self: an avatar
 * @status: what the dot is to say
 */
void
porch_status_avatar_set_status (PorchStatusAvatar *self, PorchStatus status)
{
  g_return_if_fail (PORCH_IS_STATUS_AVATAR (self));

  if (porch_status_avatar_get_status (self) == status)
    return;

  porch_status_dot_set_status (PORCH_STATUS_DOT (self->dot), status);
  porch_status_avatar_update_label (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATUS]);
}

/**
 * porch_status_avatar_get_show_status:
 * @self: an avatar
 *
 * Returns: whether there is a dot
 */
gboolean
porch_status_avatar_get_show_status (PorchStatusAvatar *self)
{
  g_return_val_if_fail (PORCH_IS_STATUS_AVATAR (self), FALSE);

  return gtk_widget_get_visible (self->dot);
}

/**
 * porch_status_avatar_set_show_status:
 * @self: an avatar
 * @show_status: whether there is a dot
 */
void
porch_status_avatar_set_show_status (PorchStatusAvatar *self, gboolean show_status)
{
  g_return_if_fail (PORCH_IS_STATUS_AVATAR (self));

  if (porch_status_avatar_get_show_status (self) == !!show_status)
    return;

  gtk_widget_set_visible (self->dot, show_status);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SHOW_STATUS]);
}

/**
 * porch_status_avatar_get_size:
 * @self: an avatar
 *
 * Returns: the side of the picture in pixels
 */
int
porch_status_avatar_get_size (PorchStatusAvatar *self)
{
  g_return_val_if_fail (PORCH_IS_STATUS_AVATAR (self), 0);

  return self->size;
}

/**
 * porch_status_avatar_set_size:
 * @self: an avatar
 * @size: the side of the picture in pixels
 */
void
porch_status_avatar_set_size (PorchStatusAvatar *self, int size)
{
  PorchIndicatorSize dot_size = PORCH_INDICATOR_SIZE_MD;

  g_return_if_fail (PORCH_IS_STATUS_AVATAR (self));
  g_return_if_fail (size >= 16 && size <= 256);

  if (self->size == size)
    return;

  if (size < 32)
    dot_size = PORCH_INDICATOR_SIZE_SM;
  else if (size >= 64)
    dot_size = PORCH_INDICATOR_SIZE_LG;

  self->size = size;
  porch_status_dot_set_size (PORCH_STATUS_DOT (self->dot), dot_size);
  porch_status_avatar_load (self);
  gtk_widget_queue_resize (GTK_WIDGET (self));
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SIZE]);
}
