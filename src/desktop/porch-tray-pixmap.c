/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* The tray's icon as pixels, for a panel that cannot see our icon theme: in a sandbox, or from a
 * build tree. It is the lamp of data/icons/…-lit-symbolic.svg and its siblings, drawn here as a few
 * polygons, so that the agent needs no SVG library; in colours of its own, since nobody recolours a
 * pixmap: a grey and a yellow that stand out from light and dark panels both.
 */

#define G_LOG_DOMAIN "porch-desktop"

#include "desktop/porch-tray-pixmap.h"

/* The shapes are given on the symbolic icons' grid. */
#define GRID 16

/* Each pixel is the mean of this many samples, squared. */
#define SAMPLES 4

#define METAL 0x85838c
#define GLOW  0xf5c211

typedef struct
{
  double x, y;
} Point;

typedef struct
{
  const Point *points;
  guint n_points;
} Polygon;

#define POLYGON(points)                                                                            \
  {                                                                                                \
    points, G_N_ELEMENTS (points)                                                                  \
  }

static const Point roof[] = { { 7, 0 },  { 9, 0 }, { 9, 1.2 }, { 14, 4.9 },
                              { 14, 6 }, { 2, 6 }, { 2, 4.9 }, { 7, 1.2 } };
static const Point glass[] = { { 3.3, 7 }, { 12.7, 7 }, { 11.7, 13 }, { 4.3, 13 } };
static const Point pane[] = { { 4.9, 8.3 }, { 11.1, 8.3 }, { 10.5, 11.7 }, { 5.5, 11.7 } };
static const Point foot[] = { { 4, 14 }, { 12, 14 }, { 12, 16 }, { 4, 16 } };
static const Point cross[] = { { 0.4, 1.6 }, { 1.6, 0.4 }, { 15.6, 14.4 }, { 14.4, 15.6 } };
/* What is left free on both sides of the cross. */
static const Point gap[] = { { -1, 1.2 }, { 1.2, -1 }, { 17, 14.8 }, { 14.8, 17 } };

static const Polygon polygon_roof = POLYGON (roof);
static const Polygon polygon_glass = POLYGON (glass);
static const Polygon polygon_pane = POLYGON (pane);
static const Polygon polygon_foot = POLYGON (foot);
static const Polygon polygon_cross = POLYGON (cross);
static const Polygon polygon_gap = POLYGON (gap);

/* Whether an even number of edges lies to the right of the point, or an odd one. */
static gboolean
contains (const Polygon *polygon, double x, double y)
{
  gboolean inside = FALSE;

  for (guint i = 0, j = polygon->n_points - 1; i < polygon->n_points; j = i++)
    {
      const Point *a = &polygon->points[i];
      const Point *b = &polygon->points[j];

      if ((a->y > y) != (b->y > y) && x < (b->x - a->x) * (y - a->y) / (b->y - a->y) + a->x)
        inside = !inside;
    }
  return inside;
}

/* Returns: the colour at a point of the grid, or -1 for none */
static int
get_colour (PorchTrayLamp lamp, double x, double y)
{
  if (lamp == PORCH_TRAY_LAMP_CROSSED)
    {
      if (contains (&polygon_cross, x, y))
        return METAL;
      if (contains (&polygon_gap, x, y))
        return -1;
    }

  if (contains (&polygon_pane, x, y))
    return lamp == PORCH_TRAY_LAMP_LIT ? GLOW : -1;
  if (contains (&polygon_roof, x, y) || contains (&polygon_glass, x, y)
      || contains (&polygon_foot, x, y))
    return METAL;
  return -1;
}

static void
draw_pixel (PorchTrayLamp lamp, guint size, guint column, guint row, guint8 *argb)
{
  const double step = (double) GRID / (size * SAMPLES);
  guint n_covered = 0;
  guint red = 0, green = 0, blue = 0;

  for (guint i = 0; i < SAMPLES * SAMPLES; i++)
    {
      int colour = get_colour (lamp, (column * SAMPLES + i % SAMPLES + 0.5) * step,
                               (row * SAMPLES + i / SAMPLES + 0.5) * step);
      if (colour < 0)
        continue;

      n_covered++;
      red += colour >> 16 & 0xff;
      green += colour >> 8 & 0xff;
      blue += colour & 0xff;
    }

  argb[0] = n_covered * 255 / (SAMPLES * SAMPLES);
  argb[1] = n_covered > 0 ? red / n_covered : 0;
  argb[2] = n_covered > 0 ? green / n_covered : 0;
  argb[3] = n_covered > 0 ? blue / n_covered : 0;
}

/**
 * porch_tray_pixmap_draw:
 * @lamp: what to draw
 * @size: width and height in pixels
 * @argb: (out caller-allocates): @size × @size pixels of four bytes: alpha, red, green, blue, not
 *   premultiplied, as StatusNotifierItem wants them
 */
void
porch_tray_pixmap_draw (PorchTrayLamp lamp, guint size, guint8 *argb)
{
  g_return_if_fail (size > 0);
  g_return_if_fail (argb != NULL);

  for (guint row = 0; row < size; row++)
    for (guint column = 0; column < size; column++)
      draw_pixel (lamp, size, column, row, argb + 4 * (row * size + column));
}

/**
 * porch_tray_pixmap_build:
 * @lamp: what to draw
 *
 * Returns: (transfer floating): the icon in the sizes that panels have, a(iiay)
 */
GVariant *
porch_tray_pixmap_build (PorchTrayLamp lamp)
{
  static const guint sizes[] = { 16, 22, 24, 32, 48 };
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a(iiay)"));

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      const guint size = sizes[i];
      const gsize n_bytes = 4 * size * size;
      guint8 *argb = g_malloc (n_bytes);

      porch_tray_pixmap_draw (lamp, size, argb);
      g_variant_builder_add (
          &builder, "(ii@ay)", (int) size, (int) size,
          g_variant_new_from_data (G_VARIANT_TYPE_BYTESTRING, argb, n_bytes, TRUE, g_free, argb));
    }
  return g_variant_builder_end (&builder);
}
