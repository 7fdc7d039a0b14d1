/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* The discovery document, addresses, and what neither may do. */

#include "config.h"

#include "protocol/porch-discovery.h"

#include <string.h>

#include "protocol/porch-json.h"

#include "porch-fixture.h"

static PorchDiscovery *
read_discovery (const char *fixture)
{
  gsize length;
  g_autofree char *bytes = porch_fixture_read (fixture, &length);
  g_autoptr (GError) error = NULL;
  PorchDiscovery *discovery = porch_discovery_parse (bytes, length, &error);

  g_assert_no_error (error);
  return discovery;
}

/* The document of the fixture with one thing in it replaced. */
static PorchDiscovery *
parse_changed (const char *from, const char *to, GError **error)
{
  g_autofree char *bytes = porch_fixture_read ("discovery.json", NULL);
  g_autoptr (GString) text = g_string_new (bytes);

  g_assert_cmpuint (g_string_replace (text, from, to, 1), ==, 1);
  return porch_discovery_parse (text->str, text->len, error);
}

static void
test_own_socket (void)
{
  g_autoptr (PorchDiscovery) discovery = read_discovery ("discovery.json");
  g_autofree char *url = porch_discovery_get_socket_url (discovery);

  g_assert_cmpstr (discovery->name, ==, "Example Club");
  g_assert_cmpstr (discovery->supabase_url, ==, "https://porch.example.org");
  g_assert_cmpstr (discovery->api_url, ==, "https://porch.example.org");
  g_assert_cmpstr (discovery->auth_endpoint, ==, "/api/pusher/auth");
  g_assert_cmpuint (discovery->heartbeat_s, ==, 60);
  g_assert_cmpstr (url, ==,
                   "wss://ws.example.org:443/app/278d425bdf160c739803"
                   "?protocol=7&client=porchlight&version=" PORCH_VERSION);
}

static void
test_hosted_pusher (void)
{
  g_autoptr (PorchDiscovery) discovery = read_discovery ("discovery-hosted.json");
  g_autofree char *url = porch_discovery_get_socket_url (discovery);

  g_assert_null (discovery->pusher_host);
  g_assert_cmpuint (discovery->heartbeat_s, ==, 30);
  g_assert_cmpstr (discovery->auth_endpoint, ==, "/api/pusher/auth");
  g_assert_true (g_str_has_prefix (url, "wss://ws-eu.pusher.com:443/app/278d425bdf160c739803?"));
}

static void
test_loopback_may_be_plain (void)
{
  static const char text[]
      = "{\"version\":1,\"supabase\":{\"url\":\"http://127.0.0.1:8080\",\"anonKey\":\"k\"},"
        "\"api\":{\"url\":\"http://localhost:8080\"},\"pusher\":{\"key\":\"k\",\"host\":\"::1\","
        "\"port\":8080,\"tls\":false}}";
  g_autoptr (GError) error = NULL;
  g_autoptr (PorchDiscovery) discovery = porch_discovery_parse (text, strlen (text), &error);
  g_autofree char *url = NULL;

  g_assert_no_error (error);
  url = porch_discovery_get_socket_url (discovery);
  g_assert_true (g_str_has_prefix (url, "ws://[::1]:8080/app/k?"));
}

static void
test_only_loopback_names_loopback (void)
{
  const char *const changes[][2] = {
    { "\"url\": \"https://porch.example.org\"", "\"url\": \"http://127.0.0.1:631\"" },
    { "https://porch.example.org/", "https://localhost" },
    { "ws.example.org", "::1" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (changes); i++)
    {
      g_autoptr (PorchDiscovery) changed = parse_changed (changes[i][0], changes[i][1], NULL);
      g_autofree char *text = porch_discovery_build (changed);
      g_autoptr (GError) error = NULL;
      g_autoptr (PorchDiscovery) from_here = porch_discovery_parse_from ("http://127.0.0.1:8080",
                                                                         text, strlen (text), NULL);

      g_assert_nonnull (from_here);
      g_assert_null (
          porch_discovery_parse_from ("https://porch.example.org", text, strlen (text), &error));
      g_assert_error (error, PORCH_PROTOCOL_ERROR, PORCH_PROTOCOL_ERROR_INVALID);
    }
}

static void
test_what_is_refused (void)
{
  const char *const changes[][2] = {
    { "\"version\": 1", "\"version\": 2" },
    { "\"version\": 1", "\"version\": \"1\"" },
    { "\"url\": \"https://porch.example.org\"", "\"url\": \"http://porch.example.org\"" },
    { "\"url\": \"https://porch.example.org\"", "\"url\": \"https://u:p@porch.example.org\"" },
    { "\"url\": \"https://porch.example.org\"", "\"url\": \"https://porch.example.org?a\"" },
    { "\"url\": \"https://porch.example.org\"", "\"url\": \"https://porch.example.org#a\"" },
    { "\"url\": \"https://porch.example.org\"", "\"url\": \"https:///a\"" },
    { "\"url\": \"https://porch.example.org\"", "\"url\": \"file:///etc/passwd\"" },
    { "\"url\": \"https://porch.example.org\"", "\"url\": null" },
    { "https://porch.example.org/", "http://192.168.0.1/" },
    { "\"anonKey\": \"", "\"anonKey\": \"a\\r\\nX-Evil: 1" },
    { "\"key\": \"278d", "\"key\": \"../278d" },
    { "ws.example.org", "ws.example.org/a" },
    { "ws.example.org", "u@ws.example.org" },
    { "ws.example.org", "ws.example.org:80" },
    { "ws.example.org", "" },
    { "\"tls\": true", "\"tls\": false" },
    { "\"port\": 443", "\"port\": 0" },
    { "\"port\": 443", "\"port\": 65536" },
    { "\"port\": 443", "\"port\": \"443\"" },
    { "\"/api/pusher/auth\"", "\"https://evil.example/auth\"" },
    { "\"/api/pusher/auth\"", "\"//evil.example/auth\"" },
    { "\"/api/pusher/auth\"", "\"/a/../../b\"" },
    { "\"/api/pusher/auth\"", "\"/a?b\"" },
    { "\"/api/pusher/auth\"", "\"\"" },
    { "\"host\": \"ws.example.org\", \"cluster\": null", "\"host\": null, \"cluster\": null" },
    { "\"host\": \"ws.example.org\", \"cluster\": null",
      "\"host\": null, \"cluster\": \"eu.evil.example/\"" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (changes); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (PorchDiscovery) discovery = parse_changed (changes[i][0], changes[i][1], &error);

      if (discovery != NULL)
        g_error ("%s: was taken", changes[i][1]);
      g_assert_error (error, PORCH_PROTOCOL_ERROR, PORCH_PROTOCOL_ERROR_INVALID);
    }
}

static void
test_heartbeat_is_bounded (void)
{
  g_autoptr (PorchDiscovery) often = parse_changed ("\"heartbeatSeconds\": 60",
                                                    "\"heartbeatSeconds\": 1", NULL);
  g_autoptr (PorchDiscovery) seldom = parse_changed ("\"heartbeatSeconds\": 60",
                                                     "\"heartbeatSeconds\": 86400", NULL);

  g_assert_cmpuint (often->heartbeat_s, ==, 30);
  g_assert_cmpuint (seldom->heartbeat_s, ==, 120);
}

static void
test_round_trip (void)
{
  const char *const fixtures[] = { "discovery.json", "discovery-hosted.json" };

  for (guint i = 0; i < G_N_ELEMENTS (fixtures); i++)
    {
      g_autoptr (PorchDiscovery) discovery = read_discovery (fixtures[i]);
      g_autoptr (PorchDiscovery) copy = porch_discovery_copy (discovery);
      g_autofree char *text = porch_discovery_build (copy);
      g_autoptr (PorchDiscovery) again = porch_discovery_parse (text, strlen (text), NULL);

      g_assert_true (porch_discovery_equal (discovery, again));
    }
}

static void
test_any_difference_is_seen (void)
{
  g_autoptr (PorchDiscovery) discovery = read_discovery ("discovery.json");
  g_autoptr (PorchDiscovery) host = parse_changed ("ws.example.org", "ws2.example.org", NULL);
  g_autoptr (PorchDiscovery) api = parse_changed ("https://porch.example.org/",
                                                  "https://porch2.example.org/", NULL);
  g_autoptr (PorchDiscovery) port = parse_changed ("\"port\": 443", "\"port\": 444", NULL);

  g_assert_false (porch_discovery_equal (discovery, host));
  g_assert_false (porch_discovery_equal (discovery, api));
  g_assert_false (porch_discovery_equal (discovery, port));
}

static void
assert_normalizes (const char *typed, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *origin = porch_server_address_normalize (typed, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (origin, ==, expected);
}

static void
test_typed_addresses (void)
{
  assert_normalizes ("porch.example.org", "https://porch.example.org");
  assert_normalizes (" Porch.Example.ORG/ ", "https://porch.example.org");
  assert_normalizes ("porch.example.org:8443", "https://porch.example.org:8443");
  assert_normalizes ("https://porch.example.org:443/some/page?x#y", "https://porch.example.org");
  assert_normalizes ("localhost:8080", "http://localhost:8080");
  assert_normalizes ("127.0.0.1:8080", "http://127.0.0.1:8080");
  assert_normalizes ("[::1]:8080", "http://[::1]:8080");
  assert_normalizes ("https://localhost:8443", "https://localhost:8443");
  assert_normalizes ("bücher.example", "https://xn--bcher-kva.example");
}

static void
test_typed_nonsense (void)
{
  const char *const typed[] = { "",
                                " ",
                                "https://",
                                "a b",
                                "ann@porch.example.org",
                                "https://u:p@porch.example.org",
                                "http://porch.example.org",
                                "http://localhost.evil.example",
                                "http://127.0.0.1.evil.example",
                                "ftp://porch.example.org",
                                "javascript:alert(1)",
                                "file:///etc/passwd",
                                "porch.example.org:0",
                                "porch.example.org:99999",
                                "/etc/passwd" };

  for (guint i = 0; i < G_N_ELEMENTS (typed); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *origin = porch_server_address_normalize (typed[i], &error);

      if (origin != NULL)
        g_error ("%s: became %s", typed[i], origin);
      g_assert_error (error, PORCH_PROTOCOL_ERROR, PORCH_PROTOCOL_ERROR_INVALID);
    }
}

static void
test_urls (void)
{
  g_assert_true (porch_url_is_acceptable ("wss://ws.example.org/app/k?a", "wss", "ws"));
  g_assert_true (porch_url_is_acceptable ("ws://127.9.9.9/", "wss", "ws"));
  g_assert_true (porch_url_is_acceptable ("ws://[::1]:80/", "wss", "ws"));
  g_assert_false (porch_url_is_acceptable ("ws://10.0.0.1/", "wss", "ws"));
  g_assert_false (porch_url_is_acceptable ("ws://2130706433/", "wss", "ws"));
  g_assert_false (porch_url_is_acceptable ("https://ws.example.org/", "wss", "ws"));
  g_assert_false (porch_url_is_acceptable ("https://a\\@b/", "https", "http"));
  g_assert_false (porch_url_is_acceptable ("https://a b/", "https", "http"));
  g_assert_false (porch_url_is_acceptable (NULL, "https", "http"));
}

static void
test_loopback (void)
{
  g_assert_true (porch_url_is_loopback ("http://localhost:8080"));
  g_assert_true (porch_url_is_loopback ("https://LOCALHOST/api"));
  g_assert_true (porch_url_is_loopback ("http://127.4.5.6"));
  g_assert_true (porch_url_is_loopback ("http://[::1]:8080"));

  g_assert_false (porch_url_is_loopback ("https://localhost.example.org"));
  g_assert_false (porch_url_is_loopback ("https://127.0.0.1.example.org"));
  g_assert_false (porch_url_is_loopback ("http://192.168.0.1"));
  g_assert_false (porch_url_is_loopback ("localhost"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/protocol/discovery/own-socket", test_own_socket);
  g_test_add_func ("/protocol/discovery/hosted-pusher", test_hosted_pusher);
  g_test_add_func ("/protocol/discovery/loopback-may-be-plain", test_loopback_may_be_plain);
  g_test_add_func ("/protocol/discovery/only-loopback-names-loopback",
                   test_only_loopback_names_loopback);
  g_test_add_func ("/protocol/discovery/what-is-refused", test_what_is_refused);
  g_test_add_func ("/protocol/discovery/heartbeat-is-bounded", test_heartbeat_is_bounded);
  g_test_add_func ("/protocol/discovery/round-trip", test_round_trip);
  g_test_add_func ("/protocol/discovery/any-difference-is-seen", test_any_difference_is_seen);
  g_test_add_func ("/protocol/discovery/typed-addresses", test_typed_addresses);
  g_test_add_func ("/protocol/discovery/typed-nonsense", test_typed_nonsense);
  g_test_add_func ("/protocol/discovery/urls", test_urls);
  g_test_add_func ("/protocol/discovery/loopback", test_loopback);

  return g_test_run ();
}
