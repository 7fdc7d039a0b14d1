/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* The icon in the panel's tray: a StatusNotifierItem on the bus, with a tooltip that says who is
 * online and a menu (PorchTrayMenu). Owned by PorchAgentTray, which knows the account. It decides
 * nothing about presence and starts no program.
 *
 * While no panel shows it, it follows nobody. While one does, what changes goes to the panel at
 * once, and at most once a second.
 */

#define G_LOG_DOMAIN "porch-desktop"

#include "desktop/porch-tray.h"

#include "config.h"

#include "desktop/porch-status-notifier-item.h"
#include "desktop/porch-tray-host.h"
#include "desktop/porch-tray-menu.h"
#include "desktop/porch-tray-pixmap.h"
#include "presence/porch-last-active.h"
#include "presence/porch-online-people.h"

#include <glib/gi18n-lib.h>

#define MENU_PATH PORCH_TRAY_PATH "/Menu"

/* A panel asks for everything again at each change that it is told. */
#define UPDATE_INTERVAL_US G_TIME_SPAN_SECOND

/* Whoever double-clicks means one click: the second would take away what the first opened. */
#define DOUBLE_CLICK_US (400 * G_TIME_SPAN_MILLISECOND)

struct _PorchTray
{
  GObject parent_instance;

  GDBusConnection *bus;
  PorchClock *clock;
  PorchDBusStatusNotifierItem *item;
  PorchTrayMenu *menu;
  PorchTrayHost *host;

  PorchRoster *roster;
  PorchTrayState state;
  gboolean appear_offline;
  gint64 appear_offline_until_us;

  /* Given by a panel for the click that follows; and when the last one was. */
  char *token;
  gint64 clicked_at_us;

  guint update_timeout_id;
  gint64 updated_at_us;
};

G_DEFINE_FINAL_TYPE (PorchTray, porch_tray, G_TYPE_OBJECT)

enum
{
  SIGNAL_TOGGLE_WINDOW,
  SIGNAL_OPEN_WINDOW,
  SIGNAL_OPEN_PERSON,
  SIGNAL_OPEN_PREFERENCES,
  SIGNAL_TOGGLE_APPEAR_OFFLINE,
  SIGNAL_QUIT,
  SIGNAL_NO_HOST,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* What others see of the person, not what was intended. */
static char *
format_own (PorchTray *self)
{
  switch (self->state)
    {
    case PORCH_TRAY_STATE_ONLINE:
      return g_strdup (self->appear_offline ? _ ("You are still shown as online")
                                            : _ ("You are online"));
    case PORCH_TRAY_STATE_OFFLINE:
      break;
    case PORCH_TRAY_STATE_NOT_CONNECTED:
      return g_strdup (_ ("Not connected"));
    case PORCH_TRAY_STATE_SIGNED_OUT:
      return g_strdup (_ ("You are signed out"));
    }

  if (!self->appear_offline)
    return g_strdup (_ ("You are shown as offline"));
  if (self->appear_offline_until_us == 0)
    return g_strdup (_ ("You appear offline"));

  g_autofree char *until = porch_last_active_format_time (self->appear_offline_until_us,
                                                          porch_clock_get_real_us (self->clock));
  /* Translators: a time of day, with a date where it is not today */
  return g_strdup_printf (_ ("You appear offline until %s"), until);
}

/* Names stand in the title, which is plain text everywhere: hosts may read markup in what follows
 * it. */
static GVariant *
build_tooltip (PorchTray *self)
{
  gboolean is_connected = self->state == PORCH_TRAY_STATE_ONLINE
                          || self->state == PORCH_TRAY_STATE_OFFLINE;
  g_autofree char *own = format_own (self);
  g_autofree char *who = is_connected && self->roster != NULL
                             ? porch_online_people_format (self->roster)
                             : NULL;

  return g_variant_new ("(sa(iiay)ss)", "", NULL, who != NULL ? who : own, who != NULL ? own : "");
}

static void
update_tooltip (PorchTray *self)
{
  g_autoptr (GVariant) tooltip = g_variant_ref_sink (build_tooltip (self));
  GVariant *told = porch_dbus_status_notifier_item_get_tool_tip (self->item);

  if (told != NULL && g_variant_equal (tooltip, told))
    return;

  porch_dbus_status_notifier_item_set_tool_tip (self->item, tooltip);
  porch_dbus_status_notifier_item_emit_new_tool_tip (self->item);
}

static gboolean
on_update_timeout_cb (gpointer user_data)
{
  PorchTray *self = user_data;

  self->update_timeout_id = 0;
  self->updated_at_us = porch_clock_get_monotonic_us (self->clock);
  update_tooltip (self);
  porch_tray_menu_update (self->menu);
  return G_SOURCE_REMOVE;
}

static gboolean
is_shown (PorchTray *self)
{
  return porch_tray_host_get_state (self->host) == PORCH_TRAY_HOST_PRESENT;
}

/* At once means at the next turn of the main loop: what one event changes is told once. */
static void
schedule_update (PorchTray *self)
{
  if (!is_shown (self) || self->update_timeout_id != 0)
    return;

  gint64 wait_us = self->updated_at_us + UPDATE_INTERVAL_US
                   - porch_clock_get_monotonic_us (self->clock);
  gboolean is_first = self->updated_at_us == 0 || wait_us <= 0;
  self->update_timeout_id = porch_clock_add_timeout (
      self->clock, is_first ? 0 : (wait_us + 999) / 1000, on_update_timeout_cb, self);
}

static void
follow_roster (PorchTray *self)
{
  if (self->roster == NULL)
    return;

  g_signal_connect_object (self->roster, "contact-changed", G_CALLBACK (schedule_update), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->roster, "items-changed", G_CALLBACK (schedule_update), self,
                           G_CONNECT_SWAPPED);
}

static void
leave_roster (PorchTray *self)
{
  if (self->roster != NULL)
    g_signal_handlers_disconnect_by_data (self->roster, self);
}

static void
on_host_changed_cb (PorchTray *self, GParamSpec *pspec, PorchTrayHost *host)
{
  leave_roster (self);
  porch_clock_clear_timeout (self->clock, &self->update_timeout_id);

  if (is_shown (self))
    {
      follow_roster (self);
      schedule_update (self);
    }
  else if (porch_tray_host_get_state (host) == PORCH_TRAY_HOST_ABSENT)
    g_signal_emit (self, signals[SIGNAL_NO_HOST], 0);
}

static PorchTrayLamp
get_lamp (PorchTrayState state)
{
  switch (state)
    {
    case PORCH_TRAY_STATE_ONLINE:
      return PORCH_TRAY_LAMP_LIT;
    case PORCH_TRAY_STATE_OFFLINE:
      return PORCH_TRAY_LAMP_UNLIT;
    case PORCH_TRAY_STATE_NOT_CONNECTED:
    case PORCH_TRAY_STATE_SIGNED_OUT:
      break;
    }
  return PORCH_TRAY_LAMP_CROSSED;
}

static void
show_lamp (PorchTray *self)
{
  static const char *const icons[] = {
    [PORCH_TRAY_LAMP_LIT] = PORCH_APPLICATION_ID "-lit-symbolic",
    [PORCH_TRAY_LAMP_UNLIT] = PORCH_APPLICATION_ID "-unlit-symbolic",
    [PORCH_TRAY_LAMP_CROSSED] = PORCH_APPLICATION_ID "-crossed-symbolic",
  };
  PorchTrayLamp lamp = get_lamp (self->state);
  g_autofree char *own = format_own (self);

  porch_dbus_status_notifier_item_set_icon_accessible_desc (self->item, own);
  if (g_strcmp0 (porch_dbus_status_notifier_item_get_icon_name (self->item), icons[lamp]) == 0)
    return;

  porch_dbus_status_notifier_item_set_icon_name (self->item, icons[lamp]);
  porch_dbus_status_notifier_item_set_icon_pixmap (self->item, porch_tray_pixmap_build (lamp));
  porch_dbus_status_notifier_item_emit_new_icon (self->item);
}

/* Returns: (transfer full) (nullable): the token of the click that is handled now */
static char *
take_token (PorchTray *self)
{
  return g_steal_pointer (&self->token);
}

static gboolean
on_token_cb (PorchTray *self, GDBusMethodInvocation *invocation, const char *token)
{
  g_free (self->token);
  self->token = g_strdup (token);
  porch_dbus_status_notifier_item_complete_provide_xdg_activation_token (self->item, invocation);
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static gboolean
on_activate_cb (PorchTray *self, GDBusMethodInvocation *invocation, int x, int y)
{
  g_autofree char *token = take_token (self);
  gint64 now_us = porch_clock_get_monotonic_us (self->clock);

  porch_dbus_status_notifier_item_complete_activate (self->item, invocation);
  if (self->clicked_at_us == 0 || now_us - self->clicked_at_us >= DOUBLE_CLICK_US)
    {
      self->clicked_at_us = now_us;
      g_signal_emit (self, signals[SIGNAL_TOGGLE_WINDOW], 0, token);
    }
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static void
toggle_appear_offline (PorchTray *self)
{
  g_clear_pointer (&self->token, g_free);
  if (self->state != PORCH_TRAY_STATE_SIGNED_OUT)
    g_signal_emit (self, signals[SIGNAL_TOGGLE_APPEAR_OFFLINE], 0);
}

static gboolean
on_secondary_activate_cb (PorchTray *self, GDBusMethodInvocation *invocation, int x, int y)
{
  porch_dbus_status_notifier_item_complete_secondary_activate (self->item, invocation);
  toggle_appear_offline (self);
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static gboolean
on_ayatana_secondary_activate_cb (PorchTray *self, GDBusMethodInvocation *invocation, guint time)
{
  porch_dbus_status_notifier_item_complete_xayatana_secondary_activate (self->item, invocation);
  toggle_appear_offline (self);
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

/* The host draws the menu that Menu names; one that cannot draw menus has the window at least. */
static gboolean
on_context_menu_cb (PorchTray *self, GDBusMethodInvocation *invocation, int x, int y)
{
  g_autofree char *token = take_token (self);

  porch_dbus_status_notifier_item_complete_context_menu (self->item, invocation);
  g_signal_emit (self, signals[SIGNAL_OPEN_WINDOW], 0, token);
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static gboolean
on_scroll_cb (PorchTray *self,
              GDBusMethodInvocation *invocation,
              int delta,
              const char *orientation)
{
  porch_dbus_status_notifier_item_complete_scroll (self->item, invocation);
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static void
on_menu_open_window_cb (PorchTray *self)
{
  g_autofree char *token = take_token (self);
  g_signal_emit (self, signals[SIGNAL_OPEN_WINDOW], 0, token);
}

static void
on_menu_open_person_cb (PorchTray *self, const char *user_id)
{
  g_autofree char *token = take_token (self);
  g_signal_emit (self, signals[SIGNAL_OPEN_PERSON], 0, user_id, token);
}

static void
on_menu_open_preferences_cb (PorchTray *self)
{
  g_autofree char *token = take_token (self);
  g_signal_emit (self, signals[SIGNAL_OPEN_PREFERENCES], 0, token);
}

static void
on_menu_quit_cb (PorchTray *self)
{
  g_signal_emit (self, signals[SIGNAL_QUIT], 0);
}

static void
porch_tray_dispose (GObject *object)
{
  PorchTray *self = PORCH_TRAY (object);
  GDBusInterfaceSkeleton *item = G_DBUS_INTERFACE_SKELETON (self->item);

  if (item != NULL && g_dbus_interface_skeleton_get_connection (item) != NULL)
    g_dbus_interface_skeleton_unexport (item);
  if (self->clock != NULL)
    porch_clock_clear_timeout (self->clock, &self->update_timeout_id);
  leave_roster (self);
  g_clear_object (&self->host);
  g_clear_object (&self->menu);
  g_clear_object (&self->roster);

  G_OBJECT_CLASS (porch_tray_parent_class)->dispose (object);
}

static void
porch_tray_finalize (GObject *object)
{
  PorchTray *self = PORCH_TRAY (object);

  g_clear_object (&self->item);
  g_clear_object (&self->bus);
  g_clear_object (&self->clock);
  g_free (self->token);

  G_OBJECT_CLASS (porch_tray_parent_class)->finalize (object);
}

static void
porch_tray_class_init (PorchTrayClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GType type = G_TYPE_FROM_CLASS (klass);

  object_class->dispose = porch_tray_dispose;
  object_class->finalize = porch_tray_finalize;

  signals[SIGNAL_TOGGLE_WINDOW] = g_signal_new ("toggle-window", type, G_SIGNAL_RUN_LAST, 0, NULL,
                                                NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[SIGNAL_OPEN_WINDOW] = g_signal_new ("open-window", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                              NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[SIGNAL_OPEN_PERSON] = g_signal_new ("open-person", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                              NULL, G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_STRING);
  signals[SIGNAL_OPEN_PREFERENCES] = g_signal_new ("open-preferences", type, G_SIGNAL_RUN_LAST, 0,
                                                   NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[SIGNAL_TOGGLE_APPEAR_OFFLINE] = g_signal_new (
      "toggle-appear-offline", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_QUIT] = g_signal_new ("quit", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                       G_TYPE_NONE, 0);
  signals[SIGNAL_NO_HOST] = g_signal_new ("no-host", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 0);
}

/* What never changes. Every property is answered, for hosts drop an icon that leaves one out. */
static void
fill_item (PorchDBusStatusNotifierItem *item)
{
  GVariant *no_pixmap = g_variant_new_array (G_VARIANT_TYPE ("(iiay)"), NULL, 0);
  g_autoptr (GVariant) none = g_variant_ref_sink (no_pixmap);

  porch_dbus_status_notifier_item_set_category (item, "Communications");
  porch_dbus_status_notifier_item_set_id (item, PORCH_APPLICATION_ID);
  porch_dbus_status_notifier_item_set_title (item, "Porchlight");
  porch_dbus_status_notifier_item_set_status (item, "Active");
  porch_dbus_status_notifier_item_set_menu (item, MENU_PATH);
  porch_dbus_status_notifier_item_set_icon_theme_path (item, "");
  porch_dbus_status_notifier_item_set_overlay_icon_name (item, "");
  porch_dbus_status_notifier_item_set_overlay_icon_pixmap (item, none);
  porch_dbus_status_notifier_item_set_attention_icon_name (item, "");
  porch_dbus_status_notifier_item_set_attention_icon_pixmap (item, none);
  porch_dbus_status_notifier_item_set_attention_movie_name (item, "");
  porch_dbus_status_notifier_item_set_attention_accessible_desc (item, "");
  porch_dbus_status_notifier_item_set_xayatana_label (item, "");
  porch_dbus_status_notifier_item_set_xayatana_label_guide (item, "");
}

static void
connect_item (PorchTray *self)
{
  static const struct
  {
    const char *signal;
    GCallback callback;
  } methods[] = {
    { "handle-activate", G_CALLBACK (on_activate_cb) },
    { "handle-secondary-activate", G_CALLBACK (on_secondary_activate_cb) },
    { "handle-xayatana-secondary-activate", G_CALLBACK (on_ayatana_secondary_activate_cb) },
    { "handle-context-menu", G_CALLBACK (on_context_menu_cb) },
    { "handle-scroll", G_CALLBACK (on_scroll_cb) },
    { "handle-provide-xdg-activation-token", G_CALLBACK (on_token_cb) },
  };

  for (guint i = 0; i < G_N_ELEMENTS (methods); i++)
    g_signal_connect_object (self->item, methods[i].signal, methods[i].callback, self,
                             G_CONNECT_SWAPPED);
}

static void
connect_menu (PorchTray *self)
{
  g_signal_connect_object (self->menu, "open-window", G_CALLBACK (on_menu_open_window_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->menu, "open-person", G_CALLBACK (on_menu_open_person_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->menu, "open-preferences", G_CALLBACK (on_menu_open_preferences_cb),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->menu, "toggle-appear-offline", G_CALLBACK (toggle_appear_offline),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->menu, "quit", G_CALLBACK (on_menu_quit_cb), self,
                           G_CONNECT_SWAPPED);
}

static void
porch_tray_init (PorchTray *self)
{
  self->item = porch_dbus_status_notifier_item_skeleton_new ();
  self->menu = porch_tray_menu_new ();
  fill_item (self->item);
  connect_item (self);
  connect_menu (self);
}

/**
 * porch_tray_new:
 * @bus: the session bus
 * @clock: the clock
 *
 * Returns: (transfer full): a tray icon of somebody who is signed out, not yet on the bus
 */
PorchTray *
porch_tray_new (GDBusConnection *bus, PorchClock *clock)
{
  g_return_val_if_fail (G_IS_DBUS_CONNECTION (bus), NULL);
  g_return_val_if_fail (PORCH_IS_CLOCK (clock), NULL);

  PorchTray *self = g_object_new (PORCH_TYPE_TRAY, NULL);
  self->bus = g_object_ref (bus);
  self->clock = g_object_ref (clock);
  self->host = porch_tray_host_new (bus, clock);
  g_signal_connect_object (self->host, "notify::state", G_CALLBACK (on_host_changed_cb), self,
                           G_CONNECT_SWAPPED);
  show_lamp (self);
  update_tooltip (self);
  return self;
}

/**
 * porch_tray_start:
 * @self: a tray; once only
 * @error: return location
 *
 * Puts the icon on the bus and looks for a panel to show it, now and whenever one comes.
 *
 * Returns: whether it is on the bus
 */
gboolean
porch_tray_start (PorchTray *self, GError **error)
{
  g_return_val_if_fail (PORCH_IS_TRAY (self), FALSE);

  if (!porch_tray_menu_export (self->menu, self->bus, MENU_PATH, error)
      || !g_dbus_interface_skeleton_export (G_DBUS_INTERFACE_SKELETON (self->item), self->bus,
                                            PORCH_TRAY_PATH, error))
    return FALSE;

  porch_tray_host_start (self->host);
  return TRUE;
}

/**
 * porch_tray_set_roster:
 * @self: a tray
 * @roster: (nullable): whose people it names; %NULL without an account
 */
void
porch_tray_set_roster (PorchTray *self, PorchRoster *roster)
{
  g_return_if_fail (PORCH_IS_TRAY (self));
  g_return_if_fail (roster == NULL || PORCH_IS_ROSTER (roster));

  if (self->roster == roster)
    return;

  leave_roster (self);
  g_set_object (&self->roster, roster);
  porch_tray_menu_set_roster (self->menu, roster);
  if (is_shown (self))
    follow_roster (self);
  schedule_update (self);
}

/**
 * porch_tray_set_own:
 * @self: a tray
 * @state: what is true of the person
 * @appear_offline: whether they chose to appear offline
 * @appear_offline_until_us: until when, this computer's wall clock; 0 for until changed
 */
void
porch_tray_set_own (PorchTray *self,
                    PorchTrayState state,
                    gboolean appear_offline,
                    gint64 appear_offline_until_us)
{
  g_return_if_fail (PORCH_IS_TRAY (self));

  if (self->state == state && self->appear_offline == appear_offline
      && self->appear_offline_until_us == appear_offline_until_us)
    return;

  self->state = state;
  self->appear_offline = appear_offline;
  self->appear_offline_until_us = appear_offline_until_us;
  porch_tray_menu_set_own (self->menu, state, appear_offline);
  show_lamp (self);
  schedule_update (self);
}

/**
 * porch_tray_get_own_line:
 * @self: a tray
 *
 * Returns: what is true of the person, in a few words, translated
 */
const char *
porch_tray_get_own_line (PorchTray *self)
{
  g_return_val_if_fail (PORCH_IS_TRAY (self), "");

  return porch_dbus_status_notifier_item_get_icon_accessible_desc (self->item);
}

/**
 * porch_tray_format_no_host:
 * @current_desktop: (nullable): the desktop's names as in XDG_CURRENT_DESKTOP
 *
 * Returns: (transfer full): what somebody should know whose desktop shows no icon, translated
 */
char *
porch_tray_format_no_host (const char *current_desktop)
{
  g_auto (GStrv) names = g_strsplit (current_desktop != NULL ? current_desktop : "", ":", -1);

  if (g_strv_contains ((const char *const *) names, "GNOME"))
    return g_strdup (_ ("GNOME shows no status icons by itself: the extension “AppIndicator and "
                        "KStatusNotifierItem Support” adds them. Without it Porchlight runs all "
                        "the same: open it from your apps."));
  return g_strdup (_ ("Your desktop shows no status icons. Where its panel has a status tray to "
                      "add, Porchlight's icon appears there. Without it Porchlight runs all the "
                      "same: open it from the applications menu."));
}
