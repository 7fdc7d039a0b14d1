/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* The tray's icon as pixels. */

#include "desktop/porch-tray-pixmap.h"

#define SIZE 32

typedef struct
{
  guint8 argb[SIZE * SIZE * 4];
} Picture;

static void
draw (PorchTrayLamp lamp, Picture *picture)
{
  porch_tray_pixmap_draw (lamp, SIZE, picture->argb);
}

static guint8
get_alpha (const Picture *picture, guint x, guint y)
{
  return picture->argb[4 * (y * SIZE + x)];
}

static guint
count_covered (const Picture *picture)
{
  guint n_covered = 0;

  for (guint i = 0; i < SIZE * SIZE; i++)
    n_covered += picture->argb[4 * i] > 127;
  return n_covered;
}

static void
test_states_differ_in_shape (void)
{
  Picture lit, unlit, crossed;

  draw (PORCH_TRAY_LAMP_LIT, &lit);
  draw (PORCH_TRAY_LAMP_UNLIT, &unlit);
  draw (PORCH_TRAY_LAMP_CROSSED, &crossed);

  /* The glass in the middle is filled with light, or it is open. */
  g_assert_cmpuint (get_alpha (&lit, 16, 20), ==, 255);
  g_assert_cmpuint (get_alpha (&unlit, 16, 20), ==, 0);
  /* The bar starts in a corner that is free otherwise. */
  g_assert_cmpuint (get_alpha (&unlit, 2, 2), ==, 0);
  g_assert_cmpuint (get_alpha (&crossed, 2, 2), >, 127);
  g_assert_cmpuint (count_covered (&lit), >, count_covered (&unlit));
}

static void
test_light_is_yellow_and_not_premultiplied (void)
{
  Picture lit;

  draw (PORCH_TRAY_LAMP_LIT, &lit);
  const guint8 *pixel = &lit.argb[4 * (20 * SIZE + 16)];

  g_assert_cmpuint (pixel[1], >, 200);
  g_assert_cmpuint (pixel[2], >, 150);
  g_assert_cmpuint (pixel[3], <, 100);

  /* The edge of the roof is half covered and has the roof's colour all the same. */
  guint n_edges = 0;
  for (guint i = 0; i < SIZE * 10; i++)
    if (lit.argb[4 * i] > 0 && lit.argb[4 * i] < 255)
      {
        g_assert_cmpuint (lit.argb[4 * i + 1], ==, 0x85);
        n_edges++;
      }
  g_assert_cmpuint (n_edges, >, 0);
}

static void
test_sizes_are_whole (void)
{
  g_autoptr (GVariant) pixmap = g_variant_ref_sink (
      porch_tray_pixmap_build (PORCH_TRAY_LAMP_CROSSED));

  g_assert_cmpstr (g_variant_get_type_string (pixmap), ==, "a(iiay)");
  g_assert_cmpuint (g_variant_n_children (pixmap), >=, 4);
  for (gsize i = 0; i < g_variant_n_children (pixmap); i++)
    {
      int width, height;
      g_autoptr (GVariant) bytes = NULL;

      g_variant_get_child (pixmap, i, "(ii@ay)", &width, &height, &bytes);
      g_assert_cmpint (width, ==, height);
      g_assert_cmpuint (g_variant_n_children (bytes), ==, (gsize) (4 * width * height));
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/desktop/tray-pixmap/states-differ-in-shape", test_states_differ_in_shape);
  g_test_add_func ("/desktop/tray-pixmap/light-is-yellow-and-not-premultiplied",
                   test_light_is_yellow_and_not_premultiplied);
  g_test_add_func ("/desktop/tray-pixmap/sizes-are-whole", test_sizes_are_whole);

  return g_test_run ();
}
