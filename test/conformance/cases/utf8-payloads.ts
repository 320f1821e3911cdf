/**
 * Payloads of text messages for subcategories 6.5–6.23, in hexadecimal, in the order of their numbers. Most are from
 * Markus Kuhn's UTF-8 decoder stress test, section by section.
 */
export interface Utf8Payloads {
  readonly subcategory: number;
  readonly group: string;
  /** To be echoed. */
  readonly valid?: string;
  /** To fail the connection. */
  readonly invalid?: string;
  /** Both, `+` for valid and `-` for invalid. */
  readonly mixed?: string;
}

export const UTF8_PAYLOADS: readonly Utf8Payloads[] = [
  {
    subcategory: 5,
    group: 'Valid sequences',
    valid: `
      68656c6c6f24776f726c64 68656c6c6fc2a2776f726c64 68656c6c6fe282ac776f726c64
      68656c6c6ff0a4ada2776f726c64 cebae1bdb9cf83cebcceb5
    `,
  },
  {
    subcategory: 6,
    group: 'Prefixes of valid UTF-8',
    mixed: `
      -ce +ceba -cebae1 -cebae1bd +cebae1bdb9 -cebae1bdb9cf +cebae1bdb9cf83 -cebae1bdb9cf83ce
      +cebae1bdb9cf83cebc -cebae1bdb9cf83cebcce +cebae1bdb9cf83cebcceb5
    `,
  },
  {
    subcategory: 7,
    group: 'First sequences of each length',
    valid: '00 c280 e0a080 f0908080',
  },
  {
    subcategory: 8,
    group: 'First sequences of 5 and 6 bytes',
    invalid: 'f888808080 fc8480808080',
  },
  {
    subcategory: 9,
    group: 'Last sequences of each length',
    valid: '7f dfbf efbfbf f48fbfbf',
  },
  {
    subcategory: 10,
    group: 'Last sequences of 4, 5 and 6 bytes',
    invalid: 'f7bfbfbf fbbfbfbfbf fdbfbfbfbfbf',
  },
  {
    subcategory: 11,
    group: 'Other boundaries',
    mixed: '+ed9fbf +ee8080 +efbfbd +f48fbfbf -f4908080',
  },
  {
    subcategory: 12,
    group: 'Continuation bytes alone',
    invalid: `
      80 bf 80bf 80bf80 80bf80bf 80bf80bf80 80bf80bf80bf
      808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9fa0a1a2a3a4a5a6a7a8a9aaabacadaeafb0b1b2b3b4b5b6b7b8b9babbbcbdbe
    `,
  },
  {
    subcategory: 13,
    group: 'Start bytes alone',
    invalid: `
      c020c120c220c320c420c520c620c720c820c920ca20cb20cc20cd20ce20cf20d020d120d220d320d420d520d620d720d820d920da20db20dc20dd20de20
      e020e120e220e320e420e520e620e720e820e920ea20eb20ec20ed20ee20 f020f120f220f320f420f520f620
      f820f920fa20 fc20
    `,
  },
  {
    subcategory: 14,
    group: 'Sequences without their last byte',
    invalid: 'c0 e080 f08080 f8808080 fc80808080 df efbf f7bfbf fbbfbfbf fdbfbfbfbf',
  },
  {
    subcategory: 15,
    group: 'Incomplete sequences in a row',
    invalid: 'c0e080f08080f8808080fc80808080dfefbff7bfbffbbfbfbffdbfbfbfbf',
  },
  {
    subcategory: 16,
    group: 'Impossible bytes',
    invalid: 'fe ff fefeffff',
  },
  {
    subcategory: 17,
    group: 'Overlong ASCII',
    invalid: 'c0af e080af f08080af f8808080af fc80808080af',
  },
  {
    subcategory: 18,
    group: 'Longest overlong sequences',
    invalid: 'c1bf e09fbf f08fbfbf f887bfbfbf fc83bfbfbfbf',
  },
  {
    subcategory: 19,
    group: 'Overlong NUL',
    invalid: 'c080 e08080 f0808080 f880808080 fc8080808080',
  },
  {
    subcategory: 20,
    group: 'Surrogates alone',
    invalid: 'eda080 edadbf edae80 edafbf edb080 edbe80 edbfbf',
  },
  {
    subcategory: 21,
    group: 'Surrogates in pairs',
    invalid: `
      eda080edb080 eda080edbfbf edadbfedb080 edadbfedbfbf edae80edb080 edae80edbfbf edafbfedb080
      edafbfedbfbf
    `,
  },
  {
    subcategory: 22,
    group: 'Code points that are no characters',
    valid: `
      efbfbe efbfbf f09fbfbe f09fbfbf f0afbfbe f0afbfbf f0bfbfbe f0bfbfbf f18fbfbe f18fbfbf f19fbfbe
      f19fbfbf f1afbfbe f1afbfbf f1bfbfbe f1bfbfbf f28fbfbe f28fbfbf f29fbfbe f29fbfbf f2afbfbe f2afbfbf
      f2bfbfbe f2bfbfbf f38fbfbe f38fbfbf f39fbfbe f39fbfbf f3afbfbe f3afbfbf f3bfbfbe f3bfbfbf f48fbfbe
      f48fbfbf
    `,
  },
  {
    subcategory: 23,
    group: 'Specials',
    valid: 'efbfb9 efbfba efbfbb efbfbc efbfbd efbfbe efbfbf',
  },
];
