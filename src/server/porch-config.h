/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include <gio/gio.h>

#include "server/porch-user-table.h"

G_BEGIN_DECLS

/**
 * PorchStoreBackend:
 * @PORCH_STORE_BACKEND_SQLITE: a file in the data folder
 * @PORCH_STORE_BACKEND_POSTGRES: a PostgreSQL database
 *
 * Where people, sessions and presence are kept.
 */
typedef enum
{
  PORCH_STORE_BACKEND_SQLITE,
  PORCH_STORE_BACKEND_POSTGRES,
} PorchStoreBackend;

/**
 * PorchPublisherKind:
 * @PORCH_PUBLISHER_KIND_BROKER: the server's own
 * @PORCH_PUBLISHER_KIND_PUSHER: an app on a Pusher cluster
 *
 * Who carries the events.
 */
typedef enum
{
  PORCH_PUBLISHER_KIND_BROKER,
  PORCH_PUBLISHER_KIND_PUSHER,
} PorchPublisherKind;

/**
 * PorchTokenCheck:
 * @PORCH_TOKEN_CHECK_JWKS: by the public keys that the project shows, and its secret if it is given
 * @PORCH_TOKEN_CHECK_SECRET: by the project's secret
 * @PORCH_TOKEN_CHECK_USER: by asking the project
 *
 * How access tokens of a Supabase project are verified.
 */
typedef enum
{
  PORCH_TOKEN_CHECK_JWKS,
  PORCH_TOKEN_CHECK_SECRET,
  PORCH_TOKEN_CHECK_USER,
} PorchTokenCheck;

/**
 * PorchLogFormat:
 * @PORCH_LOG_FORMAT_TEXT: a line for a person to read; fields, where the journal takes it
 * @PORCH_LOG_FORMAT_JSON: an object a line
 */
typedef enum
{
  PORCH_LOG_FORMAT_TEXT,
  PORCH_LOG_FORMAT_JSON,
} PorchLogFormat;

/**
 * PorchConfig:
 *
 * What an administrator may choose, as porchlightd.conf(5) explains it key by key. Strings are
 * %NULL where nothing was chosen and nothing is the default.
 */
typedef struct
{
  /* [server] */
  char *listen;
  char *data_dir;
  char *name;
  char *public_url;
  char *tls_certificate;
  char *tls_key;
  GStrv allowed_origins;
  GPtrArray *trusted_proxies; /* GInetAddressMask */
  guint max_per_address;
  guint heartbeat_s;

  /* [sign-in] */
  gboolean allow_signup;

  /* [mail] */
  GStrv sendmail;
  char *mail_from;

  /* [supabase] */
  char *supabase_url;
  char *supabase_anon_key;
  PorchTokenCheck token_check;
  char *supabase_jwt_secret_file;
  char *supabase_jwt_secret;
  char *supabase_issuer;
  char *supabase_audience;

  /* [store] */
  PorchStoreBackend store_backend;
  char *postgres; /* as libpq reads it */
  char *postgres_password_file;
  char *postgres_password;

  /* [users] */
  PorchUserTable user_table;

  /* [publisher] */
  PorchPublisherKind publisher_kind;
  guint max_connections;

  /* [pusher] */
  char *pusher_app_id;
  char *pusher_key;
  char *pusher_secret_file;
  char *pusher_secret;
  char *pusher_cluster;
  char *pusher_host;
  guint pusher_port;
  gboolean pusher_tls;

  /* [log] */
  GLogLevelFlags log_level; /* the least that is shown */
  PorchLogFormat log_format;
  gboolean log_requests;

  /* [metrics] */
  GPtrArray *metrics_readers; /* GInetAddressMask */

  /* Of the command line alone. */
  guint demo;

  GHashTable *lines; /* "group/key" → where it was set */
} PorchConfig;

/**
 * PorchConfigFault:
 * @line: of the file; 0 where it is about no line
 * @message: what is wrong there
 */
typedef struct
{
  guint line;
  char *message;
} PorchConfigFault;

GPtrArray *porch_config_faults_new (void);
void porch_config_add_fault (GPtrArray *faults, guint line, const char *format, ...)
    G_GNUC_PRINTF (3, 4);

PorchConfig *porch_config_new (void);
void porch_config_free (PorchConfig *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PorchConfig, porch_config_free)

gboolean porch_config_has_key (const char *group, const char *key);
void porch_config_set (PorchConfig *self,
                       const char *group,
                       const char *key,
                       const char *text,
                       guint line,
                       GPtrArray *faults);
void porch_config_check (PorchConfig *self, GPtrArray *faults);
gboolean porch_config_read_secrets (PorchConfig *self, GPtrArray *faults);

typedef void (*PorchConfigKeyFunc) (const char *group,
                                    const char *key,
                                    const char *fallback,
                                    gpointer user_data);
void porch_config_foreach_key (PorchConfigKeyFunc func, gpointer user_data);

G_END_DECLS
