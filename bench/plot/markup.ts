/** SVG as text. */

export type Attributes = Readonly<Record<string, string | number>>;

export function element(name: string, attributes: Attributes, ...children: readonly string[]): string {
  const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${valueText(value)}"`);
  const start = `<${name}${written.join('')}`;
  return children.length === 0 ? `${start}/>` : `${start}>${children.join('')}</${name}>`;
}

/** Text between tags or in quotes. */
export function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** A tenth of a pixel is as fine as anybody sees. */
export function rounded(value: number): number {
  return Math.round(value * 10) / 10;
}

function valueText(value: string | number): string {
  return typeof value === 'number' ? String(rounded(value)) : escaped(value);
}
