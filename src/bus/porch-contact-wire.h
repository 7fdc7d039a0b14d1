/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include "presence/porch-roster.h"

G_BEGIN_DECLS

/* A contact as GetContacts and ContactsChanged of Account1 carry it; its fields are described in
 * data/app.porchlight.Agent1.xml. */
#define PORCH_CONTACT_WIRE_TYPE "(sssuuxxxu)"

GVariant *porch_contact_wire_build (PorchContact *contact);
void porch_contact_wire_apply (PorchRoster *roster, GVariant *changed);
void porch_contact_wire_replace (PorchRoster *roster, GVariant *contacts);

G_END_DECLS
