/** A colour as red, green, blue, 0 to 255. */
type Color = readonly [red: number, green: number, blue: number];

/** The page's colours. Pairs of text and ground have a contrast of at least 4.5 (WCAG AA); a test holds them to it. */
export interface Palette {
  readonly page: string;
  readonly surface: string;
  readonly ink: string;
  readonly muted: string;
  readonly line: string;
  /** Right answers, validation curves. */
  readonly accent: string;
  /** Wrong answers. */
  readonly warm: string;
  /** Lines and points of charts, in the order in which they are given out; a contrast of at least 3 to their ground. */
  readonly c1: string;
  readonly c2: string;
  readonly c3: string;
  readonly c4: string;
  readonly c5: string;
  readonly c6: string;
  readonly c7: string;
  readonly c8: string;
}

/** How many lines have a colour of their own. */
export const seriesColors = 8;

export const light: Palette = {
  page: "#f6f8fa",
  surface: "#ffffff",
  ink: "#17212b",
  muted: "#566372",
  line: "#dbe2e9",
  accent: "#0f5c8c",
  warm: "#b3470f",
  c1: "#0f5c8c",
  c2: "#b3470f",
  c3: "#2e7d32",
  c4: "#7b3fa0",
  c5: "#00838f",
  c6: "#ad1457",
  c7: "#6d6a00",
  c8: "#5d4037",
};

export const dark: Palette = {
  page: "#0e141a",
  surface: "#151d25",
  ink: "#e6ecf2",
  muted: "#9aa8b6",
  line: "#2a3642",
  accent: "#74bdf0",
  warm: "#f0a070",
  c1: "#74bdf0",
  c2: "#f0a070",
  c3: "#7fd087",
  c4: "#c79bea",
  c5: "#5cc8d8",
  c6: "#f08bbd",
  c7: "#c9c460",
  c8: "#c9a48f",
};

/** Steps of the heat map; 0 is an empty cell. */
export const heatSteps = 10;

/** Which step a share belongs to: any share above 0 shows. */
export function heatStep(share: number): number {
  return share <= 0 ? 0 : Math.max(1, Math.min(heatSteps, Math.round(share * heatSteps)));
}

/** Ground and text of a cell. Black or white, whichever is read better, always has a contrast above 4.5. */
export function heatColors(palette: Palette, color: string, step: number): { ground: string; text: string } {
  const share = 0.06 + (0.94 * step) / heatSteps;
  const ground = mix(parse(color), parse(palette.surface), share);
  const luminance = luminanceOf(ground);
  return {
    ground: show(ground),
    text: 1.05 / (luminance + 0.05) > (luminance + 0.05) / 0.05 ? "#ffffff" : "#000000",
  };
}

/** Contrast of two colours, 1 to 21 (WCAG 2). */
export function contrast(a: string, b: string): number {
  const [darker, lighter] = [luminanceOf(parse(a)), luminanceOf(parse(b))].sort((x, y) => x - y);
  return (lighter! + 0.05) / (darker! + 0.05);
}

function mix(a: Color, b: Color, share: number): Color {
  const channel = (index: 0 | 1 | 2) => Math.round(a[index] * share + b[index] * (1 - share));
  return [channel(0), channel(1), channel(2)];
}

function luminanceOf([red, green, blue]: Color): number {
  const linear = (value: number) =>
    value <= 10.31 ? value / 3294.6 : ((value / 255 + 0.055) / 1.055) ** 2.4;
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
}

function parse(color: string): Color {
  const number = Number.parseInt(color.slice(1), 16);
  return [number >> 16, (number >> 8) & 255, number & 255];
}

function show([red, green, blue]: Color): string {
  return `#${((red << 16) | (green << 8) | blue).toString(16).padStart(6, "0")}`;
}
