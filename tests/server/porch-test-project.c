/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* The two addresses of a Supabase project that porchlightd asks, on a loopback port, with keys and
 * answers of the test's choice and a count of who asked. It signs nobody in.
 */

#include "porch-test-project.h"

static void
handle_keys (PorchHttpRequest *request, gpointer user_data)
{
  PorchTestProject *self = user_data;
  g_autofree char *json = g_strdup_printf ("{\"keys\":[%s]}", self->keys->str);

  self->n_key_requests++;
  porch_http_request_respond_json (request, self->status, json);
}

static void
handle_user (PorchHttpRequest *request, gpointer user_data)
{
  PorchTestProject *self = user_data;

  self->n_user_requests++;
  g_assert_cmpstr (porch_http_request_get_header (request, "apikey"), ==, "anon");
  g_assert_nonnull (porch_http_request_get_bearer_token (request));
  porch_http_request_respond_json (request, self->status, self->user);
}

PorchTestProject *
porch_test_project_new (PorchFakeClock *clock)
{
  PorchTestProject *self = g_new0 (PorchTestProject, 1);
  g_autoptr (GError) error = NULL;

  self->clock = g_object_ref (clock);
  self->keys = g_string_new (NULL);
  self->user = g_strdup ("{}");
  self->status = 200;
  self->http = porch_http_server_new (PORCH_CLOCK (clock));
  porch_http_server_add_route (self->http, "GET", "/auth/v1/.well-known/jwks.json", handle_keys,
                               self);
  porch_http_server_add_route (self->http, "GET", "/auth/v1/user", handle_user, self);
  porch_http_server_listen (self->http, "127.0.0.1:0", &error);
  g_assert_no_error (error);
  self->url = porch_http_server_dup_address (self->http);
  self->issuer = g_strconcat (self->url, "/auth/v1", NULL);

  return self;
}

void
porch_test_project_free (PorchTestProject *self)
{
  porch_test_project_stop (self);
  g_clear_object (&self->clock);
  g_string_free (self->keys, TRUE);
  g_free (self->user);
  g_free (self->url);
  g_free (self->issuer);
  g_free (self);
}

void
porch_test_project_add_key (PorchTestProject *self, PorchTestSigner *signer)
{
  g_autofree char *jwk = porch_test_signer_build_jwk (signer);

  g_string_append_printf (self->keys, "%s%s", self->keys->len > 0 ? "," : "", jwk);
}

/* From now on nobody answers. */
void
porch_test_project_stop (PorchTestProject *self)
{
  if (self->http != NULL)
    porch_http_server_stop (self->http);
  g_clear_object (&self->http);
}

/* The claims of a good token that lasts an hour from now.
 *
 * extra: members that come after those, and outrank them where they have the same name
 */
char *
porch_test_project_build_claims (PorchTestProject *self, const char *extra)
{
  gint64 now_s = porch_clock_get_real_us (PORCH_CLOCK (self->clock)) / G_USEC_PER_SEC;

  return g_strdup_printf (
      "{\"iss\":\"%s\",\"aud\":\"authenticated\",\"role\":\"authenticated\","
      "\"sub\":\"11111111-1111-4111-8111-111111111111\",\"email\":\"Ann@Example.org\","
      "\"exp\":%" G_GINT64_FORMAT ",\"session_id\":\"55555555-5555-4555-8555-555555555555\","
      "\"user_metadata\":{\"full_name\":\"Ann Arbor\","
      "\"avatar_url\":\"https://pictures.example/ann.png\"}%s%s}",
      self->issuer, now_s + 3600, extra != NULL ? "," : "", extra != NULL ? extra : "");
}
