/** The header grammars of RFC 6455 §9.1, RFC 9110 §5.6 and RFC 6265 §4.2 as cascades of splits and regular expressions. */

import { referenceDecoded } from './reference-paths.js';

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

export interface ReferenceExtension {
  readonly name: string;
  readonly parameters: readonly { readonly name: string; readonly value: string | undefined }[];
}

/** Takes off spaces and tabs, which are all the white space that headers have. */
export function stripped(text: string): string {
  return text.replace(/^[ \t]+/, '').replace(/(?<![ \t])[ \t]+$/, '');
}

/** `1#token`. */
export function referenceTokens(text: string): string[] | undefined {
  const elements = text
    .split(',')
    .map(stripped)
    .filter((element) => element !== '');
  return elements.length > 0 && elements.every((element) => TOKEN.test(element)) ? elements : undefined;
}

/** `1#extension`. */
export function referenceExtensions(text: string): ReferenceExtension[] | undefined {
  const elements = splitOutsideQuotes(text, ',')
    .map(stripped)
    .filter((element) => element !== '');
  const extensions = elements.map((element) => {
    const [name, ...parameters] = splitOutsideQuotes(element, ';').map(stripped);
    return TOKEN.test(name!) ? { name: name!, parameters: parameters.map(parameterOf) } : undefined;
  });
  const sound = extensions.every((extension) => extension !== undefined && !extension.parameters.includes(undefined));
  return sound && extensions.length > 0 ? (extensions as ReferenceExtension[]) : undefined;
}

function parameterOf(text: string): { name: string; value: string | undefined } | undefined {
  const equals = text.indexOf('=');
  if (equals === -1) {
    return TOKEN.test(text) ? { name: text, value: undefined } : undefined;
  }
  const name = stripped(text.slice(0, equals));
  const written = stripped(text.slice(equals + 1));
  const quoted = /^"((?:[^"\\]|\\.)*)"$/s.exec(written);
  const value = quoted === null ? written : quoted[1]!.replace(/\\(.)/gs, '$1');
  return TOKEN.test(name) && TOKEN.test(value) ? { name, value } : undefined;
}

/** A quoted string that never closes takes in everything behind it. */
function splitOutsideQuotes(text: string, separator: ',' | ';'): string[] {
  const parts = [''];
  for (const [piece] of text.matchAll(/"(?:[^"\\]|\\.)*(?:"|\\?$)|[^"]/gs)) {
    if (piece === separator) parts.push('');
    else parts[parts.length - 1] += piece;
  }
  return parts;
}

/** Whether a list names a token, in any case. */
export function referenceListHas(list: string, token: string): boolean {
  return list.split(',').some((element) => stripped(element).toLowerCase() === token);
}

/** The values of a field, in order. */
export function referenceValues(rawHeaders: readonly string[], name: string): string[] {
  return rawHeaders.filter((_, at) => at % 2 === 1 && rawHeaders[at - 1]!.toLowerCase() === name);
}

/** `cookie-string`, as far as it is one; of a repeated name the first. */
export function referenceCookies(text: string): Readonly<Record<string, string>> {
  const cookies = new Map<string, string>();
  for (const pair of text.split(';')) {
    const [, name, written] = /^([^=]*)=(.*)$/s.exec(pair) ?? [];
    if (name !== undefined && stripped(name) !== '' && !cookies.has(stripped(name))) {
      const value = stripped(written!).replace(/^"(.*)"$/s, '$1');
      cookies.set(stripped(name), referenceDecoded(value) ?? value);
    }
  }
  return Object.fromEntries(cookies);
}
