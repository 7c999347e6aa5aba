/** `kernel_size` as `kernelSize`. */
export function camelCase(name: string): string {
  return name.replaceAll(/_+([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

/** `kernelSize` as `kernel_size`; digits belong to the word before them: `relu6`. */
export function snakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** `fanAvg` as `FanAvg`. */
export function pascalCase(name: string): string {
  return `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
}

/** Names of layers are parts of paths here, so that a "/" in one (`conv1/conv` in older files) becomes "_". */
export function layerName(name: string): string {
  return name.replaceAll("/", "_");
}
