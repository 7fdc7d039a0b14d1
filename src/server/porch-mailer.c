/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* Mail to people, by the command that the administrator names: sendmail, or what does as it does.
 * Made by PorchServer for the routes of sign-in. The message goes into the command's standard
 * input, never into its arguments, which everybody on the machine can read. Nobody waits for it:
 * whether it went is in the log alone.
 */

#define G_LOG_DOMAIN "porch-server"

#include "server/porch-mailer.h"

#include <gio/gio.h>
#include <string.h>

#include "presence/porch-text.h"
#include "protocol/porch-auth-message.h"

#define DEADLINE_MS 30000
/* More at once are a flood, or a command that hangs. */
#define COMMANDS_MAX 32
/* What an address may have in it that a header line takes for nothing but an address. */
#define ADDRESS_CHARACTERS PORCH_TEXT_ALPHANUMERIC "@.!#$%&'*+-/=?^_`{|}~"

struct _PorchMailer
{
  GObject parent_instance;

  PorchClock *clock;
  GStrv command;
  char *from;
  char *server_name;
  guint n_running;
};

/* A message on its way. */
typedef struct
{
  PorchMailer *self;
  GSubprocess *process;
  guint deadline_id;
} Delivery;

G_DEFINE_FINAL_TYPE (PorchMailer, porch_mailer, G_TYPE_OBJECT)

static void
delivery_free (Delivery *delivery)
{
  porch_clock_clear_timeout (delivery->self->clock, &delivery->deadline_id);
  g_object_unref (delivery->process);
  g_object_unref (delivery->self);
  g_free (delivery);
}

static gboolean
on_deadline_cb (gpointer user_data)
{
  Delivery *delivery = user_data;

  delivery->deadline_id = 0;
  g_warning ("%s takes too long to send a message", delivery->self->command[0]);
  g_subprocess_force_exit (delivery->process);

  return G_SOURCE_REMOVE;
}

static void
on_delivered_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Delivery *delivery = user_data;
  PorchMailer *self = delivery->self;
  GSubprocess *process = G_SUBPROCESS (source);
  g_autoptr (GError) error = NULL;

  self->n_running--;
  if (!g_subprocess_communicate_finish (process, result, NULL, NULL, &error))
    g_warning ("%s took no message: %s", self->command[0], error->message);
  else if (!g_subprocess_get_successful (process))
    g_warning ("%s did not send a message", self->command[0]);
  else
    g_debug ("A message was handed to %s", self->command[0]);
  delivery_free (delivery);
}

/* A code has no place in memory that was freed: the bytes are the message's alone. */
static GBytes *
write_message (PorchMailer *self, const char *address, const char *code)
{
  g_autoptr (GDateTime) now = g_date_time_new_from_unix_utc (porch_clock_get_real_us (self->clock)
                                                             / G_TIME_SPAN_SECOND);
  /* RFC 5322 has English names, whatever the locale. */
  static const char *const days[] = { "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" };
  static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
  g_autofree char *time = g_date_time_format (now, "%Y %H:%M:%S +0000");
  char *message = g_strdup_printf ("From: %s\n"
                                   "To: %s\n"
                                   "Subject: Your code to sign in\n"
                                   "Date: %s, %02d %s %s\n"
                                   "Auto-Submitted: auto-generated\n"
                                   "MIME-Version: 1.0\n"
                                   "Content-Type: text/plain; charset=utf-8\n"
                                   "Content-Transfer-Encoding: 8bit\n"
                                   "\n"
                                   "Your code is %s\n"
                                   "\n"
                                   "It lets you sign in to %s, once, in the next 15 minutes.\n"
                                   "If you did not ask for it, there is nothing that you need to "
                                   "do.\n",
                                   self->from, address, days[g_date_time_get_day_of_week (now) - 1],
                                   g_date_time_get_day_of_month (now),
                                   months[g_date_time_get_month (now) - 1], time, code,
                                   self->server_name);

  return g_bytes_new_with_free_func (message, strlen (message), (GDestroyNotify) porch_secret_free,
                                     message);
}

static void
porch_mailer_finalize (GObject *object)
{
  PorchMailer *self = PORCH_MAILER (object);

  g_clear_object (&self->clock);
  g_strfreev (self->command);
  g_free (self->from);
  g_free (self->server_name);

  G_OBJECT_CLASS (porch_mailer_parent_class)->finalize (object);
}

static void
porch_mailer_class_init (PorchMailerClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = porch_mailer_finalize;
}

static void
porch_mailer_init (PorchMailer *self)
{
}

/**
 * porch_mailer_new:
 * @clock: the time
 * @command: (array zero-terminated=1): a program that reads a message with its recipient from
 *   standard input, and its arguments
 * @from: the sender's address
 * @server_name: what people call this server
 *
 * Returns: (transfer full): a mailer
 */
PorchMailer *
porch_mailer_new (PorchClock *clock,
                  const char *const *command,
                  const char *from,
                  const char *server_name)
{
  PorchMailer *self;

  g_return_val_if_fail (PORCH_IS_CLOCK (clock), NULL);
  g_return_val_if_fail (command != NULL && command[0] != NULL, NULL);
  g_return_val_if_fail (from != NULL && server_name != NULL, NULL);

  self = g_object_new (PORCH_TYPE_MAILER, NULL);
  self->clock = g_object_ref (clock);
  self->command = g_strdupv ((GStrv) command);
  self->from = g_strdup (from);
  self->server_name = g_strdup (server_name);
  if (!g_file_test (command[0], G_FILE_TEST_IS_EXECUTABLE))
    g_warning ("%s is no program: no message can be sent", command[0]);

  return self;
}

/**
 * porch_mailer_send_code:
 * @self: a mailer
 * @address: whom to
 * @code: what they need to sign in
 *
 * Sends a code, in the background.
 */
void
porch_mailer_send_code (PorchMailer *self, const char *address, const char *code)
{
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GBytes) message = NULL;
  g_autoptr (GError) error = NULL;
  Delivery *delivery;

  g_return_if_fail (PORCH_IS_MAILER (self));
  g_return_if_fail (address != NULL && code != NULL);

  if (!porch_text_consists_of (address, ADDRESS_CHARACTERS, PORCH_EMAIL_MAX_BYTES))
    {
      g_info ("There is an address that no message can be sent to");
      return;
    }
  if (self->n_running == COMMANDS_MAX)
    {
      g_warning ("%u messages are on their way: another one is not sent", self->n_running);
      return;
    }

  process = g_subprocess_newv ((const char *const *) self->command,
                               G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_SILENCE,
                               &error);
  if (process == NULL)
    {
      g_warning ("No message can be sent: %s", error->message);
      return;
    }

  message = write_message (self, address, code);
  delivery = g_new0 (Delivery, 1);
  delivery->self = g_object_ref (self);
  delivery->process = g_object_ref (process);
  delivery->deadline_id = porch_clock_add_timeout (self->clock, DEADLINE_MS, on_deadline_cb,
                                                   delivery);
  self->n_running++;
  g_subprocess_communicate_async (process, message, NULL, on_delivered_cb, delivery);
}
