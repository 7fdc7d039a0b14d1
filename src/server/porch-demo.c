/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* The simulated people of `porchlightd --demo N`: makes their accounts where they are missing, and
 * lets them come and go on a rhythm that looks like people, so that somebody who tries the app
 * alone has somebody to watch. Each lives through the real interfaces (PorchDemoPerson); only their
 * accounts, pictures and how long they have been away are put into the store. Owned by PorchServer.
 */

#define G_LOG_DOMAIN "porch-server"

#include "server/porch-demo.h"

#include <libsoup/soup.h>

#include "protocol/porch-auth-message.h"
#include "server/porch-demo-avatar.h"
#include "server/porch-demo-person.h"
#include "server/porch-password.h"
#include "server/porch-random.h"

#define PASSWORD_BYTES 18

typedef struct
{
  const char *first;
  const char *last;
} Name;

/* The first dozen are the ones that a small demonstration shows: one long, one right-to-left. */
static const Name names[] = {
  { "Amara", "Okafor" },      { "Jonas", "Lindqvist" },
  { "Mei", "Tanaka" },        { "Maximiliana-Theodora", "Konstantinopoulou-Featherstonehaugh" },
  { "Diego", "Fernández" },   { "ياسمين", "الحداد" },
  { "Priya", "Raghunathan" }, { "Tomasz", "Wójcik" },
  { "Leilani", "Kealoha" },   { "Olu", "Adeyemi" },
  { "Ingrid", "Sørensen" },   { "小龙", "王" },
  { "Farid", "Rahimi" },      { "Chloé", "Dubois" },
  { "Anahera", "Ngata" },     { "Søren", "Kristiansen" },
  { "Дарья", "Соколова" },    { "Kwame", "Mensah" },
  { "Zeynep", "Yıldız" },     { "Liam", "O’Connor" },
  { "Thảo", "Nguyễn" },       { "Giulia", "Bianchi" },
  { "Ἑλένη", "Παπαδάκη" },    { "Noor", "van den Berg" },
};

/* How somebody spends their day: the first stay or absence, then bounds of the following ones, in
 * seconds. The first differ by person, so that something happens every few seconds at the start. */
typedef struct
{
  gboolean begins_here;
  guint first_s;
  guint first_step_s;
  guint here_min_s, here_max_s;
  guint away_min_s, away_max_s;
} Rhythm;

static const Rhythm rhythms[] = {
  { TRUE, 240, 30, 300, 1200, 40, 120 }, /* at a desk */
  { TRUE, 7, 9, 25, 90, 15, 60 },        /* in and out */
  { TRUE, 90, 25, 120, 600, 30, 180 },   /* between meetings */
  { FALSE, 4, 10, 40, 180, 30, 120 },    /* just about to come */
  { FALSE, 150, 60, 30, 90, 300, 1800 }, /* hardly ever there */
};

/* For how long those have been away who are not here at the start; 0 for never seen. */
static const gint64 absences_min[] = { 12, 190, 26 * 60, 50, 4 * 24 * 60, 8 * 60, 0, 35 };

typedef struct
{
  PorchDemo *demo;
  guint number;
  const Rhythm *rhythm;
  PorchStoreUser *account;
  gboolean is_new;
  PorchDemoPerson *person; /* NULL until the account is ready */
  guint change_id;
} Resident;

struct _PorchDemo
{
  GObject parent_instance;

  PorchClock *clock;
  PorchStore *store;
  PorchPasswordHasher *hasher;
  PorchDemoServer server;
  GCancellable *cancellable;
  char *password; /* of this run; everybody's */
  char *password_hash;
  GPtrArray *residents;
  guint n_ready;
};

G_DEFINE_FINAL_TYPE (PorchDemo, porch_demo, G_TYPE_OBJECT)

static void
resident_free (Resident *resident)
{
  porch_clock_clear_timeout (resident->demo->clock, &resident->change_id);
  /* The last thing that a person does may outlast the demo. */
  if (resident->person != NULL)
    porch_demo_person_vanish (resident->person);
  g_clear_object (&resident->person);
  porch_store_user_free (resident->account);
  g_free (resident);
}

static void
porch_demo_dispose (GObject *object)
{
  PorchDemo *self = PORCH_DEMO (object);

  g_cancellable_cancel (self->cancellable);
  g_ptr_array_set_size (self->residents, 0);
  if (self->server.session != NULL)
    soup_session_abort (self->server.session);
  g_clear_object (&self->store);

  G_OBJECT_CLASS (porch_demo_parent_class)->dispose (object);
}

static void
porch_demo_finalize (GObject *object)
{
  PorchDemo *self = PORCH_DEMO (object);

  g_ptr_array_unref (self->residents);
  g_clear_object (&self->server.session);
  g_free (self->server.url);
  g_free (self->server.anon_key);
  g_free (self->server.pusher_key);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->hasher);
  g_clear_object (&self->clock);
  porch_secret_free (self->password);
  g_free (self->password_hash);

  G_OBJECT_CLASS (porch_demo_parent_class)->finalize (object);
}

static void
porch_demo_class_init (PorchDemoClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = porch_demo_dispose;
  object_class->finalize = porch_demo_finalize;
}

static void
porch_demo_init (PorchDemo *self)
{
  self->cancellable = g_cancellable_new ();
  self->hasher = porch_password_hasher_new ();
  self->residents = g_ptr_array_new_with_free_func ((GDestroyNotify) resident_free);
  /* Two connections a host, libsoup's own limit, would make a hundred people queue; and no proxy
   * stands between this process and itself. */
  self->server.session = soup_session_new_with_options (
      "max-conns-per-host", 16, "max-conns", 16, "timeout", 10, "proxy-resolver", NULL, NULL);
}

/* Beyond the list, first and last names are combined anew. */
static Name
get_name (guint number)
{
  guint round = number / G_N_ELEMENTS (names);

  return (Name){ names[number % G_N_ELEMENTS (names)].first,
                 names[(number + 7 * round) % G_N_ELEMENTS (names)].last };
}

static guint
pick_ms (PorchDemo *self, guint min_s, guint max_s)
{
  return (min_s + porch_clock_random (self->clock) * (max_s - min_s)) * 1000;
}

static void schedule_change (Resident *resident, guint wait_ms);

static gboolean
on_change_cb (gpointer user_data)
{
  Resident *resident = user_data;
  PorchDemo *self = resident->demo;
  const Rhythm *rhythm = resident->rhythm;

  resident->change_id = 0;
  if (!porch_demo_person_is_here (resident->person))
    {
      porch_demo_person_come (resident->person);
      schedule_change (resident, pick_ms (self, rhythm->here_min_s, rhythm->here_max_s));
      return G_SOURCE_REMOVE;
    }

  /* Now and then somebody's battery is empty. */
  if (porch_clock_random (self->clock) < 0.15)
    porch_demo_person_vanish (resident->person);
  else
    porch_demo_person_leave (resident->person);
  schedule_change (resident, pick_ms (self, rhythm->away_min_s, rhythm->away_max_s));

  return G_SOURCE_REMOVE;
}

static void
schedule_change (Resident *resident, guint wait_ms)
{
  resident->change_id = porch_clock_add_timeout (resident->demo->clock, wait_ms, on_change_cb,
                                                 resident);
}

static void prepare_next (PorchDemo *self);

static void
begin_life (Resident *resident)
{
  PorchDemo *self = resident->demo;
  const Rhythm *rhythm = resident->rhythm;
  guint round = resident->number / G_N_ELEMENTS (rhythms);

  resident->person = porch_demo_person_new (self->clock, &self->server, resident->account->id,
                                            resident->account->email, self->password);
  if (rhythm->begins_here)
    porch_demo_person_come (resident->person);
  schedule_change (resident, (rhythm->first_s + round * rhythm->first_step_s) * 1000);

  self->n_ready++;
  prepare_next (self);
}

/* Without a resident, or one whose account failed, the others live on. */
static void
give_up (Resident *resident, GError *error)
{
  PorchDemo *self = resident->demo;

  g_warning ("A simulated person stays away: %s", error->message);
  self->n_ready++;
  prepare_next (self);
}

/* Each step of a resident's account ends here; a cancelled one must not touch the resident. */
static gboolean
is_cancelled (const GError *error)
{
  return g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
on_absence_stored_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (!porch_store_record_presence_finish (PORCH_STORE (object), result, NULL, &error))
    {
      if (!is_cancelled (error))
        give_up (user_data, error);
      return;
    }

  begin_life (user_data);
}

static void
store_absence (Resident *resident)
{
  PorchDemo *self = resident->demo;
  gint64 absence_min = absences_min[resident->number / 2 % G_N_ELEMENTS (absences_min)];
  PorchStorePresence presence = {
    .user_id = resident->account->id,
    .client = (char *) "",
    .status = PORCH_STATUS_OFFLINE,
    .last_active_us = porch_clock_get_real_us (self->clock) - absence_min * G_TIME_SPAN_MINUTE,
  };

  if (resident->rhythm->begins_here || !resident->is_new || absence_min == 0)
    {
      begin_life (resident);
      return;
    }

  porch_store_record_presence_async (self->store, &presence, PORCH_STATUS_OFFLINE,
                                     self->cancellable, on_absence_stored_cb, resident);
}

static void
on_avatar_stored_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (!porch_store_set_avatar_finish (PORCH_STORE (object), result, &error))
    {
      if (!is_cancelled (error))
        give_up (user_data, error);
      return;
    }

  store_absence (user_data);
}

static void
store_avatar (Resident *resident)
{
  PorchDemo *self = resident->demo;
  g_autoptr (GBytes) image = NULL;

  /* Some people have no picture: their initials are worth seeing too. */
  if (resident->number % 6 == 4)
    {
      store_absence (resident);
      return;
    }

  image = porch_demo_avatar_render (resident->number);
  porch_store_set_avatar_async (self->store, resident->account->id, "image/png", image,
                                self->cancellable, on_avatar_stored_cb, resident);
}

static void
on_account_added_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (!porch_store_add_user_finish (PORCH_STORE (object), result, &error))
    {
      if (!is_cancelled (error))
        give_up (user_data, error);
      return;
    }

  store_avatar (user_data);
}

static void
add_account (Resident *resident)
{
  PorchDemo *self = resident->demo;
  Name name = get_name (resident->number);

  resident->is_new = TRUE;
  resident->account->id = g_uuid_string_random ();
  resident->account->password_hash = g_strdup (self->password_hash);
  resident->account->first_name = g_strdup (name.first);
  resident->account->last_name = g_strdup (name.last);
  resident->account->created_at_us = porch_clock_get_real_us (self->clock);
  porch_store_add_user_async (self->store, resident->account, self->cancellable,
                              on_account_added_cb, resident);
}

static void
on_password_stored_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (!porch_store_set_password_finish (PORCH_STORE (object), result, &error))
    {
      if (!is_cancelled (error))
        give_up (user_data, error);
      return;
    }

  store_absence (user_data);
}

/* From an earlier run: its password is forgotten, its history is kept. */
static void
take_over_account (Resident *resident, PorchStoreUser *user)
{
  PorchDemo *self = resident->demo;

  porch_store_user_free (resident->account);
  resident->account = user;
  porch_store_set_password_async (self->store, user->id, self->password_hash,
                                  porch_clock_get_real_us (self->clock), self->cancellable,
                                  on_password_stored_cb, resident);
}

static void
on_account_found_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  PorchStoreUser *user = porch_store_get_user_by_email_finish (PORCH_STORE (object), result,
                                                               &error);

  if (user != NULL)
    take_over_account (user_data, user);
  else if (error == NULL || g_error_matches (error, PORCH_STORE_ERROR, PORCH_STORE_ERROR_NOT_FOUND))
    add_account (user_data);
  else if (!is_cancelled (error))
    give_up (user_data, error);
}

static void
prepare_next (PorchDemo *self)
{
  Resident *resident;

  if (self->n_ready == self->residents->len)
    {
      g_message ("%u simulated people live here", self->n_ready);
      return;
    }

  resident = g_ptr_array_index (self->residents, self->n_ready);
  porch_store_get_user_by_email_async (self->store, resident->account->email, self->cancellable,
                                       on_account_found_cb, resident);
}

static void
on_password_hashed_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *hash = porch_password_hasher_hash_finish (PORCH_PASSWORD_HASHER (object), result,
                                                             &error);
  PorchDemo *self;

  if (hash == NULL)
    {
      if (!is_cancelled (error))
        g_warning ("No simulated people: %s", error->message);
      return;
    }

  self = user_data;
  self->password_hash = g_steal_pointer (&hash);
  prepare_next (self);
}

/**
 * porch_demo_new:
 * @clock: for their rhythm
 * @store: where their accounts are
 * @url: where the server listens
 * @anon_key: its anonymous API key
 * @pusher_key: its broker's key
 * @n_people: how many
 *
 * Returns: (transfer full): people who have not come yet
 */
PorchDemo *
porch_demo_new (PorchClock *clock,
                PorchStore *store,
                const char *url,
                const char *anon_key,
                const char *pusher_key,
                guint n_people)
{
  PorchDemo *self = g_object_new (PORCH_TYPE_DEMO, NULL);

  self->clock = g_object_ref (clock);
  self->store = g_object_ref (store);
  self->server.url = g_strdup (url);
  self->server.anon_key = g_strdup (anon_key);
  self->server.pusher_key = g_strdup (pusher_key);
  self->password = porch_random_token (PASSWORD_BYTES);

  for (guint number = 0; number < n_people; number++)
    {
      Resident *resident = g_new0 (Resident, 1);

      resident->demo = self;
      resident->number = number;
      resident->rhythm = &rhythms[number % G_N_ELEMENTS (rhythms)];
      resident->account = g_new0 (PorchStoreUser, 1);
      resident->account->email = g_strdup_printf ("person%u@demo.invalid", number + 1);
      g_ptr_array_add (self->residents, resident);
    }

  return self;
}

/**
 * porch_demo_start:
 * @self: people, whose server listens already
 *
 * They move in one after the other, and begin to live as soon as they are there.
 */
void
porch_demo_start (PorchDemo *self)
{
  g_return_if_fail (PORCH_IS_DEMO (self));

  porch_password_hasher_hash_async (self->hasher, self->password, self->cancellable,
                                    on_password_hashed_cb, self);
}
