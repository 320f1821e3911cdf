export { MemoryTransport, memoryPair } from '#moorage/testing/memory-transport.js';
