import { expect } from 'chai';
import { EndpointError, OnWebSocketClose, OnWebSocketMessage } from 'moorage';
import { compileEndpoint } from '#moorage/endpoint/compile.js';
import * as badEndpoints from './bad-endpoints.js';

// What is said of each endpoint of the catalogue: the method as it was found, what is accepted, and the mend.

const TEXT = 'It takes a String, and a Session if wanted, in any order.';
const MESSAGE =
  "It takes a String (text) or a Buffer, Uint8Array or ArrayBuffer (binary), either with a Boolean (in parts), or a Readable or ReadableStream (binary), and a Session if wanted, in any order; objects with a decoder, as in @OnWebSocketMessage(json()), or with 'decoded'.";
const CLOSE = 'It takes any of a Number (the status code), a String (the reason) and a Session, in any order.';
const UNTYPED =
  'the tool that compiled the class emitted no parameter types (tsx and esbuild never do, tsc and swc do with emitDecoratorMetadata)';
const UNKNOWN =
  'a type marked ? is an interface, a union or imported with `import type`, and nothing of it is left at run time';
const KINDS =
  "'text', 'binary', 'uint8array', 'arraybuffer', 'decoded', and 'text-' or 'binary-' before 'partial', 'stream', 'web-stream' or 'iterable'";
const WRITE_KIND = `Write the kind out, as in @OnWebSocketMessage('text') before (text) or (session, text), in this order; the kinds are ${KINDS}; a decoder such as json() stands for itself. Where types are emitted, a parameter of type String, Buffer, Uint8Array, ArrayBuffer, Readable or ReadableStream says it as well.`;
const PLAIN = 'in this order; parameters with a default value and rest parameters do not count.';

const PROBLEMS: Readonly<Record<string, readonly string[]>> = {
  Undecorated: [
    "Undecorated is not decorated with @WebSocket. Write @WebSocket, or @WebSocket('/path'), before the class.",
  ],
  ExtendsDecorated: [
    "ExtendsDecorated is not decorated with @WebSocket itself, only Decorated which it extends. Write @WebSocket, or @WebSocket('/path'), before it.",
  ],
  DecoratedTwice: ['DecoratedTwice is decorated with @WebSocket 2 times. Write its path and options in one.'],
  WrongOptions: [
    '@WebSocket on WrongOptions: idelTimeout is not an option. Did you mean idleTimeout?',
    '@WebSocket on WrongOptions: maxFragments is 0. Accepted: a whole number from 1, or Infinity.',
  ],
  OptionsOfAnotherKind: [
    '@WebSocket on OptionsOfAnotherKind: options are 5. Accepted is an object: { maxTextMessageSize, maxBinaryMessageSize, maxFrameSize, … }.',
  ],
  EmptyPath: [`@WebSocket on EmptyPath: path is "". Accepted: a path such as '/chat/{room}'.`],
  TwoConnects: [
    'TwoConnects.one and TwoConnects.two both handle the connect event, and one must. Remove a decorator; an override replaces the handler of its name.',
  ],
  TwoTexts: [
    'TwoTexts.one and TwoTexts.two both handle text messages, and one must. Remove a decorator; an override replaces the handler of its name.',
  ],
  TwoBinaries: [
    'TwoBinaries.one and TwoBinaries.two both handle binary messages, and one must. Remove a decorator; an override replaces the handler of its name.',
  ],
  InheritedDuplicate: [
    'InheritedDuplicate.one and TwoConnects.two both handle the connect event, and one must. Remove a decorator; an override replaces the handler of its name.',
  ],
  Static: [
    'Static.onConnect is static. Handlers are called on an instance: remove `static`, and set stateless: true for one instance for all connections.',
  ],
  InheritedStatic: [
    'Static.onConnect is static. Handlers are called on an instance: remove `static`, and set stateless: true for one instance for all connections.',
  ],
  ConnectWithText: [
    '@OnWebSocketConnect on ConnectWithText.onConnect(Session, String): parameter 2 is a String, which a handler of the connect event is never given. It takes a Session, or nothing.',
  ],
  NumberAsMessage: [
    `@OnWebSocketMessage on NumberAsMessage.onMessage(Number): none of its parameters can be given a message. ${MESSAGE}`,
  ],
  MessageAndNumber: [
    `@OnWebSocketMessage on MessageAndNumber.onMessage(String, Number): parameter 2 is a Number, which a handler of text messages is never given. ${TEXT}`,
  ],
  TextAndBytes: [
    '@OnWebSocketMessage on TextAndBytes.onMessage(String, Buffer): it takes text and bytes, but a message is one or the other. Write a method for each.',
  ],
  SameTwice: [
    `@OnWebSocketMessage on SameTwice.onMessage(String, String): two of its parameters would be given the same value. ${TEXT}`,
  ],
  NoMessage: [
    `@OnWebSocketMessage on NoMessage.onMessage(): none of its parameters can be given a message. ${MESSAGE}`,
  ],
  MessageOfAnInterface: [
    `@OnWebSocketMessage on MessageOfAnInterface.onMessage(?): it can't be told whether it takes text or binary messages: ${UNKNOWN}. ${WRITE_KIND}`,
  ],
  UnknownKind: [
    `@OnWebSocketMessage on UnknownKind.onMessage(String): "json" is not a kind of message. The kinds are ${KINDS}; a decoder such as json() stands for itself.`,
  ],
  KindAgainstType: [
    `@OnWebSocketMessage on KindAgainstType.onText(Buffer): parameter 1 is a Buffer, which a handler of text messages is never given. ${TEXT}`,
    '@OnWebSocketMessage on KindAgainstType.onBinary(ArrayBuffer): its parameter is an ArrayBuffer, but the kind that is written out means a Uint8Array. Make the two agree.',
  ],
  SessionLast: [
    `@OnWebSocketMessage on SessionLast.onMessage(String, ?): its parameters can't be given what they ask for. ${TEXT} Where a type is not known (${UNKNOWN}) they must stand in the order (text) or (session, text).`,
  ],
  FrameWithoutFrame: [
    '@OnWebSocketFrame on FrameWithoutFrame.onFrame(Session): it has no parameter for the frame. It takes a Frame, and a Session if wanted, in any order.',
  ],
  PingWithText: [
    '@OnWebSocketPing on PingWithText.onPing(String): parameter 1 is a String, which a handler of pings is never given. It takes any of a Buffer, Uint8Array or ArrayBuffer (the payload) and a Session, in any order.',
  ],
  ErrorWithText: [
    '@OnWebSocketError on ErrorWithText.onError(String): parameter 1 is a String, which a handler of errors is never given. It takes an Error or a subclass of it, and a Session if wanted, in any order.',
  ],
  ErrorWithoutError: [
    '@OnWebSocketError on ErrorWithoutError.onError(): it has no parameter for the error. It takes an Error or a subclass of it, and a Session if wanted, in any order.',
  ],
  CloseWithFrame: [
    `@OnWebSocketClose on CloseWithFrame.onClose(Session, Frame): parameter 2 is a Frame, which a handler of the close event is never given. ${CLOSE}`,
  ],
  CloseOfAnInterface: [
    `@OnWebSocketClose on CloseOfAnInterface.onClose(?): what its parameters are can't be told: ${UNKNOWN}. They could be (reason) or (statusCode) or (session). ${CLOSE}`,
  ],
  OverriddenByAccessor: [
    'OverriddenByAccessor.one overrides the handler TwoConnects.one with what is not a method. Make it a method, or give it another name.',
    'TwoConnects.one and TwoConnects.two both handle the connect event, and one must. Remove a decorator; an override replaces the handler of its name.',
  ],
  Everything: [
    'Everything.onConnect is static. Handlers are called on an instance: remove `static`, and set stateless: true for one instance for all connections.',
    `@OnWebSocketMessage on Everything.onMessage(Number): none of its parameters can be given a message. ${MESSAGE}`,
    '@OnWebSocketError on Everything.onError(String): parameter 1 is a String, which a handler of errors is never given. It takes an Error or a subclass of it, and a Session if wanted, in any order.',
    'Everything.one and Everything.two both handle the close event, and one must. Remove a decorator; an override replaces the handler of its name.',
  ],
  BooleanAlone: [
    `@OnWebSocketMessage on BooleanAlone.onPart(Boolean): none of its parameters can be given a message. ${MESSAGE}`,
  ],
  PartOfNothing: [
    '@OnWebSocketMessage on PartOfNothing.onPart(Boolean): it has no parameter for the text and the last flag. It takes a String (the part), a Boolean (whether it is the last), and a Session if wanted, in any order.',
  ],
  PartAndWhole: [
    'PartAndWhole.onPart and PartAndWhole.onText both handle text messages, and one must. Remove a decorator; an override replaces the handler of its name.',
  ],
  StreamAndPart: [
    'StreamAndPart.onPart and StreamAndPart.onStream both handle binary messages, and one must. Remove a decorator; an override replaces the handler of its name.',
  ],
  StreamAndText: [
    '@OnWebSocketMessage on StreamAndText.onStream(Readable, String): parameter 2 is a String, which a handler of binary messages is never given. It takes a Readable or ReadableStream, as its kind says, and a Session if wanted, in any order.',
  ],
  OtherStream: [
    '@OnWebSocketMessage on OtherStream.onStream(Readable): its parameter is another kind of stream than the kind that is written out means: -stream is a Readable, -web-stream a ReadableStream. Make the two agree.',
  ],
  UnknownRouting: [
    '@OnWebSocketMessage on UnknownRouting.onMessage(?): wen is not an option of @OnWebSocketMessage. The options are as and when.',
  ],
  RoutedText: [
    '@OnWebSocketMessage on RoutedText.onMessage(String): `when` chooses among decoded messages, but "text" is not decoded. Name a decoder, as in @OnWebSocketMessage(json(), { when: … }), or leave `as` out.',
  ],
  EmptyWhen: [
    "@OnWebSocketMessage on EmptyWhen.onMessage(?): its `when` names no field. Accepted: values of fields, as in { type: 'move' }; the name of a field; or a function of the message that says true or false.",
  ],
  AlmostADecoder: [
    "@OnWebSocketMessage on AlmostADecoder.onMessage(?): it is given what is not quite a decoder. One has a name, from ('text', 'binary', 'text-stream' or 'binary-stream'), a method decode, and may have willDecode and schema.",
  ],
  BareSchema: ['object', 'callable', 'named'].map(
    (name) =>
      `@OnWebSocketMessage on BareSchema.${name}(?): it is given a schema, which says what a message must be and not how it is read. Write @OnWebSocketMessage(json(schema)), or give a decoder of your own the schema.`,
  ),
  DecodedWithoutMessage: [
    '@OnWebSocketMessage on DecodedWithoutMessage.onMessage(Session): it has no parameter for the message. It takes the decoded message, and a Session if wanted, in any order.',
  ],
  SameWhen: [
    'SameWhen.one and SameWhen.two both take the messages that json decodes with {"to":1,"type":"a"}, and one must. Change a `when`.',
    'SameWhen.three and SameWhen.four both take the messages that json decodes with the field error, and one must. Change a `when`.',
  ],
  TwoForAll: [
    "TwoForAll.one and TwoForAll.two both take every message that json decodes. Give one a `when`, as in { when: { type: 'move' } }.",
  ],
  NeverAsked: [
    'The decoder upper takes every text message, so that json would never be asked. Give upper a willDecode, or put it last.',
  ],
  StreamNotAlone: [
    'The decoder reader takes every text message, so that upper would never be asked. One that reads streams must be the only one of its kind of message.',
  ],
  DecodedAndText: [
    'The decoder json takes every text message, so that two would never get one. Remove one of them, or give json a willDecode.',
  ],
  DecodedAndStream: [
    'two takes text messages while they arrive, but a decoder must see them whole to say whether it takes them. Let it take whole messages, or remove the decoder.',
  ],
  WrongCodecs: [
    "@WebSocket on WrongCodecs: decoders is an array. Accepted: a list of decoders, such as [json()] or of your own: { name, from: 'text', decode }.",
    '@WebSocket on WrongCodecs: encoders is "json". Accepted: a list of encoders, such as [json()] or of your own: { name, willEncode, encode }.',
    `@WebSocket on WrongCodecs: onDecodeError is "open". Accepted: 'close' or 'ignore'.`,
  ],
  PlainBare: [
    `@OnWebSocketMessage on PlainBare.onMessage(?, ?): it can't be told whether it takes text or binary messages: ${UNTYPED}. ${WRITE_KIND}`,
  ],
  PlainClose: [
    `@OnWebSocketClose on PlainClose.onClose(?, ?): what its parameters are can't be told: ${UNTYPED}. They could be (statusCode, reason) or (session, reason) or (session, statusCode). It takes (), (statusCode, reason) or (session, statusCode, reason), ${PLAIN}`,
  ],
  PlainPing: [
    `@OnWebSocketPing on PlainPing.onPing(?): what its parameters are can't be told: ${UNTYPED}. They could be (bytes) or (session). It takes (), (payload) or (session, payload), ${PLAIN}`,
  ],
  PlainTooMany: [
    `@OnWebSocketMessage on PlainTooMany.onText(?, ?, ?): its parameters can't be given what they ask for. It takes (text) or (session, text), ${PLAIN}`,
  ],
  PlainRest: [
    `@OnWebSocketMessage on PlainRest.onText(): it has no parameter for the text. It takes (text) or (session, text), ${PLAIN}`,
  ],
  StandardBare: [
    `@OnWebSocketMessage on StandardBare.onMessage(?, ?): it can't be told whether it takes text or binary messages: standard decorators carry no parameter types. ${WRITE_KIND}`,
  ],
  StandardClose: [
    `@OnWebSocketClose on StandardClose.onClose(?): its parameters can't be given what they ask for. It takes (), (statusCode, reason) or (session, statusCode, reason), ${PLAIN}`,
  ],
  StandardConnect: [
    `@OnWebSocketConnect on StandardConnect.onConnect(?, ?): its parameters can't be given what they ask for. It takes () or (session), ${PLAIN}`,
  ],
};

function refusal(target: unknown): EndpointError {
  try {
    compileEndpoint(target as object);
  } catch (error) {
    expect(error).to.be.instanceOf(EndpointError).with.property('code', 'MOORAGE_INVALID_ENDPOINT');
    return error as EndpointError;
  }
  throw new Error('It was accepted');
}

describe('Bad endpoints', () => {
  for (const [name, problems] of Object.entries(PROBLEMS)) {
    it(`are refused: ${name}`, () => {
      const endpoint = (badEndpoints as Readonly<Record<string, object>>)[name];
      expect(refusal(endpoint).problems).to.deep.equal(problems);
    });
  }

  it('are all in the list', () => {
    expect(Object.keys(badEndpoints).sort()).to.deep.equal([...Object.keys(PROBLEMS), 'Decorated'].sort());
  });

  it('have all their problems said in one message', () => {
    expect(refusal(badEndpoints.WrongOptions).message).to.equal(
      "WrongOptions can't be registered as a WebSocket endpoint:\n" +
        '  - @WebSocket on WrongOptions: idelTimeout is not an option. Did you mean idleTimeout?\n' +
        '  - @WebSocket on WrongOptions: maxFragments is 0. Accepted: a whole number from 1, or Infinity.',
    );
  });

  it('are refused again when they are registered again', () => {
    expect(refusal(badEndpoints.TwoTexts).message).to.equal(refusal(badEndpoints.TwoTexts).message);
  });

  it('are refused as instances, too', () => {
    expect(refusal(new badEndpoints.TwoTexts()).problems).to.deep.equal(PROBLEMS['TwoTexts']);
  });

  const nothingOfTheKind: readonly (readonly [string, unknown])[] = [
    ['Undefined', undefined],
    ['Null', null],
    ['"/chat"', '/chat'],
    ['A function', () => {}],
    ['An object', {}],
  ];
  for (const [name, value] of nothingOfTheKind) {
    it(`are refused: ${name}`, () => {
      expect(refusal(value).message).to.equal(
        `${name} can't be registered as a WebSocket endpoint:\n  - It is neither a class nor an instance of one. Write a class with @WebSocket before it, ` +
          'and register the class, or an instance of it for all connections.',
      );
    });
  }

  it('are refused without a name', () => {
    expect(refusal(class {}).problems).to.deep.equal([
      "(unnamed class) is not decorated with @WebSocket. Write @WebSocket, or @WebSocket('/path'), before the class.",
    ]);
  });

  describe('whose decorator stands on what is not a method are refused at once', () => {
    type Decorate = (...args: readonly unknown[]) => unknown;
    const close = OnWebSocketClose as unknown as Decorate;
    const message = OnWebSocketMessage('text') as unknown as Decorate;
    const method = () => {};

    const misplaced: readonly (readonly [string, () => unknown, string])[] = [
      [
        'a private method',
        () => message(method, { kind: 'method', name: '#secret', private: true, static: false }),
        "The class can't be registered as a WebSocket endpoint:\n  - @OnWebSocketMessage stands on #secret, a private method, which cannot be called from outside its class. It takes a public method of the instance: write secret(…) { … }.",
      ],
      [
        'a field',
        () => close(undefined, { kind: 'field', name: 'onClose', private: false, static: false }),
        "The class can't be registered as a WebSocket endpoint:\n  - @OnWebSocketClose stands on onClose, a field. It takes a public method of the instance: write onClose(…) { … }.",
      ],
      [
        'a getter',
        () => close(method, { kind: 'getter', name: 'onClose', private: false, static: false }),
        "The class can't be registered as a WebSocket endpoint:\n  - @OnWebSocketClose stands on onClose, a getter. It takes a public method of the instance: write onClose(…) { … }.",
      ],
      [
        'a field, legacy',
        () => close(badEndpoints.Undecorated.prototype, 'onClose', undefined),
        "Undecorated can't be registered as a WebSocket endpoint:\n  - @OnWebSocketClose stands on onClose, a field. It takes a public method of the instance: write onClose(…) { … }.",
      ],
      [
        'an accessor, legacy',
        () => close(badEndpoints.Undecorated.prototype, 'onClose', { get: method }),
        "Undecorated can't be registered as a WebSocket endpoint:\n  - @OnWebSocketClose stands on onClose, an accessor. It takes a public method of the instance: write onClose(…) { … }.",
      ],
    ];
    for (const [what, decorate, text] of misplaced) {
      it(what, () => {
        expect(decorate).to.throw(EndpointError).with.property('message', text);
      });
    }
  });
});
