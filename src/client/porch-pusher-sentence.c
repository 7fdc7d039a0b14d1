/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* Why there is no socket, in a sentence for a person: one for each close code that a Pusher server
 * has for it. The exact words stay in the details.
 */

#define G_LOG_DOMAIN "porch-client"

#include "client/porch-pusher-sentence.h"

#include "config.h"

#include "client/porch-pusher-connection.h"

#include <glib/gi18n-lib.h>

/**
 * porch_pusher_sentence_get_code:
 * @error: %PORCH_PUSHER_ERROR: why there is no connection
 *
 * Returns: (transfer none): the code that Account1.ErrorCode has for it
 */
const char *
porch_pusher_sentence_get_code (const GError *error)
{
  switch ((PorchPusherError) error->code)
    {
    case PORCH_PUSHER_ERROR_TLS:
      return "tls";
    case PORCH_PUSHER_ERROR_REFUSED:
    case PORCH_PUSHER_ERROR_NO_SUCH_APP:
    case PORCH_PUSHER_ERROR_DISABLED:
    case PORCH_PUSHER_ERROR_QUOTA:
      return "refused";
    case PORCH_PUSHER_ERROR_OVER_CAPACITY:
      return "over-capacity";
    default:
      return "unreachable";
    }
}

/**
 * porch_pusher_sentence_describe:
 * @error: %PORCH_PUSHER_ERROR: why there is no connection
 * @host: the server
 *
 * Returns: (transfer full): a translated sentence
 */
char *
porch_pusher_sentence_describe (const GError *error, const char *host)
{
  switch ((PorchPusherError) error->code)
    {
    case PORCH_PUSHER_ERROR_TLS:
      /* Translators: %s is the name of a server */
      return g_strdup_printf (
          _ ("The certificate of %s does not prove that it is the right server."), host);
    case PORCH_PUSHER_ERROR_REFUSED:
      /* Translators: %s is the name of a server */
      return g_strdup_printf (_ ("%s refuses the connection. Ask who runs it."), host);
    case PORCH_PUSHER_ERROR_NO_SUCH_APP:
      /* Translators: %s is the name of a server */
      return g_strdup_printf (_ ("%s has no Pusher app with the key that it was set up with. Ask "
                                 "who runs it for the new one."),
                              host);
    case PORCH_PUSHER_ERROR_DISABLED:
      /* Translators: %s is the name of a server */
      return g_strdup_printf (
          _ ("The Pusher app that %s sends its news by is switched off. Ask who runs it."), host);
    case PORCH_PUSHER_ERROR_QUOTA:
      /* Translators: %s is the name of a server */
      return g_strdup_printf (_ ("%s has used up the messages of its Pusher plan. Ask who runs it, "
                                 "or try again tomorrow."),
                              host);
    case PORCH_PUSHER_ERROR_OVER_CAPACITY:
      /* Translators: %s is the name of a server */
      return g_strdup_printf (_ ("%s has too many connections at the moment."), host);
    default:
      /* Translators: %s is the name of a server */
      return g_strdup_printf (_ ("%s cannot be reached at the moment."), host);
    }
}
