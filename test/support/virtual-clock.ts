export { VirtualClock } from '#moorage/testing/virtual-clock.js';
