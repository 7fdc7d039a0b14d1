/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * PorchUserTable:
 * @schema: (nullable): where the table is; "public" by default
 * @table: (nullable): the web app's table of people; %NULL for porchlightd's own
 * @id: (nullable): its column of ids; "id" by default
 * @first_name: (nullable): "firstName" by default, where it is there; "" for none, as the next ones
 * @last_name: (nullable): "lastName"
 * @avatar: (nullable): "avatar"
 * @email: (nullable): "email"
 * @last_active: (nullable): "lastActive"
 *
 * Where people are, in names as the database has them, without quotes.
 */
typedef struct
{
  char *schema;
  char *table;
  char *id;
  char *first_name;
  char *last_name;
  char *avatar;
  char *email;
  char *last_active;
} PorchUserTable;

G_END_DECLS
