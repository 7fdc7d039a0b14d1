/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* The sign-in page beyond the password: the ways that a server offers, the steps that they take,
 * and a server that is set up by hand.
 */

#include "porch-stage.h"
#include "porch-test-wait.h"
#include "ui/porch-window.h"

#include <adwaita.h>

static gboolean
shows (PorchStage *stage, const char *text)
{
  return porch_stage_find (stage->window, "GtkLabel", text) != NULL;
}

static gboolean
offers (PorchStage *stage, const char *button)
{
  return porch_stage_find (stage->window, "GtkButton", button) != NULL;
}

static void
press (PorchStage *stage, const char *button)
{
  porch_test_wait_until (offers (stage, button));
  g_signal_emit_by_name (porch_stage_find (stage->window, "GtkButton", button), "clicked");
}

static GtkWidget *
find_back (GtkWidget *root)
{
  if (!gtk_widget_get_visible (root))
    return NULL;
  if (GTK_IS_BUTTON (root) && g_strcmp0 (gtk_widget_get_tooltip_text (root), "Back") == 0)
    return root;

  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_back (child);

      if (found != NULL)
        return found;
    }
  return NULL;
}

static GtkEditable *
get_field (PorchStage *stage, const char *title)
{
  GtkWidget *field = porch_stage_find (stage->window, "AdwEntryRow", title);

  if (field == NULL)
    field = porch_stage_find (stage->window, "AdwPasswordEntryRow", title);
  g_assert_nonnull (field);
  return GTK_EDITABLE (field);
}

static void
enter (PorchStage *stage, const char *title, const char *text)
{
  gtk_editable_set_text (get_field (stage, title), text);
  g_signal_emit_by_name (get_field (stage, title), "entry-activated");
}

static void
look_up (PorchStage *stage, const char *server)
{
  porch_stage_open_window (stage);
  gtk_editable_set_text (get_field (stage, "Email Address"), "robin@example.org");
  gtk_editable_set_text (get_field (stage, "Password"), "wrong");
  gtk_editable_set_text (get_field (stage, "Server Address"), server);
  enter (stage, "Password", "wrong");
  porch_test_wait_until (shows (stage, "would go to")
                         || shows (stage, "The email address or the password is not right."));
  if (shows (stage, "would go to"))
    enter (stage, "Password", "wrong");
  porch_test_wait_until (shows (stage, "The email address or the password is not right."));
}

static void
test_offers_just_what_there_is (PorchStage *stage, gconstpointer data)
{
  look_up (stage, "porch.example.org");
  g_assert_false (offers (stage, "Email Me a Code Instead"));
  g_assert_false (offers (stage, "Sign In with GitHub"));

  gtk_editable_set_text (get_field (stage, "Server Address"), "many.example.org");
  enter (stage, "Password", "wrong");
  porch_test_wait_until (offers (stage, "Sign In with GitHub"));
  g_assert_true (offers (stage, "Email Me a Code Instead"));
  g_assert_true (offers (stage, "Forgot Your Password?"));
  g_assert_true (offers (stage, "Create an Account"));
  gtk_window_set_default_size (GTK_WINDOW (stage->window), 520, 960);
  porch_stage_take_picture (stage->window, "sign-in-ways");
}

static void
test_code_by_email (PorchStage *stage, gconstpointer data)
{
  look_up (stage, "https://many.example.org");
  press (stage, "Email Me a Code Instead");
  porch_test_wait_until (shows (stage, "Look into Your Mail"));
  porch_stage_take_picture (stage->window, "sign-in-code");

  enter (stage, "Code", "000000");
  porch_test_wait_until (shows (stage, "This code is wrong."));
  porch_stage_take_picture (stage->window, "sign-in-code-wrong");

  enter (stage, "Code", "123 456");
  porch_test_wait_until (shows (stage, "Robin Ashe"));
  g_assert_cmpstr (porch_fake_agent_get_password (stage->fake), ==, "123 456");
}

static void
test_second_step (PorchStage *stage, gconstpointer data)
{
  look_up (stage, "porch.example.org");
  enter (stage, "Password", "second");
  porch_test_wait_until (shows (stage, "One More Step"));
  g_assert_false (offers (stage, "Send Another Code"));
  porch_stage_take_picture (stage->window, "sign-in-second-step");

  /* Nothing that was typed is lost on the way back. */
  g_signal_emit_by_name (find_back (stage->window), "clicked");
  porch_test_wait_until (shows (stage, "Password") && !shows (stage, "One More Step"));
  g_assert_cmpstr (gtk_editable_get_text (get_field (stage, "Password")), ==, "second");

  enter (stage, "Password", "second");
  porch_test_wait_until (shows (stage, "One More Step"));
  enter (stage, "Code", "123456");
  porch_test_wait_until (shows (stage, "Robin Ashe"));
}

static void
test_captcha_points_to_the_browser (PorchStage *stage, gconstpointer data)
{
  look_up (stage, "many.example.org");
  enter (stage, "Password", "captcha");
  porch_test_wait_until (shows (stage, "This server wants a captcha."));
  g_assert_true (offers (stage, "Sign In with Google"));
}

static void
test_forgotten_password (PorchStage *stage, gconstpointer data)
{
  look_up (stage, "many.example.org");
  press (stage, "Forgot Your Password?");
  porch_test_wait_until (shows (stage, "Its link lets you choose a new password."));
}

static void
test_set_up_by_hand (PorchStage *stage, gconstpointer data)
{
  /* given a link, which fills the form in and no more */
  porch_stage_open_window (stage);
  porch_window_open_link (PORCH_WINDOW (stage->window),
                          "porchlight://setup?supabase=https%3A%2F%2Fabcd.supabase.co");
  porch_test_wait_until (shows (stage, "Set Up by Hand"));
  porch_test_wait_until (g_str_equal (gtk_editable_get_text (get_field (stage, "Supabase Address")),
                                      "https://abcd.supabase.co"));
  porch_stage_take_picture (stage->window, "sign-in-set-up");

  /* when a part is wrong, then it says so there, and what is expected */
  press (stage, "Continue");
  porch_test_wait_until (shows (stage, "anon (or publishable) key is expected here"));
  porch_stage_take_picture (stage->window, "sign-in-set-up-wrong");

  /* when all parts answer, then every host is named */
  gtk_editable_set_text (get_field (stage, "Supabase Anon Key"), "right");
  press (stage, "Continue");
  porch_test_wait_until (shows (stage, "Your password goes to abcd.supabase.co."));
  g_assert_true (shows (stage, "ws-eu.pusher.com"));
  porch_stage_take_picture (stage->window, "sign-in-set-up-done");

  gtk_editable_set_text (get_field (stage, "Email Address"), "robin@example.org");
  enter (stage, "Password", "right");
  porch_test_wait_until (shows (stage, "Robin Ashe"));
}

static void
add_test (const char *path, void (*test_func) (PorchStage *, gconstpointer))
{
  g_test_add (path, PorchStage, NULL, porch_stage_set_up_signed_out, test_func,
              porch_stage_tear_down);
}

int
main (int argc, char *argv[])
{
  porch_stage_init (&argc, &argv);

  add_test ("/ui/sign-in-steps/offers-just-what-there-is", test_offers_just_what_there_is);
  add_test ("/ui/sign-in-steps/code-by-email", test_code_by_email);
  add_test ("/ui/sign-in-steps/second-step", test_second_step);
  add_test ("/ui/sign-in-steps/captcha-points-to-the-browser", test_captcha_points_to_the_browser);
  add_test ("/ui/sign-in-steps/forgotten-password", test_forgotten_password);
  add_test ("/ui/sign-in-steps/set-up-by-hand", test_set_up_by_hand);

  return porch_stage_run ();
}
