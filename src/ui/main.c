/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* Where porchlight-window begins. */

#define G_LOG_DOMAIN "porch-ui"

#include "config.h"

#include <glib/gi18n-lib.h>
#include <locale.h>

#include "ui/porch-application.h"

int
main (int argc, char *argv[])
{
  g_autoptr (PorchApplication) application = NULL;

  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, PORCH_LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  g_set_application_name ("Porchlight");

  application = porch_application_new ();

  return g_application_run (G_APPLICATION (application), argc, argv);
}
