export {
  describeFrame,
  type FrameFields,
  FrameReader,
  type HeaderFields,
  header,
  masked,
  type ReadFrame,
  RFC_KEY,
  readFrames,
  Wire,
} from '#moorage/testing/wire.js';
