/** The options that the endpoint under test runs with, each raised or chosen for cases that need it. */
export const PROFILE = {
  /** 9.1.6 and 9.2.6 send 16 MiB. */
  maxTextMessageSize: 16 * 1024 * 1024,
  maxBinaryMessageSize: 16 * 1024 * 1024,
  maxFrameSize: 16 * 1024 * 1024,
  /** 9.3.1 and 9.4.1 send 65,536 fragments. */
  maxFragments: 65_536,
  /** The echo of 16 MiB with its header, whole. */
  maxQueuedBytes: 32 * 1024 * 1024,
} as const;

/** Everything is compressed, so that no echo of categories 12 and 13 stays plain. */
const EVERYTHING = { threshold: 0 } as const;

/** Compression for category 13: with context takeover and the largest window wherever the suite asks for nothing less. */
export const WITH_TAKEOVER = { ...EVERYTHING, contextTakeover: true, windowBits: 15 } as const;

/** Compression for category 12: the default, which keeps nothing between messages. */
export const WITHOUT_TAKEOVER = { ...EVERYTHING, contextTakeover: false } as const;

/** By the name of the path that is served and connected to. */
export const COMPRESSION = { takeover: WITH_TAKEOVER, plain: WITHOUT_TAKEOVER } as const;

export type CompressionName = keyof typeof COMPRESSION;
